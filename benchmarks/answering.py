"""Updates answered per second through desk, dialogs and store, against a bare aiogram handler. JSON lines.

    uv run --all-extras --group bench python benchmarks/answering.py [--chats 500] [--repeat 3] [--turns 5] [--database postgresql://…]

`lifts`: each chat has its menu open and presses "my lifts" once. `half`: each is booking a lift of its own and presses
a half day. `days`: each has one lift open and presses "book it", which asks for the free days. `book`: each confirms
the booking, which is written, planned anew, told and answered with a calendar file. The bare handler does one SQLModel
read (of the chat's contact, by the asynchronous session that SQLModel's documentation recommends) and one answer; it
keeps no update, no dialog and asks nobody's permission. Both answer to a server that says yes at once, in the same
process, which tidies its memory as seldom as `tixing worker` does, after one round of each to warm up. They take turns,
since such machines are at times twice as fast as a minute before: each of ours is compared with the bare rounds right
before and after it. The medians follow, and those of the ratios: of `lifts` and of one button of the booking (`half`)
they are to be 0.5 at least.
"""

import argparse
import asyncio
import gc
import json
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.base import BaseSession
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    EditMessageReplyMarkup,
    EditMessageText,
    SendDocument,
    SendMessage,
    SetMyCommands,
    TelegramMethod,
)
from aiogram.types import CallbackQuery, Message, Update
from phones.bot_api import BOT, TOKEN
from phones.world import NOW, add_many_lifts, found_world
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession
from stores import ADDRESS_HELP, empty_store

from actions.visits.slots import MOST_PLACES, set_usual_places
from bot.desk import Desk
from bot.dispatcher import build_dispatcher
from bot.telegram import DEFAULTS
from store.database import Database
from store.doors import TELEGRAM
from store.events import Event, EventKind
from store.parties import Chat, Contact, ContactRole
from tixing.ticking import BATCH_OBJECTS

FIRST_CHAT = 100_000
AT_ONCE = 16
AIM = 0.5


class Yes(BaseSession):
    """Takes everything; `last` is the keyboard of each chat's last message."""

    def __init__(self) -> None:
        super().__init__()
        self.last: dict[int, Any] = {}
        self.answers = 0

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        """As Telegram answers."""
        self.answers += 1
        if isinstance(method, AnswerCallbackQuery | DeleteMessage | EditMessageReplyMarkup | SetMyCommands):
            return True
        if isinstance(method, SendDocument):
            return Message.model_validate({**_message(int(method.chat_id)), "message_id": 8, "from": BOT})
        assert isinstance(method, SendMessage | EditMessageText)
        number = int(method.chat_id or 0)
        self.last[number] = method.reply_markup
        described = {**_message(number), "from": BOT, "text": method.text}
        return Message.model_validate(described, context={"bot": bot})

    async def stream_content(self, *args: Any, **kwargs: Any) -> AsyncGenerator[bytes, None]:
        """Nothing is downloaded."""
        yield b""

    async def close(self) -> None:
        """Nothing is open."""


def main() -> None:
    """Measure in turns, then print medians and ratios."""
    options = read_options()
    gc.set_threshold(BATCH_OBJECTS)
    rates: dict[str, list[float]] = defaultdict(list)
    ratios: dict[str, list[float]] = defaultdict(list)
    for _ in range(options.repeat):
        with filled(options.database, options.chats) as database:
            gc.collect()
            gc.freeze()
            for name, rate, bare in asyncio.run(run_in_turns(database, options.chats, options.turns)):
                rates[name].append(rate)
                rates["bare"].append(bare)
                ratios[name].append(rate / bare)
                print(
                    json.dumps({"what": name, "updates_per_second": round(rate, 1), "bare": round(bare, 1)}), flush=True
                )
    medians = {name: round(statistics.median(found), 1) for name, found in rates.items()}
    compared = {name: round(statistics.median(found), 2) for name, found in ratios.items()}
    print(json.dumps({"medians": medians, "ratios": compared, "aim": AIM}))


async def run_in_turns(database: Database, chats: int, turns: int) -> list[tuple[str, float, float]]:
    """(what, updates per second, the bare handler's beside it), of each kind of press; `lifts` so many times."""
    session, bare = Yes(), Bare(database, chats)
    bot = Bot(TOKEN, session=session, default=DEFAULTS)
    crowd = Crowd(Desk(database, build_dispatcher(), bot, TELEGRAM, lambda: NOW), session, chats)
    found = []

    async def press(name: str, label: str) -> None:
        before = await bare.run()
        seconds = await crowd.press(label)
        after = await bare.run()
        found.append((name, chats / seconds, 2 * chats / (before + after)))

    await bare.run()
    for turn in range(turns + 1):
        await crowd.write(lambda chat: "/start")
        await (press("lifts", "我的电梯") if turn else crowd.press("我的电梯"))  # the first one is to warm up
    await crowd.press("查找")
    await crowd.write(code_of)
    await crowd.press("星海名苑")
    await press("days", "约检这台")
    await crowd.press("周")
    await press("half", "上午")
    await press("book", "确认约检")
    await bare.end()
    with database.read() as reading:
        assert len(reading.exec(select(Event).where(Event.kind == EventKind.BOOKED)).all()) == chats
    return found


@dataclass
class Crowd:
    """So many people who all do the same."""

    desk: Desk
    session: Yes
    chats: int
    step: int = 0

    async def write(self, text: Callable[[int], str]) -> None:
        """Everybody writes."""
        await self._take(lambda chat: said(chat, text(chat)))

    async def press(self, label: str) -> float:
        """Everybody presses the first button whose label has this in it; the seconds until all are answered."""
        return await self._take(lambda chat: pressed(chat, self._data(chat, label)))

    async def _take(self, deed: Callable[[int], dict[str, Any]]) -> float:
        self.step += 1
        numbers = range(FIRST_CHAT, FIRST_CHAT + self.chats)
        updates = [(f"{self.step}-{chat}", deed(chat)) for chat in numbers]
        started = time.perf_counter()
        for at in range(0, self.chats, AT_ONCE):
            await self.desk.take(updates[at : at + AT_ONCE])
        await self.desk.drain()
        return time.perf_counter() - started

    def _data(self, chat: int, label: str) -> str:
        buttons = [button for row in self.session.last[chat].inline_keyboard for button in row]
        found = next((button for button in buttons if label in button.text), None)
        assert found is not None, f"{label}: {[button.text for button in buttons]}"
        return str(found.callback_data)


class Bare:
    """The same presses through a handler of a few lines."""

    def __init__(self, database: Database, chats: int) -> None:
        driver = {"sqlite": "sqlite+aiosqlite", "postgresql+psycopg": "postgresql+psycopg"}[database.url.drivername]
        self.engine = create_async_engine(database.url.set(drivername=driver))
        self.session, self.chats = Yes(), chats
        router = Router()
        router.callback_query.register(self.show, F.data == "lifts")
        self.dispatcher, self.bot = Dispatcher(), Bot(TOKEN, session=self.session, default=DEFAULTS)
        self.dispatcher.include_router(router)

    async def show(self, callback: CallbackQuery) -> None:
        """One read, one answer."""
        async with AsyncSession(self.engine) as reading:
            contact = (
                await reading.exec(select(Contact).where(Contact.phone == phone_of(callback.from_user.id)))
            ).first()
        assert contact is not None
        assert isinstance(callback.message, Message)
        await callback.message.answer(f"{contact.name}: …")

    async def run(self) -> float:
        """Seconds in which every chat's press was answered."""
        answered = self.session.answers
        updates = [
            Update.model_validate(pressed(chat, "lifts"), context={"bot": self.bot})
            for chat in range(FIRST_CHAT, FIRST_CHAT + self.chats)
        ]
        started = time.perf_counter()
        await in_turns(updates, lambda update: self.dispatcher.feed_update(self.bot, update))
        seconds = time.perf_counter() - started
        assert self.session.answers == answered + self.chats
        return seconds

    async def end(self) -> None:
        """Leave the store."""
        await self.engine.dispose()


async def in_turns(updates: list[Update], answer: Callable[[Update], Awaitable[Any]]) -> None:
    """So many at once as the desk takes."""
    for at in range(0, len(updates), AT_ONCE):
        await asyncio.gather(*(answer(update) for update in updates[at : at + AT_ONCE]))


def phone_of(chat: int) -> str:
    """The number of that chat's person."""
    return f"+8614{chat:09d}"


def code_of(chat: int) -> str:
    """The code of that chat's own lift."""
    return f"3110990012017{5000 + chat - FIRST_CHAT:04d}"


def said(chat: int, text: str) -> dict[str, Any]:
    """A text, or a command."""
    entities = [{"type": "bot_command", "offset": 0, "length": len(text)}] if text.startswith("/") else []
    return {"update_id": chat, "message": {**_message(chat), "from": _person(chat), "text": text, "entities": entities}}


def pressed(chat: int, data: str) -> dict[str, Any]:
    """A pressed button."""
    message = {**_message(chat), "from": BOT, "text": "…"}
    query = {"id": str(chat), "from": _person(chat), "chat_instance": "1", "data": data, "message": message}
    return {"update_id": chat, "callback_query": query}


def _message(chat: int) -> dict[str, Any]:
    return {"message_id": 7, "date": 1_800_000_000, "chat": {"id": chat, "type": "private"}}


def _person(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "某", "language_code": "zh-hans"}


@contextmanager
def filled(address: str | None, chats: int) -> Iterator[Database]:
    """The small city, whose unit has so many contacts with a chat each."""
    with tempfile.TemporaryDirectory() as folder, empty_store(address, Path(folder) / "store.sqlite") as database:
        with database.write() as session:
            world = found_world(session)
            add_many_lifts(session, world, chats)
            set_usual_places(session, None, MOST_PLACES)
            for chat in range(FIRST_CHAT, FIRST_CHAT + chats):
                contact = Contact(
                    party_id=world.parties["own"],
                    role=ContactRole.UNIT_CONTACT,
                    name="某",
                    phone=phone_of(chat),
                    from_on=date(2026, 1, 1),
                )
                session.add(contact)
                session.flush()
                session.add(Chat(contact_id=contact.id, channel=TELEGRAM, address=str(chat)))
        yield database


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chats", type=int, default=500)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--turns", type=int, default=5, help="rounds of `lifts` in each run")
    parser.add_argument("--database", help=ADDRESS_HELP)
    return parser.parse_args()


if __name__ == "__main__":
    main()
