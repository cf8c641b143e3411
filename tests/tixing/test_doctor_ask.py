"""`tixing doctor --ask`: what each provider says of us, over HTTP; without --ask nobody is asked."""

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tixing.asking import ask_providers
from tixing.cli import app
from tixing.environment import load_settings

ACCOUNT, SECRET, TOKEN = f"AC{'0' * 32}", "0" * 32, "123456:AAH-example"
TWILIO, TELEGRAM = f"/2010-04-01/Accounts/{ACCOUNT}.json", f"/bot{TOKEN}/getMe"
ME = {"ok": True, "result": {"id": 123456, "is_bot": True, "first_name": "t", "username": "tixing_demo_bot"}}


@dataclass
class Providers:
    """Twilio and Telegram at one address; `answers` are status and body by path."""

    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    hangs: bool = False
    url: str = ""


@pytest.fixture
def providers(store_kind: str, stores: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Providers]:
    """Both know us."""
    state = Providers({TWILIO: (200, {"sid": ACCOUNT, "status": "active"}), TELEGRAM: (200, ME)})

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            state.asked.append((self.command, self.path))
            if state.hangs:
                state.over.wait(10)
            status, body = state.answers[self.path]
            expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{SECRET}".encode()).decode()
            if self.path == TWILIO and self.headers.get("Authorization") != expected:
                status, body = 401, {"code": 20003, "message": "Authenticate", "status": 401}
            said = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = handle_any

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    settings = {
        "DATABASE_URL": stores.migrated(store_kind, tmp_path),
        "MODE": "guests",
        "GUESTS": "+85251234567",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": SECRET,
        "TWILIO_FROM": "+14155552345",
        "TWILIO_API": state.url,
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API": state.url,
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"TIXING_{name}", value)
    assert CliRunner().invoke(app, ["init"]).exit_code == 0
    yield state
    state.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


def doctor(*words: str) -> tuple[int, list[tuple[str, str]]]:
    result = CliRunner().invoke(app, ["doctor", *words, "--json"])
    found = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    return result.exit_code, [(one["level"], one["message"]) for one in found if one["check"] == "providers"]


def test_the_plain_doctor_asks_nobody(providers: Providers) -> None:
    assert doctor()[1] == []
    assert providers.asked == []


def test_whoever_knows_us_is_named_in_a_line_and_nothing_is_sent(providers: Providers) -> None:
    assert doctor("--ask") == (
        0,
        [
            ("good", "Twilio knows us: the account is active"),
            ("good", "Telegram knows us: the bot is @tixing_demo_bot"),
        ],
    )
    assert sorted(path for _, path in providers.asked) == sorted([TWILIO, TELEGRAM])
    assert ("GET", TWILIO) in providers.asked


def test_a_wrong_token_is_wrong(providers: Providers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIXING_TWILIO_AUTH_TOKEN", "f" * 32)
    providers.answers[TELEGRAM] = (401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
    code, [twilio, telegram] = doctor("--ask")
    assert (code, twilio[0], telegram[0]) == (1, "wrong", "wrong")
    assert "answered 401, code 20003: check TIXING_TWILIO_ACCOUNT_SID and TIXING_TWILIO_AUTH_TOKEN" in twilio[1]
    assert "check TIXING_TELEGRAM_TOKEN" in telegram[1]
    assert "f" * 32 not in twilio[1]


def test_an_account_that_is_suspended_is_wrong(providers: Providers) -> None:
    providers.answers[TWILIO] = (200, {"sid": ACCOUNT, "status": "suspended"})
    assert doctor("--ask")[1][0] == ("wrong", "Twilio: the account is suspended; its console says why")


async def test_who_does_not_answer_is_waited_for_so_long_and_no_longer(providers: Providers) -> None:
    providers.hangs = True
    found = await ask_providers(load_settings(), seconds=0.3)
    assert {one.message for one in found} == {
        "Twilio did not answer within 0.3 seconds",
        "Telegram did not answer within 0.3 seconds",
    }


def test_in_mode_demo_nobody_is_asked(providers: Providers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIXING_MODE", "demo")
    assert doctor("--ask") == (0, [("doubt", "TIXING_MODE is demo: nobody was asked")])
    assert providers.asked == []


def test_what_is_doubtful_in_the_settings_is_said_once(providers: Providers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIXING_MODE", "demo")
    result = CliRunner().invoke(app, ["doctor"])
    assert result.output.count("TIXING_GUESTS has no effect") == 1
