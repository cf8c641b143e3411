"""What a maintainer's people have to visit: a worker's day, and the plan of all for the next two weeks."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from actions.actors import MAINTAINER, Asked
from actions.lifts.explain import place_of
from actions.maintaining.rights import PLANNERS
from actions.refusals import Refused
from actions.registry import their_lifts, verb
from actions.sight import lifts_of
from schedules.calendar import WorkingCalendar, load_calendar
from schedules.dates import ONE_DAY
from store.duties import ONSITE, Duty
from store.lifts import Lift, LiftStatus
from store.parties import Contact, ContactRole
from store.upkeep import LiftUpkeep, UpkeepVisit, VisitState

AHEAD = 14 * ONE_DAY
TOGETHER = 4  # lifts of a place that are not torn apart
EARLY = 4 * ONE_DAY  # a visit is made at most so long before its last day: sooner than that days are given away


@dataclass(frozen=True)
class DueVisit:
    """A lift to visit. `due` is the last day, `day` the one planned for it.

    `worker_id` is whose lift it is; `under_way`: the reader's own record of it; `held_until`: a delay is stated.
    """

    lift_id: int
    place: str
    compound: str
    due: date
    day: date
    worker_id: int | None
    worker: str
    under_way: int | None = None
    held_until: date | None = None


@dataclass(frozen=True)
class WorkDay:
    """What a worker has to do: to confirm for colleagues, begun, for today, and how many come in two weeks.

    `mine`: lifts that are theirs or nobody's; `others`: those of colleagues, which they may visit too. `left`: their
    own records that are begun of lifts not among these, such as one handed over meanwhile: number and place.
    """

    to_confirm: Sequence[tuple[int, str, str]]
    mine: Sequence[DueVisit]
    others: Sequence[DueVisit]
    later: int
    unknown: int
    left: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class PlanDay:
    """A day of the plan: how many lifts in all and for each worker; `nobody` where no worker is named."""

    day: date
    lifts: int
    late: int
    workers: Sequence[tuple[str, int]]
    places: Sequence[str]


@verb(MAINTAINER, reads=True)
def work_of_day(session: Session, asked: Asked) -> WorkDay:
    """What this worker visits today: what is planned for today or is late, their own first."""
    visits = plan_visits(_due_visits(session, asked), asked.today, load_calendar(session))
    now = [one for one in visits if one.day <= asked.today or one.under_way]
    me = asked.actor.contact_id
    mine = [one for one in now if one.worker_id in (None, me) or one.under_way]
    return WorkDay(
        to_confirm=_to_confirm(session, me),
        mine=mine,
        others=[one for one in now if one not in mine],
        later=len(visits) - len(now),
        unknown=_count_unknown(session, asked),
        left=_left(session, asked, [one.under_way for one in visits if one.under_way is not None]),
    )


@verb(MAINTAINER, reads=True)
def plan_of_maintainer(session: Session, asked: Asked) -> list[PlanDay]:
    """The plan of the next two weeks, day by day."""
    by_day: dict[date, list[DueVisit]] = defaultdict(list)
    for one in plan_visits(_due_visits(session, asked), asked.today, load_calendar(session)):
        by_day[one.day].append(one)
    return [_plan_day(day, by_day[day], asked.today) for day in sorted(by_day)]


@verb(PLANNERS, lift_ids=their_lifts)
def assign_lifts(session: Session, asked: Asked, *, lift_ids: Sequence[int], worker_id: int | None) -> int:
    """These lifts are this worker's from now on; None: nobody's in particular. How many."""
    if worker_id is not None and worker_id not in {one.id for one in workers_here(session, asked)}:
        raise Refused("upkeep.no_colleague")
    for lift_id in sorted(set(lift_ids)):
        upkeep = session.get(LiftUpkeep, lift_id) or LiftUpkeep(lift_id=lift_id)
        upkeep.worker_id = worker_id
        session.add(upkeep)
    session.flush()
    return len(set(lift_ids))


@verb(PLANNERS, lift_ids=their_lifts)
def forget_places(session: Session, asked: Asked, *, lift_ids: Sequence[int]) -> int:
    """Where these lifts stand was learned wrong: the next visit teaches it anew. Of how many it was known."""
    known = select(LiftUpkeep).where(col(LiftUpkeep.lift_id).in_(set(lift_ids)), col(LiftUpkeep.latitude).is_not(None))
    found = session.exec(known).all()
    for upkeep in found:
        upkeep.latitude = upkeep.longitude = upkeep.located_by = upkeep.located_at = None
        session.add(upkeep)
    session.flush()
    return len(found)


@verb(PLANNERS, reads=True)
def workers_here(session: Session, asked: Asked) -> list[Contact]:
    """The workers of this company."""
    query = select(Contact).where(Contact.party_id == asked.actor.party_id, Contact.role == ContactRole.WORKER)
    return list(session.exec(query.where(col(Contact.to_on).is_(None)).order_by(col(Contact.name), col(Contact.id))))


def plan_visits(visits: Iterable[DueVisit], today: date, calendar: WorkingCalendar) -> list[DueVisit]:
    """Give each visit a day: never after its last one, lifts of a place together as far as a day holds them, the days
    of each worker as even as they can be. What is late is for today.
    """
    load: Counter[tuple[int | None, date]] = Counter()
    placed: list[DueVisit] = []
    groups: dict[tuple[date, str, int | None], list[DueVisit]] = defaultdict(list)
    for one in visits:
        groups[max(one.due, one.held_until or one.due), one.compound, one.worker_id].append(one)
    for (last, _, worker), group in sorted(groups.items(), key=lambda pair: (*pair[0][:2], pair[0][2] or 0)):
        days = _days(last, today, calendar)
        size = max(TOGETHER, -(-len(group) // len(days)))
        for some in _batched(sorted(group, key=lambda one: one.place), size):
            loads = {day: load[worker, day] for day in days}
            chosen = min(loads, key=lambda day: (loads[day], day))
            load[worker, chosen] += len(some)
            placed += [replace(one, day=chosen) for one in some]
    return sorted(placed, key=lambda one: (one.day, one.due, one.place))


def _batched(visits: Sequence[DueVisit], size: int) -> Iterator[list[DueVisit]]:
    left = iter(visits)
    while some := list(islice(left, size)):
        yield some


def _days(due: date, today: date, calendar: WorkingCalendar) -> list[date]:
    """The working days on which a visit due on this day is made: the last ones, before a holiday those before it."""
    if due <= today:
        return [today]
    last = calendar.last_working(due)
    if last <= today:
        return [today if last == today else due]
    days = [last - ONE_DAY * ahead for ahead in range(EARLY.days + 1) if last - ONE_DAY * ahead >= today]
    return [day for day in days if calendar.is_working(day)]


def _due_visits(session: Session, asked: Asked) -> list[DueVisit]:
    """The lifts in use that are due within two weeks."""
    query = (
        select(Lift, Duty, LiftUpkeep)
        .join(Duty, _is_owed())
        .outerjoin(LiftUpkeep, col(LiftUpkeep.lift_id) == Lift.id)
        .where(col(Lift.id).in_(lifts_of(asked.actor)), Lift.status == LiftStatus.IN_USE)
        .where(col(Duty.due) <= asked.today + AHEAD)
    )
    rows = session.exec(query).all()
    people = select(Contact).where(Contact.party_id == asked.actor.party_id, col(Contact.to_on).is_(None))
    names = {one.id: one.name for one in session.exec(people)}
    drafts = select(UpkeepVisit.lift_id, UpkeepVisit.id).where(UpkeepVisit.state == VisitState.UNDER_WAY)
    mine = dict(session.exec(drafts.where(UpkeepVisit.worker_id == asked.actor.contact_id)).all())
    found = []
    for lift, duty, upkeep in rows:
        assert duty.due is not None, "chosen by it"
        worker_id = upkeep.worker_id if upkeep is not None and upkeep.worker_id in names else None
        until = duty.held_until
        found.append(
            DueVisit(
                lift_id=lift.id,
                place=place_of(lift),
                compound=lift.compound,
                due=duty.due,
                day=asked.today,
                worker_id=worker_id,
                worker=names[worker_id] if worker_id is not None else "",
                under_way=mine.get(lift.id),
                held_until=until - ONE_DAY if until is not None else None,
            )
        )
    return found


def _count_unknown(session: Session, asked: Asked) -> int:
    """The lifts in use of which no visit is known."""
    mine = select(func.count()).select_from(Lift).where(col(Lift.id).in_(lifts_of(asked.actor)))
    is_owed = select(Duty.id).where(_is_owed()).exists()
    return session.exec(mine.where(Lift.status == LiftStatus.IN_USE, ~is_owed)).one()


def _is_owed() -> ColumnElement[bool]:
    """Of a duty and its lift: the next visit on site."""
    of_lift = (col(Duty.lift_id) == col(Lift.id)) & (col(Duty.kind) == ONSITE)
    return of_lift & col(Duty.closed_on).is_(None) & col(Duty.withdrawn_at).is_(None)


def _to_confirm(session: Session, contact_id: int) -> list[tuple[int, str, str]]:
    """Records of colleagues on which this worker is named and has said nothing: number, place, colleague."""
    query = (
        select(UpkeepVisit.id, Lift, Contact.name)
        .join(Lift, col(Lift.id) == UpkeepVisit.lift_id)
        .join(Contact, col(Contact.id) == UpkeepVisit.worker_id)
        .where(UpkeepVisit.second_id == contact_id, UpkeepVisit.state == VisitState.UNDER_WAY)
        .where(col(UpkeepVisit.second_confirmed_at).is_(None))
    )
    return [(number, place_of(lift), name) for number, lift, name in session.exec(query)]


def _left(session: Session, asked: Asked, listed: Sequence[int]) -> list[tuple[int, str]]:
    """This worker's records that are begun and in no list of lifts: handed over, out of use, or not due for long."""
    theirs = (UpkeepVisit.worker_id == asked.actor.contact_id, UpkeepVisit.state == VisitState.UNDER_WAY)
    query = select(UpkeepVisit.id, Lift).join(Lift, col(Lift.id) == UpkeepVisit.lift_id).where(*theirs)
    rows = session.exec(query.where(col(UpkeepVisit.id).not_in(listed)).order_by(col(UpkeepVisit.id)))
    return [(number, place_of(lift)) for number, lift in rows]


def _plan_day(day: date, visits: Sequence[DueVisit], today: date) -> PlanDay:
    workers = Counter(one.worker for one in visits)
    places = Counter(one.compound for one in visits)
    return PlanDay(
        day=day,
        lifts=len(visits),
        late=sum(one.due < today for one in visits),
        workers=workers.most_common(),
        places=[f"{name} {count}" for name, count in places.most_common()],
    )
