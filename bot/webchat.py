"""The browser's door: what somebody presses, writes or sends there becomes an update for the same dispatcher."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from aiogram import Dispatcher

from bot.desk import Desk
from bot.telegram import DEFAULTS
from bot.visit import Clock
from bot.web_session import WebSession, chat_of, make_web_bot, message_of, person_of
from store.chats import Line, find_file, offers_button, write_line
from store.database import Database
from store.doors import WEBCHAT

PATIENCE = 15.0  # seconds that a pressed button waits for its answer; it goes on without us


class UnknownButton(Exception):
    """That line of that chat has no such button."""


class WebDoor:
    """Everything that a person can do in the web chat. `address` is the account's id.

    `deed` is the browser's own name for what was done, so that a repeat after a lost network acts once.
    """

    def __init__(self, database: Database, dispatcher: Dispatcher, clock: Clock, services: Any = None) -> None:
        self._database = database
        self._clock = clock
        self._bot = make_web_bot(database, clock, DEFAULTS)
        self.desk = Desk(database, dispatcher, self._bot, WEBCHAT, clock, services)

    def tell(self, on_change: Callable[[str], None]) -> None:
        """Have it called with each address in whose chat the bot has said or changed something."""
        self._session.on_change = on_change

    async def press(self, address: str, message_id: int, data: str, *, deed: str = "") -> str:
        """Press a button; what is said over it, or nothing. Raises UnknownButton, but not for a repeat."""
        if deed and await self.desk.knows(f"{address}:{deed}"):
            return ""
        if not await asyncio.to_thread(self._offers, address, message_id, data):
            raise UnknownButton
        now, query = self._clock(), uuid4().hex
        pressed = message_of(message_id, address, "", now.timestamp(), is_bot=True)
        update = {
            "update_id": _number(now),
            "callback_query": {
                "id": query,
                "from": person_of(address),
                "chat_instance": address,
                "data": data,
                "message": pressed.model_dump(mode="json", exclude_none=True, by_alias=True),
            },
        }
        await self._take(address, update, deed, wait=True)
        return self._session.toasts.pop(query, "")

    @property
    def _session(self) -> WebSession:
        session = self._bot.session
        assert isinstance(session, WebSession)
        return session

    async def write(self, address: str, text: str, *, deed: str = "") -> None:
        """Say something; a command begins with a slash."""
        entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}] if text[:1] == "/" else []
        await self._say(address, Line(address, "in", text), {"text": text, "entities": entities}, deed)

    async def send_file(self, address: str, number: int, caption: str = "", *, deed: str = "") -> None:
        """Send a stored file of this account: a picture as a photo, all else as a document."""
        found = await asyncio.to_thread(self._file, number)
        if found is None or found["address"] != address:
            raise UnknownButton
        described = {"file_id": str(number), "file_unique_id": str(number), "file_size": found["size"]}
        is_photo = found["mime"].startswith("image/")
        said = (
            {"photo": [{**described, "width": 1, "height": 1}]}
            if is_photo
            else {"document": {**described, "file_name": found["name"], "mime_type": found["mime"]}}
        )
        media = {"kind": "photo" if is_photo else "document", "file": number}
        media |= {name: found[name] for name in ("name", "mime", "size")}
        await self._say(address, Line(address, "in", caption, media=media), {**said, "caption": caption}, deed)

    async def send_location(self, address: str, lat: float, lon: float, *, deed: str = "") -> None:
        """Send where one is."""
        line = Line(address, "in", "", media={"kind": "location", "lat": lat, "lon": lon})
        await self._say(address, line, {"location": {"latitude": lat, "longitude": lon}}, deed)

    async def _say(self, address: str, line: Line, said: dict[str, Any], deed: str) -> None:
        now = self._clock()
        if deed and await self.desk.knows(f"{address}:{deed}"):
            return
        number = await asyncio.to_thread(self._write, line)
        message = {"message_id": number, "date": int(now.timestamp()), "chat": chat_of(address)}
        update = {"update_id": _number(now), "message": {**message, "from": person_of(address), **said}}
        await self._take(address, update, deed, wait=False)

    async def _take(self, address: str, update: dict[str, Any], deed: str, *, wait: bool) -> None:
        tasks = await self.desk.take([(f"{address}:{deed or uuid4().hex}", update)])
        if wait and tasks:
            await asyncio.wait(tasks, timeout=PATIENCE)

    def _offers(self, address: str, message_id: int, data: str) -> bool:
        with self._database.read() as session:
            return offers_button(session, address, message_id, data)

    def _write(self, line: Line) -> int:
        with self._database.write() as session:
            return write_line(session, line, at=self._clock())

    def _file(self, number: int) -> dict[str, Any] | None:
        with self._database.read() as session:
            found = find_file(session, number)
            if found is None:
                return None
            return {"address": found.address, "name": found.name, "mime": found.mime, "size": found.size}


def _number(now: datetime) -> int:
    """Updates are known by their deed; the number only has to be one."""
    return int(now.timestamp() * 1000)
