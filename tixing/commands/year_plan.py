"""`tixing plan`: a department's year, made, shown, and published to its units."""

from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session, col, select

from actions.plans.listing import LeftOut, RoundShown, left_out, rounds_of, show_rounds
from actions.plans.make import (
    MOST_MONTHS,
    Made,
    PlanError,
    Wanted,
    current_plan,
    first_day,
    make_year_plan,
    publish_plan,
)
from actions.plans.team import read_team
from actions.visits.slot_upkeep import departments
from store.parties import Party
from store.plans import YearPlanMade
from tixing.commands.options import count_of, open_store, parse_date_option, print_json
from tixing.errors import UsageError
from tixing.times import business_day, now_utc

plan = typer.Typer(no_args_is_help=True, add_completion=False, help="A department's year: make, show, publish.")
Year = Annotated[int, typer.Argument(metavar="YEAR", help="The calendar year, such as 2027.", min=2000, max=2199)]
Office = Annotated[str | None, typer.Option("--office", help="A department: its ref, a part of its name, a district.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON lines.")]


@plan.command("make")
def make(
    year: Year,
    office: Office = None,
    first: Annotated[
        str | None, typer.Option("--from", help="Plan from this day on; in two weeks, or 1 January.")
    ] = None,
    inspectors: Annotated[
        Path | None, typer.Option(help="CSV: name,am,pm,away. Without it the department's half days count.")
    ] = None,
    together: Annotated[
        int, typer.Option(min=0, max=MOST_MONTHS, help="One visit for lifts that end within so many months.")
    ] = 0,
    exempt: Annotated[list[str] | None, typer.Option(help="The ref of a unit that pays no fee.")] = None,
    as_json: AsJson = False,
) -> None:
    """Plan the year anew: lifts of one address and neighbourhood on the same days. Nothing is booked, nobody told."""
    now = now_utc()
    begins = parse_date_option("--from", first) or first_day(year, business_day(now))
    with open_store() as database, database.write() as session:
        department = _department(session, office)
        try:
            team = read_team(inspectors) if inspectors is not None else None
            units = _units(session, department.city_id, exempt or [])
            wanted = Wanted(year, begins, team, together, units)
            made = make_year_plan(session, department, wanted, today=business_day(now), now=now)
        except PlanError as error:
            raise UsageError(str(error)) from error
        name = department.name
    if as_json:
        print_json(_made(made))
        return
    typer.echo(f"{name} {year}: {count_of(made.planned, 'lift')} in {count_of(made.rounds, 'round')} planned")
    if made.after_target:
        typer.echo(f"  after their target, before the last day: {made.after_target}")
    for why, count in made.refused.items():
        typer.echo(f"  not planned, {why}: {count}")
    least = made.bound
    typer.echo(f"  inspectors' days {made.figures.days_filled} (no plan below {least.days_filled})")
    typer.echo(f"  addresses on several days {made.figures.addresses_split} (no plan below {least.addresses_split})")


@plan.command("show")
def show(year: Year, office: Office = None, as_json: AsJson = False) -> None:
    """The plan in force by day, and what is on no day with the reason."""
    with open_store() as database, database.read() as session:
        found = _current(session, office, year)
        rounds, refused = show_rounds(session, found, rounds_of(session, found)), left_out(session, found)
    for one in rounds:
        if as_json:
            print_json(_round(one))
            continue
        earlier = f"  {one.earlier_lifts} shortened to {one.adjusted}" if one.adjusted else ""
        when, lifts = f"{one.day} {one.half or 'day'}", count_of(len(one.lifts), "lift")
        typer.echo(f"{when}  {lifts}  {one.unit}  {one.lifts[0].place}  {one.state}{earlier}")
    for lift in refused:
        if as_json:
            print_json(_left_out(lift))
        else:
            typer.echo(f"not planned  {lift.key}  {lift.why}  valid until {lift.valid_until or 'unknown'}")


@plan.command("publish")
def publish(year: Year, office: Office = None) -> None:
    """Tell each unit its rounds, hold their places, and let units agree to them or decline."""
    now = now_utc()
    with open_store() as database, database.write() as session:
        done = publish_plan(session, _current(session, office, year), now, today=business_day(now))
    if done is None:
        typer.echo("units could see their rounds already")
        return
    typer.echo(f"{count_of(done.units, 'unit')} will be told, and may answer")
    if done.unheld:
        typer.echo(f"  no places are free, and none held, for {count_of(done.unheld, 'round')}")


def _department(session: Session, office: str | None) -> Party:
    found = departments(session, office)
    if len(found) != 1:
        named = ", ".join(f"{party.ref} ({party.name})" for party in found or departments(session)) or "none"
        raise UsageError(f"say with --office which department is meant; there is: {named}")
    return found[0]


def _current(session: Session, office: str | None, year: int) -> YearPlanMade:
    department = _department(session, office)
    found = current_plan(session, department.id, year)
    if found is None:
        raise UsageError(f"{department.name} has no plan for {year} yet: make one with `tixing plan make {year}`")
    return found


def _units(session: Session, city_id: str, refs: list[str]) -> frozenset[int]:
    rows = session.exec(select(Party).where(Party.city_id == city_id, col(Party.ref).in_(refs))).all()
    unknown = sorted(set(refs) - {party.ref for party in rows})
    if unknown:
        raise UsageError(f"--exempt {unknown[0]!r} is no unit of {city_id!r}")
    return frozenset(party.id for party in rows)


def _made(made: Made) -> dict[str, Any]:
    return {
        "plan": made.plan_id,
        "planned": made.planned,
        "after_target": made.after_target,
        "rounds": made.rounds,
        "refused": made.refused,
        "figures": vars(made.figures),
        "bound": vars(made.bound),
    }


def _round(one: RoundShown) -> dict[str, Any]:
    lifts = [
        {
            "key": lift.key,
            "valid_until": lift.valid_until,
            "days_lost": lift.days_lost,
            "after_target": lift.after_target,
        }
        for lift in one.lifts
    ]
    return {
        "round": one.round_id,
        "day": one.day,
        "half": one.half or "day",
        "unit": one.unit,
        "state": one.state,
        "adjusted": one.adjusted,
        "fee_percent": one.fee_percent,
        "lifts": lifts,
    }


def _left_out(lift: LeftOut) -> dict[str, Any]:
    return {"key": lift.key, "place": lift.place, "valid_until": lift.valid_until, "why": lift.why}
