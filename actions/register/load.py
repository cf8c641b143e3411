"""Importing a register: one file, one transaction."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from time import perf_counter

from sqlmodel import Session

from actions.cities import ensure_city
from actions.register.context import ImportContext, moment_text
from actions.register.importer import Importer
from actions.register.layout_rules import rules_for
from actions.register.mapping import load_mapping
from actions.register.rejects import open_rejects_file, write_rejects
from actions.register.source import Source, open_register
from actions.register.text_files import RawRow
from actions.responsibility import change_use_units
from store.database import Database
from store.imports import ImportRun
from store.locks import hold_city

ROWS_AT_ONCE = 2000
RENEWAL_MONTHS = 6  # a validity moved by so much or more is the next cycle's


@dataclass(frozen=True)
class ImportSummary:
    """What an import did: rows = lifts + rejected, lifts = created + updated + unchanged. `timings` in seconds."""

    import_id: int
    rows: int
    lifts: int
    created: int
    updated: int
    unchanged: int
    parties: int
    rejected: int
    timings: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, int]:
        """The object that `tixing import --json` prints."""
        values = asdict(self)
        del values["timings"]
        return {"import": values.pop("import_id"), **values}


def import_register(
    database: Database,
    path: Path,
    *,
    city_id: str,
    mapping: str | None = None,
    as_of: date,
    now: datetime,
    rejects: Path | None = None,
    progress: Callable[[int], None] | None = None,
    derive: Callable[[Session, int], None] | None = None,
    renewal_months: int = RENEWAL_MONTHS,
) -> ImportSummary:
    """Store the lifts, parties and people of a register, what changed of them as events, what is wrong as tasks.

    `mapping` is the path of a mapping file or the name of a shipped one; None reads Chinese exports. Rows that cannot
    be kept go to the store's rejects and to the CSV file `rejects`. `progress` hears how many rows were read.
    `derive(session, import_id)` runs at the end of the transaction. RegisterError: nothing was stored.
    """
    started = perf_counter()
    source = open_register(path, rules_for(load_mapping(mapping) if mapping else None))
    with open_rejects_file(rejects, path) as rejects_file:
        with database.write() as session:
            hold_city(session, city_id)
            ensure_city(session, city_id, as_of)
            run = ImportRun(
                city_id=city_id, file_name=path.name, mapping=source.layout.name, as_of=as_of, started_at=now
            )
            session.add(run)
            session.flush()
            importer = _take_all(_context(session, run, now, renewal_months), source, progress)
            handed_over = importer.finish()
            stored = perf_counter()
            if derive is not None:
                derive(session, run.id)
            derived = perf_counter()
            # after the dates are right: the new unit gets one introduction, not a correction of what the old one knew
            change_use_units(session, handed_over, on=as_of, now=now)
            _close(run, importer, now)
        if rejects_file is not None:
            write_rejects(database, run.id, source.layout.header, rejects_file)
    seconds = {"import": perf_counter() - started - (derived - stored), "derive": derived - stored}
    return _summary(run, seconds)


def _context(session: Session, run: ImportRun, now: datetime, renewal_months: int) -> ImportContext:
    connection = session.connection()
    return ImportContext(
        session=session,
        connection=connection,
        city_id=run.city_id,
        import_id=run.id,
        as_of=run.as_of,
        now=now,
        on=run.as_of.isoformat(),
        recorded_at=moment_text(connection, now),
        renewal_months=renewal_months,
    )


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Rows make no reference cycles, and looking for some among so many young objects takes a quarter of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _take_all(context: ImportContext, source: Source, progress: Callable[[int], None] | None) -> Importer:
    importer = Importer(context, source.layout)
    with _collector_paused():
        for batch in _batches(source.rows):
            importer.take(batch)
            if progress is not None:
                progress(importer.counts.rows)
    return importer


def _batches(rows: Iterator[RawRow]) -> Iterator[list[RawRow]]:
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        yield batch


def _close(run: ImportRun, importer: Importer, now: datetime) -> None:
    counts = importer.counts
    run.rows, run.created, run.updated, run.unchanged = counts.rows, counts.created, counts.updated, counts.unchanged
    run.rejected = importer.rejects.reasons.total()
    run.parties = importer.parties
    run.finished_at = now


def _summary(run: ImportRun, timings: dict[str, float]) -> ImportSummary:
    return ImportSummary(
        import_id=run.id,
        rows=run.rows,
        lifts=run.rows - run.rejected,
        created=run.created,
        updated=run.updated,
        unchanged=run.unchanged,
        parties=run.parties,
        rejected=run.rejected,
        timings=timings,
    )
