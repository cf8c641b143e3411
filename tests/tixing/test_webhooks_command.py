"""`tixing webhooks`, and the doors of a process by its settings."""

import json
import os
from typing import Any

import pytest
from typer.testing import CliRunner

from store.database import Database
from tixing.cli import app
from tixing.masking import mask_text
from tixing.serve import _aliyun_door
from tixing.settings import Settings

ALIYUN = {
    "TIXING_ALIYUN_KEY_ID": "LTAI0000test",
    "TIXING_ALIYUN_KEY_SECRET": "very-hidden",
    "TIXING_PUBLIC_URL": "https://lifts.example.org",
    "TIXING_SECRET": "very-hidden-and-long-enough",
}
TWILIO = {
    "TIXING_TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
    "TIXING_TWILIO_AUTH_TOKEN": "0123456789abcdef0123456789abcdef",
    "TIXING_TWILIO_FROM": "+15005550006",
}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in [name for name in os.environ if name.startswith("TIXING_")]:
        monkeypatch.delenv(name)

    def do(*words: str, **environment: str) -> Any:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return CliRunner().invoke(app, ["webhooks", *words])

    return do


def test_the_addresses_for_every_provider_are_printed(run: Any) -> None:
    rows = [json.loads(line) for line in run("--json", **ALIYUN, **TWILIO).stdout.splitlines()]
    assert [(row["provider"], row["kind"]) for row in rows] == [
        ("twilio", "incoming SMS"),
        ("aliyun", "SmsReport"),
        ("aliyun", "SmsUp"),
        ("aliyun", "VoiceReport"),
    ]
    assert all(row["address"].startswith("https://lifts.example.org/webhooks/") for row in rows)
    assert "SmsUp" in run().stdout


def test_where_nothing_calls_us_it_is_said(run: Any) -> None:
    assert "TIXING_PUBLIC_URL is not set" in str(run().exception)
    assert "no provider is configured" in str(run(TIXING_PUBLIC_URL="https://lifts.example.org").exception)


def test_the_secret_of_an_address_is_masked_in_logs() -> None:
    assert mask_text('"POST /webhooks/aliyun/0123abc/sms-up HTTP/1.1" 200') == (
        '"POST /webhooks/aliyun/***/sms-up HTTP/1.1" 200'
    )


@pytest.mark.sqlite
def test_the_door_of_aliyun_is_open_where_messages_leave(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ALIYUN.items():
        monkeypatch.setenv(name, value)
    assert _aliyun_door(database, Settings()) is None
    live = _aliyun_door(database, Settings(mode="live"))
    guests = _aliyun_door(database, Settings(mode="guests", guests=("+8614000000001",)))
    assert live is not None
    assert guests is not None
    assert live.may_answer("+8614000000002")
    assert [guests.may_answer(number) for number in ("+8614000000001", "+8614000000002")] == [True, False]
