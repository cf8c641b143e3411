"""Departments that are to inspect and have nobody on file: nobody there reads of a visit, so somebody is asked for.

Only who runs the service reads of it, in `tixing tasks` and `tixing doctor`: the list of the department has no reader,
and no other desk is told. So whoever books is asked to call.
"""

from collections import defaultdict
from datetime import date

from sqlmodel import Session, col, select

from store.lifts import Lift
from store.parties import Contact, Party
from store.slots import Visit, VisitLift
from store.task_list import open_once
from store.tasks import Task, TaskKind, TaskStatus

KEY = "visits:"  # begins the key of such a task; then the department's id
ANSWERED = "somebody is named there, or no visit is to come"


def ask_for_people(session: Session, *, today: date) -> None:
    """A task for each department with visits to come, about their lifts; ends those that are answered."""
    waiting = _lifts_to_come(session, today)
    ours = select(Task).where(Task.kind == TaskKind.NO_CONTACT, Task.status == TaskStatus.OPEN)
    for task in session.exec(ours.where(col(Task.key).startswith(KEY))).all():
        if task.party_id not in waiting:
            task.status, task.closed_on, task.outcome = TaskStatus.DONE, today, ANSWERED
            session.add(task)
    for department, lifts in waiting.items():
        office = session.get_one(Party, department)
        asked = Task(
            kind=TaskKind.NO_CONTACT,
            key=f"{KEY}{department}",
            city_id=office.city_id,
            owner_party_id=department,
            party_id=department,
            detail={"unit": office.name, "lifts": lifts},
            opened_on=today,
        )
        open_once(session, asked, renew=True)
    session.flush()


def _lifts_to_come(session: Session, today: date) -> dict[int, list[str]]:
    """By department without people: the lifts that it is to visit."""
    people = select(Contact.id).where(Contact.party_id == Visit.department_id, col(Contact.to_on).is_(None))
    query = (
        select(Visit.department_id, Lift.key)
        .join(VisitLift, col(VisitLift.visit_id) == Visit.id)
        .join(Lift, col(Lift.id) == VisitLift.lift_id)
        .where(Visit.day >= today, col(VisitLift.gone).is_(None), ~people.exists())
        .order_by(col(Visit.day), col(Lift.id))
    )
    found: dict[int, list[str]] = defaultdict(list)
    for department, key in session.exec(query):
        found[department].append(key)
    return found
