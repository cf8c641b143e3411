"""`tixing pause`, `resume` and `release`: the brakes."""

from typing import Annotated

import typer

from actions.running import brakes
from store.brakes import Stopped, open_holds, stopped_cities
from tixing.commands.options import open_store, parse_moment_option, print_json
from tixing.errors import UsageError

City = Annotated[str | None, typer.Option(help="Only this city.")]
AsJson = Annotated[bool, typer.Option("--json", help="As one JSON object.")]


def pause(
    city: City = None,
    reason: Annotated[str, typer.Option(help="Why; shown wherever the pause is.")] = "",
    as_json: AsJson = False,
) -> None:
    """Plan and send nothing until `tixing resume`. What is being handed over at this moment still goes."""
    now = parse_moment_option("now", None)
    with open_store() as database:
        try:
            with database.write() as session:
                changed = brakes.pause(session, city_id=city, reason=reason, now=now)
                stopped = stopped_cities(session)
        except brakes.BrakeError as error:
            raise UsageError(str(error)) from error
    where = city or "everything"
    _say(f"{where} is paused" if changed else f"{where} was paused already", changed, stopped, as_json=as_json)


def resume(city: City = None, as_json: AsJson = False) -> None:
    """End the pause of a city, or every pause. The next pass plans what came due, each duty at its latest rung."""
    with open_store() as database:
        try:
            with database.write() as session:
                changed = brakes.resume(session, city_id=city)
                stopped = stopped_cities(session)
        except brakes.BrakeError as error:
            raise UsageError(str(error)) from error
    if changed:
        said = "going on; all is still paused" if stopped.everywhere else "going on with the next pass"
    else:
        said = "nothing was paused"
    _say(said, changed, stopped, as_json=as_json)


def release(city: City = None, as_json: AsJson = False) -> None:
    """Let the held plan go with the next pass."""
    now = parse_moment_option("now", None)
    with open_store() as database:
        try:
            with database.write() as session:
                released = brakes.release_plan(session, city_id=city, now=now)
                left = len(open_holds(session))
        except brakes.BrakeError as error:
            raise UsageError(str(error)) from error
    if as_json:
        plans = [
            {"city": one.city_id, "on": one.planned_on, "duties": one.duties, "forecast": one.forecast}
            for one in released
        ]
        print_json({"released": plans, "held": left})
        return
    for one in released:
        typer.echo(f"{one.city_id}: the plan of {one.planned_on} goes with the next pass ({one.duties} duties)")
    if not released:
        typer.echo("no plan is held")


def _say(sentence: str, changed: bool, stopped: Stopped, *, as_json: bool) -> None:
    if as_json:
        print_json({"changed": changed, "paused": stopped.everywhere, "stopped": sorted(stopped.cities)})
    else:
        typer.echo(sentence)
