"""What becomes of a record reaches the platform: signed, again until it is taken, and never into our own network."""

import asyncio
import base64
import hmac
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from sqlmodel import col, select

from actions.interface.outgoing import TEST, announce, post
from notifier.webhook_post import find_fault, send
from notifier.webhooks_out import AT_ONCE, deliver_due
from store.appending import NewEntry, append
from store.interface import WebhookEndpoint, WebhookMessage
from store.records import EntryKind, MaintenanceRecord
from store.tasks import Task


class Receiver:
    """A platform's side; `answers` is what it says, `came` what it got."""

    def __init__(self) -> None:
        self.answers, self.came = 204, []
        self.server = HTTPServer(("127.0.0.1", 0), self._handler())
        Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                outer.came.append((dict(self.headers), body))
                self.send_response(outer.answers)
                self.send_header("Location", outer.url)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def object_to(platform, number):
    """The unit objects, as `actions.records` has it."""
    with platform.database.write() as session:
        record = session.get_one(MaintenanceRecord, number)
        said = {"record": record.seq, "text": "未清洁机房"}
        append(session, [NewEntry(record.lift_id, EntryKind.OBJECTED, said)], platform.now.date())
        record.state, record.decided_at = "objected", platform.now
        session.add(record)
        announce(session, record, "objected")


def deliver(platform):
    return asyncio.run(deliver_due(platform.database, lambda: platform.now, private=True))


def messages(platform):
    with platform.database.read() as session:
        return list(session.exec(select(WebhookMessage)))


def test_an_objection_reaches_the_platform_signed_and_is_there_to_be_asked_for(platform, receiver):
    assert platform.ask("GET", "/webhooks").status_code == 404
    secret = platform.ask("PUT", "/webhooks", json={"url": receiver.url}).json()["secret"]
    number = platform.upload().json()["id"]
    platform.now += timedelta(hours=1)
    object_to(platform, number)
    assert deliver(platform) == 1
    [(headers, body)] = receiver.came
    stamp, name = headers["webhook-timestamp"], headers["webhook-id"]
    signed = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), f"{name}.{stamp}.{body}".encode(), sha256)
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(signed.digest()).decode()}"
    said = json.loads(body)
    assert (said["type"], said["data"]["id"], said["data"]["state"]) == ("record.objected", number, "objected")
    assert said["data"]["acts"] == [{"kind": "objected", "on": "2026-11-23", "said": {"text": "未清洁机房"}}]
    asked = platform.ask("GET", "/signatures", params={"since": "2026-11-23T00:00:00+08:00"}).json()
    assert asked["records"] == [said["data"]]
    assert deliver(platform) == 0
    assert "secret" not in {name for name, value in platform.ask("GET", "/webhooks").json().items() if value}
    assert platform.ask("DELETE", "/webhooks").status_code == 204
    assert platform.ask("DELETE", "/webhooks").status_code == 404


def test_it_is_sent_again_for_three_days_then_there_is_a_task_and_nothing_is_lost(platform, receiver):
    platform.ask("PUT", "/webhooks", json={"url": receiver.url})
    receiver.answers = 302
    object_to(platform, platform.upload().json()["id"])
    for _ in range(60):
        deliver(platform)
        platform.now += timedelta(hours=3)
        if platform.ask("GET", "/webhooks").json()["stopped"]:
            break
    [message] = messages(platform)
    assert (message.state, message.outcome) == ("waiting", "answered 302")
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 1
    assert 10 < len(receiver.came) == message.tries < 30
    with platform.database.read() as session:
        assert [task.kind for task in session.exec(select(Task)) if task.kind == "webhook_stopped"]
    receiver.answers = 200
    platform.now += timedelta(days=1)
    assert deliver(platform) == 0, "stopped"
    assert platform.ask("PUT", "/webhooks", json={"url": receiver.url}).json()["waiting"] == 1
    assert deliver(platform) == 1


def test_nobody_waits_behind_an_endpoint_that_does_not_answer(platform, receiver):
    with platform.database.write() as session:
        other = platform.new_key(session, platform.world.parties["other_maintainer"])
    platform.ask("PUT", "/webhooks", json={"url": receiver.url})
    platform.ask("PUT", "/webhooks", json={"url": "http://127.0.0.1:9/"}, key=other)
    with platform.database.write() as session:
        first, dead = session.exec(select(WebhookEndpoint).order_by(col(WebhookEndpoint.id))).all()
        dead.failing_since = platform.now
        for endpoint in (*[dead] * AT_ONCE, first):
            post(session, endpoint, TEST, {}, platform.now)
    assert deliver(platform) == 1


@pytest.mark.postgres
def test_an_endpoint_is_set_by_several_at_once(platform):
    with ThreadPoolExecutor(4) as several:
        answers = list(several.map(lambda _: platform.ask("PUT", "/webhooks", json={"url": "https://a.b/"}), range(4)))
    assert [one.status_code for one in answers] == [200] * 4


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::10.0.0.1]/",
        "https://[2002:7f00:1::]/",
        "https://[::127.0.0.1]/",
        "https://localhost/",
        "https://router.local/",
        "https://user:password@example.org/",
        "https://example.org:99999/",
        "https://2130706433/",
    ],
)
def test_nothing_goes_into_our_own_network(url):
    assert find_fault(url, private=False)
    assert find_fault("https://platform.example.org/hook", private=False) == ""


async def test_a_name_that_leads_into_our_own_network_is_not_called(monkeypatch, receiver):
    async def resolve(self, host, port=0, family=0):
        found = {"hostname": host, "host": "127.0.0.1", "port": receiver.server.server_port}
        return [found | {"family": 2, "proto": 0, "flags": 0}]

    monkeypatch.setattr("aiohttp.ThreadedResolver.resolve", resolve)
    taken = await send("https://platform.example.org/", {}, "{}", private=False)
    assert (taken.is_taken, taken.status, receiver.came) == (False, None, [])
    assert "DNS" in taken.detail
