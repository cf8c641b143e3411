"""A published plan is told to each unit on it, in one digest; what changes of it, to those who were told otherwise."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, literal_column
from sqlmodel import Session, col, select

from actions.desk.lines import desk_line
from actions.visits.notices import LEFT, TO_UNIT
from actions.visits.spans import next_inspections
from schedules.announcements import parties_of
from schedules.moments import day_of
from schedules.regimes import rulebook_of
from schedules.rulebook import basis_of
from store.answerable import answerable_lifts
from store.database import in_chunks
from store.ledger import lock_notices
from store.lifts import Lift, LiftRole, place_facts
from store.notices import PLAN, WITHDRAWN, Notice, NoticeStatus
from store.parties import Party
from store.plans import PlanLiftRow, PlanRound, RoundPlace, RoundState, YearPlanMade, held_until, is_early
from store.slots import present_lifts

PUBLISHED, CHANGED = "plan.published", "plan.changed"
UNSENT = (NoticeStatus.PLANNED, NoticeStatus.NO_CONTACT)


@dataclass(frozen=True)
class Seen:
    """A round by what a unit was told of it."""

    when: tuple[str, str]
    keys: set[str]


@dataclass(frozen=True)
class Waiting:
    """A round that waits for its unit's answer, with the lifts that can be agreed to."""

    round: PlanRound
    lifts: Sequence[tuple[PlanLiftRow, Lift]]

    def is_among(self, known: Collection[Seen]) -> bool:
        """Whether the unit knows of it. What fell off it since the unit did itself, or hears of otherwise."""
        when, keys = (self.round.day.isoformat(), self.round.half or ""), {lift.key for _, lift in self.lifts}
        return any(one.when == when and keys <= one.keys for one in known)


def tell_plan(session: Session, plan: YearPlanMade, today: date) -> int:
    """Tell every unit what of the plan waits for it, and what is on it no more, that it was not told so before; how
    many units."""
    department = session.get_one(Party, plan.department_id)
    asked, (told, waiting) = _asked(session, plan, today), _told(session, plan, department.city_id)
    still, held = _lifts_of_plan(session, plan), _held(session, plan)
    phone = desk_line(session, department.id).phone
    basis, wanted = basis_of(rulebook_of(session, department.city_id, today), PUBLISHED), dict[int, Notice]()
    for unit in sorted({*asked, *told}):
        here, before, unsent = asked.get(unit, []), told.get(unit), waiting.get(unit)
        last = [_said(unsent)] if unsent is not None else []
        known = [one for said in ([before] if before is not None else []) + last for one in _seen(said)]
        gone = _gone(session, department.city_id, unit, before, still, today) if before is not None else []
        is_new = any(not one.is_among(known) for one in here)
        if is_new or {lift.key for lift in gone} - {key for said in last for key in _keys(said, withdrawn=True)}:
            template = PUBLISHED if before is None else CHANGED
            wanted[unit] = _notice(plan, department, unit, template, here, gone, today, held, phone)
            wanted[unit].facts = {**(wanted[unit].facts or {}), "basis": basis}
    free = lock_notices(session, sorted(waiting[unit].id for unit in wanted.keys() & waiting.keys()), UNSENT)
    for unit, notice in wanted.items():
        unsent = waiting.get(unit)
        if unsent is None:
            session.add(notice)
        elif unsent.id in free:  # what waits to leave says it as it is now
            session.get_one(Notice, unsent.id, populate_existing=True).facts = notice.facts
        else:  # it has left meanwhile
            notice.template = CHANGED
            session.add(notice)
    session.flush()
    return len(wanted)


def _held(session: Session, plan: YearPlanMade) -> set[int]:
    """The rounds whose places are held."""
    query = select(RoundPlace.round_id).join(PlanRound, col(PlanRound.id) == RoundPlace.round_id)
    return set(session.exec(query.where(PlanRound.plan_id == plan.id)))


def _asked(session: Session, plan: YearPlanMade, today: date) -> dict[int, list[Waiting]]:
    query = select(PlanRound).where(PlanRound.plan_id == plan.id, PlanRound.state == RoundState.PROPOSED)
    rounds = session.exec(query.where(PlanRound.day > today).order_by(col(PlanRound.day), col(PlanRound.id))).all()
    lifts: dict[int | None, list[tuple[PlanLiftRow, Lift]]] = defaultdict(list)
    for ids in in_chunks([one.id for one in rounds]):
        rows = select(PlanLiftRow, Lift).join(Lift, col(Lift.id) == PlanLiftRow.lift_id).order_by(col(Lift.id))
        for row, lift in session.exec(rows.where(col(PlanLiftRow.round_id).in_(ids))):
            lifts[row.round_id].append((row, lift))
    still = answerable_lifts(session, [one.id for one in rounds])
    found: dict[int, list[Waiting]] = defaultdict(list)
    for one in rounds:
        if one.party_id is not None and one.id in still:
            theirs = [(row, lift) for row, lift in lifts[one.id] if lift.id in still[one.id]]
            found[one.party_id].append(Waiting(one, theirs))
    return found


def _told(session: Session, plan: YearPlanMade, city_id: str) -> tuple[dict[int, Mapping[str, Any]], dict[int, Notice]]:
    """By unit the last that has left about this department's year, and what of this plan waits to leave."""
    told: dict[int, Mapping[str, Any]] = {}
    waiting: dict[int, Notice] = {}
    made = select(func.min(YearPlanMade.made_at)).where(YearPlanMade.department_id == plan.department_id)
    since = day_of(session.exec(made.where(YearPlanMade.year == plan.year)).one() or plan.made_at)
    of_plans = col(Notice.duty) == literal_column(f"'{PLAN}'")  # not a parameter: the index is of these alone
    query = select(Notice).where(Notice.city_id == city_id, Notice.planned_on >= since, of_plans)
    for notice in session.exec(query.order_by(col(Notice.id))):
        said = _said(notice)
        if (said["department"], said["year"]) == (plan.department_id, plan.year) and notice.status in LEFT:
            told[notice.party_id] = said
        elif said["plan"] == plan.id and notice.status in UNSENT:
            waiting[notice.party_id] = notice
    return told, waiting


def _said(notice: Notice) -> Mapping[str, Any]:
    said: Mapping[str, Any] = (notice.facts or {})[PLAN]
    return said


def _seen(said: Mapping[str, Any]) -> list[Seen]:
    keys: dict[int, set[str]] = defaultdict(set)
    for place, of in zip(said["lifts"], said["of"], strict=True):
        keys[of].add(place["key"])
    return [Seen((one["day"], one["half"]), keys[one["id"]]) for one in said["rounds"]]


def _keys(said: Mapping[str, Any], *, withdrawn: bool) -> dict[str, int]:
    """The lifts that it said are on the plan, or are on it no more, each with its round."""
    pairs = zip(said["lifts"], said["of"], strict=True)
    return {place["key"]: of for place, of in pairs if (of == WITHDRAWN) is withdrawn}


def _gone(
    session: Session, city_id: str, unit: int, said: Mapping[str, Any], still: set[str], today: date
) -> list[Lift]:
    """The lifts of this unit that were told to be on the plan and are on no round of it now, although their inspection
    is due as it was then and nobody has booked it. Not those to whose day the unit has said something."""
    later = {one["id"] for one in said["rounds"] if one["day"] > today.isoformat()}
    off = {key: of for key, of in _keys(said, withdrawn=False).items() if key not in still and of in later}
    answered, lifts = set[int](), list[Lift]()
    for ids in in_chunks(sorted(set(off.values()))):
        states = select(PlanRound.id).where(col(PlanRound.id).in_(ids), PlanRound.state != RoundState.PROPOSED)
        answered |= set(session.exec(states))
    for keys in in_chunks(sorted(key for key, of in off.items() if of not in answered)):
        query = select(Lift, col(PlanLiftRow.valid_until)).where(Lift.city_id == city_id, col(Lift.key).in_(keys))
        row = and_(col(PlanLiftRow.lift_id) == Lift.id, col(PlanLiftRow.plan_id) == said["plan"])
        rows = session.exec(query.outerjoin(PlanLiftRow, row).order_by(col(Lift.id))).all()
        duties = next_inspections(session, [lift.id for lift, _ in rows])
        lifts += [lift for lift, due in rows if lift.id in duties and due in (None, duties[lift.id].due)]
    booked = present_lifts(session, [lift.id for lift in lifts])
    units = parties_of(session, [lift.id for lift in lifts], [LiftRole.USE_UNIT])
    return [lift for lift in lifts if lift.id not in booked and units.get((lift.id, LiftRole.USE_UNIT)) == unit]


def _lifts_of_plan(session: Session, plan: YearPlanMade) -> set[str]:
    query = select(Lift.key).join(PlanLiftRow, col(PlanLiftRow.lift_id) == Lift.id)
    return set(session.exec(query.where(PlanLiftRow.plan_id == plan.id, col(PlanLiftRow.round_id).is_not(None))))


def _notice(
    plan: YearPlanMade,
    department: Party,
    unit: int,
    template: str,
    asked: Sequence[Waiting],
    gone: Sequence[Lift],
    today: date,
    held: Collection[int],
    phone: str,
) -> Notice:
    until = plan.holds_until or today
    places = [(place_facts(lift), one.round.id) for one in asked for _, lift in one.lifts]
    places += [(place_facts(lift), WITHDRAWN) for lift in gone]
    first = next((lift for one in asked for _, lift in one.lifts), None) or gone[0]
    about = {
        "plan": plan.id,
        "department": department.id,
        "year": plan.year,
        "office": department.name,
        "phone": phone,
        "by_one": len(asked) == 1 and not gone and asked[0].round.adjusted is None,
        "until": until.isoformat(),
        "rounds": [_line(one, held_until(until, one.round.day), is_held=one.round.id in held) for one in asked],
        "lifts": [place for place, _ in places],
        "of": [of for _, of in places],
    }
    return Notice(
        city_id=department.city_id,
        planned_on=today,
        send_on=today,
        party_id=unit,
        duty=PLAN,
        rule="",
        step=PLAN,
        audience=TO_UNIT,
        district_code=first.district_code or "",
        channel_class="chat",
        template=template,
        facts={PLAN: about},
    )


def _line(one: Waiting, until: date, *, is_held: bool) -> dict[str, Any]:
    return {
        "id": one.round.id,
        "day": one.round.day.isoformat(),
        "half": one.round.half or "",
        "n": len(one.lifts),
        "held": is_held,
        "until": until.isoformat(),
        "early": sum(is_early(one.round, row) for row, _ in one.lifts),
        "site": one.lifts[0][1].compound or one.lifts[0][1].address,
    }
