"""Founds the made-up city in a store: the register through the ordinary import, then the offices and the chats."""

from datetime import date, datetime, time
from pathlib import Path

from sqlmodel import Session

from actions.register import ImportSummary, import_register
from schedules.duties import rebuild
from store.database import Database
from store.zone import SHANGHAI
from tixing.demo.city import DemoLift
from tixing.demo.data import CityData
from tixing.demo.directory import add_chats, add_offices
from tixing.demo.past_report import add_past_report
from tixing.demo.register import write_register
from tixing.demo.upkeep import found_upkeep

EARLY = time(7, tzinfo=SHANGHAI)


def found_city(database: Database, data: CityData, lifts: list[DemoLift], folder: Path, as_of: date) -> ImportSummary:
    """Write the register into `folder` and import it as of `as_of`."""
    now = datetime.combine(as_of, EARLY)
    path = write_register(lifts, data, folder)
    with database.write() as session:
        add_offices(session, data, as_of)

    def derive(session: Session, import_id: int) -> None:
        rebuild(session, city_id=data.city.id, today=as_of, now=now, import_id=import_id)

    summary = import_register(database, path, city_id=data.city.id, as_of=as_of, now=now, derive=derive)
    with database.write() as session:
        add_chats(session, data, lifts)
        add_past_report(session, lifts, now)
        found_upkeep(session, data, now)
    return summary
