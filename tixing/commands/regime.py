"""`tixing regime`: which rulebooks a register is under, and from when."""

from typing import Annotated

import typer

from actions.cities import regimes_of, set_regime
from schedules.rulebook import RulebookError
from store.lifts import City
from tixing.commands.options import open_store, parse_date_option, print_json
from tixing.errors import UsageError


def regime(
    city: Annotated[str, typer.Argument(help="The register's city.")],
    rulebook: Annotated[str | None, typer.Option(help="Put the city under this rulebook.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="From this day on; from the beginning if absent.")] = None,
    beside: Annotated[
        str, typer.Option(help="A rulebook whose rules stand beside it, such as a city's campaign.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON array.")] = False,
) -> None:
    """Show the rulebooks of a register, or set one; the next pass hands the lifts over and tells the units."""
    from_on = parse_date_option("--from", since)
    if rulebook is None and (from_on is not None or beside):
        raise UsageError("--from and --beside belong to a --rulebook")
    with open_store() as database, database.write() as session:
        if session.get(City, city) is None:
            raise UsageError(f"there is no register of {city!r}; `tixing import FILE --city {city}` makes it")
        if rulebook is not None:
            try:
                set_regime(session, city, rulebook=rulebook, from_on=from_on, beside=beside)
            except RulebookError as error:
                raise UsageError(str(error)) from error
        rows = [
            {"id": row.rulebook, "from": row.from_on.isoformat() if row.from_on else None, "beside": row.beside or None}
            for row in regimes_of(session, city)
        ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        also = f", with {row['beside']} beside it" if row["beside"] else ""
        typer.echo(f"{row['from'] or 'from the beginning':<20} {row['id']}{also}")
