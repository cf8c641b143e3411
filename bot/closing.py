"""The end of an update: what its dialogs know now, and that it has been answered, in one transaction.

Updates that end while others are being written wait for them, and are then written together: one transaction for many
costs little more than for one.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from bot.visit import Clock
from store.database import SILENCE, Database
from store.dialogs import Record, save_dialogs
from store.updates import mark_answered


@dataclass(frozen=True)
class Closing:
    """Of the update with this number in the inbox. `records` are those that changed, by chat and key."""

    number: int
    records: Mapping[tuple[str, str], Record] = field(default_factory=dict)


class Closer:
    """Writes the ends of updates."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._waiting: list[Closing] = []
        self._next: asyncio.Task[None] | None = None

    async def close(self, closing: Closing) -> None:
        """Written when this returns. Raises SQLAlchemyError where this one cannot be."""
        self._waiting.append(closing)
        if self._next is None:
            self._next = asyncio.create_task(self._write_waiting())
        try:
            await asyncio.shield(self._next)  # one that is given up does not take the others along
        except SILENCE:
            raise
        except SQLAlchemyError:
            await asyncio.to_thread(self._write, [closing])  # it may have been another's fault

    async def _write_waiting(self) -> None:
        async with self._one_at_a_time:
            together, self._waiting, self._next = self._waiting, [], None
            await asyncio.to_thread(self._write, together)

    def _write(self, together: Sequence[Closing]) -> None:
        now = self._clock()
        changed = {place: record for closing in together for place, record in closing.records.items()}
        with self._database.write() as session:
            if changed:
                save_dialogs(session, changed, now=now)
            mark_answered(session, [closing.number for closing in together], now=now)
