"""`tixing calls`: the calls that people are to make, and what came of one."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Annotated, Any

import typer
from sqlmodel import Session

from actions.desk import calls as verbs
from actions.desk.call_list import OpenCall, open_calls
from notifier.call_receipts import take_call_receipts
from store.tasks import Task
from store.zone import SHANGHAI
from tixing.commands.options import count_of, open_store, parse_date_option, parse_moment_option, print_json
from tixing.errors import TixingError, UsageError
from tixing.times import business_day, now_utc

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
GRACE = timedelta(minutes=1)  # clocks of two machines, and moments that are written without seconds


@dataclass(frozen=True)
class Entry:
    """What a caller enters: which call, its outcome in the words of the command, and all that was said with it."""

    call: int
    outcome: str
    by: str
    note: str
    back: str | None
    on: str | None
    made_at: datetime

    def key(self) -> str:
        """The same line entered again within a minute is one tap; another day, moment or note is another."""
        said = "\n".join((self.on or "", self.back or "", self.note))
        key = f"{self.by}:{self.outcome}:{self.made_at:%Y-%m-%dT%H:%M}"
        return f"{key}:{sha256(said.encode()).hexdigest()[:16]}" if said.strip() else key


@dataclass(frozen=True)
class Recorded:
    """What was recorded: nothing new, a call that came too early and does not count, a day that is too late
    (as `actions.desk.calls.TOO_LATE`), and how many lifts more than there were places for."""

    changed: bool
    counts: bool
    too_late: dict[str, Any] | None
    over: int = 0


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
    entry = Entry(call, outcome, by.strip(), note.strip(), back, on, parse_moment_option("--at", at))
    done = _record(_with_moment(entry), entry)
    if as_json:
        print_json({"call": call, "outcome": outcome, **asdict(done)})
    else:
        _print_recorded(call, outcome, done)


def _print_recorded(call: int, outcome: str, done: Recorded) -> None:
    if not done.changed:
        typer.echo(f"call {call}: that was recorded already")
    elif done.counts:
        typer.echo(f"call {call}: {outcome}")
    else:
        typer.echo(f"call {call}: {outcome}, kept but not counted: it was made before the next call was due")
    if done.too_late is not None:
        typer.echo(
            f"    too late for {count_of(done.too_late['lifts'], 'lift')}: the last day was {done.too_late['by']}"
        )
    if done.over:
        typer.echo(f"    {count_of(done.over, 'lift')} more than the department has places for on that day")


def _with_moment(entry: Entry) -> Verb:
    """The verb with the moment or the day that belongs to it."""
    outcome, back, on = entry.outcome, entry.back, entry.on
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
        return partial(verbs.told, call_back_at=_parse_back(back, entry.made_at))
    return OUTCOMES[outcome]


def _parse_back(back: str, made_at: datetime) -> datetime:
    moment = parse_moment_option("--back", back)
    if moment <= made_at:
        raise UsageError(f"--back {back} lies before the call, which was made at {_in_words(made_at)}")
    return moment


def _record(verb: Verb, entry: Entry) -> Recorded:
    press = verbs.Press(entry.call, entry.by, entry.key(), entry.made_at, business_day(entry.made_at), entry.note)
    with open_store() as database, database.write() as session:
        _refuse_moment(session, entry)
        try:
            changed = verb(session, press)
        except verbs.CallError as error:
            raise TixingError(str(error)) from error
        take_call_receipts(session, now=entry.made_at)
        task = session.get_one(Task, entry.call)
        early = (press.key, verbs.TOO_EARLY) in {(one["key"], one["outcome"]) for one in verbs.calls_made(task)}
        detail = task.detail or {}
        return Recorded(changed, not early, detail.get(verbs.TOO_LATE), detail.get(verbs.OVER, 0))


def _refuse_moment(session: Session, entry: Entry) -> None:
    """What is entered is evidence: no call was made before it was asked for, and none is made in days to come.

    A call that a trial of coming days opened (`tixing tick --at`) is entered in those days too.
    """
    task, now = session.get(Task, entry.call), now_utc()
    if task is None:
        return
    if business_day(entry.made_at) < task.opened_on:
        raise UsageError(
            f"call {entry.call} was opened on {task.opened_on}; at {_in_words(entry.made_at)} it can't have been made"
        )
    if entry.made_at > now + GRACE and task.opened_on <= business_day(now):
        raise UsageError(f"--at {_in_words(entry.made_at)} has not come yet; an outcome is entered after the call")


def _in_words(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


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
    again = f"; again from {_in_words(call.again_at)}" if call.again_at else ""
    missed = f"; not answered {count_of(call.missed, 'time')}" if call.missed else ""
    typer.echo(
        f"{call.task_id}  {call.opened_on}  {call.number}  {call.who}  {call.unit}  {count_of(len(call.lifts), 'lift')}"
    )
    typer.echo(f"    notice {call.notice_id}{missed}{again}")
    typer.echo("".join(f"    {line}\n" for line in call.script.splitlines()))
