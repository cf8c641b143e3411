"""Places of half days for the lifts of a visit: taken for all of them or refused, what they held before given back."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NoReturn

from sqlmodel import Session, col, select

from actions.refusals import Refused
from actions.visits.days import WHOLE_DAY, Wish, crowds_for, find_days
from actions.visits.rules import fits_half, share_out
from schedules.calendar import load_calendar
from store.answerable import answerable_lifts
from store.held import give_up_places, half_days_held, rounds_held_for
from store.slots import (
    Gone,
    Half,
    HalfDay,
    Slot,
    Visit,
    VisitLift,
    change_taken,
    find_slots,
    present_lifts,
    take_places,
    usual_places,
)

NEXT_SHOWN = 3


def take_for(
    session: Session, wish: Wish, day: date, half: str, today: date, *, moved: Visit | None = None
) -> dict[int, int]:
    """Take a place for each lift (lift → slot), and give back what they hold: of a visit that is `moved`, or that was
    in the past and came to nothing. Refused with the next free days where there is not enough room."""
    lift_ids = [lift_id for theirs in wish.departments.values() for lift_id in theirs]
    held = present_lifts(session, lift_ids)
    before = _half_days_of(session, [place.slot_id for place, _ in held.values()])
    halves = list(Half) if half == WHOLE_DAY else [Half(half)]
    wanted = [HalfDay(desk, day, one) for desk in wish.departments for one in halves]
    rounds = rounds_held_for(session, lift_ids)  # whoever books them otherwise needs these places no more
    slots = find_slots(session, [*before, *wanted, *half_days_held(session, rounds)])
    _give_up(session, rounds, lift_ids)
    _give_back(session, [place for place, _ in held.values()], keeps=moved is not None)
    is_working = load_calendar(session).is_working(day)
    crowds = crowds_for(session, wish, day, day)
    places: dict[int, int] = {}
    for desk, theirs in wish.departments.items():
        usual = usual_places(session, desk) if is_working else 0
        free = {str(one): _free(session, slots[HalfDay(desk, day, one)], usual) for one in halves}
        of_desk = [crowd for crowd in crowds if crowd.lift_ids & set(theirs)]
        shares = share_out(theirs, of_desk, day, free) if half == WHOLE_DAY else {half: list(theirs)}
        if shares is None:
            _refuse_full(session, wish, day, today)
        if half != WHOLE_DAY and not fits_half(of_desk, day, half):
            raise Refused("bookings.all_of_a_building")
        for one in halves:
            slot_id, here = slots[HalfDay(desk, day, one)], shares[one]
            if here and not take_places(session, slot_id, len(here), usual):
                _refuse_full(session, wish, day, today)
            places |= dict.fromkeys(here, slot_id)
    return places


def _give_up(session: Session, round_ids: Sequence[int], lift_ids: Sequence[int]) -> None:
    """What a plan holds for these lifts; what it holds for others on the same rounds stays."""
    rest = answerable_lifts(session, round_ids)
    give_up_places(session, round_ids, {one: len(set(ids) - set(lift_ids)) for one, ids in rest.items()})


def _give_back(session: Session, held: Sequence[VisitLift], *, keeps: bool) -> None:
    """Free these places; a lift that `keeps` its visit gets another place on it."""
    change_taken(session, {slot_id: -count for slot_id, count in Counter(row.slot_id for row in held).items()})
    if keeps:
        return
    for row in held:
        row.gone = Gone.MOVED
        session.add(row)
    session.flush()


def _refuse_full(session: Session, wish: Wish, day: date, today: date) -> NoReturn:
    days = [one.day for one in find_days(session, wish, today).days if one.day != day]
    raise Refused("bookings.full", day=day, next_days=days[:NEXT_SHOWN], desks=wish.desks)


def _half_days_of(session: Session, slot_ids: Sequence[int]) -> list[HalfDay]:
    slots = session.exec(select(Slot).where(col(Slot.id).in_(slot_ids))).all()
    return [HalfDay(slot.party_id, slot.day, slot.half) for slot in slots]


def _free(session: Session, slot_id: int, usual: int) -> int:
    slot = session.get_one(Slot, slot_id, populate_existing=True)
    return max((usual if slot.places is None else slot.places) - slot.taken - slot.held, 0)
