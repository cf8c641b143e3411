"""Other queues on PostgreSQL with the same job: render the same template from data in the job, call the no-op.

Each is set as fast as it goes on one machine: both on uvloop, pgqueuer on asyncpg with batches of 500, procrastinate
with as many jobs at once as brought the most. They read no state again before they send and keep no ledger and no
record of what was said: that is their advantage here.
"""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial

import asyncpg
import procrastinate
import psycopg
import uvloop
from pgqueuer import AsyncpgPoolDriver, Job, Queries, QueueManager
from pgqueuer.models import TracebackRecord
from pgqueuer.types import JOB_STATUS, QueueExecutionMode

from dispatching.race import Lap, Race, Ready, run
from dispatching.rows import FIRST, TEMPLATE
from notifier.index import signature_of
from notifier.samples import render_sample
from notifier.text import render

BATCH = 500
CONNECTIONS = 10  # of pgqueuer; it takes as many as it can use
AT_ONCE, POOL = 10, 4  # of procrastinate; of 2 to 30 jobs and 4 to 20 connections none did better
PORTION = 10_000
NAME = "notice"
PROCRASTINATE_COLUMNS = "queue_name, task_name, args"


def fill_pgqueuer(url: str, jobs: int) -> None:
    """Its tables in a new schema, and the jobs."""

    async def install() -> None:
        pool = await _open_pool(url)
        queries = Queries(AsyncpgPoolDriver(pool))
        await queries.install()
        for numbers in _portions(jobs):
            payloads: list[bytes | None] = [json.dumps(_data(n), ensure_ascii=False).encode() for n in numbers]
            await queries.enqueue([NAME] * len(numbers), payloads, [0] * len(numbers))
        await pool.close()

    asyncio.run(install())
    _freshen(url)


def race_pgqueuer(url: str, workers: int) -> Race:
    """Drain what `fill_pgqueuer` queued."""
    return run(partial(_run_pgqueuer, url), workers)


def unsettled_pgqueuer(url: str, jobs: int) -> str:
    """What is wrong after the drain; nothing if every job was logged as done, and once."""
    return _compare(url, "SELECT count(*) FROM pgqueuer_log WHERE status = 'successful'", jobs)


@dataclass
class TimedQueries(Queries):
    """Notes on the lap when jobs were settled: after the last the manager waits whether more will come."""

    lap: Lap = field(kw_only=True)

    async def log_jobs(self, job_status: list[tuple[Job, JOB_STATUS, TracebackRecord | None]]) -> None:
        """Settle a batch."""
        await super().log_jobs(job_status)
        self.lap.note_settled()


def _run_pgqueuer(url: str, lap: Lap, ready: Ready) -> None:
    uvloop.run(_drain_pgqueuer(url, lap, ready))


async def _drain_pgqueuer(url: str, lap: Lap, ready: Ready) -> None:
    pool = await _open_pool(url)
    queries = TimedQueries(AsyncpgPoolDriver(pool), lap=lap)
    manager = QueueManager(queries)

    @manager.entrypoint(NAME)
    async def send(job: Job) -> None:
        _send(json.loads(job.payload or b""), lap)

    _warm_up()
    ready()
    await manager.run(batch_size=BATCH, mode=QueueExecutionMode.drain, dequeue_timeout=timedelta(seconds=0.1))
    await pool.close()


async def _open_pool(url: str) -> asyncpg.Pool:
    return await asyncpg.create_pool(url, min_size=2, max_size=CONNECTIONS)


def fill_procrastinate(url: str, jobs: int) -> None:
    """Its tables in a new schema, and the jobs."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(procrastinate.schema.SchemaManager.get_schema())
        with cursor.copy(f"COPY procrastinate_jobs ({PROCRASTINATE_COLUMNS}) FROM STDIN") as copy:
            for n in range(FIRST, FIRST + jobs):
                copy.write_row((NAME, NAME, json.dumps({"data": _data(n)}, ensure_ascii=False)))
    _freshen(url)


def race_procrastinate(url: str, workers: int) -> Race:
    """Drain what `fill_procrastinate` queued."""
    return run(partial(_run_procrastinate, url), workers)


def unsettled_procrastinate(url: str, jobs: int) -> str:
    """What is wrong after the drain; nothing if every job is done."""
    return _compare(url, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded'", jobs)


def _run_procrastinate(url: str, lap: Lap, ready: Ready) -> None:
    uvloop.run(_drain_procrastinate(url, lap, ready))


async def _drain_procrastinate(url: str, lap: Lap, ready: Ready) -> None:
    connector = procrastinate.PsycopgConnector(conninfo=url, min_size=POOL, max_size=POOL)
    app = procrastinate.App(connector=connector)

    @app.task(name=NAME)
    async def send(data: dict[str, object]) -> None:
        _send(data, lap)

    _warm_up()
    async with app.open_async():
        ready()
        await app.run_worker_async(concurrency=AT_ONCE, wait=False, listen_notify=False, install_signal_handlers=False)
        lap.note_settled()


def _data(number: int) -> dict[str, object]:
    """What the template wants, and where the text goes."""
    place = f"云荔{number % 500}苑{number % 40 + 1}栋{number % 4 + 1}梯"
    words = {"n": 1, "place": place, "due": "5月", "target": "4月30日"}
    return {"id": number, "to": f"+86140{number:08d}", "words": words}


def _send(data: dict[str, object], lap: Lap) -> None:
    """Render and hand over to the provider that does nothing."""
    words, number = data["words"], data["id"]
    assert isinstance(words, dict)
    assert isinstance(number, int)
    render(TEMPLATE, "zh", "sms", words, signature=_signature())
    lap.sent.append(number)


@cache
def _signature() -> str:
    return signature_of(TEMPLATE, "zh")


def _warm_up() -> None:
    render_sample(TEMPLATE, "zh", "sms", lifts=1)


def _portions(jobs: int) -> Iterator[Sequence[int]]:
    for start in range(FIRST, FIRST + jobs, PORTION):
        yield range(start, min(start + PORTION, FIRST + jobs))


def _freshen(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def _compare(url: str, query: str, jobs: int) -> str:
    with psycopg.connect(url) as connection:
        found = connection.execute(query).fetchone()
    assert found is not None
    return "" if found[0] == jobs else f"{found[0]} jobs done instead of {jobs}"


@dataclass(frozen=True)
class Peer:
    """A queue: fills an empty schema with jobs, drains it with so many workers, says what is wrong afterwards."""

    fill: Callable[[str, int], None]
    race: Callable[[str, int], Race]
    unsettled: Callable[[str, int], str]


PEERS = {
    "pgqueuer": Peer(fill_pgqueuer, race_pgqueuer, unsettled_pgqueuer),
    "procrastinate": Peer(fill_procrastinate, race_procrastinate, unsettled_procrastinate),
}
