"""`tixing matters`: hazards and special reasons that were reported, with their age."""

from dataclasses import asdict
from typing import Annotated

import typer
from sqlmodel import select

from actions.matters.readers import lines_of
from store.matters import Matter, MatterKind
from tixing.commands.options import open_store, print_json
from tixing.errors import UsageError
from tixing.times import business_day, now_utc


def matters(
    city: Annotated[str, typer.Option(help="The city; the id of its rulebook.")] = "guangzhou",
    kind: Annotated[str | None, typer.Option(help="hazard or special_reason.")] = None,
    closed: Annotated[bool, typer.Option("--closed", help="Those that are settled, newest first.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """The open ones, oldest first: what it is, where it stands, who reported it to whom, for how many days."""
    if kind is not None and kind not in list(MatterKind):
        raise UsageError(f"--kind {kind!r} is none; it is {' or '.join(MatterKind)}")
    query = select(Matter).where(Matter.city_id == city)
    if kind is not None:
        query = query.where(Matter.kind == kind)
    with open_store() as database, database.read() as session:
        found = lines_of(session, query, business_day(now_utc()), closed=closed)
    if as_json:
        print_json({"matters": [asdict(one) for one in found]})
        return
    for one in found:
        what = one.kind.replace("_", " ") + (f" ({one.reason.replace('_', ' ')})" if one.reason else "")
        typer.echo(f"{one.matter_id:>6}  {what}: {one.key} {one.place}; {one.state} for {one.days} days")
        typer.echo(f"        {one.department} to {one.office or 'nobody'}, since {one.opened_on}")
    if not found:
        typer.echo("there is none")
