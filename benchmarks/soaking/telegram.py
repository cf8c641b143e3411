"""The Bot API's sendMessage. There is no way to ask it about an earlier message."""

import json
import time
from itertools import count
from pathlib import Path

from aiohttp import web

from soaking.desk import Desk
from soaking.fates import Fate
from soaking.specs import check_telegram

TOKEN = "42:TEST-token"
SPEC = "telegram_api.json"
RETRY_AFTER = 1  # seconds
ERRORS = {
    Fate.BUSY: (429, "Too Many Requests: retry after 1"),
    Fate.BROKEN: (500, "Internal Server Error"),
    Fate.BROKEN_TAKEN: (500, "Internal Server Error"),
}


def routes(desk: Desk, specs: Path | None) -> list[web.RouteDef]:
    """Any method; without the specification only sendMessage is known."""
    spec = json.loads((specs / SPEC).read_text(encoding="utf-8")) if specs else {"methods": {}}
    numbers = count(1)

    async def answer(request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        if request.match_info["token"] != TOKEN:
            desk.record.faults.append("wrong token")
        if specs is not None:
            desk.record.faults += check_telegram(spec, request.match_info["method"], form)
        number = next(numbers)
        fate = await desk.handle(request, form["chat_id"], f"{form['chat_id']}:{number}", form["text"])
        if fate in ERRORS:
            status, said = ERRORS[fate]
            more = {"parameters": {"retry_after": RETRY_AFTER}} if fate is Fate.BUSY else {}
            return web.json_response({"ok": False, "error_code": status, "description": said, **more}, status=status)
        chat = {"id": int(form["chat_id"]), "type": "private"}
        message = {"message_id": number, "date": int(time.time()), "chat": chat, "text": form["text"]}
        return web.json_response({"ok": True, "result": message})

    return [web.post("/bot{token}/{method:sendMessage}", answer)]
