"""What is registered of a lift is not so on site (003 三(二)1(3)): more than a note in a record.

The inspection department, which keeps the register, has a task; the use unit, which registered it, and the worker's own
company are told.
"""

from sqlmodel import Session, col, select

from actions.actors import Asked
from actions.maintaining.rights import record_key
from actions.paperless.notices import TO_MAINTAINER, TO_UNIT, tell
from schedules.tasks import desk_of_lift
from store.lifts import Lift, LiftRole, Responsibility
from store.task_list import open_once
from store.tasks import Task, TaskKind
from store.upkeep import UpkeepVisit


def report_wrong(session: Session, asked: Asked, visit: UpkeepVisit, lift: Lift) -> None:
    """Somebody is to put right what the worker has found; `visit.note` says what."""
    unit = select(Responsibility.party_id).where(
        Responsibility.lift_id == lift.id,
        Responsibility.role == LiftRole.USE_UNIT,
        col(Responsibility.to_on).is_(None),
    )
    unit_id = session.exec(unit).first()
    task = Task(
        kind=TaskKind.WRONG_ON_SITE,
        key=record_key(visit.id),
        city_id=lift.city_id,
        owner_party_id=desk_of_lift(session, lift.id),
        lift_id=lift.id,
        party_id=unit_id,
        detail={"note": visit.note},
        opened_on=asked.today,
    )
    open_once(session, task)
    for party_id, audience, template in (
        (unit_id, TO_UNIT, "gp.wrong"),
        (visit.maintainer_party_id, TO_MAINTAINER, "gp.wrong.maint"),
    ):
        tell(
            session, lift.city_id, party_id, audience, template, today=asked.today, lifts=[lift],
            district_code=lift.district_code or "", name=asked.actor.name, note=visit.note,
        )  # fmt: skip


def wrong_of(session: Session, visit: UpkeepVisit) -> str:
    """What was written as this visit began; empty where the data were right."""
    query = select(Task).where(Task.kind == TaskKind.WRONG_ON_SITE, Task.key == record_key(visit.id))
    task = session.exec(query.order_by(col(Task.id))).first()
    return str((task.detail or {}).get("note", "")) if task is not None else ""
