"""The day that was agreed in a call: each department books the lifts of its own, and no other call need ask for one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from actions.refusals import Refused
from actions.visits.days import may_be_late
from actions.visits.inspections import Done, book
from actions.visits.notices import By, Deed, tell_visits
from actions.visits.slots import days_between, half_days
from actions.visits.spans import next_inspections, spans_of
from schedules.calendar import load_calendar
from schedules.tasks import desk_of
from store.duties import INSPECTIONS, Duty
from store.lifts import Lift
from store.notices import Notice
from store.parties import Party
from store.slots import Half, Visit, present_lifts
from store.tasks import Task, TaskKind, TaskStatus

LOOKED_AHEAD = timedelta(days=60)  # where other days are looked for
OFFERED = 3


@dataclass(frozen=True)
class Shortage:
    """A department with less room on a day than lifts are wanted there, and the next days that have enough."""

    office: str
    day: date
    free: int
    wanted: int
    next_days: Sequence[date]


@dataclass(frozen=True)
class Agreed:
    """A day that somebody agreed to for the lifts of a call; `owner`: who books where no department answers."""

    lifts: Sequence[Lift]
    visit_on: date
    owner: int
    now: datetime
    today: date
    key: str


def book_agreed(session: Session, agreed: Agreed) -> Done:
    """Book the inspection of each lift by the department of its district, and tell who has to be there; raises as
    `book` does. It takes places whether they are free or not: `shortage_on` says so beforehand."""
    _require_in_time(session, [lift.id for lift in agreed.lifts], agreed)
    done, short = [], shortage_on(session, agreed.lifts, agreed.visit_on, owner=agreed.owner)
    for department, lift_ids in sorted(_by_department(session, agreed.lifts, agreed.owner).items()):
        before = present_lifts(session, lift_ids)
        one = book(
            session,
            lift_ids=lift_ids,
            visit_on=agreed.visit_on,
            by=department,
            now=agreed.now,
            today=agreed.today,
            key=agreed.key,
        )
        done.append(one)
        if not one.repeated:
            _tell(session, lift_ids, [visit for _, visit in before.values()], department, agreed.today)
    return Done(
        sum(one.lifts for one in done),
        booked_too_late=sum(one.booked_too_late for one in done),
        backstop=min((one.backstop for one in done if one.backstop), default=None),
        over=short.wanted - short.free if short else 0,
    )


def shortage_on(session: Session, lifts: Sequence[Lift], day: date, *, owner: int) -> Shortage | None:
    """The first department that has not room for its lifts on this day; lifts that it visits then anyway want none."""
    for department, lift_ids in sorted(_by_department(session, lifts, owner).items()):
        there = present_lifts(session, lift_ids)
        wanted = sum(one not in there or there[one][1].day != day for one in lift_ids)
        free = _free_on(session, department, day, day)[day]
        if wanted > free:
            room = _free_on(session, department, day, day + LOOKED_AHEAD)
            later = [one for one, places in room.items() if places >= wanted]
            return Shortage(session.get_one(Party, department).name, day, free, wanted, later[:OFFERED])
    return None


def shortage_of_call(session: Session, task_id: int, day: date) -> Shortage | None:
    """The same for the lifts of a call."""
    task = session.get(Task, task_id)
    if task is None or task.owner_party_id is None:
        return None
    lifts = session.exec(select(Lift).where(Lift.city_id == task.city_id, col(Lift.key).in_(_keys(task)))).all()
    return shortage_on(session, lifts, day, owner=task.owner_party_id)


def calls_about_booked(session: Session, task: Task) -> list[Task]:
    """The other open calls to the party of this one that are about inspections which are all booked by now."""
    query = (
        select(Task)
        .join(Notice, col(Notice.id) == Task.notice_id)
        .where(Task.kind == TaskKind.CALL, Task.status == TaskStatus.OPEN, Task.id != task.id)
        .where(Task.party_id == task.party_id, col(Notice.duty).in_(INSPECTIONS))
        .order_by(col(Task.id))
        .with_for_update(of=Task)
    )
    calls = session.exec(query).all()
    booked = _booked(session, task.city_id, {key for call in calls for key in _keys(call)})
    return [call for call in calls if _keys(call) and _keys(call) <= booked]


def is_booked_on(session: Session, lifts: Sequence[Lift], day: date) -> bool:
    """Whether an inspection of one of these lifts is open and booked for that day."""
    theirs = select(Duty.id).where(col(Duty.lift_id).in_([lift.id for lift in lifts]), Duty.booked_on == day)
    return session.exec(theirs.where(col(Duty.closed_on).is_(None))).first() is not None


def _require_in_time(session: Session, lift_ids: Sequence[int], agreed: Agreed) -> None:
    """A day after the backstop is refused where the operator wants it so, as long as there are days before it.

    Who is past it already can only be late: that is booked, and said to be so.
    """
    if may_be_late(session):
        return
    lasts = [last for _, last, backstop in spans_of(session, next_inspections(session, lift_ids)).values() if backstop]
    if lasts and agreed.today <= min(lasts) < agreed.visit_on:
        raise Refused("desk.day_too_late", day=agreed.visit_on, last=min(lasts))


def _tell(session: Session, lift_ids: Sequence[int], before: Sequence[Visit], department: int, today: date) -> None:
    """A visit that was there is no news; one in the place of another is a move of it."""
    known = {visit.id: visit.day for visit in before}
    visits = {visit.id: visit for _, visit in present_lifts(session, lift_ids).values() if visit.id not in known}
    was = min((day for day in known.values() if day >= today), default=None)
    by = By(session.get_one(Party, department).name, is_department=True)
    tell_visits(session, visits.values(), Deed.MOVED if was else Deed.MADE, by=by, today=today, was=was)


def _free_on(session: Session, department: int, first: date, last: date) -> dict[date, int]:
    states = half_days(session, department, first, last, load_calendar(session))
    return {day: sum(states[day, str(half)].free for half in Half) for day in days_between(first, last)}


def _by_department(session: Session, lifts: Sequence[Lift], owner: int) -> dict[int, list[int]]:
    places = {(lift.city_id, lift.district_code) for lift in lifts}
    desks = {place: desk_of(session, *place) or owner for place in sorted(places, key=str)}
    found: dict[int, list[int]] = defaultdict(list)
    for lift in lifts:
        found[desks[(lift.city_id, lift.district_code)]].append(lift.id)
    return found


def _booked(session: Session, city_id: str, keys: set[str]) -> set[str]:
    """Those of these lifts of which no inspection is open without a booking."""
    query = (
        select(Lift.key, Duty)
        .join(Duty, col(Duty.lift_id) == Lift.id)
        .where(Lift.city_id == city_id, col(Lift.key).in_(keys), col(Duty.kind).in_(INSPECTIONS))
        .where(col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None))
    )
    rows = session.exec(query).all()
    return {key for key, _ in rows} - {key for key, duty in rows if duty.booked_on is None}


def _keys(call: Task) -> set[str]:
    return set((call.detail or {}).get("lifts", []))
