"""The day that was agreed in a call: each department books the lifts of its own, and no other call need ask for one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from actions.inspections import Done, book
from schedules.tasks import desk_of
from store.duties import INSPECTIONS, Duty
from store.lifts import Lift
from store.notices import Notice
from store.tasks import Task, TaskKind, TaskStatus


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
    """Book the inspection of each lift by the department of its district; raises as `book` does."""
    done = [
        book(
            session,
            lift_ids=lift_ids,
            visit_on=agreed.visit_on,
            by=department,
            now=agreed.now,
            today=agreed.today,
            key=agreed.key,
        )
        for department, lift_ids in sorted(_by_department(session, agreed).items())
    ]
    return Done(
        sum(one.lifts for one in done),
        booked_too_late=sum(one.booked_too_late for one in done),
        backstop=min((one.backstop for one in done if one.backstop), default=None),
    )


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


def _by_department(session: Session, agreed: Agreed) -> dict[int, list[int]]:
    places = {(lift.city_id, lift.district_code) for lift in agreed.lifts}
    desks = {place: desk_of(session, *place) or agreed.owner for place in sorted(places, key=str)}
    found: dict[int, list[int]] = defaultdict(list)
    for lift in agreed.lifts:
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
