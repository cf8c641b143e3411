"""Filing a report: by the office that owes it, once."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from actions.permissions import NotAllowedError
from actions.reports import Filed, file_report
from actions.running.cities import ensure_city
from actions.visits.inspections import RefusedError
from schedules.offices.duties import rebuild_offices
from store.database import Database
from store.events import Event, EventKind
from store.parties import AreaRole, Jurisdiction

TODAY = date(2022, 12, 10)
NOW = datetime(2022, 12, 10, 4, tzinfo=UTC)
DUE = date(2022, 12, 15)

File = Callable[..., Filed]


@pytest.fixture
def offices(database: Database) -> dict[str, int]:
    """District → the party that regulates it; `*` is the city's."""
    with database.write() as session:
        ensure_city(session, "zhoushan", date(2022, 9, 1))
        rebuild_offices(session, city_id="zhoushan", today=TODAY, now=NOW)
        rows = session.exec(select(Jurisdiction).where(Jurisdiction.role != AreaRole.INSPECTION_DEPARTMENT)).all()
        return {row.district_code: row.party_id for row in rows}


@pytest.fixture
def file(database: Database, offices: dict[str, int]) -> File:
    """`file(by="330902", due=DUE, on=TODAY, key="tap")`."""

    def do(by: str = "330902", due: date = DUE, on: date = TODAY, today: date = TODAY, key: str = "tap") -> Filed:
        with database.write() as session:
            return file_report(
                session, rule="zs.summary", due=due, by=offices[by], on=on, now=NOW, today=today, key=key
            )

    return do


def events(database: Database) -> list[Event]:
    with database.read() as session:
        return list(session.exec(select(Event).where(Event.kind == EventKind.REPORT_FILED)))


def test_the_office_that_owes_it_files_it(file: File, database: Database, offices: dict[str, int]):
    assert file() == Filed(TODAY, late=False)
    (event,) = events(database)
    assert (event.party_id, event.lift_id, event.payload) == (
        offices["330902"],
        None,
        {"rule": "zs.summary", "due": "2022-12-15"},
    )


def test_a_second_tap_and_a_second_filing_change_nothing(file: File, database: Database):
    file()
    assert file().repeated
    assert file(key="another tap", on=date(2022, 12, 9)) == Filed(TODAY, late=False, repeated=True)
    assert len(events(database)) == 1


def test_a_paper_after_its_day_is_late(file: File):
    assert file(on=date(2022, 12, 20), today=date(2022, 12, 20)).late
    assert file(by="330903", on=DUE, today=date(2022, 12, 20), key="other") == Filed(DUE, late=False)


def test_one_office_may_not_file_for_another_or_what_nobody_asked_for(file: File, database: Database):
    with pytest.raises(NotAllowedError, match="owes no zs"):
        file(by="*")
    with pytest.raises(NotAllowedError, match="due on 2022-12-14"):
        file(due=date(2022, 12, 14))
    assert events(database) == []


def test_a_day_that_has_not_come_is_refused(file: File, database: Database):
    with pytest.raises(RefusedError, match="2022-12-11 has not come yet"):
        file(on=date(2022, 12, 11))
    assert events(database) == []
