"""What every part of one import needs to know."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection
from sqlmodel import Session

from actions.register.changes import Changes
from actions.register.journal import Journal
from store.database import table_of
from store.events import Event


@dataclass(frozen=True)
class ImportContext:
    """One import of one file. `on` and `recorded_at` are `as_of` and the present moment as the driver writes them.

    `journal` keeps what is found in the store before it is made otherwise, `changes` counts it.
    """

    session: Session
    connection: Connection
    city_id: str
    import_id: int
    as_of: date
    now: datetime
    on: str
    recorded_at: str
    renewal_months: int
    journal: Journal
    changes: Changes


def moment_text(connection: Connection, moment: datetime) -> str:
    """A moment as the events table stores it, for rows that go to the driver as they are."""
    kind = table_of(Event).c.recorded_at.type.dialect_impl(connection.dialect)
    process = kind.bind_processor(connection.dialect)
    return str(process(moment) if process else moment)
