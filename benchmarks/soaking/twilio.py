"""Twilio's resource for messages: create one, and list those to a number."""

import base64
import json
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import web

from soaking.desk import Desk, Taken
from soaking.fates import Fate
from soaking.specs import check_conditions, check_query, check_twilio, list_page

ACCOUNT, SECRET, SENDER = f"AC{'0' * 32}", "secret", "+14155552345"
PATH = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
SPEC = "twilio_api_v2010.json"
ERRORS = {Fate.BUSY: (429, 20429), Fate.BROKEN: (500, 20500), Fate.BROKEN_TAKEN: (500, 20500)}


def routes(desk: Desk, specs: Path | None) -> list[web.RouteDef]:
    """Both requests; without the specifications they are taken as they are."""
    about = json.loads((specs / SPEC).read_text(encoding="utf-8"))["paths"][PATH] if specs else None
    numbers = count(1)

    async def create(request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        desk.record.faults += _check_account(request)
        if about is not None:
            desk.record.faults += _check_form(about["post"], form)
        sid = f"SM{next(numbers):032x}"
        fate = await desk.handle(request, form["To"], sid, form["Body"])
        if fate in ERRORS:
            status, code = ERRORS[fate]
            return web.json_response({"status": status, "code": code, "message": fate}, status=status)
        made = {"sid": sid, "status": "queued", "to": form["To"], "from": form["From"], "body": form["Body"]}
        return web.json_response(made, status=201)

    async def list_those(request: web.Request) -> web.Response:
        desk.record.faults += _check_account(request)
        if about is not None:
            desk.record.faults += check_query(about["get"], request.query)
        rows = [_row(desk, one) for one in desk.shown(request.query["To"])]
        return web.json_response(list_page(request.path, "Messages", {"messages": [{}]}, rows, request.query))

    path = PATH.replace("AccountSid", "account")
    return [web.post(path, create), web.get(path, list_those)]


def _row(desk: Desk, one: Taken) -> dict[str, Any]:
    created = format_datetime(desk.manner.clock.at(one.came))
    return {
        "sid": one.provider_id,
        "status": "sent",
        "to": one.address,
        "from": SENDER,
        "body": one.body,
        "date_created": created,
    }


def _check_account(request: web.Request) -> list[str]:
    expected = base64.b64encode(f"{ACCOUNT}:{SECRET}".encode()).decode()
    is_ours = request.headers.get("Authorization") == f"Basic {expected}" and request.match_info["account"] == ACCOUNT
    return [] if is_ours else ["wrong account"]


def _check_form(operation: dict[str, Any], form: dict[str, str]) -> list[str]:
    schema = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    return check_twilio(schema, form) + check_conditions(operation["x-twilio"]["conditional"], form)
