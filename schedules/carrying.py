"""What was told of a lift's date is not told again when another duty, most often one of other rules, has it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Date, bindparam, text
from sqlmodel import Session

from schedules.ladder import touch
from store.duties import INSPECTIONS, MISTAKEN

# A rung that was told for this lift and this date, or is being sent, unless it was called a mistake since. CROSS JOIN
# has SQLite begin with the few duties that were touched; left to itself it reads the whole ledger.
CARRY = text(
    """
INSERT INTO told (duty_id, due, step, party_id, state, notice_id, on_date, late, is_copy)
SELECT new.id, new.due, t.step, t.party_id, 'superseded', NULL, :today, false, t.is_copy
FROM touched x CROSS JOIN duty new CROSS JOIN duty old CROSS JOIN told t CROSS JOIN step_date s
WHERE new.id = x.duty_id AND new.withdrawn_at IS NULL AND new.closed_on IS NULL
AND old.lift_id = new.lift_id AND old.id <> new.id AND old.withdrawn_at IS NOT NULL
AND (old.kind = new.kind OR (old.kind IN :inspections AND new.kind IN :inspections))
AND t.duty_id = old.id AND t.due = new.due AND t.state IN ('reserved', 'told', 'superseded')
AND s.rule = new.rule AND s.due = new.due AND s.step = t.step
AND NOT EXISTS (
    SELECT 1 FROM told m WHERE m.duty_id = t.duty_id AND m.due = t.due AND m.party_id = t.party_id
    AND m.step LIKE :mistaken AND m.state IN ('reserved', 'told'))
GROUP BY new.id, new.due, t.step, t.party_id, t.is_copy
ON CONFLICT DO NOTHING
"""
).bindparams(bindparam("today", type_=Date), bindparam("inspections", expanding=True))


def carry_told(session: Session, duty_ids: Iterable[int], today: date) -> bool:
    """Enter for these duties the rungs that were told for their dates when others were in their place; whether there
    were any. Not at a hand-over alone: a later fact may bring back a date that was told before it.
    """
    session.flush()
    touch(session, duty_ids)
    values = {"today": today, "inspections": list(INSPECTIONS), "mistaken": f"{MISTAKEN}%"}
    carried: Any = session.execute(CARRY, values)
    return bool(carried.rowcount)
