"""`tixing calls`: the calls that people are to make, and what came of one."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any

import typer
from sqlmodel import Session

from actions import calls as verbs
from actions.call_list import OpenCall, open_calls
from notifier.call_receipts import take_call_receipts
from store.tasks import Task
from store.zone import SHANGHAI
from tixing.commands.options import open_store, parse_date_option, parse_moment_option, print_json
from tixing.errors import TixingError, UsageError
from tixing.times import business_day

Verb = Callable[[Session, verbs.Press], bool]
# In the order in which the scripts in templates/voice name them, where they stand by the words of CODES.
OUTCOMES: dict[str, Verb] = {
    "told": verbs.told,
    "booked": partial(verbs.booked, visit_on=date.max),
    "will-book": partial(verbs.told, will_book=True),
    "call-again": verbs.told,
    "refused": verbs.refused,
    "out-of-use": verbs.out_of_use,
    "unit-changed": verbs.unit_changed,
    "not-theirs": verbs.not_theirs,
    "wrong-number": verbs.wrong_number,
    "no-answer": verbs.no_answer,
    "special": verbs.special,
}
CODES = {"not-theirs": "not_ours"}  # what the task keeps, where it is not the word of the command
WITH_NOTE = {"refused": "why", "unit-changed": "which unit it is now", "special": "the reason, which is to be reported"}


def calls(
    call: Annotated[int | None, typer.Argument(help="Record the outcome of this call.")] = None,
    outcome: Annotated[str | None, typer.Argument(help=" | ".join(OUTCOMES))] = None,
    city: Annotated[str | None, typer.Option(help="Only this city.")] = None,
    by: Annotated[str, typer.Option(help="Who made the call.")] = "",
    note: Annotated[str, typer.Option(help="What else was said.")] = "",
    back: Annotated[str | None, typer.Option(help="call-again: from this moment on.")] = None,
    on: Annotated[str | None, typer.Option(help="booked: the day that was agreed.")] = None,
    at: Annotated[str | None, typer.Option(help="When the call was made; without offset in Asia/Shanghai.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a call.")] = False,
) -> None:
    """Without arguments the calls that are open, oldest first; with a call and an outcome, what came of it."""
    if call is None:
        _list(city, as_json=as_json)
        return
    if outcome not in OUTCOMES:
        raise UsageError(f"say how call {call} went: one of {', '.join(OUTCOMES)}")
    if not by.strip():
        raise UsageError("say who made the call: --by NAME")
    if outcome in WITH_NOTE and not note.strip():
        raise UsageError(f"say with --note {WITH_NOTE[outcome]}")
    verb = _with_moment(outcome, back, on)
    changed, late = _record(verb, call, outcome, by.strip(), note.strip(), parse_moment_option("--at", at))
    if as_json:
        print_json({"call": call, "outcome": outcome, "changed": changed, "too_late": late})
    else:
        typer.echo(f"call {call}: {outcome}" if changed else f"call {call}: that was recorded already")
        if late is not None:
            typer.echo(f"    too late for {late['lifts']} lifts: the last day was {late['by']}")


def _with_moment(outcome: str, back: str | None, on: str | None) -> Verb:
    """The verb with the moment or the day that belongs to it."""
    if back is not None and outcome not in ("call-again", "told"):
        raise UsageError("--back goes with call-again: somebody who was reached wants another call")
    if on is not None and outcome != "booked":
        raise UsageError("--on goes with booked: the day of the inspection")
    if outcome == "call-again" and back is None:
        raise UsageError("say when to call again: --back MOMENT")
    if outcome == "booked":
        visit_on = parse_date_option("--on", on)
        if visit_on is None:
            raise UsageError("say which day was agreed: --on DATE")
        return partial(verbs.booked, visit_on=visit_on)
    if back is not None:
        return partial(verbs.told, call_back_at=parse_moment_option("--back", back))
    return OUTCOMES[outcome]


def _record(
    verb: Verb, call: int, outcome: str, by: str, note: str, now: datetime
) -> tuple[bool, dict[str, Any] | None]:
    """Whether this was new, and what is too late of a day that was agreed (as actions.calls.TOO_LATE).

    Twice within a minute is once: the same line entered again.
    """
    key = f"{by}:{outcome}:{now:%Y-%m-%dT%H:%M}"
    press = verbs.Press(call, by, key, now, business_day(now), note)
    with open_store() as database, database.write() as session:
        try:
            changed = verb(session, press)
        except verbs.CallError as error:
            raise TixingError(str(error)) from error
        take_call_receipts(session, now=now)
        return changed, (session.get_one(Task, call).detail or {}).get(verbs.TOO_LATE)


def _list(city: str | None, *, as_json: bool) -> None:
    with open_store() as database, database.read() as session:
        found = open_calls(session, city)
    for one in found:
        if as_json:
            print_json(_as_dict(one))
        else:
            _print(one)
    if not found and not as_json:
        typer.echo("no call is to be made")


def _as_dict(call: OpenCall) -> dict[str, Any]:
    return {
        "call": call.task_id,
        "city": call.city_id,
        "opened_on": call.opened_on.isoformat(),
        "number": call.number,
        "who": call.who,
        "unit": call.unit,
        "lifts": list(call.lifts),
        "missed": call.missed,
        "again_at": call.again_at.astimezone(SHANGHAI).isoformat() if call.again_at else None,
        "notice": call.notice_id,
        "script": call.script,
    }


def _print(call: OpenCall) -> None:
    again = f"; again from {call.again_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if call.again_at else ""
    missed = f"; not answered {call.missed} times" if call.missed else ""
    typer.echo(f"{call.task_id}  {call.opened_on}  {call.number}  {call.who}  {call.unit}  {len(call.lifts)} lifts")
    typer.echo(f"    notice {call.notice_id}{missed}{again}")
    typer.echo("".join(f"    {line}\n" for line in call.script.splitlines()))
