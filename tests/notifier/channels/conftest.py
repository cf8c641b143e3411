"""Providers that we wrote ourselves, strict: every request is checked against the provider's own specification file."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from soaking.specs import check_conditions, check_query, check_telegram, check_twilio, list_page

from notifier.channels.base import OutgoingMessage
from notifier.writer import PreparedDelivery, Subject

TOKEN = "42:TEST-token"
ACCOUNT, SECRET, SENDER = f"AC{'0' * 32}", "secret", "+14155552345"


@dataclass
class FakeProvider:
    """What was asked (method or path, parameters) and what was wrong with it; `answers` are given in their order."""

    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)
    hang_up: bool = False
    delay: float = 0
    url: str = ""
    listed: list[dict[str, Any]] = field(default_factory=list)

    def next_answer(self) -> tuple[int, Any] | None:
        """The ordered answer for this request, if any."""
        return self.answers.pop(0) if self.answers else None


@pytest.fixture
async def telegram_api(shared_data: Callable[[str], Path]) -> AsyncIterator[FakeProvider]:
    """A Bot API server."""
    spec = json.loads(shared_data("specs/telegram_api.json").read_text(encoding="utf-8"))
    told = json.loads(shared_data("fixtures/telegram_updates/text.json").read_text(encoding="utf-8"))["message"]
    provider = FakeProvider()

    async def answer(request: web.Request) -> web.StreamResponse:
        posted = (await request.post()).items()
        form = {key: value for key, value in posted if isinstance(value, str)}
        method = request.match_info["method"]
        provider.requests.append((method, form))
        provider.faults += check_telegram(spec, method, form)
        sent = {f"attach://{key}": value.file.read() for key, value in posted if isinstance(value, web.FileField)}
        provider.files += sent.values()
        if method == "sendPhoto" and not sent.get(form["photo"], b"").startswith(b"\x89PNG"):
            provider.faults.append("no photo")
        if request.match_info["token"] != TOKEN:
            provider.faults.append("wrong token")
        if provider.hang_up:
            assert request.transport is not None
            request.transport.abort()
        ordered = provider.next_answer()
        if ordered is not None:
            return web.json_response(ordered[1], status=ordered[0])
        chat = {**told["chat"], "id": int(form["chat_id"])}
        message = {**told, "message_id": 1000 + len(provider.requests), "chat": chat, "text": form.get("text", "")}
        return web.json_response({"ok": True, "result": message})

    async for url in serve("/bot{token}/{method}", answer):
        provider.url = url
        yield provider


@pytest.fixture
async def twilio_api(shared_data: Callable[[str], Path], check_twiml: Any) -> AsyncIterator[FakeProvider]:
    """Twilio's resources for messages and calls."""
    spec = json.loads(shared_data("specs/twilio_api_v2010.json").read_text(encoding="utf-8"))
    path = "/2010-04-01/Accounts/{AccountSid}/%s.json"
    provider = FakeProvider()

    def check(resource: str, form: dict[str, str], query: Mapping[str, str], *, asks: bool) -> list[str]:
        about = spec["paths"][path % resource]
        if asks:
            return check_query(about["get"], query)
        schema = about["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
        faults = check_twilio(schema, form) + check_conditions(about["post"]["x-twilio"]["conditional"], form)
        return faults + (check_twiml(form["Twiml"]) if "Twiml" in form else [])

    def example(resource: str, method: str, status: str, name: str) -> dict[str, Any]:
        answer = spec["paths"][path % resource][method]["responses"][status]["content"]["application/json"]
        said: dict[str, Any] = answer["examples"][name]["value"]
        return said

    async def answer(request: web.Request) -> web.StreamResponse:
        form = {key: str(value) for key, value in (await request.post()).items()}
        provider.requests.append((request.path_qs, form))
        resource, asks = request.match_info["resource"], request.method == "GET"
        provider.faults += check(resource, form, request.query, asks=asks)
        expected = base64.b64encode(f"{ACCOUNT}:{SECRET}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {expected}" or request.match_info["AccountSid"] != ACCOUNT:
            provider.faults.append("wrong account")
        if provider.hang_up:
            assert request.transport is not None
            request.transport.abort()
        await asyncio.sleep(provider.delay)
        ordered = provider.next_answer()
        if ordered is not None:
            status, body = ordered
            is_text = isinstance(body, str)
            return web.Response(text=body, status=status) if is_text else web.json_response(body, status=status)
        if asks:
            shown = example(resource, "get", "200", "readFullPage1")
            return web.json_response(list_page(request.path, resource, shown, provider.listed, request.query))
        name, prefix = ("createWithTwiml", "CA") if resource == "Calls" else ("createWithQueuedStatus", "SM")
        made = {**example(resource, "post", "201", name), "sid": f"{prefix}{len(provider.requests):032x}"}
        return web.json_response({**made, "to": form["To"], "body": form.get("Body")}, status=201)

    async for url in serve(path % "{resource:Messages|Calls}", answer):
        provider.url = url
        yield provider


async def serve(route: str, handler: Any) -> AsyncIterator[str]:
    """An HTTP server on a free port of this machine."""
    application = web.Application()
    application.router.add_post(route, handler)
    application.router.add_get(route, handler)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


@pytest.fixture
def make_message() -> Callable[..., OutgoingMessage]:
    """`make_message("telegram", "12345678", "text")`."""

    def make(
        channel: str,
        address: str,
        body: str = "贵单位云荔花园3栋1梯电梯…",
        *,
        delivery_id: int = 7,
        figures: dict[str, Any] | None = None,
    ) -> OutgoingMessage:
        prepared = PreparedDelivery(
            notice_id=1,
            contact_id=1,
            channel=channel,
            address=address,
            name="李小满",
            template="gz.sms",
            template_version="0",
            language="zh",
            signature="【梯信演示】",
            body=body,
            segments=1,
            lift_keys=["3110"],
            party_ref="u-1",
            subject=Subject("guangzhou", 1, "广州示例云荔物业服务有限公司", "440106", 900, "sms"),
            written_on=date(2026, 11, 23),
            figures=figures,
        )
        return OutgoingMessage(delivery_id, datetime(2026, 11, 23, 1, 0, tzinfo=UTC), prepared)

    return make


@pytest.fixture
def account() -> tuple[str, str, str, str]:
    """Telegram token; Twilio account, secret and sender."""
    return TOKEN, ACCOUNT, SECRET, SENDER
