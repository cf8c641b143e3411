"""A plan as it is shown: its rounds with their lifts, and what is on none."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlmodel import Session, col, select

from actions.desk.lines import DeskLine, desk_line
from actions.visits.listing import place_of
from schedules.year_plan.concentrated import earlier
from store.answerable import answerable_lifts
from store.database import in_chunks
from store.lifts import Lift
from store.parties import Party
from store.plans import PlanLiftRow, PlanRound, RoundState, YearPlanMade
from store.slots import Gone, Visit, VisitLift, present_lifts, stands

# States of a round of which no lift can be agreed to, or is still on the visit that was agreed to: its lifts are booked
# otherwise, or are not what they were.
BOOKED, CHANGED = "booked", "changed"


@dataclass(frozen=True)
class RoundLift:
    """A lift of a round. `days_lost`: of its validity; `fee_share`: of the usual fee."""

    lift_id: int
    key: str
    place: str
    valid_until: date | None
    days_lost: int
    fee_share: Fraction
    after_target: bool


@dataclass(frozen=True)
class RoundShown:
    """A round. `half`: none over the whole day; `adjusted`: to which date validities would be shortened.

    `state`: what the unit has said, or BOOKED, or CHANGED. `lifts`: those that can be agreed to, or were and still are
    on that visit; where there is none, all. `off`: the others, of which so many are `booked` otherwise. `whole`: the
    reader sees all of these lifts, and so may answer.
    """

    round_id: int
    unit: str
    day: date
    half: str | None
    adjusted: date | None
    exempt: bool
    state: str
    lifts: Sequence[RoundLift]
    desk: DeskLine
    whole: bool = True
    off: int = 0
    booked: int = 0

    @property
    def earlier_lifts(self) -> int:
        """How many lifts would lose validity."""
        return sum(lift.days_lost > 0 for lift in self.lifts)

    @property
    def most_lost(self) -> int:
        """The most days that one of them would lose."""
        return max((lift.days_lost for lift in self.lifts), default=0)

    @property
    def fee_percent(self) -> int:
        """What all of them would pay together, of the usual fee."""
        return percent_of([self])


def percent_of(rounds: Sequence[RoundShown]) -> int:
    """What all lifts of these rounds would pay together, of the usual fee."""
    shares = [lift.fee_share for one in rounds for lift in one.lifts]
    return round(100 * sum(shares) / len(shares)) if shares else 100


@dataclass(frozen=True)
class LeftOut:
    """A lift that is on no round, and why."""

    key: str
    place: str
    valid_until: date | None
    why: str


def show_rounds(
    session: Session, plan: YearPlanMade, rounds: Iterable[PlanRound], seen: Collection[int] | None = None
) -> list[RoundShown]:
    """These rounds of a plan by day; with `seen` only those lifts, and only rounds with one of them."""
    listed = list(rounds)
    lifts = _lifts_of(session, [one.id for one in listed])
    desk, units = desk_line(session, plan.department_id), _names(session, listed)
    ids = {one.id: [lift.id for _, lift in lifts[one.id]] for one in listed}
    booked = present_lifts(session, [lift_id for some in ids.values() for lift_id in some])
    on_visits = _visits_agreed(session, [one for one in listed if one.state == RoundState.AGREED], ids)
    as_planned = answerable_lifts(session, [one.id for one in listed if one.state != RoundState.AGREED])
    shown = []
    for one in listed:
        visits = on_visits.get(one.id, {})
        stay = {*visits, *as_planned.get(one.id, ())}
        elsewhere = len(booked.keys() & set(ids[one.id]) - stay)
        first = min(visits.values(), key=lambda visit: (visit.day, visit.half or ""), default=one)
        theirs = [(row, lift) for row, lift in lifts[one.id] if not stay or lift.id in stay]
        shown.append(
            RoundShown(
                round_id=one.id,
                unit=units.get(one.party_id or 0, ""),
                day=first.day,
                half=first.half,
                adjusted=one.adjusted,
                exempt=one.exempt,
                state=one.state if stay else BOOKED if elsewhere else CHANGED,
                lifts=[_lift(one, row, lift) for row, lift in theirs if seen is None or lift.id in seen],
                desk=desk,
                whole=seen is None or all(lift.id in seen for _, lift in theirs),
                off=len(ids[one.id]) - len(stay),
                booked=elsewhere,
            )
        )
    return sorted((one for one in shown if one.lifts), key=lambda one: (one.day, one.half or "", one.round_id))


def rounds_of(session: Session, plan: YearPlanMade) -> Sequence[PlanRound]:
    """All rounds of a plan."""
    return session.exec(select(PlanRound).where(PlanRound.plan_id == plan.id)).all()


def left_out(session: Session, plan: YearPlanMade) -> list[LeftOut]:
    """What is on none of them."""
    query = (
        select(PlanLiftRow, Lift)
        .join(Lift, col(Lift.id) == PlanLiftRow.lift_id)
        .where(PlanLiftRow.plan_id == plan.id, col(PlanLiftRow.why).is_not(None))
        .order_by(col(PlanLiftRow.why), col(Lift.id))
    )
    return [LeftOut(lift.key, place_of(lift), row.valid_until, row.why or "") for row, lift in session.exec(query)]


def _visits_agreed(
    session: Session, rounds: Sequence[PlanRound], lifts: Mapping[int, Sequence[int]]
) -> dict[int, dict[int, Visit]]:
    """Of rounds that were agreed to the lifts that are on a visit since, or were inspected or missed on it: it may have
    been moved, or not hold any more."""
    of_lift = {lift_id: one for one in rounds for lift_id in lifts[one.id]}
    found: dict[int, dict[int, Visit]] = {one.id: {} for one in rounds}
    ended = set[int]()
    for ids in in_chunks(sorted(of_lift)):
        query = select(VisitLift, Visit).join(Visit, col(Visit.id) == VisitLift.visit_id).order_by(col(VisitLift.id))
        for row, visit in session.exec(query.where(col(VisitLift.lift_id).in_(ids), stands())):
            one = of_lift[row.lift_id]
            if one.answered_at is None or visit.made_at < one.answered_at or row.lift_id in ended:
                continue
            found[one.id][row.lift_id] = visit
            if row.gone == Gone.ENDED:
                ended.add(row.lift_id)
    return found


def _lifts_of(session: Session, round_ids: Sequence[int]) -> dict[int, list[tuple[PlanLiftRow, Lift]]]:
    found: dict[int, list[tuple[PlanLiftRow, Lift]]] = defaultdict(list)
    for ids in in_chunks(round_ids):
        query = select(PlanLiftRow, Lift).join(Lift, col(Lift.id) == PlanLiftRow.lift_id).order_by(col(Lift.id))
        for row, lift in session.exec(query.where(col(PlanLiftRow.round_id).in_(ids))):
            found[row.round_id or 0].append((row, lift))
    return found


def _names(session: Session, rounds: Sequence[PlanRound]) -> dict[int, str]:
    ids = {one.party_id for one in rounds if one.party_id is not None}
    return {party.id: party.name for party in session.exec(select(Party).where(col(Party.id).in_(ids)))}


def _lift(one: PlanRound, row: PlanLiftRow, lift: Lift) -> RoundLift:
    lost, share = 0, Fraction(1)
    if one.adjusted is not None and row.valid_until is not None:
        loss = earlier(lift.id, row.valid_until, one.adjusted, one.exempt)
        lost, share = loss.days_lost, loss.fee_share
    return RoundLift(lift.id, lift.key, place_of(lift), row.valid_until, lost, share, row.after_target)
