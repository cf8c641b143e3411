"""`tixing regime`: which rulebooks a register is under, and from when."""

from typing import Annotated

import typer
from sqlmodel import Session

from actions.running.cities import end_regime, regimes_of, set_regime
from schedules.regimes import rulebook_of
from schedules.rulebook import RulebookError
from store.lifts import BEGINNING, City, Regime
from store.zone import SHANGHAI
from tixing.commands.options import open_store, parse_date_option, print_json
from tixing.errors import UsageError
from tixing.times import now_utc


def regime(
    city: Annotated[str, typer.Argument(help="The register's city.")],
    rulebook: Annotated[str | None, typer.Option(help="Put the city under this rulebook.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="From this day on; from the beginning if absent.")] = None,
    beside: Annotated[
        str, typer.Option(help="A rulebook whose rules stand beside it, such as a city's campaign.")
    ] = "",
    end: Annotated[
        str | None, typer.Option(help="Take back the regime that begins on this day; the one before it goes on.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON array.")] = False,
) -> None:
    """Show the rulebooks of a register, or set one; the next pass hands the lifts over and tells the units."""
    from_on, ended = parse_date_option("--from", since), parse_date_option("--end", end)
    if rulebook is None and (from_on is not None or beside):
        raise UsageError("--from and --beside belong to a --rulebook")
    if rulebook is not None and ended is not None:
        raise UsageError("--end takes a regime back and --rulebook sets one: give one of them")
    with open_store() as database, database.write() as session:
        if session.get(City, city) is None:
            raise UsageError(f"there is no register of {city!r}; `tixing import FILE --city {city}` makes it")
        before = _in_force(session, city)
        if rulebook is not None:
            try:
                set_regime(session, city, rulebook=rulebook, from_on=from_on, beside=beside)
            except RulebookError as error:
                raise UsageError(str(error)) from error
        if ended is not None and not end_regime(session, city, ended):
            raise UsageError(f"no regime of {city!r} begins on {ended}; `tixing regime {city}` lists them")
        after = _in_force(session, city)
        rows = [_describe(row) for row in regimes_of(session, city)]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            also = f", with {row['beside']} beside it" if row["beside"] else ""
            typer.echo(f"{row['from'] or 'from the beginning':<20} {row['id']}{also}")
    if before != after:
        typer.echo(f"today's rules were {before} and are {after} now: the next pass hands the lifts over", err=True)


def _in_force(session: Session, city: str) -> str:
    return rulebook_of(session, city, now_utc().astimezone(SHANGHAI).date()).id


def _describe(row: Regime) -> dict[str, str | None]:
    since = None if row.from_on == BEGINNING else row.from_on.isoformat()
    return {"id": row.rulebook, "from": since, "beside": row.beside or None}
