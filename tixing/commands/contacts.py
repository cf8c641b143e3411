"""`tixing contacts`: the contact check, and the numbers that are in doubt."""

from typing import Annotated, Any

import typer

from actions.people.contact_survey import Doubt, Greeted, count_greetings, list_doubts
from actions.people.contacts import ContactError, checked_cities, keep_number, switch_check
from tixing.commands.options import open_store, parse_moment_option, print_json
from tixing.errors import TixingError, UsageError
from tixing.times import business_day


def contacts(
    city: Annotated[str | None, typer.Option(help="Only this city.")] = None,
    check: Annotated[bool | None, typer.Option("--check/--no-check", help="Greet new contacts of --city.")] = None,
    keep: Annotated[str | None, typer.Option(help="A number in doubt that is right: messages go there again.")] = None,
    by: Annotated[str, typer.Option(help="Who decided that.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Which cities greet new contacts, what came of it, and which numbers are said to be somebody else's."""
    if check is not None and city is None:
        raise UsageError("say for which city: --city ID")
    if keep is not None and not by.strip():
        raise UsageError("say who decided that the number is right: --by NAME")
    today = business_day(parse_moment_option("now", None))
    with open_store() as database, database.write() as session:
        try:
            if check is not None and city is not None:
                switch_check(session, city, on=check)
            if keep is not None:
                keep_number(session, keep, by=by.strip(), today=today)
        except ContactError as error:
            raise TixingError(str(error)) from error
        cities, greeted, doubts = (
            sorted(checked_cities(session)),
            count_greetings(session, city),
            list_doubts(session, city),
        )
    if as_json:
        print_json(_as_dict(cities, greeted, doubts))
    else:
        _print(cities, greeted, doubts)


def _as_dict(cities: list[str], greeted: Greeted, doubts: list[Doubt]) -> dict[str, Any]:
    numbers = [
        {"number": one.number, "unit": one.unit, "who": one.who, "since": one.since.isoformat(), "said_by": one.said_by}
        for one in doubts
    ]
    return {"checked": cities, "greeted": dict(greeted), "in_doubt": numbers}


def _print(cities: list[str], greeted: Greeted, doubts: list[Doubt]) -> None:
    typer.echo(f"new contacts are greeted in: {', '.join(cities) or 'no city'}")
    typer.echo("greetings: " + ", ".join(f"{count} {what}" for what, count in greeted.items()))
    for one in doubts:
        typer.echo(f"  {one.number}  {one.who}  {one.unit}  in doubt since {one.since} ({one.said_by})")
