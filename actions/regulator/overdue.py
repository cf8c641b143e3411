"""Which lifts are overdue, to whom a bureau's notice of that would go, and why some are left out of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import and_, case, exists, or_, select
from sqlmodel import Session

from actions.regulator.glance import rules_of_kinds
from schedules.dates import add_months
from schedules.regimes import rulebook_of
from schedules.rulebook import Step, Telling, rule_named
from store.database import table_of
from store.duties import INSPECTIONS, OVERDUE, PUSHED, Duty, Told, ToldState
from store.lifts import Lift, LiftRole, LiftStatus, Responsibility
from store.rowsets import among

TODAY, TOO_OLD, NO_UNIT, NO_CLAUSE, NOT_OVERDUE = "told_today", "too_old", "no_unit", "no_clause", "not_overdue"


@dataclass(frozen=True, slots=True)
class OverdueLift:
    """An overdue lift and its use unit; `left_out` says why nothing is sent about it, and then there is no unit."""

    lift_id: int
    duty_id: int | None = None
    rule: str = ""
    due: date | None = None
    unit_id: int | None = None
    left_out: str = ""


def find_overdue(
    session: Session, city_id: str, lifts: Any, today: date, wanted: Iterable[int] | None = None
) -> list[OverdueLift]:
    """The overdue ones among the lifts of the query `lifts`, longest first; with `wanted` these, whatever they are.

    Each comes once, with its earliest open inspection.
    """
    chosen = sorted(set(wanted)) if wanted is not None else None
    too_old = add_months(today, -rulebook_of(session, city_id, today).numbers.too_old_months)
    found: dict[int, OverdueLift] = {}
    for row in session.execute(_query(session, lifts, today, chosen)):
        if row.lift_id not in found:
            found[row.lift_id] = _judged(row, too_old)
    rest = [OverdueLift(lift_id, left_out=NOT_OVERDUE) for lift_id in chosen or () if lift_id not in found]
    return [*found.values(), *rest]


def _query(session: Session, lifts: Any, today: date, chosen: Sequence[int] | None) -> Any:
    duty, lift, held, told = (table_of(model) for model in (Duty, Lift, Responsibility, Told))
    by_unit = and_(held.c.lift_id == lift.c.id, held.c.role == LiftRole.USE_UNIT, held.c.to_on.is_(None))
    told_today = exists().where(
        told.c.duty_id == duty.c.id,
        told.c.due == duty.c.due,
        told.c.party_id == held.c.party_id,
        or_(told.c.step == OVERDUE, told.c.step.startswith(f"{PUSHED}.")),
        told.c.on_date == today,
        told.c.state.in_((ToldState.RESERVED, ToldState.TOLD)),
    )
    query = (
        select(
            duty.c.lift_id,
            duty.c.id.label("duty_id"),
            duty.c.rule,
            duty.c.due,
            held.c.party_id.label("unit_id"),
            case((told_today, True), else_=False).label("told_today"),
        )
        .select_from(duty)
        .join(lift, lift.c.id == duty.c.lift_id)
        .outerjoin(held, by_unit)
        .where(duty.c.rule.in_(rules_of_kinds(*INSPECTIONS)), duty.c.due < today)
        .where(duty.c.closed_on.is_(None), duty.c.withdrawn_at.is_(None), lift.c.status == LiftStatus.IN_USE)
        .where(lift.c.id.in_(lifts))
        .order_by(duty.c.due, duty.c.lift_id, duty.c.id)
    )
    return query if chosen is None else query.where(among(session, lift.c.id, chosen))


def _judged(row: Any, too_old: date) -> OverdueLift:
    asked = (
        (NO_UNIT, row.unit_id is None),
        (TODAY, row.told_today),
        (TOO_OLD, row.due < too_old),
        (NO_CLAUSE, rung_of_rule(row.rule) is None),
    )
    left_out = next((why for why, holds in asked if holds), "")
    unit = None if left_out else row.unit_id
    return OverdueLift(row.lift_id, row.duty_id, row.rule, row.due, unit, left_out)


@cache
def rung_of_rule(rule_id: str) -> tuple[Step, Telling] | None:
    """The rung on which a rule tells the use unit that the date has passed, and how; None where it has none."""
    for step in rule_named(rule_id).steps:
        telling = next((one for one in step.tells if one.via == "use_unit"), None)
        if step.step == OVERDUE and telling is not None:
            return step, telling
    return None
