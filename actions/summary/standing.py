"""Which lifts stand under which figure as of now: what a closing compares with the last one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import Session

from actions.campaign.departments import load_departments
from actions.regulator.glance import rules_after_items, rules_of_kinds
from schedules.dates import month_end
from store.database import table_of
from store.duties import INSPECTIONS, REPORT, Duty
from store.lifts import Lift, LiftStatus
from store.summaries import Figure

DUTY, LIFT = table_of(Duty).c, table_of(Lift).c

Key = tuple[Figure, int]  # figure, lift


@dataclass(frozen=True)
class Stands:
    """A lift under a figure: of which department, for which duty, and since which day by what is known now."""

    department_id: int | None
    duty_id: int
    since: date


def standing(session: Session, city_id: str, today: date) -> dict[Key, Stands]:
    """All lifts of a city under all figures. A lift counts once in each, for the duty that is due first."""
    departments = load_departments(session, city_id, today.year)
    found: dict[Key, Stands] = {}
    for figure, duty_id, lift_id, code, since in _rows(session, city_id, today):
        department = departments.of(code)
        stands = Stands(department.party_id if department else None, duty_id, since)
        found.setdefault((figure, lift_id), stands)
    return found


def _rows(session: Session, city_id: str, today: date) -> Iterator[tuple[Figure, int, int, str | None, date]]:
    inspections = _open(city_id, rules_of_kinds(*INSPECTIONS)).where(DUTY.due <= month_end(today))
    for duty_id, lift_id, code, due, _, booked_on in session.execute(inspections):
        yield Figure.DUE, duty_id, lift_id, code, due.replace(day=1)
        if booked_on is None:
            yield Figure.UNBOOKED, duty_id, lift_id, code, due.replace(day=1)
        if due < today:
            yield Figure.OVERDUE, duty_id, lift_id, code, due + timedelta(days=1)
    unconfirmed = _open(city_id, rules_after_items()).where(DUTY.due.is_(None))
    ended = _open(city_id, rules_of_kinds(REPORT), used_only=False)
    ended = ended.where(or_(DUTY.due.is_not(None), DUTY.rule.not_in(rules_after_items())))
    for figure, query in ((Figure.ITEMS, unconfirmed), (Figure.REPORTS, ended)):
        for duty_id, lift_id, code, _, event_on, _ in session.execute(query):
            yield figure, duty_id, lift_id, code, event_on or today


def _open(city_id: str, rules: tuple[str, ...], *, used_only: bool = True) -> Any:
    """Open duties of lifts in use; of reports of any lift: what was inspected gets its report."""
    query = (
        select(DUTY.id, DUTY.lift_id, LIFT.district_code, DUTY.due, DUTY.event_on, DUTY.booked_on)
        .join(table_of(Lift), LIFT.id == DUTY.lift_id)
        .where(DUTY.rule.in_(rules), DUTY.closed_on.is_(None), DUTY.withdrawn_at.is_(None))
        .where(LIFT.city_id == city_id, *_there(used_only))
    )
    return query.order_by(DUTY.due.is_(None), DUTY.due, DUTY.id)


def _there(used_only: bool) -> list[ColumnElement[bool]]:
    still_there: list[ColumnElement[bool]] = [LIFT.withdrawn_on.is_(None)]
    return [*still_there, LIFT.status == LiftStatus.IN_USE] if used_only else still_there
