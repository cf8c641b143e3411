"""Importing a register: one file, one transaction."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from time import perf_counter

from sqlmodel import Session, col, func, select

from actions.people.responsibility import change_use_units
from actions.register.changes import Changes
from actions.register.context import ImportContext, moment_text
from actions.register.importer import Importer
from actions.register.journal import Journal
from actions.register.layout_rules import rules_for
from actions.register.mapping import load_mapping
from actions.register.rejects import open_rejects_file, write_rejects
from actions.register.source import Source, open_register
from actions.register.text_files import RawRow
from actions.register.thresholds import dangers, refuse, threshold_percent
from actions.register.unsent import Unsent
from actions.running.cities import ensure_city
from schedules.forecast import expect_new_lifts, hold_if_too_large, present_day
from store.database import Database
from store.imports import ImportRun
from store.lifts import Lift
from store.locks import hold_city

ROWS_AT_ONCE = 2000
Derive = Callable[[Session, int], None]
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


@dataclass(frozen=True)
class Request:
    """What is to be imported and how; see `import_register`."""

    path: Path
    city_id: str
    as_of: date
    now: datetime
    mapping: str | None = None
    renewal_months: int = RENEWAL_MONTHS
    derive: Derive | None = None
    progress: Callable[[int], None] | None = None


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
    derive: Derive | None = None,
    renewal_months: int = RENEWAL_MONTHS,
    confirmed: bool = False,
) -> ImportSummary:
    """Store the lifts, parties and people of a register, what changed of them as events, what is wrong as tasks.

    `mapping` is the path of a mapping file or the name of a shipped one; None reads Chinese exports. Rows that cannot
    be kept go to the store's rejects and to the CSV file `rejects`. `progress` hears how many rows were read.
    `derive(session, import_id)` runs at the end of the transaction. RegisterError: nothing was stored;
    NeedsConfirmation where more changes than may go in without `confirmed`.
    """
    request = Request(path, city_id, as_of, now, mapping, renewal_months, derive, progress)
    return import_request(database, request, rejects=rejects, confirmed=confirmed)


def import_request(
    database: Database, request: Request, *, rejects: Path | None = None, confirmed: bool = False
) -> ImportSummary:
    """The same, of a request that is put together already."""
    started = perf_counter()
    source = open_source(request)
    with open_rejects_file(rejects, request.path) as rejects_file, database.write() as session:
        taken = take_in(session, request, source, confirmed=confirmed)
        first = present_day(session, request.city_id, request.as_of)
        hold_if_too_large(session, request.city_id, today=first, now=request.now)
        if rejects_file is not None:
            write_rejects(session, taken.run.id, source.layout.header, rejects_file)
    seconds = {"import": perf_counter() - started - taken.derive_seconds, "derive": taken.derive_seconds}
    return summary_of(taken.run, seconds)


@dataclass(frozen=True)
class Taken:
    """An import that is stored, but not committed."""

    run: ImportRun
    changes: Changes
    derive_seconds: float


def open_source(request: Request) -> Source:
    """The register, read as its mapping says."""
    return open_register(request.path, rules_for(load_mapping(request.mapping) if request.mapping else None))


def take_in(session: Session, request: Request, source: Source, *, confirmed: bool) -> Taken:
    """Store a register in this transaction; `derive` and what follows from the changes too."""
    city_id, as_of, now = request.city_id, request.as_of, request.now
    hold_city(session, city_id)
    ensure_city(session, city_id, as_of)
    run = ImportRun(
        city_id=city_id, file_name=request.path.name, mapping=source.layout.name, as_of=as_of, started_at=now
    )
    session.add(run)
    session.flush()
    unsent = Unsent(session, city_id)
    before = _count_lifts(session, city_id)
    context = _context(session, run, now, request.renewal_months)
    importer = _take_all(context, source, request.progress)
    handed_over = importer.finish()
    context.changes.missing = max(before - context.changes.known, 0)
    if not confirmed:
        refuse(dangers(context.changes, threshold_percent(session)))
    stored = perf_counter()
    if request.derive is not None:
        request.derive(session, run.id)
    derived = perf_counter()
    # after the dates are right: the new unit gets one introduction, not a correction of what the old one knew
    change_use_units(session, handed_over, on=as_of, now=now, import_id=run.id)
    unsent.journal_changes(context.journal)
    expect_new_lifts(session, city_id, first_id=importer.first_new_id, today=as_of, returned=importer.returned)
    _close(run, importer, now)
    return Taken(run, context.changes, derived - stored)


def _count_lifts(session: Session, city_id: str) -> int:
    query = select(func.count()).select_from(Lift).where(Lift.city_id == city_id, col(Lift.withdrawn_on).is_(None))
    return session.exec(query).one()


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
        journal=Journal(connection, run.id),
        changes=Changes(),
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


def summary_of(run: ImportRun, timings: dict[str, float]) -> ImportSummary:
    """The counts of an import."""
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
