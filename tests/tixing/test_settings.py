"""Settings: the environment of the outside contract, and what is said when it is wrong."""

import os
from datetime import time
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from notifier.modes import Mode
from store.quiet import QuietHours
from tixing.environment import describe_settings, find_doubts, load_settings
from tixing.errors import UsageError
from tixing.settings import Settings

DOCS = Path(__file__).resolve().parents[2] / "docs" / "settings.md"
TWILIO = {
    "TIXING_TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
    "TIXING_TWILIO_AUTH_TOKEN": "0123456789abcdef0123456789abcdef",
    "TIXING_TWILIO_FROM": "+15005550006",
}
SECRETS = {
    "TIXING_TELEGRAM_TOKEN": "123456:AAH-very-hidden",
    "TIXING_TWILIO_AUTH_TOKEN": "very-hidden-twilio-token",
    "TIXING_SECRET": "very-hidden-and-long-enough",
    "TIXING_DATABASE_URL": "postgresql://user:very-hidden@localhost/lifts",
    "TIXING_GUESTS": "+8614000000001",
    "TIXING_OPERATOR": "+8614000000001",
    "TIXING_ALARM_URL": "https://monitor.example.org/very-hidden",
    "TIXING_HEARTBEAT_URL": "https://monitor.example.org/very-hidden",
}


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("TIXING_"):
            monkeypatch.delenv(name)


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch):
    """`load(TIXING_MODE="live")`: the settings of that environment."""

    def load_from(**environment: str) -> Settings:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return load_settings()

    return load_from


def test_without_any_variable_nothing_leaves_and_the_store_lies_in_this_folder(load):
    settings = load()
    assert settings.mode is Mode.DEMO
    assert settings.database_url == "sqlite:///tixing.sqlite"
    assert settings.channels == ()
    assert settings.telegram_api == "https://api.telegram.org"
    assert settings.twilio_api == "https://api.twilio.com"


def test_every_variable_of_the_contract_is_read(load):
    settings = load(
        TIXING_DATABASE_URL="sqlite:////srv/lifts.sqlite",
        TIXING_TELEGRAM_TOKEN="123456:AAH-example",
        TIXING_TELEGRAM_API="http://127.0.0.1:8081/",
        TIXING_TWILIO_API="http://127.0.0.1:4010",
        TIXING_PUBLIC_URL="https://lifts.example.org/",
        TIXING_SECRET="0123456789abcdef",
        TIXING_MODE="live",
        **TWILIO,
    )
    assert settings.mode is Mode.LIVE
    assert settings.channels == ("telegram", "sms")
    assert settings.telegram_api == "http://127.0.0.1:8081"
    assert settings.public_url == "https://lifts.example.org"
    assert settings.telegram_token is not None
    assert settings.telegram_token.get_secret_value() == "123456:AAH-example"


def test_guests_are_numbers_and_chats_however_they_are_separated(load):
    settings = load(TIXING_MODE="guests", TIXING_GUESTS=" +86 140-0000-0001\uff0c123456789 ,-1001,, 123456789")
    assert settings.guests == ("+8614000000001", "123456789", "-1001")


def test_blanks_around_a_value_and_empty_values_do_no_harm(load):
    settings = load(TIXING_MODE=" guests\n", TIXING_GUESTS="5", TIXING_DATABASE_URL="", TIXING_SECRET="")
    assert settings.mode is Mode.GUESTS
    assert settings.database_url == "sqlite:///tixing.sqlite"
    assert settings.secret is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIXING_MODE", "lve"),
        ("TIXING_DATABASE_URL", "nonsense"),
        ("TIXING_DATABASE_URL", "mysql://u@h/db"),
        ("TIXING_DATABASE_URL", "postgresql://u@h:notaport/db"),
        ("TIXING_DATABASE_URL", "sqlite://"),
        ("TIXING_DATABASE_URL", "sqlite:///:memory:"),
        ("TIXING_TELEGRAM_TOKEN", "AAH-example"),
        ("TIXING_TELEGRAM_TOKEN", "123456:AAH example"),
        ("TIXING_TELEGRAM_API", "api.telegram.org"),
        ("TIXING_TELEGRAM_API", "ftp://api.telegram.org"),
        ("TIXING_TELEGRAM_API", "http://[::1"),
        ("TIXING_TWILIO_API", "http:///x"),
        ("TIXING_TWILIO_API", "http://localhost:99999"),
        ("TIXING_PUBLIC_URL", "https://user:pass@lifts.example.org"),
        ("TIXING_PUBLIC_URL", "https://lifts.example.org/?a=1"),
        ("TIXING_TWILIO_ACCOUNT_SID", "SK123"),
        ("TIXING_TWILIO_AUTH_TOKEN", "two words"),
        ("TIXING_TWILIO_FROM", "15005550006"),
        ("TIXING_TWILIO_VOICE_FROM", "Tixing"),
        ("TIXING_CALLS_BY", "nobody"),
        ("TIXING_TWILIO_FROM", "a name that is too long"),
        ("TIXING_SECRET", "short"),
        ("TIXING_SECRET", "long enough but\x07 with a bell"),
        ("TIXING_GUESTS", "somebody"),
        ("TIXING_GUESTS", "13900000000"),
        ("TIXING_OPERATOR", "13900000000"),
        ("TIXING_OPERATOR_LANGUAGE", "fr"),
        ("TIXING_ALARM_URL", "monitor.example.org"),
        ("TIXING_HEARTBEAT_URL", "ftp://monitor.example.org"),
    ],
)
def test_a_wrong_value_is_one_line_with_the_variable_and_an_example_and_without_the_value(load, name, value):
    with pytest.raises(UsageError) as caught:
        load(**{name: value})
    sentence = str(caught.value)
    assert sentence.startswith(f"{name} ")
    assert f"for example {name}=" in sentence
    assert "\n" not in sentence
    assert value not in sentence.split("; for example")[0].split()
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["TIXING_TELEGRAM_TOKEN", "TIXING_TWILIO_AUTH_TOKEN", "TIXING_SECRET"])
def test_a_secret_that_is_refused_is_not_repeated(load, name):
    with pytest.raises(UsageError) as caught:
        load(**{name: "hid den"})
    assert "hid den" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_two_wrong_values_are_both_named(load):
    with pytest.raises(UsageError, match=r"TIXING_MODE .*TIXING_SECRET "):
        load(TIXING_MODE="x", TIXING_SECRET="x")


@pytest.mark.parametrize("missing", sorted(TWILIO))
def test_a_part_of_twilio_is_told_what_else_it_needs(load, missing):
    with pytest.raises(UsageError, match=f"{missing} must be set too"):
        load(**{name: value for name, value in TWILIO.items() if name != missing})


CALLS = {**TWILIO, "TIXING_CALLS_BY": "machine", "TIXING_PUBLIC_URL": "https://lifts.example.org"}


def test_a_machine_calls_only_where_it_is_asked_to(load):
    assert load(**{**CALLS, "TIXING_CALLS_BY": "person"}).caller is None
    settings = load(**CALLS)
    assert (settings.caller, settings.channels) == ("+15005550006", ("sms", "voice"))


def test_calls_may_come_from_another_number_than_sms(load):
    settings = load(**CALLS, TIXING_TWILIO_VOICE_FROM="+1 (500) 555-0007")
    assert settings.caller == "+15005550007"


@pytest.mark.parametrize("missing", [*TWILIO, "TIXING_PUBLIC_URL"])
def test_a_machine_that_cannot_call_is_told_what_it_needs(load, missing):
    with pytest.raises(UsageError, match=r"must be set too|TIXING_CALLS_BY=machine needs"):
        load(**{name: value for name, value in CALLS.items() if name != missing})


def test_a_sender_name_cannot_call(load):
    with pytest.raises(UsageError, match="TIXING_CALLS_BY=machine needs"):
        load(**{**CALLS, "TIXING_TWILIO_FROM": "Tixing"})


def test_a_number_to_call_from_that_nobody_uses_is_a_warning(load):
    with capture_logs() as logs:
        load(**TWILIO, TIXING_TWILIO_VOICE_FROM="+15005550007")
    assert any("TIXING_TWILIO_VOICE_FROM has no effect" in line["event"] for line in logs)


def test_live_without_a_channel_is_refused(load):
    with pytest.raises(UsageError, match="TIXING_MODE=live has no channel"):
        load(TIXING_MODE="live")


def test_guests_without_guests_is_refused(load):
    with pytest.raises(UsageError, match="TIXING_MODE=guests needs TIXING_GUESTS"):
        load(TIXING_MODE="guests")


def test_the_repr_and_the_shown_database_hold_no_secret(load):
    settings = load(**{**TWILIO, **SECRETS, "TIXING_MODE": "guests"})
    shown = repr(settings) + str(settings) + settings.shown_database
    for value in [*SECRETS.values(), "very-hidden"]:
        assert value not in shown


def test_a_typing_error_in_a_name_is_a_warning_with_the_name_that_was_meant(load):
    with capture_logs() as logs:
        load(TIXING_TELGRAM_TOKEN="123456:AAH-example", TIXING_QQQ="1")
    said = [line["event"] for line in logs if line["log_level"] == "warning"]
    assert said == [
        "TIXING_QQQ is not a setting of tixing",
        "TIXING_TELGRAM_TOKEN is not a setting of tixing; did you mean TIXING_TELEGRAM_TOKEN?",
    ]


def test_variables_that_are_read_elsewhere_are_no_typing_errors(load):
    with capture_logs() as logs:
        load(TIXING_DEBUG="1", TIXING_REQUIRE="browser")
    assert logs == []


@pytest.mark.parametrize(
    ("settings", "doubt"),
    [
        (Settings(mode=Mode.GUESTS, guests=("5",)), "TIXING_MODE=guests has no channel"),
        (Settings(guests=("5",)), "TIXING_GUESTS has no effect while TIXING_MODE is demo"),
        (Settings(alarm_url=SecretStr("https://a.example/k")), "TIXING_ALARM_URL has no effect while TIXING_MODE is"),
        (
            Settings(mode=Mode.LIVE, telegram_token=SecretStr("1:a"), operator=("+8614000000001",)),
            "TIXING_OPERATOR holds an address for sms, which is not configured",
        ),
    ],
)
def test_what_is_allowed_but_hardly_meant_is_a_doubt(settings, doubt):
    assert find_doubts(settings, [])[0].startswith(doubt)


def test_the_table_in_the_documentation_is_the_one_the_model_prints():
    assert describe_settings() in DOCS.read_text(encoding="utf-8"), "uv run python -m tixing.environment prints it"


@pytest.mark.parametrize(
    ("text", "said"), [("22:30 - 07:15", QuietHours(time(22, 30), time(7, 15))), ("none", None), ("None", None)]
)
def test_quiet_hours_are_two_times_of_day_or_none(load, text: str, said: QuietHours | None):
    assert load(TIXING_QUIET_HOURS=text).quiet_hours == said


@pytest.mark.parametrize(
    "text", ["night", "21:00", "21:00-08:00-09:00", "08:00-08:00", "21:00+01:00-08:00", "25:00-08:00"]
)
def test_other_quiet_hours_are_a_sentence(load, text: str):
    with pytest.raises(UsageError, match=r"TIXING_QUIET_HOURS (is neither|must begin).*21:00-08:00"):
        load(TIXING_QUIET_HOURS=text)
