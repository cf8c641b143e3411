"""`tixing summary`: what departments cleared in a day or a week, and what is left."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from actions.summary.figures import Summary, summarise
from actions.summary.lifts import named_lines
from actions.summary.telling import week_of
from actions.visits.slot_upkeep import departments
from bot.summary_sheets import figure_names, summary_sheet
from store.summaries import Figure
from tixing.commands.options import open_store, parse_date_option, print_json
from tixing.errors import UsageError
from tixing.times import business_day, now_utc


def summary(
    day: Annotated[str | None, typer.Option(help="This day, YYYY-MM-DD; today if nothing is said.")] = None,
    week: Annotated[str | None, typer.Option(help="The week of this day, from its Monday on.")] = None,
    city: Annotated[str, typer.Option(help="The city; the id of its rulebook.")] = "guangzhou",
    office: Annotated[str | None, typer.Option(help="Only this department: its ref, a part of its name.")] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Write figures and lifts to this file.")] = None,
    language: Annotated[str, typer.Option(help="Of the xlsx: zh or en.")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Opening + new − cleared = closing, by department and for all. A day is closed once; nothing changes it later."""
    if day is not None and week is not None:
        raise UsageError("--day and --week do not go together; say one of them")
    if language not in ("zh", "en"):
        raise UsageError(f"--language {language!r} is none; it is zh or en")
    today = business_day(now_utc())
    wanted = parse_date_option("--week", week) or parse_date_option("--day", day) or today
    if wanted > today:
        raise UsageError(f"{wanted} has not come yet")
    first, last = week_of(wanted) if week is not None else (wanted, wanted)
    with open_store() as database, database.read() as session:
        only = None
        if office is not None:
            found = [party for party in departments(session, office) if party.city_id == city]
            if len(found) != 1:
                named = ", ".join(party.name for party in found or departments(session)) or "none"
                raise UsageError(f"say with --office which department is meant; there is: {named}")
            only = found[0].id
        shown = summarise(session, city, first, min(last, today), today=today, only=only)
        if xlsx is not None:
            xlsx.write_bytes(summary_sheet(shown, named_lines(session, shown), today, language))
    if as_json:
        print_json(_as_dict(shown))
        return
    _print(shown)


def _print(shown: Summary) -> None:
    names, days = figure_names("en"), _say(shown.first, shown.last)
    typer.echo(f"{days}{', not closed yet: as of now' if shown.is_open else ''}")
    parts = [(part.name or "no department", part.rows) for part in shown.parts]
    for name, rows in [*parts, *([("all", shown.total)] if len(parts) != 1 else [])]:
        typer.echo(name)
        for figure in Figure:
            row = rows[figure]
            late = f", corrections {row.corrected}" if row.corrected else ""
            typer.echo(
                f"  {names[figure]:<20} {row.opening:>5} + {row.new} - {row.cleared} = {row.closing}"
                f"  (done {row.done}{late})"
            )


def _say(first: date, last: date) -> str:
    return first.isoformat() if first == last else f"{first} to {last}"


def _as_dict(shown: Summary) -> dict[str, Any]:
    parts = [
        {"department": part.name, "figures": {figure: _row(part.rows[figure]) for figure in Figure}}
        for part in shown.parts
    ]
    total = {figure: _row(row) for figure, row in shown.total.items()}
    return {"first": shown.first, "last": shown.last, "is_open": shown.is_open, "parts": parts, "total": total}


def _row(row: Any) -> dict[str, int]:
    return asdict(row) | {"closing": row.closing}
