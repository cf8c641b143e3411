"""Building a table anew for another CHECK: rows, indexes and protection stay."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import store
from store.database import Database
from store.events import Event, EventKind
from store.lifts import City, Lift


def test_events_live_through_the_way_back_and_forth_and_stay_protected(database: Database):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with database.write() as session:
        session.add(City(id="guangzhou", name="广州市"))
        session.flush()
        session.add(Lift(id=1, city_id="guangzhou", key="L1"))
        session.flush()
        for kind in (EventKind.BOOKED, EventKind.TESTING_EXITED):
            day = date(2026, 1, 1)
            session.add(Event(kind=kind, lift_id=1, on_date=day, known_on=day, recorded_at=now, payload={}))
    config = Config()
    config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))
    with database.engine.execution_options(tixing_write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    database.migrate()
    with database.read() as session:
        kinds = session.execute(text("SELECT kind FROM event")).scalars().all()
    assert kinds == ["booked"]  # the older tables have no word for the other
    with pytest.raises(DBAPIError, match="never removed"), database.write() as session:
        session.execute(text("DELETE FROM event"))
