"""`tixing cases`: who has which case, and for how many days."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from actions.regulator.case_readers import CaseLine, all_cases
from tixing.commands.options import open_store, parse_moment_option, print_json, require_city
from tixing.times import business_day


def cases(
    city: Annotated[str | None, typer.Option(help="Only this city.")] = None,
    at: Annotated[str | None, typer.Option(help="As if it were this moment; without offset in Asia/Shanghai.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """The open cases of all bureaus, what is due first before the others."""
    today = business_day(parse_moment_option("--at", at))
    with open_store() as database, database.read() as session:
        if city is not None:
            require_city(session, city)
        found = all_cases(session, city, today)
    if as_json:
        print_json({"cases": [_as_dict(line) for line in found]})
        return
    for line in found:
        late = ", late" if line.is_late else ""
        typer.echo(
            f"{line.case_id:>6}  {line.matter:<10} {line.lifts} lifts of {line.unit or 'no unit'}: "
            f"{line.holder} for {line.days} days ({line.state}); due {line.due}{late}"
        )
    if not found:
        typer.echo("there is no open case")


def _as_dict(line: CaseLine) -> dict[str, Any]:
    plain = asdict(line)
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in plain.items()}
