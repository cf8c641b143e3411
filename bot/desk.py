"""The desk: takes the updates of one door, keeps them, and has each answered once, one of a chat at a time.

An update is kept before it is acknowledged. What was kept and not answered, because the process died, is answered when
the next one starts: by its key an action that was done already is not done again.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.dispatcher.middlewares.user_context import UserContextMiddleware
from aiogram.enums import ChatType
from aiogram.types import Update
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from actions.actors import who_stands
from bot.closing import Closer, Closing
from bot.texts import language_of
from bot.visit import Clock, Visit, enter
from store.chat_locks import SharedLocks
from store.database import SILENCE, Database
from store.dialogs import Record, load_dialogs
from store.updates import Kept, came_before, is_waiting, keep_updates, waiting_updates

AT_ONCE = 8  # updates of different chats
FOR_WHOM = "tixing:for_whom"  # the record beside those of the dialogs
LOOK_AGAIN_SECONDS = 0.02  # while another process answers the same chat

log = structlog.get_logger(__name__)


class Desk:
    """Where one bot's updates are answered. `channel` is the door: telegram or webchat."""

    def __init__(
        self, database: Database, dispatcher: Dispatcher, bot: Bot, channel: str, clock: Clock, services: Any = None
    ) -> None:
        self.bot = bot
        self.channel = channel
        self._database = database
        self._dispatcher = dispatcher
        self._clock = clock
        self._services = services
        self._closer = Closer(database, clock)
        self._chats: dict[str, Turn] = {}
        self._shared = None if database.is_sqlite else SharedLocks(database)
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._begun: set[int] = set()
        self._owed: dict[str, list[tuple[Update, Kept]]] = {}  # of chats to which answers could not be kept

    async def take(self, updates: Sequence[tuple[str, dict[str, Any]]]) -> list[asyncio.Task[None]]:
        """Keep what came, by external id, and begin to answer what is new. Kept when this returns."""
        kept = await asyncio.to_thread(self._keep, updates)
        return [self._begin(one) for one in kept if one.number not in self._begun]

    async def knows(self, external_id: str) -> bool:
        """Whether this came before."""
        return await asyncio.to_thread(self._knows, external_id)

    async def replay(self) -> int:
        """Begin to answer what was kept and not answered; returns how many."""
        waiting = await asyncio.to_thread(self._waiting)
        again = [one for one in waiting if one.number not in self._begun]
        for one in again:
            self._begin(one, again=True)
        return len(again)

    async def drain(self) -> None:
        """Wait until everything begun has been answered."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def close(self) -> None:
        """Nothing will come any more."""
        if self._shared is not None:
            self._shared.close()

    def _keep(self, updates: Sequence[tuple[str, dict[str, Any]]]) -> list[Kept]:
        with self._database.write() as session:
            return keep_updates(session, self.channel, updates, now=self._clock())

    def _knows(self, external_id: str) -> bool:
        with self._database.read() as session:
            return came_before(session, self.channel, external_id)

    def _waiting(self) -> list[Kept]:
        with self._database.read() as session:
            return waiting_updates(session, self.channel)

    def _begin(self, kept: Kept, *, again: bool = False) -> asyncio.Task[None]:
        task = asyncio.create_task(self._answer(kept, again))
        self._begun.add(kept.number)
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._end(done, kept.number))
        return task

    def _end(self, task: asyncio.Task[None], number: int) -> None:
        self._tasks.discard(task)
        self._begun.discard(number)

    async def _answer(self, kept: Kept, again: bool) -> None:
        number, external_id = kept.number, kept.external_id
        try:
            update = Update.model_validate(kept.payload, context={"bot": self.bot})
        except ValidationError as error:
            log.warning("unreadable update", channel=self.channel, update=external_id, problems=error.error_count())
            await self._closer.close(Closing(number))
            return
        chat_id = _private_chat(update)
        if chat_id is None:
            await self._closer.close(Closing(number))  # groups, channels, polls: nothing for us
            return
        try:
            async with self._alone(str(chat_id)):
                await self._answer_in_turn(update, str(chat_id), kept, again)
        except SQLAlchemyError as error:  # of a server that does not say whose turn it is
            log.error("not answered", channel=self.channel, update=external_id, error=type(error).__name__)

    async def _answer_in_turn(self, update: Update, address: str, kept: Kept, again: bool) -> None:
        """What this chat sent before and the store was silent about comes first: what follows stands on it.

        It stays in the inbox until then. What fails for another reason would fail again, and must hold up nobody: it
        may be followed by a call for help.
        """
        waiting = [*self._owed.get(address, ()), (update, kept)]
        for place, (one, its) in enumerate(waiting):
            try:
                await self._answer_alone(one, address, its, again or its is not kept)
            except SQLAlchemyError as error:
                log.error("not answered", channel=self.channel, update=its.external_id, error=type(error).__name__)
                if isinstance(error, SILENCE):
                    self._owed[address] = waiting[place:]
                    return
        self._owed.pop(address, None)

    async def _answer_alone(self, update: Update, address: str, kept: Kept, again: bool) -> None:
        # another process, or an earlier replay, may have answered it while this one waited for the chat
        asks_first = again or not self._database.is_sqlite
        code = _language_code(update)
        if self._database.is_sqlite:  # a few rows of one's own file: the way to a thread costs more than the read
            visit = self._open(kept, address, code, asks_first)
        else:
            visit = await asyncio.to_thread(self._open, kept, address, code, asks_first)
        if visit is None:
            return
        enter(visit)
        try:
            await self._dispatcher.feed_update(self.bot, update, visit=visit, services=self._services)
        except SILENCE:  # it stays in the inbox
            raise
        except Exception as error:  # noqa: BLE001  (whatever it is, it would fail again with every replay)
            log.error("not answered", channel=self.channel, update=kept.external_id, error=type(error).__name__)
        await self._close(kept.number, visit)

    def _open(self, kept: Kept, address: str, language_code: str | None, asks_first: bool) -> Visit | None:
        """Everything that is known of a chat; None where another process has answered by now."""
        now = self._clock()
        with self._database.read() as session:
            if asks_first and not is_waiting(session, kept.number):
                return None
            standing = who_stands(session, self.channel, address)
            visit = Visit(
                database=self._database,
                channel=self.channel,
                address=address,
                language=standing.language or language_of(language_code),
                actor=standing.actor,
                actors=list(standing.actors),
                now=now,
                came_at=kept.came_at,
                tap=f"{self.channel}:{kept.external_id}",
                services=self._services,
            )
            visit.notes.records = load_dialogs(session, self._chat_key(address))
        _forget_dialogs_of_another(visit)
        return visit

    async def _close(self, number: int, visit: Visit) -> None:
        _note_for_whom(visit)
        chat, notes = self._chat_key(visit.address), visit.notes
        await self._closer.close(Closing(number, {(chat, name): notes.records[name] for name in notes.changed}))

    def _chat_key(self, address: str) -> str:
        return f"{self.bot.id}:{address}"

    @asynccontextmanager
    async def _alone(self, address: str) -> AsyncIterator[None]:
        """One update of a chat at a time, of this process and, on a server, of all."""
        turn = self._chats.setdefault(address, Turn())
        turn.waiting += 1
        try:
            async with turn.lock, self._at_once, self._among_all(f"chat/{self._chat_key(address)}"):
                yield
        finally:
            turn.waiting -= 1
            if not turn.waiting:  # nobody holds it or waits for it
                self._chats.pop(address, None)

    @asynccontextmanager
    async def _among_all(self, name: str) -> AsyncIterator[None]:
        """The same among all processes of a server."""
        if self._shared is None:
            yield
            return
        while not await asyncio.to_thread(self._shared.try_hold, name):
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        try:
            yield
        finally:
            await asyncio.to_thread(self._shared.let_go, name)


@dataclass
class Turn:
    """Of one chat: whose turn it is, and how many there are."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


def _note_for_whom(visit: Visit) -> None:
    """Keep with the dialogs for whom they were begun."""
    record: Record = (None, {"contact_id": visit.actor.contact_id} if visit.actor else {})
    if visit.notes.records.get(FOR_WHOM, (None, {})) != record:
        visit.notes.records[FOR_WHOM] = record
        visit.notes.changed.add(FOR_WHOM)


def _forget_dialogs_of_another(visit: Visit) -> None:
    """What was begun for one party must not be ended for another, because the first let this person go meanwhile."""
    begun_for = visit.notes.records.get(FOR_WHOM, (None, {}))[1].get("contact_id")
    acts_for = visit.actor.contact_id if visit.actor else None
    if begun_for is None or begun_for == acts_for:
        return
    visit.notes.changed = set(visit.notes.records)
    visit.notes.records = dict.fromkeys(visit.notes.records, (None, {}))


def _private_chat(update: Update) -> int | None:
    """The chat of an update that is for us: one between the bot and a single person."""
    context = UserContextMiddleware.resolve_event_context(update)
    if context.chat is None or context.chat.type != ChatType.PRIVATE or context.user is None:
        return None
    return context.chat.id


def _language_code(update: Update) -> str | None:
    context = UserContextMiddleware.resolve_event_context(update)
    return context.user.language_code if context.user else None
