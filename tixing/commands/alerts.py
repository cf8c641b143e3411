"""`tixing alerts` and `tixing rescue`: what maintainers must see to now, and who is called when somebody is shut in."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from actions.alerts.matter import open_of_lift
from actions.alerts.numbers import RescueCentre, one_number, rescue_centre, set_rescue_centre
from actions.alerts.overview import open_alerts_of
from actions.alerts.rungs import set_minutes
from actions.alerts.steps import end_by_operator
from store.alerts import Alert
from store.lifts import City
from tixing.commands.options import open_store, print_json
from tixing.errors import UsageError
from tixing.times import business_day


def alerts(
    city: Annotated[str | None, typer.Option(help="Only of this city.")] = None,
    setting: Annotated[
        str | None, typer.Option("--set", help="KIND.RUNG=MINUTES, such as fault.dispatcher=20.")
    ] = None,
    end: Annotated[
        list[int] | None,
        typer.Option(help="This alert is over (everybody is out, or it is repaired); once for each that is."),
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who says that it is over.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON array.")] = False,
) -> None:
    """Show the open alerts and which rungs were told, set after how many minutes a rung is told, or end an alert."""
    if bool(end) != bool(by and by.strip()):
        raise UsageError("an alert is ended by --end NUMBER --by NAME: give both")
    now = datetime.now(UTC)
    with open_store() as database, database.write() as session:
        for number in end or ():
            try:
                end_by_operator(session, number, by=(by or "").strip(), now=now, today=business_day(now))
            except ValueError as error:
                raise UsageError(f"--end {number}: {error}") from error
        others = {one.id for number in end or () for one in open_of_lift(session, session.get_one(Alert, number))}
        if setting is not None:
            kind, rung, minutes = _read_setting(setting)
            try:
                set_minutes(session, kind, rung, minutes)
            except ValueError as error:
                raise UsageError(f"--set {setting!r}: {error}") from error
        rows = open_alerts_of(session, city)
    for number in sorted(others):
        typer.echo(f"alert {number} of the same lift stays open; if it is over too: --end {number}", err=True)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        told: Any = row["told"]
        where = f"{row['lift'] or 'several lifts'} of {row['maintainer'] or 'no maintainer'}"
        who = f", says {row['reported_by']}" if row["reported_by"] else ""
        typer.echo(
            f"{row['alert']:>5} {row['kind']:<11} {row['state']:<12} {where}{who}; told: {', '.join(told) or 'nobody'}"
        )
    if not rows:
        typer.echo("no alert is open")


def rescue(
    city: Annotated[str, typer.Option(help="The city.")],
    name: Annotated[str | None, typer.Option(help="What the rescue centre is called.")] = None,
    shown: Annotated[str | None, typer.Option(help="The number that people dial there, such as 96333.")] = None,
    dialled: Annotated[str | None, typer.Option(help="The same from elsewhere, such as +862096333.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Show or set whom a city wants called when somebody is shut in a lift."""
    if (name is None) != (shown is None):
        raise UsageError("a rescue centre has a --name and a number that is --shown: give both")
    with open_store() as database, database.write() as session:
        if session.get(City, city) is None:
            raise UsageError(f"there is no register of {city!r}; `tixing import FILE --city {city}` makes it")
        if name is not None and shown is not None:
            set_rescue_centre(session, city, RescueCentre(name, shown, _read_number(dialled)))
        centre = rescue_centre(session, city)
    found = vars(centre) if centre is not None else {}
    if as_json:
        print_json(found)
        return
    if centre is None:
        typer.echo(f"{city} has named no rescue centre: nobody but the maintainer is called")
        return
    typer.echo(f"{centre.name}: people dial {centre.shown}; {centre.dialled or 'it is not called from here'}")


def _read_setting(text: str) -> tuple[str, str, int]:
    name, _, minutes = text.partition("=")
    kind, _, rung = name.partition(".")
    if not rung or not minutes.isascii() or not minutes.isdigit():
        raise UsageError(f"--set {text!r} must be KIND.RUNG=MINUTES, such as fault.dispatcher=20")
    return kind, rung, int(minutes)


def _read_number(text: str | None) -> str | None:
    """A number with its country; short ones of a city are no number to a library, so the form is all that is asked."""
    if text is None:
        return None
    if text.startswith("+") and text[1:].isascii() and text[1:].isdigit() and 6 <= len(text) <= 16:
        return text
    found = one_number(text)
    if found is None:
        raise UsageError("--dialled holds no phone number: write it with + and country code, as +862096333")
    return found
