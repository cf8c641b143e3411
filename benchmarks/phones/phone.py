"""A person with a telephone: writes, presses, shows a contact, sends a photo; reads what the bot shows."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from phones.bot_api import BOT, BotApi, Sent

Settle = Callable[[], Awaitable[None]]


class Phone:
    """One private chat of `api`. `settle` waits until the bot has answered everything."""

    def __init__(self, api: BotApi, chat_id: int, settle: Settle, language: str = "zh-hans") -> None:
        self.api = api
        self.chat_id = chat_id
        self.popup = ""
        self.taps = 0
        self._settle = settle
        self._language = language
        self._number = 0

    @property
    def messages(self) -> list[Sent]:
        """What the bot's messages show, oldest first."""
        return [self.api.chats[self.chat_id][number] for number in sorted(self.api.chats[self.chat_id])]

    @property
    def screen(self) -> Sent:
        """The last message; an entry for one's calendar lies below it."""
        return [one for one in self.messages if not one.file_name.endswith(".ics")][-1]

    @property
    def text(self) -> str:
        """What it says."""
        return self.screen.text

    def sees(self, label: str) -> bool:
        """Whether a button of the last message is called so."""
        return any(label in one for one in self.screen.labels)

    async def write(self, text: str) -> None:
        """Send a text or a command."""
        commands = text.split()[:1] if text.startswith("/") else []
        entities = [{"type": "bot_command", "offset": 0, "length": len(one)} for one in commands]
        await self.send({"text": text} | ({"entities": entities} if entities else {}))

    async def share_contact(self, number: str, user_id: int | None = None) -> None:
        """Share a contact; one's own unless another `user_id` is said."""
        owner = self.chat_id if user_id is None else user_id
        await self.send({"contact": {"phone_number": number, "first_name": "某", "user_id": owner}})

    async def send_photo(self, content: bytes, caption: str = "") -> None:
        """Send a photo."""
        name = f"p{len(self.api.files)}"
        self.api.files[name] = ("photo.jpg", content)
        photo = {"file_id": name, "file_unique_id": name, "width": 800, "height": 600, "file_size": len(content)}
        await self.send({"photo": [photo]} | ({"caption": caption} if caption else {}))

    async def send_location(self, lat: float, lon: float) -> None:
        """Send where one is."""
        await self.send({"location": {"latitude": lat, "longitude": lon}})

    async def press(self, label: str, *, twice: bool = False, of: Sent | None = None) -> None:
        """Press the button whose label has `label` in it, of the newest message that has one; `twice` at once."""
        self.taps += 1
        queries = [self.press_later(label, of) for _ in range(2 if twice else 1)]
        await self._settle()
        self.popup = self.api.popups.get(queries[-1], "")

    def press_later(self, label: str, of: Sent | None = None) -> str:
        """Press without waiting for the answer; the query's id."""
        sent, button = self.find(label, of)
        for row in sent.reply:
            if button in row:
                raise AssertionError(f"{label} is a button of the keyboard: write it")
        return self.press_data(button["callback_data"], sent.number)

    def press_data(self, data: str, message_id: int) -> str:
        """Press a button with that data, whether or not it is still there."""
        self._number += 1
        query = f"q{self.chat_id}-{self._number}-{time.monotonic_ns()}"
        message = {"message_id": message_id, "date": int(time.time()), "chat": self._chat, "from": BOT, "text": "…"}
        pressed = {"id": query, "from": self._person, "chat_instance": "1", "data": data, "message": message}
        self.api.deliver({"callback_query": pressed})
        return query

    def find(self, label: str, of: Sent | None = None) -> tuple[Sent, dict[str, Any]]:
        """The message and its button."""
        for sent in [of] if of else reversed(self.messages):
            for row in (*sent.keyboard, *sent.reply):
                for button in row:
                    if label in button["text"]:
                        return sent, button
        raise AssertionError(f"no button {label!r}; the last message says {self.text!r} with {self.screen.labels}")

    async def send(self, content: dict[str, Any]) -> None:
        """A message with any content."""
        self.taps += 1
        self.deliver(content)
        await self._settle()

    def deliver(self, content: dict[str, Any]) -> int:
        """The same without waiting."""
        self._number += 1
        message = {"message_id": 1_000_000 + self._number, "date": int(time.time()), "chat": self._chat}
        return self.api.deliver({"message": {**message, "from": self._person, **content}})

    @property
    def _chat(self) -> dict[str, Any]:
        return {"id": self.chat_id, "type": "private", "first_name": "某"}

    @property
    def _person(self) -> dict[str, Any]:
        return {"id": self.chat_id, "is_bot": False, "first_name": "某", "language_code": self._language}
