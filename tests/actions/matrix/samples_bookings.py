"""Visits, slots, what units say of their lifts, and the day of an inspection department."""

from datetime import date, timedelta
from typing import Any

from phones.world import NOW, TODAY, World
from sqlmodel import Session

from actions.visits.inspections import book
from actions.visits.notices import By, Deed, tell_visits
from store.lifts import Lift
from store.slots import Visit, present_lifts
from store.tasks import Task, TaskKind

DAY = date(2026, 12, 8)
DESK_OF = {"own": "department", "other": "department", "elsewhere": "other_department"}


def lifts(session: Session, world: World, whose: str) -> dict[str, Any]:
    """Two of their lifts."""
    return {"lift_ids": world.lifts[whose][:2]}


def visit(session: Session, world: World, whose: str) -> dict[str, Any]:
    """A visit to them."""
    lift_id, by = world.lifts[whose][0], world.parties[whose]
    book(session, lift_ids=[lift_id], visit_on=DAY, by=by, now=NOW, today=TODAY, key=f"sample:{whose}")
    return {"visit_id": present_lifts(session, [lift_id])[lift_id][1].id}


def notice_of_visit(session: Session, world: World, whose: str) -> dict[str, Any]:
    """A notice to them about it."""
    booked = session.get_one(Visit, visit(session, world, whose)["visit_id"])
    notices = tell_visits(session, [booked], Deed.MADE, by=By("检验部", is_department=True), today=TODAY)
    return {"notice_id": notices[0].id}


def task(kind: TaskKind) -> Any:
    """A task of this kind at the department of their district, about one of their lifts."""

    def make(session: Session, world: World, whose: str) -> dict[str, Any]:
        lift = session.get_one(Lift, world.lifts[whose][0])
        made = Task(
            kind=kind,
            key=f"sample:{whose}",
            city_id=lift.city_id,
            owner_party_id=world.parties[DESK_OF[whose]],
            party_id=world.parties[whose],
            detail={"lifts": [lift.key], "said": "inspected", "on": "2026-11-20", "number": "+8614000000001"},
            opened_on=TODAY,
        )
        session.add(made)
        session.flush()
        return {"task_id": made.id}

    return make


def out_of_use(session: Session, world: World, whose: str) -> dict[str, Any]:
    """Two of their lifts that are to be used again."""
    for lift_id in world.lifts[whose][:2]:
        session.get_one(Lift, lift_id).status = "out_of_use"
    session.flush()
    return lifts(session, world, whose) | {"on": DAY}


def with_more(sample: Any, **more: Any) -> Any:
    """The same arguments and some more."""
    return lambda session, world, whose: {**sample(session, world, whose), **more}


def plain(**named: Any) -> Any:
    """Arguments that name nobody's things."""
    return lambda session, world, whose: named


SAYING, CALL, OTHER = task(TaskKind.SAID_INSPECTED), task(TaskKind.CALL), task(TaskKind.SPECIAL_REASON)
WEEK = {"first": TODAY, "last": TODAY + timedelta(days=6)}
SAMPLES = {
    "open_days": lifts,
    "booking_parts": lifts,
    "book_visit": with_more(lifts, day=DAY, half="am"),
    "days_to_move": visit,
    "move_booking": with_more(visit, day=DAY, half="pm"),
    "cancel_visit": visit,
    "visit_of": visit,
    "bookings_of": plain(),
    "who_may_come": visit,
    "confirm_attendance": with_more(visit, name="陈一鸣", phone="14000000001"),
    "visit_of_notice": notice_of_visit,
    "lifts_to_book": plain(),
    "bookable_from": lambda session, world, whose: {"lift_id": world.lifts[whose][0]},
    "lifts_at_counter": lambda session, world, whose: {"unit_id": world.parties[whose]},
    "slots_of": plain(**WEEK),
    "change_places": plain(**WEEK, half=None, places=3),
    "close_for_weather": plain(day=DAY),
    "change_usual_places": plain(places=3),
    "say_not_ours": lifts,
    "say_out_of_use": lifts,
    "say_restart": out_of_use,
    "asked_first": out_of_use,
    "stop_terms": plain(),
    "keep_stop_photo": plain(content=b"\x89PNG\r\n\x1a\n0"),
    "say_inspected": with_more(lifts, on=date(2026, 11, 20)),
    "sayings_of_unit": plain(),
    "saying_of_unit": SAYING,
    "take_back_saying": SAYING,
    "checks_of_desk": plain(),
    "check_photos": SAYING,
    "check_of_desk": SAYING,
    "confirm_saying": SAYING,
    "refute_saying": SAYING,
    "visits_of_desk": plain(**WEEK),
    "calls_of_desk": plain(),
    "call_day": with_more(CALL, visit_on=DAY),
    "enter_call": with_more(CALL, outcome="told"),
    "tasks_of_desk": plain(),
    "task_of_desk": OTHER,
    "settle_task": with_more(OTHER, note="已联系"),
    "find_at_counter": plain(word="云荔"),
}
