"""`tixing import`: a register file into the store."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlmodel import Session, col, func, select

from actions.register import ImportSummary, RegisterError, import_register
from schedules.duties import rebuild
from schedules.office_duties import rebuild_offices
from schedules.rulebook import RulebookError, load_rulebook
from store.database import Database
from store.imports import ImportReject, ImportRun
from tixing.commands.options import open_store, parse_date_option, parse_moment_option, print_json
from tixing.errors import TixingError, UsageError
from tixing.times import business_day

DEFAULT_CITY = "guangzhou"
SHOWN_REJECTS = 5


def import_file(
    file: Annotated[Path, typer.Argument(help="A register: CSV or XLSX.")],
    city: Annotated[str, typer.Option(help="The city of rows that name none; the id of its rulebook.")] = DEFAULT_CITY,
    mapping: Annotated[
        str | None, typer.Option(help="A mapping TOML for another layout, or the name of a shipped one (maryland).")
    ] = None,
    rejects: Annotated[Path | None, typer.Option(help="Write refused rows to this CSV, with line and reason.")] = None,
    as_of: Annotated[str | None, typer.Option(help="The day on which the register was true; today if absent.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as one JSON object.")] = False,
) -> None:
    """Read a register of lifts; work out what is due for each. Importing a file again changes nothing."""
    now = parse_moment_option("now", None)
    day = parse_date_option("--as-of", as_of) or business_day(now)
    try:
        renewal_months = load_rulebook(city).numbers.renewal_months
    except RulebookError as error:
        raise UsageError(str(error)) from error

    def derive(session: Session, import_id: int) -> None:
        rebuild(session, city_id=city, today=day, now=now, import_id=import_id)
        rebuild_offices(session, city_id=city, today=day, now=now)

    with open_store(make=True) as database, _progress() as progress:
        _warn_of_newer(database, city, day)
        try:
            summary = import_register(
                database,
                file,
                city_id=city,
                mapping=mapping,
                as_of=day,
                now=now,
                rejects=rejects,
                progress=progress,
                derive=derive,
                renewal_months=renewal_months,
            )
        except RegisterError as error:
            raise TixingError(str(error)) from error
        shown = _first_rejects(database, summary.import_id)
    _print(summary, as_json=as_json)
    for line, detail in shown:
        typer.echo(f"  line {line}: {detail}", err=True)
    if summary.rejected > len(shown):
        typer.echo(f"  and {summary.rejected - len(shown)} more; --rejects FILE writes them all", err=True)
    if summary.rejected:
        raise typer.Exit(1)


def _warn_of_newer(database: Database, city: str, day: date) -> None:
    """An older register overwrites what a newer one said; nobody should do that without knowing."""
    with database.read() as session:
        newest = session.exec(select(func.max(ImportRun.as_of)).where(ImportRun.city_id == city)).one()
    if newest is not None and newest > day:
        typer.echo(f"warning: a register of {newest} was imported before; this one, of {day}, overwrites it", err=True)


def _first_rejects(database: Database, import_id: int) -> list[tuple[int, str]]:
    with database.read() as session:
        query = select(ImportReject).where(ImportReject.import_id == import_id).order_by(col(ImportReject.line))
        return [(reject.line, reject.detail) for reject in session.exec(query.limit(SHOWN_REJECTS))]


def _print(summary: ImportSummary, *, as_json: bool) -> None:
    if as_json:
        print_json(summary.as_json())
        return
    typer.echo(
        f"import {summary.import_id}: {summary.rows} rows, {summary.lifts} lifts "
        f"({summary.created} new, {summary.updated} changed, {summary.unchanged} unchanged), "
        f"{summary.parties} parties, {summary.rejected} rejected"
    )


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
