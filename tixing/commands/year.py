"""`tixing year`: which lifts are inspected and which are tested in a year."""

from collections import Counter
from typing import Annotated

import typer

from actions.lifts.years import YearOfLift, YearOutOfReachError, year_of_lifts
from tixing.commands.options import open_store, parse_moment_option, print_json
from tixing.errors import UsageError
from tixing.times import business_day


def year(
    number: Annotated[int, typer.Argument(metavar="YEAR", help="The calendar year, such as 2026.", min=2000, max=2199)],
    city: Annotated[str, typer.Option(help="The register's city.")] = "guangzhou",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each lift.")] = False,
) -> None:
    """For each lift: does the year bring an inspection, a self-test, both or none, if known; without --json, counts."""
    today = business_day(parse_moment_option("now", None))
    counts: Counter[tuple[str, str]] = Counter()
    with open_store() as database, database.read() as session:
        try:
            for row in year_of_lifts(session, city, number, today=today):
                if as_json:
                    print_json(row.as_dict())
                counts[row.district or "-", _done(row)] += 1
        except YearOutOfReachError as error:
            raise UsageError(str(error)) from error
    if not counts:
        raise UsageError(f"no lift of {city!r} is in use in this store: name the register's city with --city")
    if as_json:
        return
    for (district, kind), count in sorted(counts.items()):
        typer.echo(f"{district}  {kind:<22} {count:>8,}")


def _done(row: YearOfLift) -> str:
    """The kind, and whether it is over."""
    done = {
        "inspection": row.inspected_on is not None,
        "self_test": row.tested_on is not None,
        "both": row.inspected_on is not None and row.tested_on is not None,
        "none": False,
        "unknown": False,
    }[row.kind]
    return f"{row.kind}, done" if done else row.kind
