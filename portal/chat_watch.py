"""Pages that wait for something new: one question to the store a second for all of them together."""

import asyncio
from collections.abc import Sequence

from fastapi.concurrency import run_in_threadpool

from store.database import SILENCE, Database
from store.web_lines import Place, sum_versions

EVERY = 1.0  # seconds between two looks


class Waiting:
    """A page that shows an inbox from a line on, and knew this sum of versions."""

    def __init__(self, place: Place, known: int) -> None:
        self.place = place
        self.known = known
        self.changed: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Watch:
    """Wakes the pages of one process when a line of theirs was added, changed or taken back."""

    def __init__(self, database: Database, every: float = EVERY) -> None:
        self._database = database
        self._every = every
        self._waiting: set[Waiting] = set()
        self._looking: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_closing = False

    @property
    def amount(self) -> int:
        """How many pages wait."""
        return len(self._waiting)

    def waits_for(self, address: str) -> int:
        """How many pages of this inbox wait."""
        return sum(one.place[0] == address for one in self._waiting)

    async def wait(self, place: Place, known: int, seconds: float) -> None:
        """Return when the sum of versions is another one, at the latest after `seconds`.

        Raises what the store raises where it does not answer.
        """
        if self._is_closing:
            return
        waiting = Waiting(place, known)
        self._waiting.add(waiting)
        self._loop = asyncio.get_running_loop()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            async with asyncio.timeout(seconds):
                await waiting.changed
        except TimeoutError:
            return
        finally:
            self._waiting.discard(waiting)

    def wake(self, address: str) -> None:
        """Something was written to this inbox by this process; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake_now, address)

    def close(self) -> None:
        """Answer everybody at once: this process is about to stop."""
        self._is_closing = True
        self._end([*self._waiting])

    async def _look(self) -> None:
        while self._waiting:
            await asyncio.sleep(self._every)
            asked = [*self._waiting]
            try:
                sums = await run_in_threadpool(self._ask, [one.place for one in asked])
            except SILENCE as error:
                self._end(asked, error)
                continue
            self._end([one for one in asked if sums[one.place] != one.known])

    def _ask(self, places: Sequence[Place]) -> dict[Place, int]:
        with self._database.read() as session:
            return sum_versions(session, places)

    def _wake_now(self, address: str) -> None:
        self._end([one for one in self._waiting if one.place[0] == address])

    def _end(self, waiting: Sequence[Waiting], error: Exception | None = None) -> None:
        for one in waiting:
            if one.changed.done():
                continue
            if error is None:
                one.changed.set_result(None)
            else:
                one.changed.set_exception(error)
