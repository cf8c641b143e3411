"""Tasks that planning finds: owned by the inspection department of the district."""

from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from store.lifts import Lift
from store.parties import AreaRole, Jurisdiction
from store.task_list import open_once
from store.tasks import Task, TaskKind


def open_task(
    session: Session,
    kind: TaskKind,
    key: str,
    *,
    city_id: str,
    today: date,
    lift_id: int | None = None,
    party_id: int | None = None,
    district_code: str | None = None,
    detail: dict[str, Any] | None = None,
) -> Task:
    """The open task of this kind about `key`; found again, only its detail is renewed."""
    task = Task(
        kind=kind,
        key=key,
        city_id=city_id,
        owner_party_id=desk_of(session, city_id, district_code),
        lift_id=lift_id,
        party_id=party_id,
        detail=detail,
        opened_on=today,
    )
    return open_once(session, task, renew=True)


def desk_of(session: Session, city_id: str, district_code: str | None) -> int | None:
    """The inspection department that answers for the district, else the one for the whole city."""
    rows = session.exec(
        select(Jurisdiction).where(
            Jurisdiction.city_id == city_id,
            Jurisdiction.role == AreaRole.INSPECTION_DEPARTMENT,
            col(Jurisdiction.district_code).in_([district_code or "", "*"]),
            col(Jurisdiction.to_on).is_(None),
        )
    ).all()
    desks = {row.district_code: row.party_id for row in rows}
    return desks.get(district_code or "", desks.get("*"))


def desk_of_lift(session: Session, lift_id: int) -> int | None:
    """The inspection department that answers for the lift now."""
    lift = session.get_one(Lift, lift_id)
    return desk_of(session, lift.city_id, lift.district_code)
