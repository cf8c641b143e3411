"""What people must see to about a list, as tasks with owners: each ends when its reason is gone."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from actions.campaign.departments import Department, load_departments
from store.campaigns import CampaignList, CampaignRow, RowResult
from store.task_list import open_once
from store.tasks import Task, TaskKind, TaskStatus

FIRST_LINES = 20
UNCLEAR = (RowResult.MISSING, RowResult.CONFLICTING, RowResult.UNREADABLE)

Wanted = Mapping[str, tuple[int | None, dict[str, Any]]]  # by key: who owns the task, and its detail


def review(session: Session, one: CampaignList, *, today: date) -> None:
    """Open the tasks of a list and end those whose reason is gone; a list of a year that is over wants nothing."""
    begins = f"{one.city_id}/{one.year}/"
    officers, rows = _wanted(session, one) if one.year >= today.year else ({}, {})
    keep_tasks(session, TaskKind.CAMPAIGN_OFFICER, one.city_id, begins, officers, today=today)
    keep_tasks(session, TaskKind.CAMPAIGN_ROWS, one.city_id, begins, rows, today=today)


def keep_tasks(session: Session, kind: TaskKind, city_id: str, begins: str, wanted: Wanted, *, today: date) -> None:
    """Have exactly these tasks of a kind open, of those whose key begins so."""
    query = select(Task).where(Task.kind == kind, Task.city_id == city_id, Task.status == TaskStatus.OPEN)
    for task in session.exec(query.where(col(Task.key).startswith(begins, autoescape=True))):
        if task.key not in wanted:
            task.status, task.closed_on, task.outcome = TaskStatus.DONE, today, "true no more"
            session.add(task)
    session.flush()
    for key, (owner, detail) in wanted.items():
        new = Task(
            kind=kind, key=key, city_id=city_id, owner_party_id=owner, party_id=owner, detail=detail, opened_on=today
        )
        task = open_once(session, new, renew=True)
        task.owner_party_id = task.party_id = owner
        session.add(task)
    session.flush()


def owner_key(begins: str, department: Department | None) -> str:
    """The key of what one department is to see to; `nobody` where no department answers."""
    return f"{begins}{department.party_id if department else 'nobody'}"


def _wanted(session: Session, one: CampaignList) -> tuple[Wanted, Wanted]:
    begins, departments = f"{one.city_id}/{one.year}/", load_departments(session, one.city_id, one.year)
    officers: dict[str, tuple[int | None, dict[str, Any]]] = {}
    lines: dict[str, list[int]] = defaultdict(list)
    owners: dict[str, int | None] = {}
    query = select(CampaignRow.line, CampaignRow.result, CampaignRow.district_code, CampaignRow.district)
    for line, result, code, district in session.exec(
        query.where(CampaignRow.list_id == one.id).order_by(col(CampaignRow.line))
    ):
        department = departments.of(code)
        if department is None:
            officers[f"{begins}district {code or district}"] = (None, {"year": one.year, "district": district})
        elif not department.officer:
            officers[owner_key(begins, department)] = (department.party_id, {"year": one.year})
        if result in UNCLEAR:
            key = owner_key(begins, department)
            lines[key].append(line)
            owners[key] = department.party_id if department else None
    return officers, {
        key: (owners[key], {"year": one.year, "count": len(found), "lines": found[:FIRST_LINES]})
        for key, found in lines.items()
    }
