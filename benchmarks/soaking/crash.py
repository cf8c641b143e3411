"""Workers are killed and cut off from the database while they send; afterwards everybody must have been told once."""

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from dispatching.rows import NOW

from notifier.settling import RETRY_AFTER
from soaking.clock import Clock
from soaking.crew import Worker, crew
from soaking.desk import Manner, Record
from soaking.fates import IN_A_THOUSAND, Fates
from soaking.line import Line, line_to
from soaking.provider import Provider, provider
from soaking.rows import OPEN, full_store, in_the_air, notice_at, numbers, read_books, states
from soaking.verdict import judge
from store.database import Database

SQLITE = "sqlite"
LOOK_SECONDS = 0.05
STANDSTILL_SECONDS = 180  # and a retry's longest wait: with nothing changed for so long, nothing will
LAST = 0.95  # of the notices are taken when the last kill or cut comes
LEASE = 300  # seconds of business time, as a worker's own
SHORTEST_LEASE = 5  # seconds; a loaded machine may be slow to renew it
LONGEST_CUT = 2.0  # seconds


@dataclass(frozen=True)
class Trial:
    """What is tried. Without an `address` it is SQLite, with one worker and no line that could be cut.

    `rate`: above so many messages a second the provider answers 429; 0 is no limit.
    """

    address: str | None
    notices: int
    workers: int
    kills: int
    cuts: int
    protocol: str
    seed: int
    speed: float
    rate: int


@dataclass(frozen=True)
class Kill:
    """When the worker behind a door was killed, and of which notices it was not recorded then how they went."""

    at: float
    door: int
    in_air: set[int]

    def in_flight(self, record: Record) -> set[int]:
        """Those of them that had come through the door."""
        return self.in_air & {
            notice_at(one.address) for one in record.taken if one.door == self.door and one.came <= self.at
        }


@dataclass
class Scene:
    """Everybody who takes part, and the kills so far."""

    database: Database
    provider: Provider
    workers: list[Worker]
    line: Line | None
    kills: list[Kill] = field(default_factory=list)


def run(trial: Trial, logs: Path) -> dict[str, Any]:
    """The trial, and what it came to; the workers' logs stay in `logs`."""
    return asyncio.run(_run(trial, logs))


async def _run(trial: Trial, logs: Path) -> dict[str, Any]:
    clock = Clock(NOW, time.monotonic(), trial.speed)
    manner = Manner(trial.protocol, clock, Fates(trial.seed, IN_A_THOUSAND, trial.speed), trial.workers, trial.rate)
    with (
        tempfile.TemporaryDirectory() as folder,
        full_store(trial.address, Path(folder), trial.protocol, trial.notices) as database,
        provider(manner) as theirs,
    ):
        async with _line(database) as (line, url):
            began = time.monotonic()
            with crew(
                trial.protocol, theirs.doors, url, clock, max(SHORTEST_LEASE, LEASE / trial.speed), logs
            ) as workers:
                scene = Scene(database, theirs, workers, line)
                await _trouble(scene, trial)
                await _settle(scene, STANDSTILL_SECONDS + max(RETRY_AFTER).total_seconds() / trial.speed)
                seconds = time.monotonic() - began
                await _working(scene, at_least=trial.workers)
                codes = [await asyncio.to_thread(worker.stop) for worker in workers]
        return _result(trial, scene, codes, seconds)


@asynccontextmanager
async def _line(database: Database) -> AsyncIterator[tuple[Line | None, str]]:
    url = database.url.set(drivername=database.url.get_backend_name()).render_as_string(hide_password=False)
    if database.is_sqlite:
        yield None, url
        return
    async with line_to(url) as (line, near):
        yield line, near


async def _trouble(scene: Scene, trial: Trial) -> None:
    """Kill and cut at random moments, while notices are sent."""
    dice = random.Random(trial.seed)
    for at, is_kill in _plan(trial, dice):
        while await asyncio.to_thread(scene.provider.count) < at:
            await asyncio.sleep(LOOK_SECONDS)
        await asyncio.sleep(dice.uniform(0, 1))
        if is_kill:
            worker = dice.choice(await _working(scene, at_least=1))
            await asyncio.to_thread(worker.kill)
            in_air = await asyncio.to_thread(in_the_air, scene.database)
            scene.kills.append(Kill(time.monotonic(), worker.door, in_air))
            worker.start()
        elif scene.line is not None:
            await scene.line.cut(dice.uniform(0, LONGEST_CUT))


async def _working(scene: Scene, *, at_least: int) -> list[Worker]:
    """The workers that have started, as soon as they are so many."""
    while True:
        working = [worker for worker in scene.workers if worker.works]
        if len(working) >= at_least:
            return working
        for worker in scene.workers:
            worker.begin_again()
        await asyncio.sleep(LOOK_SECONDS)


def _plan(trial: Trial, dice: random.Random) -> Iterator[tuple[int, bool]]:
    """After how many messages something happens, and whether it is a kill."""
    kinds = [True] * trial.kills + [False] * trial.cuts
    dice.shuffle(kinds)
    moments = sorted(dice.randrange(int(trial.notices * LAST)) for _ in kinds)
    yield from zip(moments, kinds, strict=True)


async def _settle(scene: Scene, patience: float) -> None:
    """Wait until every notice has come to its end, or nothing has changed for so many seconds."""
    last, changed = {}, time.monotonic()
    while time.monotonic() - changed < patience:
        now = await asyncio.to_thread(states, scene.database)
        if not any(now.get(state) for state in OPEN):
            return
        if now != last:
            last, changed = now, time.monotonic()
        await asyncio.sleep(10 * LOOK_SECONDS)


def _result(trial: Trial, scene: Scene, codes: list[int], seconds: float) -> dict[str, Any]:
    record = scene.provider.record()
    in_flight = set().union(*(kill.in_flight(record) for kill in scene.kills))
    verdict = asdict(judge(trial.protocol, numbers(trial.notices), record, read_books(scene.database), in_flight))
    faults = verdict.pop("faults")
    if any(codes):
        faults.append(f"workers ended with {codes} after SIGTERM")
    asked = {"fates": dict(record.fates), "looks": record.looks, "seconds": round(seconds, 1)}
    return {**asdict(trial), **asked, **verdict, "faults": faults}
