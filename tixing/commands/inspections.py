"""`tixing inspections`: what was found on site and how items were rectified; staff enter what an inspector says."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

import typer
from sqlmodel import Session, col, select

from actions.inspecting.deeds import Hand
from actions.inspecting.lapses import conclude as conclude_inspection
from actions.inspecting.leaving import Leaving, leave
from actions.inspecting.objections import answer as answer_objection
from actions.inspecting.readers import InspectionLine, InspectionStory, lines_in_city, story_of
from actions.inspecting.rectify import confirm as confirm_inspection
from actions.inspecting.rectify import take_in
from actions.inspecting.taking_back import take_back as take_back_result
from actions.visits.inspections import RefusedError
from bot.using import sentence_of
from schedules.tasks import desk_of, desk_of_lift
from store.inspections import AbortReason, Inspection, InspectionDeed
from store.lifts import Lift
from tixing.commands.options import count_of, open_store, parse_date_option, print_json
from tixing.errors import UsageError
from tixing.times import business_day, now_utc

RESULTS = {
    "pass": InspectionDeed.PASSED,
    "fail": InspectionDeed.FAILED,
    "items": InspectionDeed.FOUND_ITEMS,
    "aborted": InspectionDeed.ABORTED,
}
LISTED = 200

inspections = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Inspections on site: list, show, result, papers, confirm, conclude, answer, take-back.",
)
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The inspection's number, as `list` shows it.")]
By = Annotated[str, typer.Option("--by", help="Whose word it is.")]
AsJson = Annotated[bool, typer.Option("--json", help="As one JSON object.")]


@inspections.command("list")
def list_all(
    city: Annotated[str | None, typer.Option(help="Only this city.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    as_json: AsJson = False,
) -> None:
    """The inspections that are not over, the newest first."""
    with open_store() as database, database.read() as session:
        found = lines_in_city(session, city, still_open=not everything, limit=LISTED)
    if as_json:
        print_json({"inspections": [_plain(asdict(line)) for line in found]})
        return
    for line in found:
        typer.echo(_line(line))
    if not found:
        typer.echo("there is no inspection" if everything else "there is no open inspection")


@inspections.command("show")
def show(number: Number, as_json: AsJson = False) -> None:
    """One inspection: items, signatures, every step."""
    with open_store() as database, database.read() as session:
        _known(session, number)
        story = story_of(session, number)
        steps = [_plain(asdict(step)) for step in story.steps]
        items = [item.model_dump(exclude={"inspection_id"}) for item in story.items]
        _print_story(story, steps, items, as_json=as_json)


@inspections.command("result")
def result(
    lifts: Annotated[list[str], typer.Argument(metavar="LIFT...", help="The register's identifiers.")],
    by: By,
    conclusion: Annotated[str, typer.Option(help="pass, fail, items or aborted.")],
    city: Annotated[str | None, typer.Option(help="The city of these lifts, where several have them.")] = None,
    reason: Annotated[str | None, typer.Option(help="Of aborted: conditions or danger.")] = None,
    note: Annotated[str, typer.Option(help="Of aborted: what it was like there.")] = "",
    item: Annotated[list[str] | None, typer.Option(help="Of items: one to rectify; give it for each.")] = None,
    deadline: Annotated[str | None, typer.Option(help="Of items: the day written on the opinion notice.")] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Also lifts that are neither booked nor due.")] = False,
    as_json: AsJson = False,
) -> None:
    """How the inspector left these lifts today; unit and maintainer are told."""
    if conclusion not in RESULTS:
        raise UsageError(f"--conclusion {conclusion!r} is not one of {', '.join(RESULTS)}")
    if (conclusion == "aborted") != (reason in list(AbortReason)):
        raise UsageError("--reason conditions or danger goes with --conclusion aborted, and only with that")
    if (conclusion == "items") != (deadline is not None):
        raise UsageError("--deadline and --item go with --conclusion items, and only with that")
    now = now_utc()
    how = Leaving(
        deed=RESULTS[conclusion],
        reason=AbortReason(reason) if reason is not None else None,
        note=note,
        items=item or [],
        deadline=parse_date_option("--deadline", deadline),
    )
    with open_store() as database, database.write() as session, _said():
        found = _lifts(session, lifts, city)
        done = leave(session, _hand(_desk(session, found), by, now), [lift.id for lift in found], how, anyway=anyway)
    if as_json:
        print_json({"inspections": done.inspection_ids, "left_out": done.left_out})
        return
    typer.echo(
        f"{conclusion}: {count_of(len(done.lift_ids), 'lift')}, inspection {', '.join(map(str, done.inspection_ids))}"
    )
    for place in done.left_out:
        typer.echo(f"left out, it stood otherwise: {place}")


@inspections.command("papers")
def papers(
    number: Number,
    by: By,
    note: Annotated[str, typer.Option(help="What came, such as: at the counter, 3 photos.")],
    on: Annotated[str | None, typer.Option("--on", help="The day of receipt; today if not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """The unit has handed in its rectification on paper; what came by the deadline is in time."""
    now = now_utc()
    received_on = parse_date_option("--on", on)
    with open_store() as database, database.write() as session, _said():
        one = _known(session, number)
        take_in(session, _hand(_present_desk(session, one), by, now), number, note, received_on)
    _print_done(number, "submitted", as_json=as_json)


@inspections.command("confirm")
def confirm(number: Number, by: By, as_json: AsJson = False) -> None:
    """The items are rectified: the inspection on site ends today, and the report's clock starts."""
    now = now_utc()
    with open_store() as database, database.write() as session, _said():
        one = _known(session, number)
        confirm_inspection(session, _hand(_present_desk(session, one), by, now), number)
    _print_done(number, "confirmed", as_json=as_json)


@inspections.command("conclude")
def conclude(
    number: Number,
    by: By,
    conclusion: Annotated[str, typer.Option(help="fail (as is proposed) or pass.")],
    as_json: AsJson = False,
) -> None:
    """The inspector's conclusion where the deadline has passed with nothing handed in."""
    if conclusion not in ("pass", "fail"):
        raise UsageError(f"--conclusion {conclusion!r} is not pass or fail")
    said: Literal["pass", "fail"] = "pass" if conclusion == "pass" else "fail"
    now = now_utc()
    with open_store() as database, database.write() as session, _said():
        one = _known(session, number)
        conclude_inspection(session, _hand(_present_desk(session, one), by, now), number, said)
    _print_done(number, said, as_json=as_json)


@inspections.command("answer")
def answer(
    number: Number,
    by: By,
    note: Annotated[str, typer.Option(help="Why the record stands, or what was put right in it.")],
    put_right: Annotated[bool, typer.Option("--put-right", help="The record was put right; else it stands.")] = False,
    as_json: AsJson = False,
) -> None:
    """Answer an objection to the raw record; a record that was put right is signed anew by both sides."""
    now = now_utc()
    with open_store() as database, database.write() as session, _said():
        one = _known(session, number)
        answer_objection(session, _hand(_present_desk(session, one), by, now), number, note, put_right=put_right)
    _print_done(number, "put right" if put_right else "upheld", as_json=as_json)


@inspections.command("take-back")
def take_back(
    number: Number,
    by: By,
    note: Annotated[str, typer.Option(help="What was recorded wrongly; both sides read it.")],
    inspected: Annotated[
        bool, typer.Option("--inspected/--not-inspected", help="Whether the lift was inspected, with another result.")
    ],
    as_json: AsJson = False,
) -> None:
    """Take back a result that was recorded wrongly, before its report; `result` then says the right one."""
    now = now_utc()
    with open_store() as database, database.write() as session, _said():
        one = _known(session, number)
        hand = _hand(_present_desk(session, one), by, now)
        goes_on = take_back_result(session, hand, number, note, was_inspected=inspected)
    _print_done(number, "taken back" + (f"; it goes on as {goes_on}" if inspected else ""), as_json=as_json)


@contextmanager
def _said() -> Iterator[None]:
    """What is refused in one sentence."""
    try:
        yield
    except RefusedError as refused:
        raise UsageError(sentence_of(refused, "en")) from refused


def _present_desk(session: Session, one: Inspection) -> int:
    return desk_of_lift(session, one.lift_id) or one.department_id


def _hand(department_id: int, by: str, now: datetime) -> Hand:
    if not by.strip():
        raise UsageError("--by is empty; name whose word it is")
    return Hand(department_id, by, now, business_day(now), f"cli:{uuid4().hex}")


def _known(session: Session, number: int) -> Inspection:
    found = session.get(Inspection, number)
    if found is None:
        raise UsageError(f"there is no inspection {number}; `tixing inspections list --all` shows them")
    return found


def _lifts(session: Session, keys: Sequence[str], city: str | None) -> list[Lift]:
    query = select(Lift).where(col(Lift.key).in_(list(keys))).order_by(col(Lift.id))
    found = list(session.exec(query.where(Lift.city_id == city) if city is not None else query))
    if missing := sorted(set(keys) - {lift.key for lift in found}):
        raise UsageError(f"no lift is {missing[0]!r}; give the register's identifiers")
    if len(found) > len(set(keys)):
        raise UsageError("several cities have lifts of these identifiers; give --city")
    return found


def _desk(session: Session, lifts: Sequence[Lift]) -> int:
    desks = {desk_of(session, lift.city_id, lift.district_code) for lift in lifts}
    desk = next(iter(desks))
    if len(desks) > 1 or desk is None:
        raise UsageError("these lifts have no inspection department, or several; give those of one")
    return desk


def _line(line: InspectionLine) -> str:
    until = f", to rectify by {line.deadline}" if line.deadline else ""
    objected = "objected to" if line.objected_on else "objected to, answered"
    signed = "signed" if line.signed else objected if line.objected else "not signed"
    where = f"{line.place} ({line.unit or 'no unit'})"
    return f"{line.inspection_id:>6}  {line.begun_on}  {line.state:<10} {where}{until}; {signed}"


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}


def _print_story(
    story: InspectionStory, steps: list[dict[str, Any]], items: list[dict[str, Any]], *, as_json: bool
) -> None:
    if as_json:
        papers = {name: getattr(story, name) for name in ("by_unit", "by_maintainer", "notice_by_unit")}
        ended = {"ended_on": story.ended_on.isoformat() if story.ended_on else None, "office": story.office}
        print_json(_plain(asdict(story.line)) | papers | ended | {"items": items, "steps": steps})
        return
    typer.echo(_line(story.line))
    for item in items:
        typer.echo(f"  item {item['number']}: {item['text']}{', fixed' if item['fixed'] else ''}")
    for step in steps:
        typer.echo(f"  {step['at']}  {step['deed']:<11} {step['by'] or 'the clock'}  {step['note']}".rstrip())


def _print_done(number: int, what: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"inspection": number, "done": what})
    else:
        typer.echo(f"inspection {number}: {what}")
