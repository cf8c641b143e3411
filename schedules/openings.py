"""Whose first rung opens soon: use units that are to be told something in the coming days, and nothing today."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.types import Date
from sqlmodel import Session

from schedules.basis import basis_of
from schedules.regimes import rules_in_force
from store.lifts import LiftRole

# Parties with the first rung of each rule that opens for their lifts in these days. Who is due today, was planned a
# notice for today or has one that has not gone out yet, is left out: that comes first.
OPENINGS = (
    text(
        """SELECT r.party_id, d.rule, d.next_step, MIN(d.next_on) AS opens_on
    FROM duty d JOIN lift l ON l.id = d.lift_id
    JOIN responsibility r ON r.lift_id = l.id AND r.role = :role AND r.to_on IS NULL
    WHERE d.next_on > :today AND d.next_on <= :until AND l.city_id = :city
        AND NOT EXISTS (SELECT 1 FROM responsibility o JOIN duty e ON e.lift_id = o.lift_id
            WHERE o.party_id = r.party_id AND o.role = :role AND o.to_on IS NULL AND e.next_on <= :today)
        AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.party_id = r.party_id AND n.status <> 'cancelled'
            AND (n.planned_on = :today OR n.status IN ('planned', 'sending', 'unknown', 'no_contact')))
    GROUP BY r.party_id, d.rule, d.next_step ORDER BY MIN(d.next_on), r.party_id, d.rule, d.next_step"""
    )
    .bindparams(bindparam("today", type_=Date), bindparam("until", type_=Date))
    .columns(opens_on=Date)
)
LIFTS = text(
    """SELECT r.party_id, COUNT(*) FROM responsibility r JOIN lift l ON l.id = r.lift_id
    WHERE r.role = :role AND r.to_on IS NULL AND l.status = 'in_use' AND r.party_id IN :parties GROUP BY r.party_id"""
).bindparams(bindparam("parties", expanding=True))


@dataclass(frozen=True)
class Opening:
    """The first that a party will be told: for whom there it is, by which rule; `lifts`: for how many it answers."""

    party_id: int
    opens_on: date
    rule: str
    audience: str
    lifts: int
    basis: dict[str, str]


def coming_openings(session: Session, city_id: str, *, today: date, days: int) -> list[Opening]:
    """One for each use unit whose first rung opens within `days` days after `today`, the nearest first."""
    audiences = {
        (rule.id, step.step): telling.audience
        for rule in rules_in_force(session, city_id, today)
        for step in rule.told_steps
        for telling in step.tells[:1]
        if telling.via == LiftRole.USE_UNIT.value
    }
    binds: dict[str, Any] = {"city": city_id, "today": today, "until": today + timedelta(days=days)}
    first: dict[int, Any] = {}
    for row in session.execute(OPENINGS, binds | {"role": LiftRole.USE_UNIT.value}):
        if (row.rule, row.next_step) in audiences:
            first.setdefault(row.party_id, row)
    lifts = _lifts_of(session, list(first))
    return [
        Opening(
            party_id, row.opens_on, row.rule, audiences[row.rule, row.next_step], lifts[party_id], basis_of(row.rule)
        )
        for party_id, row in first.items()
        if party_id in lifts
    ]


def _lifts_of(session: Session, party_ids: list[int]) -> dict[int, int]:
    if not party_ids:
        return {}
    rows = session.execute(LIFTS, {"role": LiftRole.USE_UNIT.value, "parties": party_ids})
    return {row[0]: row[1] for row in rows}
