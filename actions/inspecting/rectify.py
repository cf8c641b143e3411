"""Items to rectify: evidence of each from unit and maintainer, handed in as a whole, returned or confirmed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from actions.actors import DEPARTMENT, MAINTAINER, UNIT, Asked
from actions.inspecting.deeds import MOST_PHOTOS, Hand, advance, hold, items_of, plain, required, was_done
from actions.inspecting.lapses import end_task
from actions.inspecting.notices import tell_desk, tell_sides
from actions.inspecting.onsite import INSPECTOR
from actions.inspecting.rights import is_their_inspection
from actions.photos import is_their_photo
from actions.refusals import Refused
from actions.registry import verb
from actions.visits.inspections import Deed, act, confirm_rectification
from schedules.dates import add_months
from store.events import EventKind
from store.inspections import Inspection, InspectionDeed, InspectionItem, InspectionState
from store.parties import Party
from store.zone import SHANGHAI

LONGEST_DELAY = 12  # months
REOPENED = "reopened"  # told to those who were told of a lapse: it came in time after all
WHOLE = 0  # instead of an item's number: the notice itself with the results filled in


@verb(UNIT | MAINTAINER, inspection_id=is_their_inspection, photos=is_their_photo)
def add_evidence(
    session: Session, asked: Asked, *, inspection_id: int, number: int, note: str = "", photos: Sequence[int] = ()
) -> bool:
    """What shows that an item is rectified: words, photos; False where this tap came before."""
    hand, inspection = Hand.of(asked), hold(session, inspection_id)
    if was_done(session, hand.key):
        return False
    if len(photos) > MOST_PHOTOS:
        raise Refused("onsite.too_many_photos", most=MOST_PHOTOS)
    if not photos:
        required(note, "onsite.say_what")
    item = _item(session, inspection_id, number) if number != WHOLE else None
    advance(session, inspection, InspectionDeed.EVIDENCE, hand, item=number, note=note, photos=photos)
    if item is not None:
        item.shown = True
        session.flush()
    return True


@verb(MAINTAINER, inspection_id=is_their_inspection)
def mark_fixed(session: Session, asked: Asked, *, inspection_id: int, number: int) -> bool:
    """The maintainer has rectified an item; False where that was said before."""
    hand, inspection = Hand.of(asked), hold(session, inspection_id)
    item = _item(session, inspection_id, number)
    if was_done(session, hand.key) or item.fixed:
        return False
    advance(session, inspection, InspectionDeed.FIXED, hand, item=number)
    item.fixed = True
    session.flush()
    return True


@verb(UNIT, inspection_id=is_their_inspection)
def submit_rectification(session: Session, asked: Asked, *, inspection_id: int) -> bool:
    """Hand in the whole, by the end of the deadline's day; False where this tap came before.

    What is said counts when it was said, also where it waited through an outage. Raises Refused while an item has no
    evidence since it was given back.
    """
    hand, inspection = Hand.of(asked), hold(session, inspection_id)
    if was_done(session, hand.key):
        return False
    if missing := [item.number for item in items_of(session, inspection_id) if not item.shown]:
        raise Refused("onsite.evidence_missing", numbers=missing)
    _submit(session, inspection, hand, asked.said_at.astimezone(SHANGHAI).date())
    return True


@verb(DEPARTMENT, inspection_id=is_their_inspection)
def take_in_papers(
    session: Session, asked: Asked, *, inspection_id: int, note: str, received_on: date | None = None
) -> bool:
    """The unit has handed it in on paper, today or on the day of the stamp; False where this tap came before."""
    return take_in(session, Hand.of(asked), inspection_id, note, received_on)


def take_in(session: Session, hand: Hand, inspection_id: int, note: str, received_on: date | None) -> bool:
    """The same by whoever may."""
    inspection = hold(session, inspection_id)
    if was_done(session, hand.key):
        return False
    on = received_on or hand.today
    if not inspection.begun_on <= on <= hand.today:
        raise Refused("onsite.day_wrong", first=inspection.begun_on, last=hand.today)
    _submit(session, inspection, hand, on, required(note, "onsite.say_what"))
    return True


@verb(INSPECTOR, inspection_id=is_their_inspection)
def return_items(
    session: Session, asked: Asked, *, inspection_id: int, reasons: Mapping[int, str], deadline: date | None = None
) -> bool:
    """Give back what was handed in, with a reason for each item that is not done; False where this tap came before.

    The deadline stays unless a later one is given; from its own day on one must be: that day ends the inspection.
    """
    hand, inspection = Hand.of(asked), hold(session, inspection_id)
    if was_done(session, hand.key):
        return False
    if not reasons or not all(why.strip() for why in reasons.values()):
        raise Refused("onsite.reasons_missing")
    items = {number: _item(session, inspection_id, number) for number in reasons}
    before = inspection.deadline or hand.today
    if deadline is None and before <= hand.today:
        raise Refused("onsite.needs_deadline", deadline=before)
    earliest, latest = max(before, hand.today), add_months(hand.today, LONGEST_DELAY)
    if deadline is not None and not earliest < deadline <= latest:
        raise Refused("onsite.deadline_wrong", today=earliest, last=latest)
    note = "; ".join(f"{number}: {plain(why)}" for number, why in sorted(reasons.items()))
    advance(session, inspection, InspectionDeed.RETURNED, hand, note=note, deadline=deadline)
    inspection.deadline = deadline or inspection.deadline
    for number, item in items.items():
        item.returned, item.fixed, item.shown = plain(reasons[number]), False, False
    session.flush()
    payload = {"on": hand.today} | ({"deadline": deadline} if deadline else {})
    _record(session, inspection, hand, EventKind.RECTIFICATION_RETURNED, hand.today, payload)
    _tell(session, inspection, InspectionDeed.RETURNED, hand, note)
    return True


@verb(INSPECTOR, inspection_id=is_their_inspection)
def confirm_items(session: Session, asked: Asked, *, inspection_id: int) -> bool:
    """The items are rectified: the inspection on site ends today; False where this tap came before."""
    return confirm(session, Hand.of(asked), inspection_id)


def confirm(session: Session, hand: Hand, inspection_id: int) -> bool:
    """The same by whoever may."""
    inspection = hold(session, inspection_id)
    if was_done(session, hand.key):
        return False
    inspection.ended_on = hand.today
    advance(session, inspection, InspectionDeed.CONFIRMED, hand)
    tap: dict[str, Any] = {"lift_ids": [inspection.lift_id], "on": hand.today, "by": hand.party_id, "now": hand.now}
    confirm_rectification(session, today=hand.today, key=f"{hand.key}:event", **tap)
    _tell(session, inspection, InspectionDeed.CONFIRMED, hand, "")
    return True


def _item(session: Session, inspection_id: int, number: int) -> InspectionItem:
    item = session.get(InspectionItem, (inspection_id, number))
    if item is None:
        raise Refused("onsite.no_such_item", number=number)
    return item


def _submit(session: Session, inspection: Inspection, hand: Hand, on: date, note: str = "") -> None:
    """What came in time counts also where the lapse was seen first."""
    if inspection.deadline is not None and on > inspection.deadline:
        raise Refused("onsite.too_late", deadline=inspection.deadline)
    was_lapsed, inspection.ended_on = inspection.state == InspectionState.LAPSED, None
    advance(session, inspection, InspectionDeed.SUBMITTED, hand, on=on, note=note)
    end_task(session, inspection.id, hand.today, "submitted")
    _record(session, inspection, hand, EventKind.RECTIFICATION_SUBMITTED, on, {"on": on})
    about = {"deed": InspectionDeed.SUBMITTED, "note": note, "by": hand.name, "deadline": _iso(inspection.deadline)}
    tell_desk(session, [inspection.lift_id], inspection.department_id, about, hand.today)
    if was_lapsed:
        _tell(session, inspection, REOPENED, hand, "")


def _record(
    session: Session, inspection: Inspection, hand: Hand, kind: EventKind, on: date, payload: dict[str, Any]
) -> None:
    deed = Deed([inspection.lift_id], hand.party_id, hand.now, hand.today, f"{hand.key}:event")
    act(session, deed, kind, on, payload)


def _iso(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _tell(session: Session, inspection: Inspection, deed: str, hand: Hand, note: str) -> None:
    about = {
        "deed": deed,
        "office": session.get_one(Party, inspection.department_id).name,
        "note": note,
        "deadline": _iso(inspection.deadline),
    }
    tell_sides(session, [inspection.lift_id], "onsite.rectify", about, hand.today)
