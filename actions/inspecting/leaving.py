"""How an inspector leaves a lift: passed, failed, with items to rectify, or broken off. Of many lifts at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from sqlalchemy import or_
from sqlmodel import Session, col, select

from actions.inspecting.deeds import MOST_ITEMS, Hand, advance, open_inspections, plain, required, was_done
from actions.inspecting.notices import tell_sides
from actions.refusals import Refused
from actions.visits.inspections import issue_opinion_notice, record_inspection
from actions.visits.listing import place_of
from schedules.dates import add_months, month_end
from store.duties import INSPECTIONS, Duty
from store.inspections import AbortReason, Inspection, InspectionDeed, InspectionItem, InspectionState
from store.lifts import Lift
from store.locks import lock_lifts
from store.parties import Party
from store.slots import Visit, VisitLift

DUE_MONTHS = 3  # an inspection is expected from the month so long before the one in which it is due
AGAIN = (InspectionState.ABORTED, InspectionState.TAKEN_BACK)  # what stands so can be begun with anew on the same day
LONGEST_DEADLINE = 12  # months: a later one is a slip of the pen
CONCLUSIONS: dict[InspectionDeed, Literal["pass", "fail", "aborted"]] = {
    InspectionDeed.PASSED: "pass",
    InspectionDeed.FAILED: "fail",
    InspectionDeed.ABORTED: "aborted",
}


@dataclass(frozen=True)
class Leaving:
    """What the inspector says on leaving: a reason and words where it is broken off, items with their deadline."""

    deed: InspectionDeed
    reason: AbortReason | None = None
    note: str = ""
    items: Sequence[str] = ()
    deadline: date | None = None


@dataclass
class Left:
    """What became of these lifts; `left_out`: the places of those that stood otherwise. `repeated`: one tap twice."""

    lift_ids: list[int] = field(default_factory=list)
    inspection_ids: list[int] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    repeated: bool = False


def start(session: Session, hand: Hand, lift_ids: Sequence[int], *, anyway: bool) -> Left:
    """Begin with these lifts; those under way are left out."""
    lock_lifts(session, lift_ids)
    if _came_before(session, hand, lift_ids):
        return Left(list(lift_ids), repeated=True)
    open_ones = open_inspections(session, lift_ids)
    found = _fresh(session, hand, [one for one in lift_ids if one not in open_ones], anyway=anyway)
    if not found.lift_ids:
        raise Refused("onsite.stands_otherwise", state=_state_of(session, lift_ids[0]))
    found.left_out += _places(session, list(open_ones))
    for lift_id in found.lift_ids:
        found.inspection_ids.append(_begin(session, hand, lift_id).id)
    return found


def leave(session: Session, hand: Hand, lift_ids: Sequence[int], how: Leaving, *, anyway: bool) -> Left:
    """Leave these lifts so. One that nobody has begun with is begun and left at once, unless it was left today.

    Raises Refused where none is left to do, or where one is not expected and `anyway` was not said.
    """
    _check(how, hand.today)
    lock_lifts(session, lift_ids)
    if _came_before(session, hand, lift_ids):
        return Left(list(lift_ids), repeated=True)
    open_ones = open_inspections(session, lift_ids)
    under_way = [one for one, at in open_ones.items() if at.state == InspectionState.UNDER_WAY]
    found = _fresh(session, hand, [one for one in lift_ids if one not in open_ones], anyway=anyway)
    found.left_out += _places(session, [one for one in open_ones if one not in under_way])
    for lift_id in found.lift_ids:
        open_ones[lift_id] = _begin(session, hand, lift_id)
    found.lift_ids = sorted([*found.lift_ids, *under_way])
    if not found.lift_ids:
        raise Refused("onsite.stands_otherwise", state=_state_of(session, lift_ids[0]))
    for lift_id in under_way:
        wrong_on = open_ones[lift_id].counts_on
        if wrong_on is not None and _came_again(session, lift_id, wrong_on, hand.today):
            open_ones[lift_id].counts_on = None
    for lift_id in found.lift_ids:
        found.inspection_ids.append(_end(session, hand, open_ones[lift_id], how).id)
    days = sorted({open_ones[lift_id].counts_on or hand.today for lift_id in found.lift_ids})
    for day in days:  # that of a result which was taken back, else today
        of_day = [one for one in found.lift_ids if (open_ones[one].counts_on or hand.today) == day]
        _record(session, hand, of_day, how, day)
    _tell(session, hand, found.lift_ids, how)
    return found


def _check(how: Leaving, today: date) -> None:
    if how.deed is InspectionDeed.ABORTED:
        required(how.note, "onsite.why_aborted")
    if how.deed is not InspectionDeed.FOUND_ITEMS:
        if how.deadline is not None or (how.deed is InspectionDeed.ABORTED) != (how.reason is not None):
            raise ValueError(f"a deadline or a reason does not go with {how.deed}")
        return
    if not how.items or len(how.items) > MOST_ITEMS or not all(item.strip() for item in how.items):
        raise Refused("onsite.items_missing", most=MOST_ITEMS)
    if how.deadline is None or not today < how.deadline <= add_months(today, LONGEST_DEADLINE):
        raise Refused("onsite.deadline_wrong", today=today, last=add_months(today, LONGEST_DEADLINE))


def _came_before(session: Session, hand: Hand, lift_ids: Sequence[int]) -> bool:
    return any(was_done(session, f"{hand.key}:{lift_id}") for lift_id in lift_ids)


def _fresh(session: Session, hand: Hand, lift_ids: Sequence[int], *, anyway: bool) -> Left:
    """Those of these lifts, of which none is being inspected, that can be begun with."""
    today = select(Inspection.lift_id).where(col(Inspection.lift_id).in_(list(lift_ids)))
    over = (Inspection.begun_on == hand.today) | (Inspection.ended_on == hand.today)
    done = set(session.exec(today.where(over, col(Inspection.state).not_in(AGAIN))))
    wanted = [one for one in lift_ids if one not in done]
    if not anyway and (odd := sorted(set(wanted) - _expected(session, wanted, hand.today))):
        places = _places(session, odd)
        raise Refused("onsite.not_expected", place=places[0], count=len(places))
    return Left(lift_ids=wanted, left_out=_places(session, sorted(done)))


def _came_again(session: Session, lift_id: int, since: date, today: date) -> bool:
    """Whether a later visit to the lift has come: what is said now is its result, and not that of the day before."""
    query = select(VisitLift.id).join(Visit, col(Visit.id) == VisitLift.visit_id)
    query = query.where(VisitLift.lift_id == lift_id, col(VisitLift.gone).is_(None))
    return session.exec(query.where(Visit.day > since, Visit.day <= today)).first() is not None


def _expected(session: Session, lift_ids: Sequence[int], today: date) -> set[int]:
    """Those that are booked, or whose inspection is due soon or overdue."""
    booked = select(VisitLift.lift_id).where(col(VisitLift.lift_id).in_(list(lift_ids)), col(VisitLift.gone).is_(None))
    owed = select(Duty.lift_id).where(col(Duty.lift_id).in_(list(lift_ids)), col(Duty.kind).in_(INSPECTIONS))
    owed = owed.where(col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None))
    soon = month_end(add_months(today, DUE_MONTHS))
    owed = owed.where(or_(col(Duty.due) <= soon, col(Duty.window_start) <= today))
    return {one for one in (*session.exec(booked), *session.exec(owed)) if one is not None}


def _begin(session: Session, hand: Hand, lift_id: int) -> Inspection:
    lift = session.get_one(Lift, lift_id)
    inspection = Inspection(
        city_id=lift.city_id,
        lift_id=lift_id,
        department_id=hand.party_id,
        inspector_id=hand.contact_id,
        begun_on=hand.today,
    )
    session.add(inspection)
    session.flush()
    key = f"{hand.key}:start:{lift_id}"
    session.add(hand.step(inspection.id, InspectionDeed.STARTED, InspectionState.UNDER_WAY, key))
    session.flush()
    return inspection


def _end(session: Session, hand: Hand, inspection: Inspection, how: Leaving) -> Inspection:
    inspection.department_id = hand.party_id  # the district may have gone over since it was begun
    if how.deed is InspectionDeed.FOUND_ITEMS:
        inspection.deadline = how.deadline
        session.add_all(
            InspectionItem(inspection_id=inspection.id, number=number, text=plain(text))
            for number, text in enumerate(how.items, 1)
        )
    else:
        inspection.ended_on, inspection.reason = inspection.counts_on or hand.today, how.reason
    key = f"{hand.key}:{inspection.lift_id}"
    advance(session, inspection, how.deed, hand, key=key, note=how.note, deadline=how.deadline)
    return inspection


def _record(session: Session, hand: Hand, lift_ids: Sequence[int], how: Leaving, day: date) -> None:
    """The fact from which every date follows."""
    tap: dict[str, Any] = {"lift_ids": lift_ids, "on": day, "by": hand.party_id, "now": hand.now}
    tap |= {"today": hand.today, "key": f"{hand.key}:event"}
    if how.deadline is not None:
        issue_opinion_notice(session, deadline=how.deadline, **tap)
    else:
        record_inspection(session, conclusion=CONCLUSIONS[how.deed], **tap)


def _tell(session: Session, hand: Hand, lift_ids: Sequence[int], how: Leaving) -> None:
    about = {
        "deed": how.deed,
        "office": session.get_one(Party, hand.party_id).name,
        "reason": how.reason or "",
        "note": plain(how.note),
        "items": len(how.items),
        "deadline": how.deadline.isoformat() if how.deadline else "",
    }
    templates = {InspectionDeed.ABORTED: "onsite.aborted", InspectionDeed.FOUND_ITEMS: "gz.opinion"}
    tell_sides(session, lift_ids, templates.get(how.deed, "onsite.record"), about, hand.today)


def _places(session: Session, lift_ids: Sequence[int]) -> list[str]:
    lifts = session.exec(select(Lift).where(col(Lift.id).in_(list(lift_ids))).order_by(col(Lift.id)))
    return [place_of(lift) for lift in lifts]


def _state_of(session: Session, lift_id: int) -> str:
    """Where the last inspection of a lift stands."""
    query = select(Inspection.state).where(Inspection.lift_id == lift_id).order_by(col(Inspection.id).desc())
    return session.exec(query).first() or ""
