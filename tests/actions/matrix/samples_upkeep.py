"""Maintenance: a worker's day, records while they are written, statements of delay."""

from typing import Any

from phones.world import NOW, TODAY, World
from sqlmodel import Session, select

from actions.records.content import Result
from store.records import VisitKind
from store.upkeep import DelayReason, DelayStatement, LiftClass, UpkeepVisit

ITEM = "A-1-11"
WORKERS = {"own": "worker", "other": "other_worker", "elsewhere": "other_worker"}
PNG = b"\x89PNG\r\n\x1a\n0"


def lift(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {"lift_id": world.lifts[whose][0]}


def a_visit(session: Session, world: World, whose: str) -> int:
    """A record that the worker of that side writes."""
    worker = world.people[WORKERS[whose]]
    known = select(UpkeepVisit).where(UpkeepVisit.worker_id == worker.contact_id)
    visit = session.exec(known).first()
    if visit is None:
        visit = UpkeepVisit(
            lift_id=world.lifts[whose][0], maintainer_party_id=worker.party_id, worker_id=worker.contact_id,
            kind=VisitKind.HALF_MONTH, lift_class="A", key=f"sample {whose}", begun_at=NOW,
        )  # fmt: skip
        session.add(visit)
        session.flush()
    return visit.id


def visit(**said: Any) -> Any:
    def sample(session: Session, world: World, whose: str) -> dict[str, Any]:
        return {"visit_id": a_visit(session, world, whose), **said}

    return sample


def wrong(session: Session, world: World, whose: str) -> dict[str, Any]:
    number = a_visit(session, world, whose)
    session.get_one(UpkeepVisit, number).findings = {ITEM: {"result": "fault", "words": "护栏脱落"}}
    session.flush()
    return {"visit_id": number, "code": ITEM}


def begun(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {**lift(session, world, whose), "kind": VisitKind.HALF_MONTH, "as_class": LiftClass.TRACTION}


def delayed(session: Session, world: World, whose: str) -> dict[str, Any]:
    """A delay of one lift."""
    return {**due(session, world, whose), "reason": DelayReason.AREA_CLOSED, "until": TODAY}


def due(session: Session, world: World, whose: str) -> dict[str, Any]:
    """One lift."""
    return {"lift_ids": world.lifts[whose][:1]}


def stated(session: Session, world: World, whose: str) -> dict[str, Any]:
    """A statement that was made."""
    about = {"lift_id": world.lifts[whose][0], "maintainer_party_id": world.parties["maintainer"]}
    days = {"due_on": TODAY, "until_on": TODAY, "stated_on": TODAY, "stated_at": NOW}
    delay = DelayStatement(reason=DelayReason.AREA_CLOSED, key=f"sample {whose}", **about, **days)
    session.add(delay)
    session.flush()
    return {"lift_id": delay.lift_id, "delay_id": delay.id}


def nothing(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {}


def to_worker(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {"lift_ids": world.lifts[whose][:2], "worker_id": None}


SAMPLES = {
    "visit_to_begin": lift,
    "begin_visit": begun,
    "check_in": visit(latitude=23.1, longitude=113.3),
    "drop_visit": visit(),
    "visit_page": visit(),
    "sign_visit": visit(),
    "say_item": visit(code=ITEM, result=Result.FIXED),
    "measure_item": visit(code="A-1-29", value="8"),
    "show_item": visit(code=ITEM, photo=PNG),
    "stop_for_item": wrong,
    "add_extra_item": visit(words="清理地坎"),
    "drop_extra_items": visit(),
    "note_visit": visit(words="已告知物业"),
    "say_when_done": visit(words="09:30"),
    "fellow_workers": nothing,
    "name_second": visit(contact_id=None),
    "confirm_second": visit(was_there=True),
    "work_of_day": nothing,
    "plan_of_maintainer": nothing,
    "workers_here": nothing,
    "assign_lifts": to_worker,
    "forget_places": lambda session, world, whose: {"lift_ids": world.lifts[whose][:1]},
    "keep_delay_photo": lambda session, world, whose: {"content": PNG},
    "delay_days": due,
    "last_delay_day": lambda *given: {},
    "state_delay": delayed,
    "delays_stated": nothing,
    "delay_photo": stated,
}
