"""Inspections on site, their papers, and what was to be rectified."""

from datetime import date
from typing import Any

from phones.world import NOW, TODAY, World
from sqlmodel import Session

from actions.inspecting.deeds import Hand
from actions.inspecting.leaving import Leaving, leave
from actions.visits.inspections import book
from store.doors import StoredFile
from store.inspections import AbortReason, InspectionDeed
from store.slots import present_lifts

DESK_OF = {"own": "department", "other": "department", "elsewhere": "other_department"}
DEADLINE = date(2026, 12, 18)
PNG = b"\x89PNG\r\n\x1a\n0"


def lifts(session: Session, world: World, whose: str) -> dict[str, Any]:
    """Two of their lifts."""
    return {"lift_ids": world.lifts[whose][:2]}


def visit(session: Session, world: World, whose: str) -> dict[str, Any]:
    """A visit to them."""
    lift_id, by = world.lifts[whose][0], world.parties[whose]
    book(session, lift_ids=[lift_id], visit_on=TODAY, by=by, now=NOW, today=TODAY, key=f"visit:{whose}")
    return {"visit_id": present_lifts(session, [lift_id])[lift_id][1].id}


def with_more(sample: Any, **more: Any) -> Any:
    """The same arguments and some more."""
    return lambda session, world, whose: {**sample(session, world, whose), **more}


def plain(**named: Any) -> Any:
    """Arguments that name nobody's things."""
    return lambda session, world, whose: named


def inspection(session: Session, world: World, whose: str) -> dict[str, Any]:
    """One of theirs that found an item."""
    hand = Hand(world.parties[DESK_OF[whose]], "x", NOW, TODAY, f"sample:{whose}")
    how = Leaving(InspectionDeed.FOUND_ITEMS, items=["…"], deadline=DEADLINE)
    left = leave(session, hand, world.lifts[whose][:1], how, anyway=True)
    return {"inspection_id": left.inspection_ids[0]}


def several(session: Session, world: World, whose: str) -> dict[str, Any]:
    """The same, as several."""
    return {"inspection_ids": [inspection(session, world, whose)["inspection_id"]]}


def evidence(session: Session, world: World, whose: str) -> dict[str, Any]:
    """With a photo that came through the door of our contact, or through another's."""
    name = {"own": "unit_contact", "other": "other_contact"}.get(whose, "elsewhere_contact")
    file = StoredFile(
        address=str(world.people[name].chat), name="a.png", mime="image/png", size=1, sha256="0", content=PNG, at=NOW
    )
    session.add(file)
    session.flush()
    return {**inspection(session, world, whose), "number": 1, "photos": [file.id]}


SAMPLES = {
    "start_inspections": with_more(lifts, anyway=True),
    "pass_inspections": lifts,
    "fail_inspections": lifts,
    "abort_inspections": with_more(lifts, reason=AbortReason.DANGER, note="…"),
    "find_items": with_more(lifts, items=["…"], deadline=DEADLINE),
    "sign_records": several,
    "sign_notices": several,
    "object_to_record": with_more(inspection, note="…"),
    "add_evidence": evidence,
    "mark_fixed": with_more(inspection, number=1),
    "submit_rectification": inspection,
    "take_in_papers": with_more(inspection, note="…"),
    "return_items": with_more(inspection, reasons={1: "…"}),
    "confirm_items": inspection,
    "conclude_lapsed": with_more(inspection, conclusion="fail"),
    "answer_objection": with_more(inspection, note="…", put_right=False),
    "take_back_result": with_more(inspection, note="…", was_inspected=True),
    "my_inspections": plain(),
    "inspections_at_desk": plain(),
    "lifts_on_site": visit,
    "inspection_story": inspection,
    "opinion_notice": inspection,
    "application_forms": lifts,
    "inspection_photos": inspection,
    "keep_evidence_photo": plain(content=PNG),
}
