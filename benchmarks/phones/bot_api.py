"""A Bot API server of our own, strict: it keeps chats, gives updates, and answers as Telegram does, errors included."""

import asyncio
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from phones.rules import check_request, shown_text

TOKEN = "42:TEST-token"
BOT = {"id": 42, "is_bot": True, "first_name": "tixing", "username": "tixing_bot"}
FILES = "/file/bot{token}/{path:.*}"


@dataclass
class Sent:
    """A message of the bot as its chat shows it."""

    number: int
    text: str = ""
    keyboard: list[list[dict[str, Any]]] = field(default_factory=list)
    reply: list[list[dict[str, Any]]] = field(default_factory=list)
    media: str = ""
    file: bytes = b""
    file_name: str = ""
    html: str = ""

    @property
    def labels(self) -> list[str]:
        """What stands on its buttons."""
        return [button["text"] for row in (*self.keyboard, *self.reply) for button in row]


class BotApi:
    """`faults` are requests that Telegram would not have taken; `requests` are (method, form)."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.faults: list[str] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.chats: dict[int, dict[int, Sent]] = defaultdict(dict)
        self.popups: dict[str, str] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.url = ""
        self.failures: list[tuple[str, int, str]] = []  # (method, code, description), each once
        self._spec = spec
        self._updates: list[dict[str, Any]] = []
        self._delivered: dict[int, dict[str, Any]] = {}
        self._offset, self._again = 0, False
        self._number = 100
        self._arrived = asyncio.Event()
        self._closed = False

    def deliver(self, update: dict[str, Any]) -> int:
        """Something happens in a chat; the number of the update."""
        number = update.get("update_id") or self._next()
        self._number = max(self._number, number)
        self._updates.append({**update, "update_id": number})
        self._delivered[number] = self._updates[-1]
        self._arrived.set()
        return int(number)

    def redeliver(self, number: int) -> None:
        """The same update once more, as after an acknowledgement that was lost."""
        self._offset, self._again = number, True
        self._updates.append(self._delivered[number])
        self._arrived.set()

    @property
    def waiting(self) -> list[dict[str, Any]]:
        """Updates that the bot has not acknowledged."""
        return [one for one in self._updates if one["update_id"] >= self._offset]

    def close(self) -> None:
        """Nobody waits for updates any more."""
        self._closed = True
        self._arrived.set()

    def forget(self) -> None:
        """Everything that was delivered counts as acknowledged."""
        self._updates.clear()

    def application(self) -> web.Application:
        """Served under /bot<token>/<method>."""
        application = web.Application(client_max_size=64 << 20)
        application.router.add_route("*", "/bot{token}/{method}", self._handle)
        application.router.add_get(FILES, self._download)
        return application

    def _next(self) -> int:
        self._number += 1
        return self._number

    async def _handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        form, files = await _read(request)
        self.requests.append((method, form))
        plain = {name: value for name, value in form.items() if name not in files}
        given = {**plain, **dict.fromkeys(set(files) & set(form), "attach://file")}
        self.faults += [f"{method}: {fault}" for fault in check_request(self._spec, method, given)]
        if request.match_info["token"] != TOKEN:
            return _refuse(401, "Unauthorized")
        for failure in self.failures:
            if failure[0] == method:
                self.failures.remove(failure)
                return _refuse(failure[1], failure[2])
        handler = getattr(self, f"_{method}", None)
        if handler is None:
            return _answer(True)
        result: web.Response = await handler(form, files)
        return result

    async def _download(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["path"]][1])

    async def _getMe(self, form: dict[str, str], files: Any) -> web.Response:
        return _answer(BOT)

    async def _getFile(self, form: dict[str, str], files: Any) -> web.Response:
        number = form["file_id"]
        return _answer({"file_id": number, "file_unique_id": number, "file_path": number})

    async def _getUpdates(self, form: dict[str, str], files: Any) -> web.Response:
        self._offset = max(self._offset, int(form.get("offset", 0)) if not self._again else 0)
        self._again = False
        self._updates = self.waiting
        if not self._updates and not self._closed:
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), float(form.get("timeout", 0)))
            except TimeoutError:
                return _answer([])
        return _answer(self._updates[:100])

    async def _answerCallbackQuery(self, form: dict[str, str], files: Any) -> web.Response:
        query = form["callback_query_id"]
        if query in self.popups:
            return _refuse(400, "Bad Request: query is too old and response timeout expired or query id is invalid")
        self.popups[query] = form.get("text", "")
        return _answer(True)

    async def _sendMessage(self, form: dict[str, str], files: Any) -> web.Response:
        return self._add(form, Sent(self._next(), _shown(form, "text"), html=form["text"]))

    async def _sendPhoto(self, form: dict[str, str], files: Any) -> web.Response:
        return self._add_file(form, files, "photo")

    async def _sendDocument(self, form: dict[str, str], files: Any) -> web.Response:
        return self._add_file(form, files, "document")

    async def _sendLocation(self, form: dict[str, str], files: Any) -> web.Response:
        return self._add(form, Sent(self._next(), media="location"))

    async def _editMessageText(self, form: dict[str, str], files: Any) -> web.Response:
        return self._change(form, "text")

    async def _editMessageCaption(self, form: dict[str, str], files: Any) -> web.Response:
        return self._change(form, "caption")

    async def _editMessageReplyMarkup(self, form: dict[str, str], files: Any) -> web.Response:
        return self._change(form, "")

    async def _editMessageMedia(self, form: dict[str, str], files: Any) -> web.Response:
        found = self.chats[int(form["chat_id"])].get(int(form["message_id"]))
        if found is None:
            return _refuse(400, "Bad Request: message to edit not found")
        media = json.loads(form["media"])
        name = media["media"].removeprefix("attach://")
        found.media, found.text = media["type"], shown_text(media.get("caption", ""))
        found.file_name, found.file = files.get(name, ("", b""))
        found.keyboard, found.reply = _buttons(form)
        return _answer(self._described(form, found))

    async def _deleteMessage(self, form: dict[str, str], files: Any) -> web.Response:
        if self.chats[int(form["chat_id"])].pop(int(form["message_id"]), None) is None:
            return _refuse(400, "Bad Request: message to delete not found")
        return _answer(True)

    def _add_file(self, form: dict[str, str], files: dict[str, tuple[str, bytes]], kind: str) -> web.Response:
        name = form[kind].removeprefix("attach://")
        file_name, content = files.get(name) or files.get(kind) or self.files.get(name) or ("", b"")
        sent = Sent(self._next(), _shown(form, "caption"), media=kind, file=content, file_name=file_name)
        return self._add(form, sent)

    def _add(self, form: dict[str, str], sent: Sent) -> web.Response:
        sent.keyboard, sent.reply = _buttons(form)
        self.chats[int(form["chat_id"])][sent.number] = sent
        return _answer(self._described(form, sent))

    def _change(self, form: dict[str, str], field_name: str) -> web.Response:
        found = self.chats[int(form["chat_id"])].get(int(form["message_id"]))
        if found is None:
            return _refuse(400, "Bad Request: message to edit not found")
        before = (found.html, found.keyboard)
        if field_name:
            found.text, found.html = _shown(form, field_name), form.get(field_name, "")
        found.keyboard, found.reply = _buttons(form)
        if before == (found.html, found.keyboard):
            return _refuse(400, "Bad Request: message is not modified: specified new message content is the same")
        return _answer(self._described(form, found))

    def _described(self, form: dict[str, str], sent: Sent) -> dict[str, Any]:
        chat = {"id": int(form["chat_id"]), "type": "private", "first_name": "某"}
        message: dict[str, Any] = {"message_id": sent.number, "date": int(time.time()), "chat": chat, "from": BOT}
        if not sent.media:
            return {**message, "text": sent.text}
        described = {"file_id": f"f{sent.number}", "file_unique_id": f"u{sent.number}", "file_size": len(sent.file)}
        self.files[f"f{sent.number}"] = (sent.file_name, sent.file)
        if sent.media == "photo":
            return {**message, "caption": sent.text, "photo": [{**described, "width": 1, "height": 1}]}
        if sent.media == "location":
            return {**message, "location": {"latitude": 23.1, "longitude": 113.3}}
        return {**message, "caption": sent.text, "document": {**described, "file_name": sent.file_name}}


async def _read(request: web.Request) -> tuple[dict[str, str], dict[str, tuple[str, bytes]]]:
    form: dict[str, str] = {}
    files: dict[str, tuple[str, bytes]] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = (value.filename, value.file.read())
        else:
            form[name] = str(value)
    return form, files


def _shown(form: dict[str, str], name: str) -> str:
    text = form.get(name, "")
    return shown_text(text) if form.get("parse_mode") == "HTML" else text


def _buttons(form: dict[str, str]) -> tuple[list[list[dict[str, Any]]], list[list[dict[str, Any]]]]:
    markup = json.loads(form.get("reply_markup", "{}"))
    reply = [[{"text": one} if isinstance(one, str) else one for one in row] for row in markup.get("keyboard", [])]
    return markup.get("inline_keyboard", []), reply


def _answer(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refuse(code: int, description: str) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if code == 429:
        body["parameters"] = {"retry_after": 1}
    return web.json_response(body, status=code)
