"""Places that a published plan holds: a round that nobody has answered keeps its half day until a stated day.

An answer takes them or gives them back; so does a booking of its lifts, a plan made anew, and the end of the time.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlmodel import Session, col, or_, select

from actions.visits.days import WHOLE_DAY
from actions.visits.rules import SlotRules, crowds_of, fits_half, rules_of, share_out
from actions.visits.slots import half_days
from schedules.calendar import load_calendar
from schedules.dates import ONE_DAY
from schedules.regimes import numbers_of
from store.held import give_up_places, keep_places
from store.parties import Party
from store.plans import PlanLiftRow, PlanRound, RoundPlace, RoundState, YearPlanMade
from store.slots import Half, HalfDay, find_slots, present_lifts


def hold_plan(session: Session, plan: YearPlanMade, today: date) -> int:
    """Hold the places of every round to come that waits for an answer, as far as they are free; of how many rounds they
    are not. Whoever calls holds the city."""
    department = session.get_one(Party, plan.department_id)
    plan.holds_until = today + timedelta(days=numbers_of(session, department.city_id).plan_answer_days)
    session.add(plan)
    query = select(PlanRound).where(PlanRound.plan_id == plan.id, PlanRound.state == RoundState.PROPOSED)
    rounds = session.exec(query.where(PlanRound.day > today).order_by(col(PlanRound.day), col(PlanRound.id))).all()
    return sum(not held for held in hold_rounds(session, plan, rounds).values())


def hold_rounds(session: Session, plan: YearPlanMade, rounds: Sequence[PlanRound]) -> dict[int, bool]:
    """For which of these rounds the places were free, and are held now."""
    if not rounds:
        return {}
    desk, days = plan.department_id, sorted({one.day for one in rounds})
    slots = find_slots(session, [HalfDay(desk, day, half) for day in days for half in Half])
    states = half_days(session, desk, days[0], days[-1], load_calendar(session))
    free = {key: state.free for key, state in states.items()}
    rules, found = rules_of(session, desk), {}
    for one in rounds:
        here = {str(half): free[one.day, str(half)] for half in Half}
        fit = half_for(session, lifts_of_round(session, one.id), one.day, one.half, here, rules)
        found[one.id] = fit is not None
        for half, count in (fit[1] if fit is not None else {}).items():
            free[one.day, half] -= count
        if fit is not None:
            keep_places(session, one.id, {slots[HalfDay(desk, one.day, half)]: count for half, count in fit[1].items()})
    return found


def half_for(
    session: Session, lift_ids: Sequence[int], day: date, half: str | None, free: Mapping[str, int], rules: SlotRules
) -> tuple[str, dict[str, int]] | None:
    """The half that was planned, else another that has room, else the whole day, each with its places; None where there
    is no room. All lifts of a building are not inspected at once. `free`: places by half."""
    crowds, count = crowds_of(session, lift_ids, rules, day, day), len(lift_ids)
    for one in dict.fromkeys(filter(None, (half, *free))):
        if free[one] >= count and fits_half(crowds, day, one):
            return one, {one: count}
    shared = share_out(lift_ids, crowds, day, free)
    return (WHOLE_DAY, {one: len(ids) for one, ids in shared.items() if ids}) if shared is not None else None


def lifts_of_round(session: Session, *round_ids: int) -> list[int]:
    """The lifts of these rounds."""
    query = select(PlanLiftRow.lift_id).where(col(PlanLiftRow.round_id).in_(round_ids))
    return list(session.exec(query.order_by(col(PlanLiftRow.lift_id))))


def end_holds(session: Session, *, today: date) -> int:
    """Give back the places of rounds that hold them no longer: whose time is over, whose lifts are booked otherwise;
    how many places. Whoever calls holds the city."""
    query = (
        select(PlanRound.id)
        .join(YearPlanMade, col(YearPlanMade.id) == PlanRound.plan_id)
        .where(col(PlanRound.id).in_(select(RoundPlace.round_id)))
    )
    over = or_(
        col(YearPlanMade.holds_until) < today,
        col(YearPlanMade.replaced_at).is_not(None),
        col(PlanRound.day) <= today + ONE_DAY,
        PlanRound.state != RoundState.PROPOSED,
    )
    done = set(session.exec(query.where(over)))
    waiting = set(session.exec(query)) - done
    done |= {one for one in waiting if present_lifts(session, lifts_of_round(session, one))}
    return give_up_places(session, done) if done else 0
