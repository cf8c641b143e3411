"""A district goes to another inspection department: what is open there goes with it, and both are told."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, or_, select

from actions.plans.leaving import take_off_plans
from actions.running.cities import WHOLE_CITY
from actions.visits.to_move import key_to_move
from store.attendance import Attendance
from store.database import in_chunks
from store.duties import Duty, Told
from store.inspections import OPEN_STATES, Inspection
from store.lifts import City, Lift
from store.locks import lock_lifts
from store.matters import Matter
from store.notices import DISTRICT, Notice
from store.parties import AreaRole, Jurisdiction, Party
from store.slots import HalfDay, Slot, Visit, VisitLift, change_taken, find_slots
from store.task_list import find_open_task, open_once
from store.tasks import Task, TaskKind, TaskStatus

TEMPLATE = "desk.district"
SPLIT = (TaskKind.SPECIAL_REASON, TaskKind.VISIT_TO_MOVE)  # between two departments, by the lifts that they name


@dataclass(frozen=True)
class Went:
    """How much went with a district."""

    tasks: int = 0
    visits: int = 0


def hand_over(session: Session, former: int, now: int, city_id: str, code: str, name: str, today: date) -> Went:
    """Open tasks, visits to come, inspections and matters of the district's lifts go to the department of now.

    A visit keeps its day: it was promised, also where the other department has no place left. What a plan only proposes
    the other department proposes itself. Whoever calls holds the city.
    """
    lifts = _lifts(session, city_id, code)
    lock_lifts(session, lifts)
    visits = _visits(session, former, now, lifts, today)
    _split_reasons(session, former, now, city_id, set(lifts.values()))
    tasks = _tasks(session, former, now, city_id, code, lifts)
    take_off_plans(session, former, lifts, today)
    for part in in_chunks(sorted(lifts)):
        inspections = select(Inspection).where(col(Inspection.lift_id).in_(part), Inspection.department_id == former)
        matters = select(Matter).where(col(Matter.lift_id).in_(part), Matter.department_id == former)
        going: list[Any] = [
            *session.exec(inspections.where(col(Inspection.state).in_(OPEN_STATES))),
            *session.exec(matters.where(col(Matter.closed_on).is_(None))),
        ]
        for one in going:
            one.department_id = now
            session.add(one)
    session.flush()
    went = Went(tasks, visits)
    for to, other, gives in ((former, now, True), (now, former, False)):
        about = {"name": name, "other": session.get_one(Party, other).name, "gives": gives}
        _tell(session, to, city_id, today, about, went)
    return went


def _lifts(session: Session, city_id: str, code: str) -> dict[int, str]:
    """The lifts of the district with their keys; of the whole city those whose district has no department."""
    query = select(Lift.id, Lift.key).where(Lift.city_id == city_id)
    if code != WHOLE_CITY:
        return dict(session.exec(query.where(Lift.district_code == code)).all())
    own = select(Jurisdiction.district_code).where(
        Jurisdiction.city_id == city_id,
        Jurisdiction.role == AreaRole.INSPECTION_DEPARTMENT,
        col(Jurisdiction.to_on).is_(None),
    )
    nobodys = or_(col(Lift.district_code).is_(None), col(Lift.district_code).not_in(own))
    return dict(session.exec(query.where(nobodys)).all())


def _tasks(session: Session, former: int, now: int, city_id: str, code: str, lifts: dict[int, str]) -> int:
    """Those about the lifts, by themselves, by their notice or by their list; of the whole city also all others, unless
    they are about lifts that stay."""
    query = select(Task).where(Task.owner_party_id == former, Task.city_id == city_id, Task.status == TaskStatus.OPEN)
    tasks = session.exec(query.order_by(col(Task.id)).with_for_update()).all()
    about: dict[int, set[int]] = {}
    for part in in_chunks(sorted({task.notice_id for task in tasks if task.notice_id is not None})):
        told = select(Told.notice_id, Duty.lift_id).join(Duty, col(Duty.id) == Told.duty_id)
        for notice_id, lift_id in session.exec(told.where(col(Told.notice_id).in_(part))):
            if notice_id is not None and lift_id is not None:
                about.setdefault(notice_id, set()).add(lift_id)
    keys, count = set(lifts.values()), 0
    for task in tasks:
        ids = about.get(task.notice_id or 0, set()) | ({task.lift_id} if task.lift_id is not None else set())
        named = set((task.detail or {}).get("lifts") or ()) if not ids or task.kind in SPLIT else set()
        ids = ids if not named else set()
        goes = bool(ids & lifts.keys() or named & keys)
        if goes or (code == WHOLE_CITY and not ids and not named):
            task.owner_party_id = now
            session.add(task)
            count += 1
    session.flush()
    return count


def _split_reasons(session: Session, former: int, now: int, city_id: str, keys: set[str]) -> None:
    """A reason that is to be reported of lifts of both departments is one task of each."""
    query = select(Task).where(Task.owner_party_id == former, Task.city_id == city_id, Task.status == TaskStatus.OPEN)
    for task in session.exec(query.where(Task.kind == TaskKind.SPECIAL_REASON).order_by(col(Task.id))).all():
        _split(session, task, f"{task.key}:{now}", keys)


def _split(session: Session, task: Task, key: str, going: set[str]) -> None:
    """What the task says of the lifts that go stands in one of its own, which goes with them."""
    named = (task.detail or {}).get("lifts") or []
    parts = [one for one in named if one in going], [one for one in named if one not in going]
    if all(parts):
        same = task.model_dump(exclude={"id", "key", "detail"})
        open_once(session, Task(key=key, detail=(task.detail or {}) | {"lifts": parts[0]}, **same))
        task.detail = (task.detail or {}) | {"lifts": parts[1]}
        session.add(task)
        session.flush()


def _visits(session: Session, former: int, now: int, lifts: dict[int, str], today: date) -> int:
    """The visits of the lifts from today on, with the places that they take; of one that goes to lifts of two
    departments from now on, each has its own."""
    query = select(VisitLift, Visit, Slot).join(Visit, col(Visit.id) == VisitLift.visit_id)
    query = query.join(Slot, col(Slot.id) == VisitLift.slot_id).where(Visit.department_id == former, Visit.day >= today)
    by_visit: dict[int, list[tuple[VisitLift, Visit, Slot]]] = {}
    for row in session.exec(query.where(col(VisitLift.gone).is_(None)).order_by(col(VisitLift.id))).all():
        by_visit.setdefault(row[1].id, []).append(row)
    count, taken = 0, dict[int, int]()
    for rows in by_visit.values():
        going = [row for row in rows if row[0].lift_id in lifts]
        if not going:
            continue
        visit = rows[0][1]
        if len(going) < len(rows):
            same = visit.model_dump(include={"party_id", "day", "half", "sequence", "made_at", "made_by"})
            visit = Visit(department_id=now, **same)
            session.add(visit)
            session.flush()
            _split_visit(session, rows[0][1], visit, {lifts[place.lift_id] for place, _, _ in going})
        visit.department_id = now
        session.add(visit)
        session.flush()
        slots = find_slots(session, (HalfDay(now, slot.day, slot.half) for _, _, slot in going))
        for place, _, slot in going:
            to = slots[HalfDay(now, slot.day, slot.half)]
            taken[slot.id], taken[to] = taken.get(slot.id, 0) - 1, taken.get(to, 0) + 1
            place.visit_id, place.slot_id = visit.id, to
            session.add(place)
        count += 1
    session.flush()
    change_taken(session, taken)
    return count


def _split_visit(session: Session, whole: Visit, part: Visit, keys: set[str]) -> None:
    """Who said that they come, comes to both; where a closed day waits for another one, it does for both."""
    said = select(Attendance).where(Attendance.visit_id == whole.id, Attendance.sequence == whole.sequence)
    for one in session.exec(said.order_by(col(Attendance.id))).all():
        session.add(Attendance(visit_id=part.id, **one.model_dump(exclude={"id", "visit_id"})))
    task = find_open_task(session, TaskKind.VISIT_TO_MOVE, key_to_move(whole))
    if task is not None:
        _split(session, task, key_to_move(part), keys)


def _tell(session: Session, to: int, city_id: str, today: date, about: dict[str, Any], went: Went) -> None:
    city = session.get_one(City, city_id)
    about = about | {"name": about["name"] or city.name, "tasks": went.tasks, "visits": went.visits}
    session.add(
        Notice(
            city_id=city_id,
            planned_on=today,
            send_on=today,
            party_id=to,
            duty=DISTRICT,
            rule="",
            step=DISTRICT,
            audience=AreaRole.INSPECTION_DEPARTMENT.value,
            channel_class="chat",
            template=TEMPLATE,
            facts={DISTRICT: about},
        )
    )
    session.flush()
