"""That everyone was warned: who was told what and when, of each inspection due in a month, by the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from actions.actors import REGULATORS, Asked
from actions.evidence.ledger import REACHED
from actions.registry import verb
from actions.regulator.lists import ListRow, duties, list_rows
from actions.regulator.people import note_read
from actions.regulator.scope import sees_district
from actions.sight import lifts_of
from schedules.dates import add_months
from store.database import table_of
from store.duties import INSPECTIONS, Duty
from store.lifts import Lift, LiftStatus


@dataclass(frozen=True)
class Warned:
    """The lifts whose inspection is due in the month, each with what its unit was told of it."""

    month: date
    today: date
    rows: Sequence[ListRow]

    @property
    def waiting(self) -> list[ListRow]:
        """Those without a result and without a booking in time: whom one may be asked about."""
        return [row for row in self.rows if row.closed_on is None and (row.booked_on is None or row.booked_late)]

    @property
    def unwarned(self) -> list[ListRow]:
        """Those of them whose unit no warning has reached."""
        return [row for row in self.waiting if not was_warned(row)]


def was_warned(row: ListRow) -> bool:
    """Whether the unit was reached by one warning at least: it arrived, was taken for delivery, or somebody called."""
    return any(entry.outcome in REACHED for entry in row.urged)


@verb(REGULATORS, reads=True, district_code=sees_district)
def warned(session: Session, asked: Asked, *, month: date | None = None, district_code: str | None = None) -> Warned:
    """Of one's district(s), earliest date first."""
    first = (month or asked.today).replace(day=1)
    lifts = lifts_of(asked.actor)
    if district_code is not None:
        lifts = lifts.where(table_of(Lift).c.district_code == district_code)
    duty, lift = table_of(Duty).c, table_of(Lift).c
    in_month = duty.due.between(first, add_months(first, 1) - timedelta(days=1))
    in_question = (lift.status == LiftStatus.IN_USE) | duty.closed_on.is_not(None)
    rows = list_rows(session, duties(lifts, INSPECTIONS, asked.today).where(in_month, in_question), asked.today)
    note_read(asked.actor, "warned", len(rows))
    return Warned(first, asked.today, rows)
