"""Settings of Aliyun, of groups and of e-mail: whole or not at all, and half of them is one sentence."""

import os

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from tixing.environment import find_doubts, load_settings
from tixing.errors import UsageError
from tixing.settings import Settings

KEY = {"TIXING_ALIYUN_KEY_ID": "LTAI0000test", "TIXING_ALIYUN_KEY_SECRET": "very-hidden"}
PUBLIC = {"TIXING_PUBLIC_URL": "https://lifts.example.org", "TIXING_SECRET": "very-hidden-and-long-enough"}
CALLS = {**KEY, **PUBLIC, "TIXING_CALLS_BY": "machine", "TIXING_ALIYUN_VOICE_FROM": "+86 20 1234 5678"}
TWILIO = {
    "TIXING_TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
    "TIXING_TWILIO_AUTH_TOKEN": "0123456789abcdef0123456789abcdef",
    "TIXING_TWILIO_FROM": "+15005550006",
}


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TIXING_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch):
    """`load(TIXING_MODE="live")`: the settings of that environment."""

    def load_from(**environment: str) -> Settings:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return load_settings()

    return load_from


def test_a_key_is_enough_for_sms_to_the_mainland(load):
    settings = load(**KEY, TIXING_MODE="live")
    assert settings.channels == ("sms",)
    assert settings.available == {"sms", "sms:mainland-only"}
    assert "very-hidden" not in repr(settings)


def test_with_a_number_to_call_from_a_machine_calls_the_mainland(load):
    settings = load(**CALLS)
    assert (settings.aliyun_caller, settings.caller) == ("02012345678", None)
    assert settings.available == {"sms", "voice", "sms:mainland-only", "voice:mainland-only"}
    assert load(TIXING_CALLS_BY="person").aliyun_caller is None


def test_beside_twilio_every_number_is_reached(load):
    assert load(**CALLS, **TWILIO).available == {"sms", "voice", "sms:mainland", "voice:mainland"}


@pytest.mark.parametrize("missing", KEY)
def test_half_a_key_is_told_what_else_it_needs(load, missing):
    with pytest.raises(UsageError, match=f"{missing} must be set too"):
        load(**{name: value for name, value in KEY.items() if name != missing})


def test_a_number_to_call_from_without_a_key_is_refused(load):
    with pytest.raises(UsageError, match="TIXING_ALIYUN_VOICE_FROM needs TIXING_ALIYUN_KEY_ID"):
        load(TIXING_ALIYUN_VOICE_FROM="02012345678")


def test_where_aliyun_is_to_tell_how_it_went_a_secret_is_needed(load):
    with pytest.raises(UsageError, match="TIXING_SECRET must be set too"):
        load(**KEY, TIXING_PUBLIC_URL="https://lifts.example.org")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIXING_ALIYUN_KEY_ID", "a key"),
        ("TIXING_ALIYUN_KEY_SECRET", "a secret"),
        ("TIXING_ALIYUN_VOICE_FROM", "Tixing"),
        ("TIXING_ALIYUN_VOICE_FROM", "+15005550006000"),
        ("TIXING_ALIYUN_API", "dysmsapi.aliyuncs.com"),
    ],
)
def test_a_wrong_value_is_one_line_with_the_variable_and_an_example(load, name, value):
    with pytest.raises(UsageError) as caught:
        load(**{**CALLS, name: value})
    assert str(caught.value).startswith(f"{name} ")
    assert "for example" in str(caught.value)
    assert value not in str(caught.value)


def test_without_the_extra_the_sentence_says_what_to_install(load, monkeypatch):
    monkeypatch.setattr("tixing.settings_checks.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'tixing\[china\]'"):
        load(**KEY)


def test_a_machine_without_any_number_is_told_both_ways(load):
    with pytest.raises(UsageError, match=r"TIXING_TWILIO_VOICE_FROM.*TIXING_ALIYUN_VOICE_FROM"):
        load(**KEY, **PUBLIC, TIXING_CALLS_BY="machine")


def test_what_is_allowed_but_hardly_meant_is_a_doubt(load):
    with capture_logs() as logs:
        load(**KEY, TIXING_ALIYUN_VOICE_FROM="02012345678")
    said = [line["event"] for line in logs]
    assert any("TIXING_ALIYUN_VOICE_FROM has no effect" in one for one in said)
    settings = Settings(aliyun_key_id="a", aliyun_key_secret=SecretStr("b"))
    assert any("Aliyun cannot tell whether its SMS arrived" in one for one in find_doubts(settings, []))


MAIL = "mailtos://user:very-hidden@smtp.example.org?from=lifts@example.org"


def test_groups_and_e_mail_are_channels_where_they_are_wanted(load):
    assert load().channels == ()
    settings = load(TIXING_GROUPS="1", TIXING_MAIL_URL=MAIL, TIXING_MODE="live")
    assert settings.channels == ("group", "email")
    assert "very-hidden" not in repr(settings)


@pytest.mark.parametrize(
    "value",
    [
        "smtp.example.org",
        "https://smtp.example.org?from=a@example.org",
        "mailtos://user:very-hidden@smtp.example.org",
        "mailtos://user:very-hidden@smtp.example.org?from=a@example.org&to=b@example.org",
        "mailtos://user:very-hidden@smtp.example.org?from=a@example.org&CC=b@example.org",
        "mailtos://user:very-hidden@smtp.example.org?from=a@example.org&bcc=",
        "mailtos://user:very-hidden@smtp.example.org/b@example.org?from=a@example.org",
        "mailtos://?from=a@example.org",
    ],
)
def test_a_mail_server_says_who_writes_and_nobody_who_is_told(load, value):
    with pytest.raises(UsageError, match=r"^TIXING_MAIL_URL .*for example") as caught:
        load(TIXING_MAIL_URL=value)
    assert "very-hidden" not in str(caught.value)


@pytest.mark.parametrize("named", [{"TIXING_GROUPS": "1"}, {"TIXING_MAIL_URL": MAIL}])
def test_without_their_extra_the_sentence_says_what_to_install(load, monkeypatch, named):
    monkeypatch.setattr("tixing.settings_checks.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=rf"^{next(iter(named))} needs Apprise: pip install 'tixing\[groups\]'"):
        load(**named)
