"""A process that dies between saving an attempt and settling it."""

import subprocess
import sys
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from notifier.channels.base import OutgoingMessage
from notifier.channels.webchat import WebChat
from notifier.modes import Mode
from store.database import table_of
from store.notices import ChatMessage, Delivery, Notice

pytestmark = pytest.mark.both_stores  # what is claimed and settled is in the statements

CHILD = Path(__file__).parent / "crash_child.py"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def units(world: Any) -> list[int]:
    """Three notices to three units in the web chat."""
    notices = []
    for k in range(3):
        unit = world.unit(None, chats=[("webchat", f"w-{k}")])
        notices.append(world.notice(unit, world.lifts(unit), channel_class="chat"))
    return notices


def die(world: Any, where: str) -> None:
    """Run a pass in a process that kills itself at the second message."""
    url = world.database.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, CHILD, url, where], cwd=ROOT, env=_environment(), capture_output=True, check=False
    )
    assert done.returncode == 9, done.stderr.decode()


def _environment() -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}


def end_leases(world: Any) -> None:
    """As if the lease of the dead process had run out by the database's clock."""
    past = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    notice = table_of(Notice)
    world.change(lambda s: s.execute(update(notice).where(notice.c.status == "sending").values(lease_until=past)))


@pytest.mark.parametrize("where", ["before", "after"])
def test_after_a_kill_everybody_is_told_exactly_once_on_a_channel_that_can_be_asked(
    world: Any, dispatch: Any, units: list[int], where: str
) -> None:
    die(world, where)
    chat = WebChat(world.database)
    assert [delivery.status for delivery in world.all(Delivery)] == ["sending"] * 3
    assert dispatch(chat, mode=Mode.DEMO).claimed == 0, "the lease of the dead process still runs"
    end_leases(world)
    dispatch(chat, mode=Mode.DEMO)
    assert [world.status(notice) for notice in units] == ["sent"] * 3
    assert [world.told(notice) for notice in units] == [["told"]] * 3
    assert sorted(line.address for line in world.all(ChatMessage)) == ["w-0", "w-1", "w-2"]


def test_on_a_channel_that_cannot_be_asked_nothing_is_resent_blindly(
    world: Any, dispatch: Any, make_channel: Any, units: list[int], now: datetime
) -> None:
    die(world, "after")
    end_leases(world)
    telegram_like = make_channel("webchat")
    summary = dispatch(telegram_like, mode=Mode.DEMO)
    assert telegram_like.sent == []
    assert summary.unknown == 3
    assert [world.status(notice) for notice in units] == ["unknown"] * 3
    assert dispatch(telegram_like, mode=Mode.DEMO, now=now + timedelta(minutes=9)).messages == 0
    dispatch(telegram_like, mode=Mode.DEMO, now=now + timedelta(minutes=10))
    assert sorted(telegram_like.addresses) == ["w-0", "w-1", "w-2"]
    assert all(("sending", "possible repeat") in world.history(notice) for notice in units)


def test_a_fault_in_a_channel_settles_the_others_and_is_not_swallowed(
    world: Any, dispatch: Any, make_channel: Any, units: list[int], now: datetime
) -> None:
    broken = make_channel("webchat", answers=[None, RuntimeError("a bug"), None])
    with pytest.raises(RuntimeError, match="a bug"):
        dispatch(broken, mode=Mode.DEMO)
    assert sorted(world.status(notice) for notice in units) == ["sending", "sent", "sent"]


def test_a_notice_that_breaks_every_pass_is_set_aside_in_the_end(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    unit = world.unit(None, chats=[("webchat", "w-0")])
    notice = world.notice(unit, world.lifts(unit), channel_class="chat")
    moment = now
    for _ in range(6):
        with pytest.raises(RuntimeError):
            dispatch(make_channel("webchat", answers=[RuntimeError("poison")]), mode=Mode.DEMO, now=moment)
        end_leases(world)
        dispatch(make_channel("webchat"), mode=Mode.DEMO, now=moment)
        moment += timedelta(minutes=10)
    last = make_channel("webchat")
    dispatch(last, mode=Mode.DEMO, now=moment)
    assert last.sent == []
    assert world.status(notice) == "failed"
    assert world.get(notice).reason == "given up after 6 tries: cut off before its outcome was known"


def test_a_message_that_ends_its_process_each_time_is_given_up_and_takes_no_other_with_it(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    deadly = "+8614000000001"

    class Deadly(make_channel):  # type: ignore[misc]  # a class that a fixture hands over
        async def send(self, message: OutgoingMessage) -> str:
            if message.address == deadly:
                raise SystemExit(9)
            return str(await super().send(message))

    fatal, *others = [
        world.notice(unit, world.lifts(unit)) for unit in (world.unit(f"+86140000000{n:02}") for n in range(1, 22))
    ]
    sms = Deadly("sms", can_tell=True)
    for minutes in range(0, 440, 11):
        with suppress(SystemExit):
            dispatch(sms, now=now + timedelta(minutes=minutes))
        end_leases(world)
    assert [world.status(notice) for notice in others] == ["sent"] * 20
    assert len(sms.sent) == 20
    assert (world.status(fatal), world.get(fatal).reason[:11]) == ("failed", "given up af")
