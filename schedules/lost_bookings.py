"""Visits booked under rules that hold no longer: those that serve no duty of the present ones become a task.

It ends when each serves a duty again.
"""

from collections import defaultdict
from datetime import date

from sqlmodel import Session, col, select

from schedules.announcements import parties_of
from schedules.tasks import open_task
from store.duties import Duty
from store.lifts import Lift, LiftRole
from store.tasks import Task, TaskKind, TaskStatus

Visits = dict[int, date]  # lift → the day of its visit
CHUNK = 500


def booked_visits(session: Session, city_id: str, today: date) -> Visits:
    """The visits from `today` on for which the duties of a city's lifts wait."""
    query = (
        select(Duty)
        .join(Lift, col(Lift.id) == Duty.lift_id)
        .where(Lift.city_id == city_id, col(Duty.booked_on) >= today)
        .where(col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None))
    )
    return {duty.lift_id: duty.booked_on for duty in session.exec(query) if duty.lift_id and duty.booked_on}


def ask_about(session: Session, lost: Visits, *, city_id: str, rules: str, today: date) -> None:
    """One task for each use unit and district, for the department where the visits are booked: the rules named `rules`
    ask for no inspection then. The bookings themselves stay as they are, should other rules hold again."""
    units = parties_of(session, lost, [LiftRole.USE_UNIT])
    groups: dict[tuple[int | None, str], list[Lift]] = defaultdict(list)
    ids = sorted(lost)
    for start in range(0, len(ids), CHUNK):
        for lift in session.exec(select(Lift).where(col(Lift.id).in_(ids[start : start + CHUNK]))):
            groups[units.get((lift.id, LiftRole.USE_UNIT)), lift.district_code or ""].append(lift)
    for (unit, district), lifts in groups.items():
        open_task(
            session,
            TaskKind.BOOKING_OF_FORMER_RULES,
            f"{city_id}:{district}:{unit}:{rules}:{today}",
            city_id=city_id,
            today=today,
            party_id=unit,
            district_code=district,
            detail={
                "rules": rules,
                "visits": sorted({str(lost[lift.id]) for lift in lifts}),
                "lifts": len(lifts),
                "keys": sorted(lift.key for lift in lifts),
            },
        )


def close_served(session: Session, served: Visits, *, city_id: str, today: date) -> None:
    """End the tasks about visits that all serve an inspection again; of the others those lifts are taken out."""
    query = select(Task).where(Task.kind == TaskKind.BOOKING_OF_FORMER_RULES, Task.city_id == city_id)
    for task in session.exec(query.where(Task.status == TaskStatus.OPEN)).all():
        detail = task.detail or {}
        lifts = session.exec(select(Lift).where(Lift.city_id == city_id, col(Lift.key).in_(detail["keys"]))).all()
        keys = sorted(lift.key for lift in lifts if lift.id not in served)
        if keys == detail["keys"]:
            continue
        if keys:
            task.detail = detail | {"lifts": len(keys), "keys": keys}
        else:
            task.status, task.closed_on = TaskStatus.DONE, today
            task.outcome = "the rules in force ask for these inspections again"
        session.add(task)
    session.flush()
