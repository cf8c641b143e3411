"""Aliyun as we know it from its documents: every request is checked, its signature (ACS3-HMAC-SHA256) among it.

https://help.aliyun.com/document_detail/2593177.html (signature), 419273.html (SendSms), 419277.html (QuerySendDetails),
https://help.aliyun.com/document_detail/114037.html (IvrCall)
"""

import asyncio
import hmac
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web

from notifier.channels.aliyun_filings import StoredFilings
from notifier.filings import Filing, Filings

KEY_ID, KEY_SECRET = "LTAI0000test", "the-secret-of-the-key"
ALGORITHM = "ACS3-HMAC-SHA256"
MOBILE, LANDLINE = re.compile(r"1[3-9]\d{9}"), re.compile(r"0\d{9,11}")
# what each action must have and may have
PARAMETERS: dict[str, tuple[set[str], set[str]]] = {
    "SendSms": ({"PhoneNumbers", "SignName", "TemplateCode"}, {"TemplateParam", "OutId", "SmsUpExtendCode"}),
    "QuerySendDetails": ({"PhoneNumber", "SendDate", "PageSize", "CurrentPage"}, {"BizId"}),
    "IvrCall": (
        {"CalledShowNumber", "CalledNumber", "StartCode"},
        {"StartTtsParams", "ByeCode", "ByeTtsParams", "PlayTimes", "Timeout", "OutId"},
    ),
}
HOME = "贵单位${place}电梯${due}到期。"
FILED = [
    Filing(kind="sms", template="gz.sms", code="SMS_100000001", text=HOME),
    Filing(kind="sms", template="reply", code="SMS_100000002", text="已恢复向本号码发送短信。"),
    Filing(kind="voice", template="gz.call", code="TTS_200000001", text="您好，贵单位${siteName}有${n}台电梯到期。"),
    *(
        Filing(kind="voice", template="reply", code=f"TTS_20000001{number}", text=text)
        for number, text in enumerate(
            [
                "已记录：已经约检或准备约检。谢谢，再见。",
                "已记录：工作人员会给您回电。谢谢，再见。",
                "已记录：您说这些电梯不是贵单位的，检验部门会核实。谢谢，再见。",
                "已记录：您说电梯已办理停用，检验部门会核实。谢谢，再见。",
                "没有收到按键。谢谢，再见。",
            ]
        )
    ),
]
VARIABLES = {one.code: set(re.findall(r"\$\{(\w+)\}", one.text)) for one in FILED}


@dataclass
class FakeAliyun:
    """What was asked (action, parameters) and what was wrong with it; `answers` are given in their order."""

    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)
    hang_up: bool = False
    delay: float = 0
    url: str = ""
    listed: list[dict[str, Any]] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)

    def check(self, request: web.Request, body: bytes) -> None:
        """Note everything that Aliyun would refuse."""
        action, query = request.headers.get("x-acs-action", ""), dict(request.query)
        self.requests.append((action, query))
        self.faults += check_signature(request, body)
        self.faults += check_parameters(action, query)


def check_signature(request: web.Request, body: bytes) -> list[str]:
    """The request is written out anew as the document says, and signed with the secret."""
    headers = {name.lower(): value.strip() for name, value in request.headers.items()}
    said = re.fullmatch(
        rf"{ALGORITHM} Credential=(\S+),SignedHeaders=(\S+),Signature=([0-9a-f]{{64}})", headers["authorization"]
    )
    if said is None:
        return ["no signature of version 3"]
    signed = said[2].split(";")
    must = {"host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"}
    faults = [f"{name} is not signed" for name in sorted(must - {*signed})]
    digest = sha256(body).hexdigest()
    query = "&".join(
        f"{quote(name, safe='~')}={quote(request.query[name], safe='~')}" for name in sorted(request.query)
    )
    canonical = "\n".join(
        [request.method, "/", query, *(f"{name}:{headers[name]}" for name in sorted(signed)), "", said[2], digest]
    )
    text = f"{ALGORITHM}\n{sha256(canonical.encode()).hexdigest()}"
    if said[1] != KEY_ID or not hmac.compare_digest(
        hmac.new(KEY_SECRET.encode(), text.encode(), sha256).hexdigest(), said[3]
    ):
        faults.append("the signature is wrong")
    if headers["x-acs-content-sha256"] != digest or headers["x-acs-version"] != "2017-05-25":
        faults.append("digest or version is wrong")
    if abs(datetime.now(UTC) - datetime.fromisoformat(headers["x-acs-date"])) > timedelta(minutes=15):
        faults.append("the date is far off")
    return faults


def check_parameters(action: str, query: dict[str, str]) -> list[str]:
    if action not in PARAMETERS:
        return [f"no action {action}"]
    required, optional = PARAMETERS[action]
    keys = {name for name in query if not re.fullmatch(r"MenuKeyMap\.\d+\.(Key|Code|TtsParams)", name)}
    faults = [f"missing parameter {name}" for name in sorted(required - keys)]
    faults += [f"unknown parameter {name}" for name in sorted(keys - required - optional)]
    faults += [f"{name} is empty" for name, value in query.items() if not value]
    faults += CHECKS[action](query)
    return faults


def check_values(code: str, values: str | None) -> list[str]:
    """Exactly the variables of the approved text, as strings."""
    if code not in VARIABLES:
        return [f"{code} was never approved"]
    given = json.loads(values) if values is not None else {}
    faults = [] if set(given) == VARIABLES[code] else [f"{code} takes {VARIABLES[code]}, not {set(given)}"]
    return faults + [
        f"{name} is no text of 1 to 35"
        for name, one in given.items()
        if not isinstance(one, str) or not 1 <= len(one) <= 35
    ]


def check_sms(query: dict[str, str]) -> list[str]:
    faults = [] if MOBILE.fullmatch(query["PhoneNumbers"]) else ["PhoneNumbers is no mobile number"]
    if set(query["SignName"]) & set("【】[]"):
        faults.append("SignName has brackets")
    if len(query.get("OutId", "")) > 256:
        faults.append("OutId is too long")
    return faults + check_values(query["TemplateCode"], query.get("TemplateParam"))


def check_list(query: dict[str, str]) -> list[str]:
    faults = [] if MOBILE.fullmatch(query["PhoneNumber"]) else ["PhoneNumber is no mobile number"]
    if not re.fullmatch(r"20\d{6}", query["SendDate"]):
        faults.append("SendDate is no day")
    if not 1 <= int(query["PageSize"]) <= 50 or int(query["CurrentPage"]) < 1:
        faults.append("no such page")
    return faults


def check_call(query: dict[str, str]) -> list[str]:
    number = query["CalledNumber"]
    faults = [] if MOBILE.fullmatch(number) or LANDLINE.fullmatch(number) else ["CalledNumber is no number"]
    if not 1 <= len(query.get("OutId", "0")) <= 15:
        faults.append("OutId is not 1 to 15 bytes")
    if not 1 <= int(query.get("PlayTimes", "1")) <= 3:
        faults.append("PlayTimes is not 1 to 3")
    faults += check_values(query["StartCode"], query.get("StartTtsParams"))
    if "ByeCode" in query:
        faults += check_values(query["ByeCode"], query.get("ByeTtsParams"))
    for number in sorted({name.split(".")[1] for name in query if name.startswith("MenuKeyMap.")}):
        menu = {part: query.get(f"MenuKeyMap.{number}.{part}") for part in ("Key", "Code", "TtsParams")}
        if not re.fullmatch(r"[0-9*#]", menu["Key"] or ""):
            faults.append(f"{menu['Key']!r} is no key")
        faults += check_values(menu["Code"] or "", menu["TtsParams"])
    return faults


CHECKS: dict[str, Callable[[dict[str, str]], list[str]]] = {
    "SendSms": check_sms,
    "QuerySendDetails": check_list,
    "IvrCall": check_call,
}


def list_page(listed: list[dict[str, Any]], query: dict[str, str]) -> dict[str, Any]:
    """A page of what went to a number on a day, in the form that Aliyun documents; its days are those of China."""
    rows = [
        one
        for one in listed
        if (one["PhoneNum"], one["SendDate"][:10].replace("-", "")) == (query["PhoneNumber"], query["SendDate"])
    ]
    size, page = int(query["PageSize"]), int(query["CurrentPage"])
    shown = rows[(page - 1) * size : page * size]
    return {
        "Code": "OK",
        "Message": "OK",
        "RequestId": "R",
        "TotalCount": len(rows),
        "SmsSendDetailDTOs": {"SmsSendDetailDTO": shown},
    }


@pytest.fixture
async def aliyun_api() -> AsyncIterator[FakeAliyun]:
    """Aliyun's interfaces."""
    provider = FakeAliyun()

    async def answer(request: web.Request) -> web.StreamResponse:
        provider.connections.add(request.transport)
        provider.check(request, await request.read())
        if provider.hang_up:
            assert request.transport is not None
            request.transport.abort()
        await asyncio.sleep(provider.delay)
        action, query = provider.requests[-1]
        if provider.answers:
            status, body = provider.answers.pop(0)
            is_text = isinstance(body, str)
            return web.Response(text=body, status=status) if is_text else web.json_response(body, status=status)
        if action == "QuerySendDetails":
            return web.json_response(list_page(provider.listed, query))
        made = (
            {"BizId": f"9006197469364984^{len(provider.requests)}"}
            if action == "SendSms"
            else {"CallId": f"116012354148^{len(provider.requests)}"}
        )
        return web.json_response({"Code": "OK", "Message": "OK", "RequestId": "R", **made})

    application = web.Application()
    application.router.add_post("/", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    provider.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield provider
    await runner.cleanup()


class Approved(StoredFilings):
    """What the fake has approved, without a store."""

    def __init__(self) -> None:
        self._known = Filings(tuple(FILED))

    def _read(self) -> Filings:
        return self._known


@pytest.fixture
def filings() -> StoredFilings:
    return Approved()


@pytest.fixture
def approve(monkeypatch: pytest.MonkeyPatch) -> Callable[[Filing], None]:
    """`approve(filing)`: one more text that the fake has approved."""

    def do(filing: Filing) -> None:
        monkeypatch.setitem(VARIABLES, filing.code, set(re.findall(r"\$\{(\w+)\}", filing.text)))

    return do


@pytest.fixture
def aliyun_account() -> tuple[str, str]:
    return KEY_ID, KEY_SECRET
