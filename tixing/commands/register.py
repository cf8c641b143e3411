"""`tixing import`: a register file into the store, tried out first, or taken back."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlmodel import Session, col, func, select

from actions.register import (
    RegisterError,
    Request,
    import_request,
    keep_threshold,
    preview_import,
    undo_import,
)
from schedules.duties import rebuild
from schedules.offices.duties import rebuild_offices
from schedules.rulebook import RulebookError, load_rulebook
from schedules.turnover import day_of_rules, note_imported
from store.database import Database
from store.imports import ImportReject, ImportRun
from tixing.commands.import_words import describe_preview, describe_summary, describe_undo
from tixing.commands.options import open_store, parse_date_option, parse_moment_option, print_json
from tixing.errors import TixingError, UsageError
from tixing.stops import stops
from tixing.times import business_day

DEFAULT_CITY = "guangzhou"
SHOWN_REJECTS = 5
LARGEST_ID = 2**31 - 1  # that every database can be asked for


def import_file(
    file: Annotated[Path | None, typer.Argument(help="A register: CSV or XLSX.", show_default=False)] = None,
    city: Annotated[str, typer.Option(help="The city of rows that name none; the id of its rulebook.")] = DEFAULT_CITY,
    mapping: Annotated[
        str | None, typer.Option(help="A mapping TOML for another layout, or the name of a shipped one (maryland).")
    ] = None,
    rejects: Annotated[Path | None, typer.Option(help="Write refused rows to this CSV, with line and reason.")] = None,
    as_of: Annotated[str | None, typer.Option(help="The day on which the register was true; today if absent.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Store nothing; show what would change and who would be told.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Store it although it changes much.")] = False,
    threshold: Annotated[
        float | None,
        typer.Option(min=0, max=100, help="Percent of known lifts that may change without --yes; kept for later ones."),
    ] = None,
    undo: Annotated[int | None, typer.Option(help="Take back the import of this number.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as one JSON object.")] = False,
) -> None:
    """Read a register of lifts; work out what is due for each. Importing a file again changes nothing."""
    now = parse_moment_option("now", None)
    day = parse_date_option("--as-of", as_of)
    if (file is None) == (undo is None):
        raise UsageError("name either a register to import, or --undo and the number of an import")
    if undo is not None:
        _undo(undo, day, now, as_json=as_json)
        return
    assert file is not None
    request = _request(file, city, mapping, day or business_day(now), now)
    with open_store(make=True) as database, _progress() as progress:
        request = replace(request, progress=progress)
        if request.as_of > business_day(now):
            typer.echo(f"warning: {request.as_of} has not come yet; the register counts from that day on", err=True)
        _warn_of_newer(database, city, request.as_of)
        if threshold is not None and not dry_run:
            with database.write() as session:
                keep_threshold(session, threshold)
        if dry_run:
            is_good = _try_out(database, request, rejects, threshold, yes=yes, as_json=as_json)
        else:
            is_good = _import(database, request, rejects, yes=yes, as_json=as_json)
    if not is_good:
        raise typer.Exit(1)


def _request(file: Path, city: str, mapping: str | None, day: date, now: datetime) -> Request:
    try:
        renewal_months = load_rulebook(city).numbers.renewal_months
    except RulebookError as error:
        raise UsageError(str(error)) from error

    def derive(session: Session, import_id: int) -> None:
        rules_on = day_of_rules(session, city, day)
        rebuild(session, city_id=city, today=max(day, rules_on), now=now, import_id=import_id, rules_on=rules_on)
        rebuild_offices(session, city_id=city, today=rules_on, now=now)
        note_imported(session, city, day)

    return Request(file, city, day, now, mapping, renewal_months, derive)


def _import(database: Database, request: Request, rejects: Path | None, *, yes: bool, as_json: bool) -> bool:
    """Store it; whether every row was good."""
    try:
        summary = import_request(database, request, rejects=rejects, confirmed=yes)
    except RegisterError as error:
        raise TixingError(str(error)) from error
    if as_json:
        print_json(summary.as_json())
    else:
        typer.echo(describe_summary(summary, f"import {summary.import_id}"))
    with database.read() as session:
        for sentence in stops(session):
            typer.echo(f"note: {sentence}", err=True)
    _name_rejects(_first_rejects(database, summary.import_id), summary.rejected)
    return not summary.rejected


def _try_out(
    database: Database,
    request: Request,
    rejects: Path | None,
    threshold: float | None,
    *,
    yes: bool,
    as_json: bool,
) -> bool:
    """Show what it would do; whether it would go in without an objection."""
    try:
        preview = preview_import(database, request, rejects=rejects, threshold=threshold)
    except RegisterError as error:
        raise TixingError(str(error)) from error
    if as_json:
        print_json(preview.as_json())
    else:
        for line in describe_preview(preview):
            typer.echo(line)
    _name_rejects(preview.rejects, preview.summary.rejected)
    return not preview.summary.rejected and (yes or not preview.dangers)


def _undo(import_id: int, day: date | None, now: datetime, *, as_json: bool) -> None:
    if not 0 < import_id <= LARGEST_ID:
        raise TixingError(f"there is no import {import_id}")
    with open_store() as database:
        try:
            done = undo_import(database, import_id, now=now, today=day)
        except RegisterError as error:
            raise TixingError(str(error)) from error
    if as_json:
        print_json(done.as_json())
    else:
        typer.echo(describe_undo(done))


def _warn_of_newer(database: Database, city: str, day: date) -> None:
    """An older register overwrites what a newer one said; nobody should do that without knowing."""
    with database.read() as session:
        standing = select(func.max(ImportRun.as_of)).where(
            ImportRun.city_id == city, col(ImportRun.undone_at).is_(None)
        )
        newest = session.exec(standing).one()
    if newest is not None and newest > day:
        typer.echo(f"warning: a register of {newest} was imported before; this one, of {day}, overwrites it", err=True)


def _first_rejects(database: Database, import_id: int) -> list[tuple[int, str]]:
    with database.read() as session:
        query = select(ImportReject).where(ImportReject.import_id == import_id).order_by(col(ImportReject.line))
        return [(reject.line, reject.detail) for reject in session.exec(query.limit(SHOWN_REJECTS))]


def _name_rejects(shown: list[tuple[int, str]], count: int) -> None:
    for line, detail in shown:
        typer.echo(f"  line {line}: {detail}", err=True)
    if count > len(shown):
        typer.echo(f"  and {count - len(shown)} more; --rejects FILE writes them all", err=True)


@contextmanager
def _progress() -> Iterator[Callable[[int], None] | None]:
    """A counter on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f} rows"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("rows", total=None)
        yield lambda rows: bar.update(task, completed=rows)
