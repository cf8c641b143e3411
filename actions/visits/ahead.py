"""Visits that are near: both sides are told the day before, and asked a week before who comes.

Who heard of a visit by then, or made it, was asked with that. Of one whose day is closed nobody is called there.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from actions.visits.notices import (
    COPY,
    TO_MAINTAINER,
    TO_UNIT,
    Deed,
    about_visit,
    lifts_by_visit,
    lifts_in_order,
    maintainers_of,
    visit_notice,
)
from actions.visits.to_move import waiting_to_move
from schedules.announcements import parties_of
from schedules.dates import ONE_DAY
from store.attendance import ASKED_AHEAD, who_comes
from store.lifts import Lift, LiftRole
from store.notices import BOOKING, VISIT, Notice
from store.parties import Party
from store.slots import Visit
from store.zone import SHANGHAI

NEAR_STEP, SOON_STEP = "booking_near", "booking_soon"
Side = tuple[int, str, str, Sequence[Lift]]  # a party, its audience, what its templates end in, and its lifts


@dataclass(frozen=True)
class Said:
    """What a party was told, or is to be, of a visit as it is."""

    party_id: int
    deed: str
    on: date


def of_tomorrow(session: Session, today: date) -> list[Notice]:
    """Of each visit once to each, whoever made it; not to those who hear of it today, or have booked it today."""
    visits = session.exec(select(Visit).where(Visit.day == today + ONE_DAY).order_by(col(Visit.id))).all()
    said = _said_since(session, today) if visits else {}
    waiting, sides = waiting_to_move(session, visits), _sides(session, visits)
    found: list[Notice] = []
    for visit in (one for one in visits if one.id not in waiting):
        told = said.get((visit.id, visit.sequence), [])
        if any(one.deed == Deed.NEAR for one in told):
            continue
        done = {one.party_id for one in told} | _who_made(visit, today)
        found += _notices(session, visit, sides[visit.id], done, Deed.NEAR, NEAR_STEP, today)
    return found


def of_the_week(session: Session, today: date) -> list[Notice]:
    """Of each visit once, while not all have said who comes; not to those who heard of it in the week before it."""
    query = select(Visit).where(Visit.day > today + ONE_DAY, Visit.day <= today + ASKED_AHEAD)
    visits = session.exec(query.order_by(col(Visit.id))).all()
    said = _said_since(session, today - ASKED_AHEAD) if visits else {}
    coming, waiting = who_comes(session, [visit.id for visit in visits]), waiting_to_move(session, visits)
    sides = _sides(session, visits)
    found: list[Notice] = []
    for visit in (one for one in visits if one.id not in waiting):
        told = [one for one in said.get((visit.id, visit.sequence), []) if one.on >= visit.day - ASKED_AHEAD]
        if any(one.deed == Deed.SOON for one in told):
            continue
        if {side[0] for side in sides[visit.id]} <= {one.party_id for one in coming.get(visit.id, ())}:
            continue
        is_news = any(one.on == today for one in told) and visit.party_id is not None
        done = {one.party_id for one in told} | _who_made(visit, today) | ({visit.party_id} if is_news else set())
        found += _notices(session, visit, sides[visit.id], done, Deed.SOON, SOON_STEP, today)
    return found


def _sides(session: Session, visits: Sequence[Visit]) -> dict[int, list[Side]]:
    """By visit, of those lifts that are on it now."""
    on = lifts_by_visit(session, [visit.id for visit in visits])
    known = lifts_in_order(session, [lift_id for ids in on.values() for lift_id in ids])
    maintainers = parties_of(session, [lift.id for lift in known], [LiftRole.MAINTAINER])
    found: dict[int, list[Side]] = {}
    for visit in visits:
        lifts = [lift for lift in known if lift.id in on[visit.id]]
        groups = maintainers_of(visit, lifts, maintainers)
        unit: list[Side] = [(visit.party_id, TO_UNIT, "", lifts)] if visit.party_id is not None and lifts else []
        found[visit.id] = unit + [(party, TO_MAINTAINER, COPY, group) for party, group in groups]
    return found


def _who_made(visit: Visit, today: date) -> set[int | None]:
    """The unit that has booked it today."""
    is_new = visit.made_by is not None and visit.made_at.astimezone(SHANGHAI).date() == today
    return {visit.party_id} if is_new else set()


def _notices(
    session: Session,
    visit: Visit,
    sides: Sequence[Side],
    done: Collection[int | None],
    deed: Deed,
    step: str,
    today: date,
) -> list[Notice]:
    """To those sides that need to hear of it still."""
    if all(party in done for party, *_ in sides):
        return []
    office = session.get_one(Party, visit.department_id).name
    about = about_visit(session, visit, deed, by=office)
    return [
        visit_notice(party, step, audience, f"booking.{deed}{copy}", lifts, about, today)
        for party, audience, copy, lifts in sides
        if party not in done
    ]


def _said_since(session: Session, first: date) -> dict[tuple[int, int], list[Said]]:
    """By visit and sequence, of what was planned from this day on."""
    found: dict[tuple[int, int], list[Said]] = defaultdict(list)
    query = select(Notice).where(Notice.duty == BOOKING, Notice.planned_on >= first)
    for notice in session.exec(query.order_by(col(Notice.id))):
        about = (notice.facts or {})[VISIT]
        found[about["visit"], about["sequence"]].append(Said(notice.party_id, about["deed"], notice.planned_on))
    return found
