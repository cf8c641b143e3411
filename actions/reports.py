"""Reports and reviews that offices owe by fixed days: filed by the office itself."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from actions.permissions import NotAllowedError
from actions.visits.inspections import RefusedError
from schedules.offices.duties import rebuild_offices
from store.duties import Duty
from store.events import Event, EventKind
from store.parties import Party


@dataclass(frozen=True)
class Filed:
    """What became of it. `repeated`: it was filed before, and nothing was done again."""

    on: date
    late: bool
    repeated: bool = False


def file_report(
    session: Session, *, rule: str, due: date, by: int, on: date, now: datetime, today: date, key: str
) -> Filed:
    """The office `by` filed, on day `on`, the paper that `rule` asks for by `due`. Its reminders end.

    Raises NotAllowedError where that office does not owe it, RefusedError for a day that has not come yet.
    """
    duty = _owed(session, rule, due, by)
    if duty is None:
        raise NotAllowedError(f"this office owes no {rule} due on {due}")
    if duty.closed_on is not None:
        return Filed(duty.closed_on, duty.closed_on > due, repeated=True)
    if on > today:
        raise RefusedError(f"{on} has not come yet; give a day up to {today}")
    session.add(
        Event(
            kind=EventKind.REPORT_FILED,
            party_id=by,
            on_date=on,
            known_on=today,
            recorded_at=now,
            payload={"rule": rule, "due": due.isoformat()},
            source="action",
            idempotency_key=f"{key}:{by}:{rule}:{due}",
        )
    )
    session.flush()
    rebuild_offices(session, city_id=session.get_one(Party, by).city_id, today=today, now=now)
    return Filed(on, on > due)


def _owed(session: Session, rule: str, due: date, party_id: int) -> Duty | None:
    query = select(Duty).where(Duty.party_id == party_id, Duty.rule == rule, Duty.cycle == due.isoformat())
    return session.exec(query.where(col(Duty.withdrawn_at).is_(None))).first()
