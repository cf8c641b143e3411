"""Notices drained per second from a full queue: ours, a bare loop that does the same writes, other queues. JSON lines.

    uv run --all-extras --group bench python benchmarks/dispatch.py [--notices 100000] [--repeat 3]
        [--database sqlite] [--database postgresql://…] [--workers 1 2] [--provider noop http]
        [--only tixing bare pgqueuer procrastinate]

Each notice is about one lift and is rendered from `gz.sms` (zh). `seconds` go from the common start of the workers to
the last notice settled. Afterwards every notice must be settled, and the provider must have got each exactly once.
Everything but tixing runs on PostgreSQL only, with the provider that does nothing. Runs take turns; with `--repeat`
the medians follow, and the ratios are those of the medians.

procrastinate is given `--peer-notices` at most (its lines say how many): it commits job by job, and all would take
minutes. Its ratio is that of the rates.
"""

import argparse
import json
import shutil
import statistics
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from dispatching import bare, ours, peers
from dispatching.providers import http_provider
from dispatching.race import Race
from dispatching.rows import FIRST, digest_of_texts, fill, queue, unsettled
from stores import empty_store, own_schema

from store.database import Database

PARTS = ("tixing", "bare", "pgqueuer", "procrastinate")
SQLITE = "sqlite"
AIMS = {"pgqueuer": 1.2, "bare": 0.7}  # what ours is to come to, as a part of theirs


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    what: str
    database: str
    provider: str
    workers: int
    notices: int


def main() -> None:
    """Measure every case in turns, then print medians and ratios."""
    options = read_options()
    taken: dict[Case, list[Race]] = defaultdict(list)
    for _ in range(options.repeat):
        for address in options.database:
            for case, race in races(options, address):
                taken[case].append(race)
                print(json.dumps(line(case, race.seconds, race.cpu_seconds)), flush=True)
    medians = {case: statistics.median(race.seconds for race in runs) for case, runs in taken.items()}
    if options.repeat > 1:
        for case, runs in taken.items():
            cpu = statistics.median(race.cpu_seconds for race in runs)
            print(json.dumps({**line(case, medians[case], cpu), "median_of": options.repeat}))
    for ratio in ratios(medians):
        print(json.dumps(ratio))


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notices", type=int, default=100_000)
    parser.add_argument("--peer-notices", type=int, default=10_000, help="at most so many for procrastinate")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--database", action="append", help="sqlite (the default) or postgresql://…; may be repeated")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--provider", choices=["noop", "http"], nargs="+", default=["noop", "http"])
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS)
    options = parser.parse_args()
    options.database = options.database or [SQLITE]
    if options.database == [SQLITE] and "tixing" not in options.only:
        parser.error("on SQLite there is nothing but tixing: give --database postgresql://…")
    return options


def line(case: Case, seconds: float, cpu_seconds: float) -> dict[str, object]:
    """One line of the output."""
    rate = round(case.notices / seconds)
    return {**vars(case), "seconds": round(seconds, 3), "per_second": rate, "worker_cpu_seconds": round(cpu_seconds, 3)}


def races(options: argparse.Namespace, address: str) -> Iterator[tuple[Case, Race]]:
    """Every case on one database, once."""
    if set(options.only) & {"tixing", "bare"}:
        yield from races_of_ours(options, address)
    if address == SQLITE:
        return
    if "pgqueuer" in options.only:
        for workers in options.workers:
            yield race_peer("pgqueuer", address, workers, options.notices)
    if "procrastinate" in options.only:
        for workers in options.workers:
            yield race_peer("procrastinate", address, workers, min(options.notices, options.peer_notices))


def races_of_ours(options: argparse.Namespace, address: str) -> Iterator[tuple[Case, Race]]:
    """On one store, in which the day is queued anew for each case."""
    kind, texts = "sqlite" if address == SQLITE else "postgres", set()
    with tempfile.TemporaryDirectory() as folder, full_store(address, Path(folder), options.notices) as queued:
        for case in cases_of_ours(options, kind):
            with queued() as database:
                url = plain_url(database)
                race = bare.race(url) if case.what == "bare" else race_ours(url, case)
                stop_if(case, unsettled(database, case.notices) or race.amiss(numbers(case)))
                texts.add(digest_of_texts(database))
                stop_if(case, "not the same words as before" if len(texts) > 1 else "")
            yield case, race


def cases_of_ours(options: argparse.Namespace, kind: str) -> Iterator[Case]:
    """A SQLite store is served by one process."""
    if "bare" in options.only and kind == "postgres":
        yield Case("bare", kind, "noop", 1, options.notices)
    if "tixing" in options.only:
        for provider, workers in product(options.provider, options.workers):
            if kind == "postgres" or workers == 1:
                yield Case("tixing", kind, provider, workers, options.notices)


@contextmanager
def full_store(address: str, folder: Path, notices: int) -> Iterator[Callable[[], AbstractContextManager[Database]]]:
    """A store with everything but notices; each call of what it gives queues them anew. A SQLite file is copied."""
    file = folder / "store.sqlite"
    with empty_store(None if address == SQLITE else address, file) as database:
        fill(database, notices)
        database.close()

        @contextmanager
        def queued() -> Iterator[Database]:
            used = database
            if database.is_sqlite:
                used = Database(f"sqlite:///{shutil.copy(file, folder / 'copy.sqlite')}")
            queue(used, notices)
            yield used
            used.close()
            for leftover in folder.glob("copy.sqlite*"):
                leftover.unlink()

        yield queued


def plain_url(database: Database) -> str:
    """The address as it is written, without the driver that we use for it."""
    return database.url.set(drivername=database.url.get_backend_name()).render_as_string(hide_password=False)


def race_ours(url: str, case: Case) -> Race:
    """Our dispatcher; behind HTTP the server's count is what counts."""
    if case.provider == "noop":
        return ours.race(url, case.workers)
    with http_provider() as (provider_url, pipe):
        race = ours.race(url, case.workers, provider_url)
        pipe.send("what came in?")
        return replace(race, sent=Counter(pipe.recv()))


def race_peer(what: str, address: str, workers: int, notices: int) -> tuple[Case, Race]:
    """Another queue in a new schema."""
    case, peer = Case(what, "postgres", "noop", workers, notices), peers.PEERS[what]
    with own_schema(address) as url:
        peer.fill(url, notices)
        race = peer.race(url, workers)
        stop_if(case, peer.unsettled(url, notices) or race.amiss(numbers(case)))
    return case, race


def numbers(case: Case) -> range:
    """The numbers of the notices of a case."""
    return range(FIRST, FIRST + case.notices)


def stop_if(case: Case, amiss: str) -> None:
    """A drain that lost or repeated something has no speed."""
    if amiss:
        raise SystemExit(f"{case}: {amiss}")


def ratios(medians: Mapping[Case, float]) -> Iterator[dict[str, object]]:
    """Ours to each of the others, by number of workers; a bare loop has one."""
    rates = {case: case.notices / seconds for case, seconds in medians.items()}
    mine = {case.workers: rate for case, rate in rates.items() if is_mine(case)}
    for case, rate in rates.items():
        if case.what != "tixing" and case.workers in mine:
            ratio = {"ratio": f"tixing/{case.what}", "workers": case.workers, "is": round(mine[case.workers] / rate, 2)}
            yield {**ratio, "aim": AIMS.get(case.what)}


def is_mine(case: Case) -> bool:
    """Whether it is what the others are compared with."""
    return (case.what, case.database, case.provider) == ("tixing", "postgres", "noop")


if __name__ == "__main__":
    main()
