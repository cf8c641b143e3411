"""Hazards and special reasons."""

from typing import Any

from phones.world import CITY, NOW, TODAY, World
from sqlmodel import Session, select

from store.duties import Duty
from store.matters import Matter, MatterKind, MatterState, MatterStep, SpecialReason

DEPARTMENT = {"own": "department", "other": "department", "elsewhere": "other_department"}
BUREAU = {"own": "bureau", "other": "bureau", "elsewhere": "other_bureau"}
OFFICER = {"own": "duty_officer", "other": "duty_officer", "elsewhere": "other_duty_officer"}


def nothing(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {}


def a_lift(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {"lift_id": world.lifts[whose][0]}


def a_matter(session: Session, world: World, whose: str, kind: MatterKind, state: MatterState) -> dict[str, Any]:
    """One that the department of these lifts has reported."""
    lift_id = world.lifts[whose][0]
    is_reason = kind is MatterKind.SPECIAL_REASON
    duty = session.exec(select(Duty).where(Duty.lift_id == lift_id)).first() if is_reason else None
    matter = Matter(
        city_id=CITY,
        kind=kind,
        state=state,
        lift_id=lift_id,
        duty_id=duty.id if duty is not None else None,
        reason=SpecialReason.SEALED if is_reason else None,
        department_id=world.parties[DEPARTMENT[whose]],
        office_id=world.parties[BUREAU[whose]],
        opened_on=TODAY,
        since=TODAY,
    )
    session.add(matter)
    session.flush()
    by = world.people[OFFICER[whose]].contact_id
    step = {"deed": "reported", "at": NOW, "on_date": TODAY, "contact_id": by, "key": f"sample {whose}"}
    session.add(MatterStep(matter_id=matter.id, **step))
    session.flush()
    return {"matter_id": matter.id}


def a_hazard(session: Session, world: World, whose: str) -> dict[str, Any]:
    return a_matter(session, world, whose, MatterKind.HAZARD, MatterState.REPORTED)


def a_reason(session: Session, world: World, whose: str) -> dict[str, Any]:
    return a_matter(session, world, whose, MatterKind.SPECIAL_REASON, MatterState.REPORTED)


SAMPLES = {
    "keep_hazard_photo": lambda session, world, whose: {"content": b"\xff\xd8\xff\xe0 a photo"},
    "report_hazard": lambda *given: a_lift(*given) | {"note": "限速器未校验"},
    "report_reason": lambda *given: a_lift(*given) | {"reason": SpecialReason.SEALED},
    "keep_reason_photo": lambda session, world, whose: {"content": b"\xff\xd8\xff\xe0 a photo"},
    "say_reason": lambda session, world, whose: {"lift_ids": world.lifts[whose][:1], "reason": SpecialReason.SEALED},
    "report_removed": lambda *given: a_hazard(*given) | {"note": "已校验"},
    "verify_removal": lambda *given: a_hazard(*given) | {"removed": True, "note": "已核查"},
    "answer_reason": lambda *given: a_reason(*given) | {"approved": True},
    "report_reason_again": lambda *given: (
        a_matter(*given, MatterKind.SPECIAL_REASON, MatterState.RETURNED) | {"note": "已附决议"}
    ),
    "matters_listed": nothing,
    "matter_story": a_hazard,
    "matter_photos": a_hazard,
}
