"""`tixing directory`: the offices at every level and the maintainers, with the people to speak to."""

from dataclasses import asdict
from typing import Annotated

import typer

from actions.people.directory import Level, list_places
from actions.regulator.scope import district_names
from notifier.masking import mask_phone
from tixing.commands.options import open_store, print_json
from tixing.errors import UsageError
from tixing.times import business_day, now_utc


def directory(
    city: Annotated[str, typer.Option(help="The city; the id of its rulebook.")] = "guangzhou",
    district: Annotated[str | None, typer.Option(help="Only this district: its code or name.")] = None,
    level: Annotated[str | None, typer.Option(help="department, district, city, street or maintainer.")] = None,
    phones: Annotated[bool, typer.Option("--phones", help="Whole telephone numbers; else they are masked.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Who is to be spoken to: department, district, city, street and maintainer."""
    if level is not None and level not in list(Level):
        raise UsageError(f"--level {level!r} is none; it is one of {', '.join(Level)}")
    names = district_names(city)
    codes = None if district is None else [code for code, name in names.items() if district in (code, name)]
    if codes == []:
        raise UsageError(f"--district {district!r} is none of {city}; it has {', '.join(names.values())}")
    with open_store() as database, database.read() as session:
        places = list_places(session, city, codes, year=business_day(now_utc()).year)
    shown = [place for place in places if level in (None, place.level)]
    rows = [asdict(place) for place in shown]
    for person in (person for row in rows for person in row["people"]):
        person["phone"] = person["phone"] if phones or not person["phone"] else mask_phone(person["phone"])
    if as_json:
        print_json({"places": rows})
        return
    for row in rows:
        where = f" ({', '.join(row['districts'])})" if row["districts"] else ""
        officer = f", named officer {row['officer']}" if row["officer"] else ""
        typer.echo(f"{row['level']:<11} {row['name']}{where}{officer}")
        for person in row["people"]:
            typer.echo(f"{'':<12}{person['role']}: {person['name']} {person['phone'] or 'without a phone'}")
    if not rows:
        typer.echo("nobody")
