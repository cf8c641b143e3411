"""What the evidence of records costs. Prints one JSON object for each part.

    python benchmarks/records.py append|verify|query [--rows 1000000] [--database postgresql://…]

`append`: records a second through the one way in, over the same rows inserted without a chain, in one run, in turns.
`verify`: records a second, by part; on one core. `query`: a lift's newest records and one record, at each of `--rows`.
The rows are made up: 10,000 lifts, a visit every 15 days.
"""

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import insert, text
from sqlmodel import Session, SQLModel, col, select
from stores import ADDRESS_HELP, empty_store, freshen, trust_rows

from store.appending import NewEntry, append
from store.chain import START, canonical, day_root, entry_hash, first_line, new_salt, salted, tree_root
from store.database import ON_DISK, Database, bulk_insert, in_chunks
from store.records import EntryKind, MaintenanceRecord, RecordEntry, RecordPersonal, RecordRoot
from tixing.records.verify import verify

LIFTS, EVERY = 10_000, 15
FIRST = date(2022, 1, 1)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
AT, SIGN_BY = "2022-01-01 02:00:00", "2022-01-01 16:00:00"
SAID = {
    "kind": "half_month", "table": "tsg-t5002-2017", "class": "A", "all": 31,
    "but": {"A-1-29": {"result": "fixed", "value": "7.5"}}, "completed_at": "2022-01-01T10:00:00+08:00",
    "uploaded_at": "2022-01-01T10:00:00+08:00", "lift": {"city": "guangzhou", "key": "31109900120170001"},
    "maintainer": {"ref": "maintainer", "name": "广州示范捷安电梯工程有限公司"}, "platform": "city",
    "unit": {"ref": "unit", "name": "广州示例云荔物业服务有限公司"},
}  # fmt: skip
PEOPLE = {"worker1.name": "何师傅", "worker1.certificate": "粤A-0001"}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=["append", "verify", "query"])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--database", help=ADDRESS_HELP)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="tixing-records-") as folder,
        empty_store(options.database, Path(folder) / "store.sqlite") as database,
    ):
        found(database)
        if options.part == "append":
            print(json.dumps(measure_append(database)))
            return
        filled = 0
        for rows in sorted(options.rows):
            fill(database, filled, rows)
            filled = rows
            freshen(database)
            if options.part == "verify":
                print(json.dumps(measure_verify(database, rows, options.runs)), flush=True)
            else:
                print(json.dumps(measure_query(database, rows)), flush=True)


def found(database: Database) -> None:
    """A city, its lifts, a unit and a maintainer."""
    tables = SQLModel.metadata.tables
    with database.write() as session:
        session.execute(insert(tables["city"]).values(id="guangzhou", name="广州"))
        for number, name in ((1, "unit"), (2, "maintainer")):
            session.execute(insert(tables["party"]).values(id=number, city_id="guangzhou", ref=name, name=name))
        lifts = [{"id": n, "city_id": "guangzhou", "key": f"L{n}"} for n in range(1, LIFTS + 1)]
        for part in in_chunks(lifts):
            session.execute(insert(tables["lift"]), list(part))


def fill(database: Database, start: int, rows: int) -> None:
    """Records from the `start`th on, as they would have come; their days are closed."""
    heads: dict[int, tuple[int, bytes]] = {}
    before = START
    if start:
        with database.read() as session:
            ends = "SELECT lift_id, seq, hash FROM record_entry WHERE id > :first"
            for lift, seq, digest in session.execute(text(ends), {"first": start - LIFTS}):
                heads[lift] = seq, bytes(digest)
            before = bytes(session.execute(text("SELECT root FROM record_root ORDER BY day DESC LIMIT 1")).scalar_one())
    tail = canonical({**SAID, "uploaded_at": "2022-01-01T10:00:00+08:00"})
    a_day = LIFTS // EVERY
    for days in in_days(start, rows, a_day):
        entries, records, roots = [], [], []
        for day, numbers in days:
            on, leaves = day.isoformat(), {}
            for number in numbers:
                lift = number % LIFTS + 1
                seq, last = heads.get(lift, (0, START))
                body = (first_line(lift, seq + 1, on, "record") + tail).encode()
                digest = entry_hash(last, body)
                heads[lift] = seq + 1, digest
                leaves[lift] = digest
                entries.append((number + 1, lift, seq + 1, on, "record", body, digest))
                records.append((number + 1, "guangzhou", lift, number + 1, seq + 1, 2, 1, "half_month", "city", AT, AT,
                                SIGN_BY, 0, "pending", str(number)))  # fmt: skip
            root = day_root(before, day, len(leaves), len(numbers), tree_root([leaves[one] for one in sorted(leaves)]))
            roots.append((on, len(leaves), len(numbers), root, "", b"", AT))
            before = root
        with database.write() as session:
            connection = session.connection()
            trust_rows(connection)
            columns = ["id", "lift_id", "seq", "day", "kind", "body", "hash"]
            bulk_insert(connection, RecordEntry, columns, entries)
            columns = (
                "id city_id lift_id entry_id seq maintainer_id unit_id kind platform completed_at uploaded_at sign_by "
                "faults state key"
            )
            bulk_insert(connection, MaintenanceRecord, columns.split(), records)
            columns = ["day", "lifts", "entries", "root", "key", "signature", "made_at"]
            bulk_insert(connection, RecordRoot, columns, roots)


def in_days(start: int, rows: int, a_day: int) -> Iterator[list[tuple[date, range]]]:
    """The records by days, some 50,000 at a time."""
    days = [
        (FIRST + timedelta(days=number // a_day), range(number, min(number + a_day, rows)))
        for number in range(start + (-start % a_day), rows, a_day)
    ]
    if start % a_day:
        raise SystemExit(f"rows must be a multiple of {a_day} where more follow")
    for at in range(0, len(days), 75):
        yield days[at : at + 75]


def measure_verify(database: Database, rows: int, times: int) -> dict[str, Any]:
    """Records a second, by the wall and by the processor's time of this process."""
    runs = []
    for _ in range(times):
        with database.read() as session:
            verdict = verify(session, today=date(2030, 1, 1))
        faults = [one for one in verdict.faults if one.what.value != "person"]  # of which there are no rows
        if faults or verdict.entries != rows:
            raise SystemExit(f"{verdict.entries} entries, {faults[:3]}")
        runs.append((verdict.seconds, verdict.worked))
    wall = min(one["chains"] + one["roots"] for one, _ in runs)
    worked = min(one["chains"] + one["roots"] for _, one in runs)
    return {
        "part": "verify",
        "store": database.engine.dialect.name,
        "records": rows,
        "records_per_second": round(rows / wall),
        "records_per_processor_second": round(rows / worked),
        "seconds": {part: min(one[part] for one, _ in runs) for part in runs[0][0]},
        "processor_seconds": {part: min(one[part] for _, one in runs) for part in runs[0][1]},
    }


def measure_append(database: Database, rounds: int = 7, batch: int = 200) -> dict[str, Any]:
    """The same entries, with their personal values, through `append` and as plain rows; a transaction each."""
    speeds: dict[str, list[float]] = {"chained": [], "plain, on disk": [], "plain": []}
    for number in range(rounds):
        for at, how in enumerate(speeds):
            day, started = FIRST + timedelta(days=number), perf_counter()
            for lift in range(at * batch + 1, (at + 1) * batch + 1):
                with database.write() as session:
                    if how == "chained":
                        append(session, [NewEntry(lift, EntryKind.RECORD, SAID, people=PEOPLE)], day)
                        continue
                    session.info[ON_DISK] = how == "plain, on disk"
                    _insert_plain(session, lift, number + 1, day)
            speeds[how].append(batch / (perf_counter() - started))
    found = {how: round(statistics.median(each)) for how, each in speeds.items()}
    chained, on_disk, _ = speeds.values()
    cost = round(statistics.median(b / a for a, b in zip(chained, on_disk, strict=True)), 2)
    return {"part": "append", "store": database.engine.dialect.name, "per_second": found, "cost_of_the_chain": cost}


def _insert_plain(session: Session, lift: int, seq: int, day: date) -> None:
    """As one would without evidence: the content and the names, and nothing that stands on anything."""
    body = canonical(SAID).encode()
    row = RecordEntry(lift_id=lift, seq=seq, day=day, kind="record", body=body, hash=bytes(32))
    session.add(row)
    session.flush()
    salt = new_salt()
    assert salted(salt, "")
    session.add_all(RecordPersonal(entry_id=row.id, field=name, salt=salt, value=it) for name, it in PEOPLE.items())
    session.flush()


def measure_query(database: Database, rows: int) -> dict[str, Any]:
    """Milliseconds until a lift's newest 20 records are there with their bodies, and one record by its place."""
    newest, single = [], []
    for number in range(300):
        lift = number * 37 % LIFTS + 1
        with database.read() as session:
            started = perf_counter()
            query = select(MaintenanceRecord, RecordEntry).join(
                RecordEntry, col(RecordEntry.id) == MaintenanceRecord.entry_id
            )
            of_lift = query.where(MaintenanceRecord.lift_id == lift)
            assert len(session.exec(of_lift.order_by(col(MaintenanceRecord.completed_at).desc()).limit(20)).all()) > 10
            newest.append((perf_counter() - started) * 1000)
            started = perf_counter()
            one = select(RecordEntry).where(RecordEntry.lift_id == lift, RecordEntry.seq == 3)
            assert session.exec(one).one()
            single.append((perf_counter() - started) * 1000)
    return {
        "part": "query",
        "store": database.engine.dialect.name,
        "records": rows,
        "newest_ms": [round(statistics.median(newest), 2), round(statistics.quantiles(newest, n=100)[98], 2)],
        "one_ms": [round(statistics.median(single), 2), round(statistics.quantiles(single, n=100)[98], 2)],
    }


if __name__ == "__main__":
    main()
