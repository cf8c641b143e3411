"""A store that was tried out in demo mode begins to send real messages: what nobody was told is planned again."""

from datetime import datetime

from sqlalchemy import delete, text
from sqlmodel import Session, select

from schedules.ladder import refresh_next
from store.brakes import PlanForecast
from store.database import table_of
from store.duties import Duty
from store.locks import hold_all_cities
from store.zone import SHANGHAI

REASON = "demo"
# Nothing left this machine, so the ledger is taken back; the notices stay as history.
TAKE_BACK = (
    """INSERT INTO notice_log (notice_id, at, status, detail)
        SELECT id, :now, 'cancelled', :reason FROM notice WHERE status <> 'cancelled'""",
    "UPDATE told SET state = 'released' WHERE state IN ('told', 'reserved')",
    """UPDATE notice SET status = 'cancelled', reason = :reason, settled_at = :now, lease_until = NULL
        WHERE status <> 'cancelled'""",
    "DELETE FROM told WHERE state = 'superseded'",
    """UPDATE task SET status = 'dropped', closed_on = :today, outcome = :reason WHERE status = 'open'
        AND kind IN ('call', 'no_contact', 'delivery_failed') AND notice_id IS NOT NULL""",
)


def start_over(session: Session, *, now: datetime) -> None:
    """Take back everything that demo mode counted as told, and the calls that were to be made for it.

    The plan of the day tells the latest rung of each duty.
    """
    hold_all_cities(session)
    for statement in TAKE_BACK:
        today = now.astimezone(SHANGHAI).date().isoformat()
        binds = {"now": now.strftime("%Y-%m-%d %H:%M:%S.%f"), "reason": REASON, "today": today}
        used = {name: value for name, value in binds.items() if f":{name}" in statement}
        session.execute(text(statement), used)
    session.execute(delete(table_of(PlanForecast)))  # what is told anew was not expected by any
    refresh_next(session, session.exec(select(Duty.id)).all())
