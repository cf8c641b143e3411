"""What a unit sees of a department's plan, and what it says to a round: agreed and booked in one tap, or declined."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, or_, select

from actions.actors import UNIT, Actor, Asked
from actions.desk.lines import desk_line
from actions.plans.holding import half_for, lifts_of_round
from actions.plans.listing import RoundShown, show_rounds
from actions.plans.shorten import shorten_validities
from actions.refusals import Refused
from actions.registry import verb
from actions.sight import seen_among
from actions.visits.bookings import Booked, book_lifts
from actions.visits.days import WHOLE_DAY
from actions.visits.inspections import RefusedError, was_done
from actions.visits.rules import crowds_of, rules_of
from actions.visits.slots import half_days
from schedules.calendar import load_calendar
from store.answerable import answerable_lifts
from store.held import give_up_places, half_days_held
from store.locks import lock_lifts
from store.plans import PlanRound, RoundState, YearPlanMade
from store.slots import Half, HalfDay, find_slots


@dataclass(frozen=True)
class AllAgreed:
    """What came of agreeing to all: the rounds that are booked, and those that are not, with the reason."""

    agreed: Sequence[RoundShown]
    refused: Sequence[tuple[RoundShown, RefusedError]]

    @property
    def lifts(self) -> int:
        """How many are booked."""
        return sum(len(one.lifts) for one in self.agreed)


def may_see_round(session: Session, actor: Actor, round_id: int) -> bool:
    """A guard: to the own unit, published, and one of its lifts is theirs."""
    return bool(_seen(session, actor, round_id))


def may_answer_round(session: Session, actor: Actor, round_id: int) -> bool:
    """A guard: the same, and every lift of it that can be agreed to is theirs."""
    seen = _seen(session, actor, round_id)
    open_ones = answerable_lifts(session, [round_id]).get(round_id)
    return bool(seen) and seen.issuperset(open_ones or lifts_of_round(session, round_id))


@verb(UNIT, reads=True)
def plan_rounds_of_unit(session: Session, asked: Asked) -> list[RoundShown]:
    """The rounds to come of the plans in force, as far as their lifts are theirs; those without an answer first."""
    query = (
        select(PlanRound, YearPlanMade)
        .join(YearPlanMade, col(YearPlanMade.id) == PlanRound.plan_id)
        .where(PlanRound.party_id == asked.actor.party_id)
        .where(or_(col(PlanRound.day) > asked.today, PlanRound.state == RoundState.AGREED))
        .where(col(YearPlanMade.published_at).is_not(None), col(YearPlanMade.replaced_at).is_(None))
    )
    by_plan: dict[int, tuple[YearPlanMade, list[PlanRound]]] = {}
    for one, plan in session.exec(query):
        by_plan.setdefault(plan.id, (plan, []))[1].append(one)
    found: list[RoundShown] = []
    for plan, rounds in by_plan.values():
        seen = seen_among(session, asked.actor, lifts_of_round(session, *(one.id for one in rounds)))
        found += show_rounds(session, plan, rounds, seen)
    to_come = [one for one in found if one.day > asked.today]  # a visit may have been moved since it was agreed to
    return sorted(to_come, key=lambda one: (one.state != RoundState.PROPOSED, one.day, one.round_id))


@verb(UNIT, reads=True, round_id=may_see_round)
def plan_round_of_unit(session: Session, asked: Asked, *, round_id: int) -> RoundShown:
    """One of them, with the lifts that are theirs."""
    one = session.get_one(PlanRound, round_id)
    return show_rounds(
        session, session.get_one(YearPlanMade, one.plan_id), [one], _seen(session, asked.actor, round_id)
    )[0]


@verb(UNIT, round_id=may_answer_round)
def agree_to_round(session: Session, asked: Asked, *, round_id: int, day: date | None = None) -> Booked:
    """Agree to a round: validities are shortened where it says so, never extended, and its lifts are booked: those that
    are what they were when it was planned. `day`: that of which the unit read; it may have been moved since.

    In one transaction: where the day is full by now nothing is changed.
    """
    return agree(session, asked, round_id, day)


def agree(session: Session, asked: Asked, round_id: int, day: date | None) -> Booked:
    """The same for whoever may answer it, by whatever way."""
    every = lifts_of_round(session, round_id)
    lock_lifts(session, every)
    one = session.get_one(PlanRound, round_id, populate_existing=True)
    plan = session.get_one(YearPlanMade, one.plan_id)
    if was_done(session, asked.key, every):
        by_this = [lift_id for lift_id in every if was_done(session, asked.key, [lift_id])]
        return book_lifts(session, asked, by_this, one.day, one.half or WHOLE_DAY)
    _require_open(session, asked, one, plan)
    if day not in (None, one.day):
        raise Refused("plans.moved", day=one.day)
    lift_ids = _require_answerable(session, plan, round_id)
    _lock_half_days(session, [round_id])
    if one.adjusted is not None:
        shorten_validities(session, asked, lift_ids, one.adjusted)
    give_up_places(session, [round_id])  # its own: the booking takes them
    half = _half_with_room(session, plan.department_id, one, lift_ids)
    booked = book_lifts(session, asked, lift_ids, one.day, half, planned=True)
    _answer(session, asked, one, RoundState.AGREED)
    return booked


@verb(UNIT)
def agree_to_all(session: Session, asked: Asked, *, days: Mapping[int, date] | None = None) -> AllAgreed:
    """Agree to every round that waits for this person's answer: each is booked or, with its reason, left as it is.
    `days`: those of which the unit read, by round; it agrees to no other."""
    rounds = [one for one in plan_rounds_of_unit(session, asked) if one.whole]
    known = days if days is not None else {one.round_id: one.day for one in rounds}
    waiting = [one for one in rounds if one.state == RoundState.PROPOSED and one.round_id in known]
    ids = [one.round_id for one in waiting]
    lock_lifts(session, lifts_of_round(session, *ids))
    _lock_half_days(session, ids)
    refused = []
    agreed = [one for one in rounds if one.state == RoundState.AGREED and _was_agreed(session, asked, one)]
    for one in waiting:
        try:
            with session.begin_nested():
                agree(session, _one_of_all(asked, one), one.round_id, known[one.round_id])
        except RefusedError as error:
            refused.append((one, error))
        else:
            agreed.append(one)
    return AllAgreed(agreed, refused)


def _one_of_all(asked: Asked, one: RoundShown) -> Asked:
    return replace(asked, key=f"{asked.key}:{one.round_id}")


def _was_agreed(session: Session, asked: Asked, one: RoundShown) -> bool:
    """By this tap, which has arrived before."""
    return was_done(session, _one_of_all(asked, one).key, [lift.lift_id for lift in one.lifts])


@verb(UNIT, round_id=may_answer_round)
def decline_round(session: Session, asked: Asked, *, round_id: int) -> RoundShown:
    """Decline a round: nothing changes for its lifts, and an earlier visit is not offered for them again."""
    lock_lifts(session, lifts_of_round(session, round_id))
    one = session.get_one(PlanRound, round_id, populate_existing=True)
    plan = session.get_one(YearPlanMade, one.plan_id)
    if one.state != RoundState.DECLINED:
        _require_open(session, asked, one, plan)
        _require_answerable(session, plan, round_id)
        _answer(session, asked, one, RoundState.DECLINED)
        give_up_places(session, [round_id])
    return show_rounds(session, plan, [one])[0]


def _seen(session: Session, actor: Actor, round_id: int) -> set[int]:
    one = session.get(PlanRound, round_id)
    if one is None or actor.role not in UNIT or one.party_id != actor.party_id:
        return set()
    if session.get_one(YearPlanMade, one.plan_id).published_at is None:
        return set()
    return seen_among(session, actor, lifts_of_round(session, round_id))


def _require_open(session: Session, asked: Asked, one: PlanRound, plan: YearPlanMade) -> None:
    desk = desk_line(session, plan.department_id)
    if plan.replaced_at is not None:
        raise Refused("plans.replaced")
    if one.state == RoundState.AGREED:
        raise Refused("plans.agreed", day=show_rounds(session, plan, [one])[0].day)
    if one.day <= asked.today:
        raise Refused("plans.day_passed", day=one.day, desk=desk)


def _require_answerable(session: Session, plan: YearPlanMade, round_id: int) -> list[int]:
    """The lifts whose dates are those of the plan, and that nobody has booked meanwhile."""
    lift_ids = answerable_lifts(session, [round_id]).get(round_id)
    if not lift_ids:
        raise Refused("plans.changed", desk=desk_line(session, plan.department_id))
    return lift_ids


def _lock_half_days(session: Session, round_ids: Sequence[int]) -> None:
    """Everything that answering these rounds may take or give up, in one order: two units never wait for each other."""
    of_plan = col(YearPlanMade.id) == PlanRound.plan_id
    query = select(YearPlanMade.department_id, col(PlanRound.day)).join(PlanRound, of_plan)
    days = session.exec(query.where(col(PlanRound.id).in_(round_ids))).all()
    wanted = [HalfDay(desk, day, half) for desk, day in days for half in Half]
    find_slots(session, [*wanted, *half_days_held(session, round_ids)])


def _half_with_room(session: Session, department_id: int, one: PlanRound, lift_ids: Sequence[int]) -> str:
    """Where it is booked: others may have booked meanwhile, so it need not be the half that was planned."""
    states = half_days(session, department_id, one.day, one.day, load_calendar(session))
    free = {str(half): states[one.day, str(half)].free for half in Half}
    crowds = crowds_of(session, lift_ids, rules_of(session, department_id), one.day, one.day)
    fit = half_for(lift_ids, crowds, one.day, one.half, free)
    return fit[0] if fit is not None else one.half or WHOLE_DAY


def _answer(session: Session, asked: Asked, one: PlanRound, state: RoundState) -> None:
    one.state, one.answered_by, one.answered_at = state, asked.actor.contact_id, asked.now
    session.add(one)
    session.flush()
