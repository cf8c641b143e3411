"""Places of half days that a published plan holds for rounds that wait for their units' answers."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from store.database import in_chunks, table_of
from store.plans import PlanLiftRow, PlanRound, RoundPlace
from store.slots import HalfDay, Slot, find_slots


def keep_places(session: Session, round_id: int, places: Mapping[int, int]) -> None:
    """Hold so many places of these slots for a round; whoever calls has them locked and knows that they are free."""
    for slot_id, count in sorted(places.items()):
        session.add(RoundPlace(round_id=round_id, slot_id=slot_id, held=count))
        _change_held(session, slot_id, count)
    session.flush()


def give_up_places(session: Session, round_ids: Iterable[int], keep: Mapping[int, int] = MappingProxyType({})) -> int:
    """Give what is held for these rounds back to everybody, but for so many places of those in `keep`; how many places.

    First the half days are locked, as by whoever books: two who give up the same places count them once.
    """
    wanted, freed = sorted(set(round_ids)), Counter[int]()
    find_slots(session, half_days_held(session, wanted))
    kept = dict(keep)
    for ids in in_chunks(wanted):
        query = select(RoundPlace).where(col(RoundPlace.round_id).in_(ids))
        query = query.order_by(col(RoundPlace.round_id), col(RoundPlace.slot_id))
        for place in session.exec(query.execution_options(populate_existing=True)).all():
            stays = min(place.held, kept.get(place.round_id, 0))
            kept[place.round_id] = kept.get(place.round_id, 0) - stays
            freed[place.slot_id] += place.held - stays
            if stays:
                place.held = stays
                session.add(place)
            else:
                session.delete(place)
    session.flush()
    for slot_id, count in sorted(freed.items()):
        if count:
            _change_held(session, slot_id, -count)
    return freed.total()


def half_days_held(session: Session, round_ids: Iterable[int]) -> list[HalfDay]:
    """The half days of which places are held for these rounds."""
    found: set[HalfDay] = set()
    for ids in in_chunks(sorted(set(round_ids))):
        query = select(Slot).join(RoundPlace, col(RoundPlace.slot_id) == Slot.id)
        for slot in session.exec(query.where(col(RoundPlace.round_id).in_(ids))):
            found.add(HalfDay(slot.party_id, slot.day, slot.half))
    return sorted(found)


def held_by_plan(session: Session, plan_id: int) -> dict[tuple[date, str], int]:
    """By half day how many places the rounds of this plan hold."""
    query = (
        select(col(Slot.day), col(Slot.half), func.sum(RoundPlace.held))
        .join(RoundPlace, col(RoundPlace.slot_id) == Slot.id)
        .join(PlanRound, col(PlanRound.id) == RoundPlace.round_id)
        .where(PlanRound.plan_id == plan_id)
        .group_by(col(Slot.day), col(Slot.half))
    )
    return {(day, half): held for day, half, held in session.exec(query)}


def rounds_held_for(session: Session, lift_ids: Iterable[int]) -> list[int]:
    """The rounds with one of these lifts for which places are held."""
    found: set[int] = set()
    for ids in in_chunks(sorted(set(lift_ids))):
        query = select(RoundPlace.round_id).join(PlanRound, col(PlanRound.id) == RoundPlace.round_id)
        query = query.join(PlanLiftRow, col(PlanLiftRow.round_id) == PlanRound.id)
        found |= set(session.exec(query.where(col(PlanLiftRow.lift_id).in_(ids))))
    return sorted(found)


def misheld(session: Session) -> int:
    """Of how many half days what is held is not what their rounds hold."""
    kept = (
        select(col(RoundPlace.slot_id), func.sum(RoundPlace.held).label("kept"))
        .group_by(col(RoundPlace.slot_id))
        .subquery()
    )
    query = select(func.count()).select_from(Slot).outerjoin(kept, kept.c.slot_id == Slot.id)
    return session.exec(query.where(col(Slot.held) != func.coalesce(kept.c.kept, 0))).one()


def count_held_anew(session: Session) -> int:
    """Set what is held of each half day to what its rounds hold; how many half days were otherwise."""
    slot, place = table_of(Slot), table_of(RoundPlace)
    kept = select(func.coalesce(func.sum(place.c.held), 0)).where(place.c.slot_id == slot.c.id).scalar_subquery()
    wrong = update(slot).where(slot.c.held != kept).values(held=kept).returning(slot.c.id)
    return len(session.execute(wrong).all())


def _change_held(session: Session, slot_id: int, count: int) -> None:
    slot = table_of(Slot)
    session.execute(update(slot).where(slot.c.id == slot_id).values(held=slot.c.held + count))
