"""Codes on their way: to the demo's inbox, to guests only, and nowhere without a channel."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import select

from notifier.channels.base import Channel, TemporaryError, UnknownOutcome
from notifier.channels.demo import DemoSms
from notifier.replies import say
from notifier.segments import count_segments
from store.database import Database
from store.notices import ChatMessage
from tixing.codes import CodesBySms, key_of_codes
from tixing.settings import Settings

NUMBER, CODE, NOW = "+8614000000001", "012345", datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


class Broken:
    """A channel from which nothing leaves."""

    name = "sms"
    rates = DemoSms.rates
    list_lag = DemoSms.list_lag

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def send(self, message: Any) -> str:
        """Never."""
        raise self._error


def post(database: Database, channels: dict[str, Channel], language: str = "zh", **settings: Any) -> None:
    async def run() -> None:
        codes = CodesBySms(database, Settings(**settings), channels, lambda: NOW)
        await codes(NUMBER, CODE, language)
        await codes.settle()

    asyncio.run(run())


def lines(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        return [(one.address, one.text) for one in session.exec(select(ChatMessage))]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_code_is_one_signed_sms_and_nothing_leaves_in_demo(database: Database, language: str) -> None:
    post(database, {"sms": DemoSms(database)}, language)
    [(address, text)] = lines(database)
    assert address == f"sms:{NUMBER}"
    assert CODE in text
    assert text[0] in "【["
    assert count_segments(text) == 1
    assert len(say("sms", "zh", "code")) <= 70


def test_in_guests_mode_only_guests_get_one(database: Database) -> None:
    guests = {"mode": "guests", "telegram_token": "123456:" + "a" * 35}
    post(database, {"sms": DemoSms(database)}, guests="+8614000000009", **guests)
    assert lines(database) == []
    post(database, {"sms": DemoSms(database)}, guests=NUMBER, **guests)
    assert len(lines(database)) == 1


@pytest.mark.parametrize("error", [TemporaryError("busy"), UnknownOutcome("no answer")])
def test_what_does_not_leave_is_no_fault_and_the_log_has_no_code(
    database: Database, error: Exception, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    broken: Any = Broken(error)
    post(database, {"sms": broken})
    post(database, {})
    said = caplog.text + capsys.readouterr().out
    assert "no code sent" in said
    assert CODE not in said
    assert NUMBER not in said


def test_the_key_is_made_from_the_secret_or_kept_in_the_store(database: Database) -> None:
    own = key_of_codes(database, Settings())
    assert key_of_codes(database, Settings()) == own
    assert key_of_codes(database, Settings(secret="a-secret-of-thirty-two-characters-x")) != own
