"""Places that a published plan holds: a round that nobody has answered keeps its half day until a stated day.

An answer takes them or gives them back; so does a booking of its lifts, a plan made anew, and the end of the time.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlmodel import Session, col, or_, select

from actions.visits.days import WHOLE_DAY
from actions.visits.rules import Crowd, crowds_of_each, fits_half, rules_of, share_out
from actions.visits.slots import half_days
from schedules.calendar import load_calendar
from schedules.dates import ONE_DAY
from schedules.regimes import numbers_of
from store.answerable import answerable_lifts, held_too_many
from store.database import in_chunks
from store.held import give_up_places, keep_places
from store.parties import Party
from store.plans import PlanLiftRow, PlanRound, RoundPlace, RoundState, YearPlanMade
from store.slots import Half, HalfDay, find_slots


def hold_plan(session: Session, plan: YearPlanMade, today: date) -> int:
    """Hold the places of every round to come that waits for an answer, as far as they are free; of how many rounds they
    are not. Whoever calls holds the city."""
    department = session.get_one(Party, plan.department_id)
    plan.holds_until = today + timedelta(days=numbers_of(session, department.city_id).plan_answer_days)
    session.add(plan)
    query = select(PlanRound).where(PlanRound.plan_id == plan.id, PlanRound.state == RoundState.PROPOSED)
    later = col(PlanRound.day) > today + ONE_DAY  # what is held of tomorrow is given up today
    rounds = session.exec(query.where(later).order_by(col(PlanRound.day), col(PlanRound.id))).all()
    return sum(not held for held in hold_rounds(session, plan, rounds).values())


def hold_rounds(session: Session, plan: YearPlanMade, rounds: Sequence[PlanRound]) -> dict[int, bool]:
    """For which of these rounds that can be answered the places were free, and are held now. None is held for lifts of
    which nobody knows whose they are: nobody answers for them."""
    lifts = answerable_lifts(session, [one.id for one in rounds if one.party_id is not None])
    rounds = [one for one in rounds if one.id in lifts]
    if not rounds:
        return {}
    desk, days = plan.department_id, sorted({one.day for one in rounds})
    slots = find_slots(session, [HalfDay(desk, day, half) for day in days for half in Half])
    states = half_days(session, desk, days[0], days[-1], load_calendar(session))
    free = {key: state.free for key, state in states.items()}
    found = dict[int, bool]()
    groups = [lifts[one.id] for one in rounds]
    crowds = crowds_of_each(session, groups, rules_of(session, desk), days[0], days[-1])
    for one, lift_ids, there in zip(rounds, groups, crowds, strict=True):
        here = {str(half): free[one.day, str(half)] for half in Half}
        fit = half_for(lift_ids, there, one.day, one.half, here)
        found[one.id] = fit is not None
        for half, count in (fit[1] if fit is not None else {}).items():
            free[one.day, half] -= count
        if fit is not None:
            keep_places(session, one.id, {slots[HalfDay(desk, one.day, half)]: count for half, count in fit[1].items()})
    return found


def half_for(
    lift_ids: Sequence[int], crowds: Sequence[Crowd], day: date, half: str | None, free: Mapping[str, int]
) -> tuple[str, dict[str, int]] | None:
    """The half that was planned, else another that has room, else the whole day, each with its places; None where there
    is no room. All lifts of a building are not inspected at once. `free`: places by half."""
    count = len(lift_ids)
    for one in dict.fromkeys(filter(None, (half, *free))):
        if free[one] >= count and fits_half(crowds, day, one):
            return one, {one: count}
    shared = share_out(lift_ids, crowds, day, free)
    return (WHOLE_DAY, {one: len(ids) for one, ids in shared.items() if ids}) if shared is not None else None


def lifts_of_round(session: Session, *round_ids: int) -> list[int]:
    """The lifts of these rounds."""
    return sorted(lift_id for ids in lifts_by_round(session, round_ids).values() for lift_id in ids)


def lifts_by_round(session: Session, round_ids: Sequence[int]) -> dict[int, list[int]]:
    """The lifts of each of these rounds."""
    found: dict[int, list[int]] = {round_id: [] for round_id in round_ids}
    for some in in_chunks(sorted(found)):
        query = select(PlanLiftRow.round_id, PlanLiftRow.lift_id).where(col(PlanLiftRow.round_id).in_(some))
        for round_id, lift_id in session.exec(query.order_by(col(PlanLiftRow.lift_id))):
            if round_id is not None:
                found[round_id].append(lift_id)
    return found


def end_holds(session: Session, *, today: date) -> int:
    """Give back the places of rounds that hold them no longer: whose time is over, and the places of lifts that are not
    what they were; how many places. Whoever calls holds the city."""
    over = (
        select(RoundPlace.round_id)
        .join(PlanRound, col(PlanRound.id) == RoundPlace.round_id)
        .join(YearPlanMade, col(YearPlanMade.id) == PlanRound.plan_id)
        .where(
            or_(
                col(YearPlanMade.holds_until) < today,
                col(YearPlanMade.replaced_at).is_not(None),
                col(PlanRound.day) <= today + ONE_DAY,
                PlanRound.state != RoundState.PROPOSED,
            )
        )
    )
    done, fewer = set(session.exec(over)), held_too_many(session)
    keep = {round_id: left for round_id, left in fewer.items() if round_id not in done}
    return give_up_places(session, {*done, *fewer}, keep) if done or fewer else 0
