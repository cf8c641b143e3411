"""The acceptance list, driven against our own interface, and what a platform did in the sandbox examined by it."""

import asyncio
import base64
import hmac
import json
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from sqlmodel import select
from typer.testing import CliRunner

from actions.paperless.platforms import apply_third_party, platform_lines
from actions.running.cities import ensure_city
from notifier.webhooks_out import deliver_due
from store.database import Database
from store.interface import ConformanceRun
from store.paperless import PlatformStep
from store.records import MaintenanceRecord
from tests.portal.api.served import NOW, serving
from tixing.cli import app
from tixing.client import Client
from tixing.client import api as client_text
from tixing.interface.client_text import generate
from tixing.interface.drive import Driver
from tixing.interface.sandbox import found_sandbox, object_to
from tixing.records.standing import check_standing


class Hook(BaseHTTPRequestHandler):
    """A platform that takes what is signed with its secret."""

    secret = ""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        said = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.{body}".encode()
        key = base64.b64decode(Hook.secret.removeprefix("whsec_"))
        good = f"v1,{base64.b64encode(hmac.new(key, said, sha256).digest()).decode()}"
        self.send_response(204 if hmac.compare_digest(good, self.headers["webhook-signature"]) else 401)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def test_the_client_is_what_the_document_says():
    assert generate() == Path(client_text.__file__).read_text(encoding="utf-8")


def test_gp_16_a_platform_passes_the_list_only_by_what_it_has_done(
    database: Database, monkeypatch: Any, tmp_path: Path
):
    with database.write() as session:
        sandbox = found_sandbox(session, NOW)
    url, prefix = database.url.render_as_string(hide_password=False), sandbox.key.split("_")[1]
    monkeypatch.setenv("TIXING_DATABASE_URL", url)
    monkeypatch.setenv("TIXING_WEBHOOKS_PRIVATE", "1")
    assert set(_run(prefix).values()) == {False}, "nothing was done yet"
    hook = HTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=hook.serve_forever, args=(0.05,), daemon=True).start()
    with serving(url) as base:
        outcomes = Driver(base, sandbox.key, NOW).run()
        assert [(one.rule.code, one.seen) for one in outcomes if not one.passed] == []
        client = Client(base, sandbox.key)
        Hook.secret = client.set_webhook({"url": f"http://127.0.0.1:{hook.server_port}/"})["secret"]
        with database.write() as session:
            number = session.exec(select(MaintenanceRecord.id)).first()
            assert object_to(session, number, "未清洁", NOW)
        assert asyncio.run(deliver_due(database, lambda: NOW + timedelta(minutes=1), private=True)) == 1
        assert client.get_record(number)["state"] == "objected"
    city = Database(f"sqlite:///{tmp_path}/city.sqlite")
    city.migrate()
    about = ["--platform", "穗样云维保", "--city-store", f"sqlite:///{tmp_path}/city.sqlite"]
    assert "has applied" in str(CliRunner().invoke(app, ["conformance", prefix, *about]).exception)
    with city.write() as session:
        ensure_city(session, "guangzhou", NOW.date())
        apply_third_party(session, "guangzhou", "穗样云维保", now=NOW, today=NOW.date(), key="applied")
    passed = _run(prefix, *about)
    with city.read() as session:
        [line] = platform_lines(session, "guangzhou", NOW.date())
        assert line.tested_on is not None, "the city may list it"
    hook.shutdown()
    hook.server_close()
    assert [code for code, good in passed.items() if not good] == []
    with database.read() as session:
        runs = session.exec(select(ConformanceRun).order_by(ConformanceRun.id)).all()
        assert [run.has_passed for run in runs] == [False, True]
        steps = session.exec(select(PlatformStep).where(PlatformStep.deed == "tested").order_by(PlatformStep.id))
        assert [step.passed for step in steps] == [True, False, True], "the city reads it of the platform"
        assert check_standing(session) == []


def _run(prefix: str, *more: str) -> dict[str, bool]:
    result = CliRunner().invoke(app, ["conformance", prefix, *more, "--json"])
    lines = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    assert lines, result.output
    return {line["rule"]: line["passed"] for line in lines}
