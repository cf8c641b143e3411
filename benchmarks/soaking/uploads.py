"""Records arrive at a steady rate while backups are made; the machine is killed. Nothing acknowledged may be lost.

Afterwards the store itself is looked at, and the newest backup is restored elsewhere: what was acknowledged before it
was begun is there. What came after it is in the hands of the platforms still: they send all they have once more, and
each record is there once.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from socket import create_server, socket
from statistics import median, quantiles
from typing import Any
from uuid import uuid4

import uvicorn
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select
from stores import empty_store

from portal.api.app import Api
from portal.api.gate import Limits
from portal.app import make_app
from portal.limits import Limit
from schedules.moments import day_of
from soaking.platforms import BATCH, Platform, found_platforms
from store.database import Database
from store.records import MaintenanceRecord
from tixing.backups.making import How, make_backup
from tixing.backups.restoring import restore
from tixing.client import ProblemError
from tixing.records.verify import verify

PAUSE = 5  # seconds between two backups
PATIENCE = 120  # seconds until a server that was killed must answer again
OFTEN = Limits(wrong=Limit(1_000_000, 60), asked=Limit(1_000_000, 60))


@dataclass(frozen=True)
class Trial:
    """`rate`: records a second, of all platforms together. `crash`: a command that kills the database's server too, and
    starts it again.
    """

    address: str | None
    lifts: int
    rate: int
    seconds: float
    servers: int
    crash: str = ""


def run(trial: Trial, folder: Path) -> dict[str, Any]:
    """The trial, and what it came to."""
    places = (folder / "here", folder / "there")
    with empty_store(trial.address, folder / "store.sqlite") as database:
        platforms = found_platforms(database, trial.lifts)
        url = database.url.render_as_string(hide_password=False)
        faults: list[str] = []
        with _serving(url, trial.servers) as addresses, _backing_up(url, places) as begun:
            until = time.monotonic() + trial.seconds
            pace = BATCH * len(platforms) / trial.rate
            with ThreadPoolExecutor(len(platforms)) as crowd:
                ways = [addresses[at % len(addresses)] for at in range(len(platforms))]
                list(crowd.map(lambda one, way: _upload(one, way, until, pace), platforms, ways))
        if trial.crash:
            subprocess.run(trial.crash, shell=True, check=True)
            database.engine.dispose()
            _wait(database)
        acked = [(at, name) for one in platforms for at, names in one.acknowledged for name in names]
        here = _names(database)
        _compare("the store", {name for _, name in acked}, here, faults)
        faults += _verified("the store", database)
        backups = begun()
        line = _elsewhere(trial, database, folder, backups, platforms, faults)
        waits = [wait for one in platforms for wait in one.waits]
        began = min(at for at, _ in acked)
        return {
            "part": "records",
            "store": database.engine.dialect.name,
            "acknowledged": len(acked),
            "a_second": round(len(acked) / max(max(at for at, _ in acked) - began, 1)),
            "batch_seconds": [round(median(waits), 2), round(quantiles(waits, n=20)[18], 2)],
            "refused": sum(one.refused for one in platforms),
            "backups": len(backups),
            **line,
            "faults": faults,
        }


def _elsewhere(
    trial: Trial,
    database: Database,
    folder: Path,
    backups: list[tuple[float, str]],
    platforms: list[Platform],
    faults: list[str],
) -> dict[str, Any]:
    """Restore the newest backup, as if nothing else were left, and let the platforms send what they have."""
    begun, name = backups[-1]
    with _fresh_address(database, folder) as url:
        restore(folder / "there" / name, url, None)
        restored = Database(url)
        before = {name for one in platforms for at, names in one.acknowledged for name in names if at < begun}
        there = _names(restored)
        _compare("the backup", before, there, faults)
        faults += _verified("the backup", restored)
        everything = {record["external_id"] for one in platforms for batch in one.batches for record in batch}
        with _serving(url, trial.servers) as addresses:
            for one in platforms:
                for batch in one.batches:
                    if {record["external_id"] for record in batch} - there:
                        one.send(addresses[0], batch)
        _compare("the restored store", everything, _names(restored), faults)
        faults += _verified("the restored store", restored)
        restored.close()
    return {"in_the_backup": len(there), "sent_again": len(everything) - len(there)}


def _upload(platform: Platform, address: str, until: float, pace: float) -> None:
    """Batches at their pace, one after the other, until the end."""
    due = time.monotonic()
    while due < until:
        time.sleep(max(due - time.monotonic(), 0))
        if time.monotonic() > until:
            return
        try:
            platform.send(address, platform.next_batch(datetime.now(UTC)))
        except (OSError, ProblemError):
            return  # the machine is gone
        due += pace


@contextmanager
def _serving(url: str, count: int) -> Iterator[list[str]]:
    """Servers in processes of their own; at the end they are killed."""
    listeners = [create_server(("127.0.0.1", 0)) for _ in range(count)]
    context = get_context("fork")
    processes = [context.Process(target=_serve, args=(url, listener), daemon=True) for listener in listeners]
    for process in processes:
        process.start()
    try:
        yield [f"http://127.0.0.1:{listener.getsockname()[1]}" for listener in listeners]
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.join()
        for listener in listeners:
            listener.close()


def _serve(url: str, listener: socket) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    app = make_app(Database(url), lambda: datetime.now(UTC), api=Api(limits=OFTEN, private=True))
    uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off")).run(sockets=[listener])


@contextmanager
def _backing_up(url: str, places: Sequence[Path]) -> Iterator[Callable[[], list[tuple[float, str]]]]:
    """A process that makes one backup after the other, killed at the end; when each was begun that is whole."""
    context = get_context("fork")
    notes = context.SimpleQueue()
    process = context.Process(target=_back_up, args=(url, places, notes), daemon=True)
    process.start()

    def begun() -> list[tuple[float, str]]:
        found = []
        while not notes.empty():
            found.append(notes.get())
        return found

    try:
        yield begun
    finally:
        process.kill()
        process.join()


def _back_up(url: str, places: Sequence[Path], notes: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    database = Database(url)
    while True:
        began = time.monotonic()
        made = make_backup(database, How(places, tries=False), now=datetime.now(UTC))
        if not any(one.error for one in made):
            notes.put((began, made[0].name))
        time.sleep(PAUSE)


@contextmanager
def _fresh_address(database: Database, folder: Path) -> Iterator[str]:
    """Elsewhere: another file, or another database of the server."""
    if database.is_sqlite:
        yield f"sqlite:///{folder / 'elsewhere.sqlite'}"
        return
    name = f"tixing_soak_{uuid4().hex[:8]}"
    admin = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    try:
        yield database.url.set(database=name).difference_update_query(["options"]).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _wait(database: Database) -> None:
    """Until the server answers again."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with database.read() as session:
                session.execute(text("SELECT 1"))
            return
        except DBAPIError:
            if time.monotonic() > until:
                raise
            time.sleep(1)


def _names(database: Database) -> set[str]:
    with database.read() as session:
        return {str(name) for name in session.exec(select(MaintenanceRecord.external_id))}


def _compare(whose: str, wanted: set[str], there: set[str], faults: list[str]) -> None:
    lost = wanted - there
    if lost:
        faults.append(f"{whose}: {len(lost)} acknowledged records are not there, as {sorted(lost)[0]}")


def _verified(whose: str, database: Database) -> list[str]:
    with database.read() as session:
        verdict = verify(session, today=day_of(datetime.now(UTC)))
    return [f"{whose}: {one}" for one in verdict.faults[:5]]
