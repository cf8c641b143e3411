"""What leaves at night: an entrapment does, whatever it is about else waits for the morning."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from actions.alerts.escalate import escalate
from actions.running.brakes import pause
from notifier.channels.base import UNLIMITED, OutgoingMessage
from notifier.dispatch import dispatch_due
from notifier.modes import Mode
from store.parties import Chat
from store.quiet import QuietHours
from store.tasks import Task, TaskKind

NIGHT = datetime(2026, 11, 23, 16, 5, tzinfo=UTC)  # five past midnight in China


class Kept:
    """A channel that keeps what it was given."""

    def __init__(self, name: str) -> None:
        self.name = self.prefix = name
        self.sent: list[OutgoingMessage] = []
        self.list_lag = timedelta(0)
        self.rates = UNLIMITED

    async def send(self, message: OutgoingMessage) -> str:
        self.sent.append(message)
        return f"{self.name}-{len(self.sent)}"

    async def find(self, attempt: Any) -> list[str]:
        return []

    async def close(self) -> None:
        pass


def send(town, *channels: Kept) -> None:
    by_name = {channel.name: channel for channel in channels}
    values: dict[str, Any] = {"now": town.now, "today": town.now.date(), "mode": Mode.LIVE, "owner": "test"}
    asyncio.run(dispatch_due(town.database, by_name, quiet=QuietHours(), **values))


@pytest.fixture
def at_night(town):
    town.now = NIGHT
    return town


def test_an_entrapment_leaves_at_once_and_is_called_and_written(at_night):
    at_night.do("report_entrapment", "contact", lift_id=at_night.lift())
    sms, voice, calls = Kept("sms"), Kept("voice"), Kept("call_task")
    send(at_night, sms, voice, calls)
    assert len(sms.sent) == 5, "worker, dispatcher, head and manager; and beside the call that a clerk is to make"
    # without a provider of the mainland's own a mainland number is called by a person
    assert len(voice.sent) + len(calls.sent) == 1
    states = {notice.step: notice.status for notice in at_night.notices()}
    assert states.pop("in_chat") == "cancelled", "here is no chat, and nobody need know"
    assert set(states.values()) == {"sent"}
    assert at_night.read(select(Task).where(Task.kind == TaskKind.NO_CONTACT)) == []


def test_a_fault_comes_at_night_to_chats_without_a_sound_and_to_phones_in_the_morning(at_night):
    def leave(session):
        for chat in session.exec(select(Chat).where(Chat.contact_id == at_night.contacts["dispatcher"])):
            chat.active = False

    at_night.in_store(leave)
    at_night.do("report_fault", "contact", lift_id=at_night.lift(), what="门")
    chat, sms = Kept("telegram"), Kept("sms")
    send(at_night, chat, sms)
    assert [(one.address, one.silent) for one in chat.sent] == [("worker", True)]
    assert sms.sent == []
    [notice] = at_night.notices()
    assert (notice.status, notice.reason) == ("planned", "held: quiet hours")
    at_night.now = NIGHT + timedelta(hours=8)
    send(at_night, chat, sms)
    assert (len(chat.sent), [one.prepared.name for one in sms.sent]) == (1, ["dispatcher"])


def test_the_minutes_of_a_fault_stand_still_at_night_and_those_of_an_entrapment_do_not(at_night):
    alert = at_night.do("report_fault", "contact", lift_id=at_night.lift(), what="门")
    eight = NIGHT + timedelta(hours=7, minutes=55)

    def climb(moment) -> list[str]:
        at_night.now = moment
        at_night.act(escalate, now=moment, today=moment.date(), quiet=QuietHours())
        return [one.step for one in at_night.notices()]

    assert climb(eight + timedelta(minutes=29)) == ["reported"], "nothing was due all night"
    assert climb(eight + timedelta(minutes=30)) == ["reported", "dispatcher"]
    called = at_night.messages()[-1].body
    assert "8小时无人确认" in called, "the true time, and not the minutes that it has waited in daylight"
    assert climb(eight + timedelta(minutes=59))[-1] == "dispatcher", "one after the other, not all at once"
    shown = at_night.do("help_now", "contact", alert_id=alert.id, quiet=QuietHours())
    assert shown.silent_until is None
    at_night.now = NIGHT + timedelta(days=1)
    shown = at_night.do("help_now", "contact", alert_id=alert.id, quiet=QuietHours())
    assert shown.silent_until == eight + timedelta(days=1)
    at_night.do("report_entrapment", "contact", lift_id=at_night.lift())
    assert climb(at_night.now + timedelta(minutes=5))[-1] == "administrator"


def test_that_somebody_is_shut_in_leaves_through_a_pause_and_a_fault_does_not(at_night):
    at_night.now = NIGHT + timedelta(hours=8)
    with at_night.database.write() as session:
        pause(session, city_id=None, reason="the register looks wrong", now=at_night.now)
    at_night.do("report_fault", "contact", lift_id=at_night.lift(), what="门")
    at_night.do("report_entrapment", "contact", lift_id=at_night.lift())
    sms, chat = Kept("sms"), Kept("telegram")
    send(at_night, sms, chat, Kept("call_task"))
    assert {message.prepared.subject.duty for message in (*sms.sent, *chat.sent)} == {"entrapment"}
