"""`tixing whatif`: a lift's dates before and after something that has not happened."""

import json
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from actions.lifts.explain import find_lifts, place_of
from actions.lifts.what_if import Change, WhatIf, what_if
from schedules.answers import DutyAnswer
from schedules.facts import after_installation
from schedules.happenings import OutsideEvent
from store.lifts import Lift
from tixing.commands.options import open_store, parse_date_option, parse_moment_option, print_json
from tixing.commands.sentences import cited, sentence_of
from tixing.errors import TixingError, UsageError
from tixing.times import business_day

STATED_ONLY = "these rules count no years, the register's next validity says when the lift is inspected"
EVENT: TypeAdapter[OutsideEvent] = TypeAdapter(OutsideEvent)


def whatif(
    lift: Annotated[str, typer.Argument(help="A lift by any of its names.")],
    event: Annotated[str, typer.Option(help='An event as in the facts of `tixing dates`: {"kind": "renovated", …}.')],
    on: Annotated[
        str | None, typer.Option("--on", help="The day by whose rules it is worked out; today if absent.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Dates up to this day; five years ahead if absent.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """What would become of a lift's dates if something happened to it. Nothing is stored."""
    supposed = _event(event)
    today = parse_date_option("--on", on) or business_day(parse_moment_option("now", None))
    last = parse_date_option("--until", until)
    with open_store() as database, database.read() as session:
        found = find_lifts(session, lift)
        if len(found) != 1:
            listed = "; ".join(f"{one.key} ({place_of(one)})" for one in found)
            raise TixingError(f"{len(found)} lifts are called {lift!r}{': ' + listed if listed else ''}; give one code")
        _refuse_before_installation(supposed, found[0])
        result = what_if(session, found[0], supposed, today=today, until=last)
        shown = {"lift": found[0].key, "place": place_of(found[0]), "event": json.loads(event)}
    if as_json:
        print_json({**shown, **_as_json(result)})
        return
    typer.echo(f"{shown['lift']}  {shown['place']}")
    for change in result.changes:
        typer.echo(_line(change))
    if not result.changes:
        typer.echo("no date changes" if result.counts_years else f"no date changes: {STATED_ONLY}")


def _event(text: str) -> OutsideEvent:
    try:
        return EVENT.validate_python(json.loads(text))
    except json.JSONDecodeError as error:
        raise UsageError(f"--event is not JSON: {error.msg} at character {error.pos + 1}") from error
    except RecursionError as error:
        raise UsageError("--event is nested too deeply") from error
    except ValidationError as error:
        raise UsageError(f"--event: {sentence_of(error)}") from error


def _refuse_before_installation(event: OutsideEvent, lift: Lift) -> None:
    try:
        after_installation((event,), lift.installed_pass_on)
    except ValueError as error:
        raise UsageError(f"--event: {error}") from error


def _as_json(result: WhatIf) -> dict[str, Any]:
    return {
        "before": [row.model_dump(mode="json") for row in result.before],
        "after": [row.model_dump(mode="json") for row in result.after],
        "changes": [{"before": _dumped(change.before), "after": _dumped(change.after)} for change in result.changes],
    }


def _dumped(row: DutyAnswer | None) -> dict[str, Any] | None:
    return row.model_dump(mode="json") if row else None


def _line(change: Change) -> str:
    duty = change.before or change.after
    assert duty is not None
    return f"{duty.duty:<20} {_shown(change.before):<32} → {_shown(change.after)}"


def _shown(row: DutyAnswer | None) -> str:
    if row is None:
        return "not owed"
    closed = f", closed {row.closed_on}" if row.closed_on else ""
    return f"{row.due or 'no date'}{closed} ({cited(row.seed, row.clause)})"
