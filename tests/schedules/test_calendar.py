"""Working days: published years, an imported year, a year that is not published."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from schedules.calendar import CalendarError, WorkingCalendar, calendar_of, load_calendar, read_holiday_file, store_year
from store.database import Database

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def write_year(path: Path, year: int, days: dict[str, bool]) -> Path:
    entries = [{"name": "假日", "date": day, "isOffDay": off} for day, off in days.items()]
    path.write_text(json.dumps({"year": year, "papers": [], "days": entries}), encoding="utf-8")
    return path


def test_the_library_agrees_with_the_published_notices(shared_data: Callable[[str], Path]) -> None:
    ours = WorkingCalendar()
    for year in range(2020, 2027):
        theirs = calendar_of([read_holiday_file(shared_data(f"china/holiday_{year}.json"))])
        day = date(year, 1, 1)
        while day.year == year:
            assert ours.is_working(day) == theirs.is_working(day), day
            day += timedelta(days=1)


def test_a_make_up_sunday_is_worked_and_an_adjusted_friday_is_not() -> None:
    calendar = WorkingCalendar()
    assert calendar.is_working(date(2026, 1, 4))
    assert not calendar.is_working(date(2026, 1, 2))


def test_an_unpublished_year_rests_on_weekends_spring_festival_and_national_day() -> None:
    calendar = WorkingCalendar()
    assert not calendar.is_published(2027)
    rests = [date(2027, 2, 5), date(2027, 2, 6), date(2027, 2, 12), date(2027, 10, 1), date(2027, 10, 7)]
    assert not any(map(calendar.is_working, [*rests, date(2027, 1, 1), date(2027, 3, 6)]))
    assert calendar.is_working(date(2027, 2, 15))
    assert calendar.is_provisional(date(2026, 12, 31), date(2027, 1, 4))


def test_an_imported_year_is_published_and_wins(tmp_path: Path, database: Database) -> None:
    path = write_year(tmp_path / "2027.json", 2027, {"2027-01-01": True, "2027-01-03": False, "2027-02-19": True})
    with database.write() as session:
        store_year(session, read_holiday_file(path), source="2027.json", now=NOW)
    with database.read() as session:
        calendar = load_calendar(session)
    assert calendar.is_published(2027)
    assert calendar.is_working(date(2027, 1, 3))
    assert not calendar.is_working(date(2027, 2, 19))
    assert calendar.is_working(date(2027, 2, 8)), "what the notice does not name follows the plain week"
    assert calendar.version() != WorkingCalendar().version()


def test_importing_a_year_again_replaces_it(tmp_path: Path, database: Database) -> None:
    for off in (True, False):
        path = write_year(tmp_path / "2027.json", 2027, {"2027-03-06": off})
        with database.write() as session:
            store_year(session, read_holiday_file(path), source="2027.json", now=NOW)
    with database.read() as session:
        assert load_calendar(session).is_working(date(2027, 3, 6))


def test_an_unpublished_file_is_refused_with_a_sentence(shared_data: Callable[[str], Path]) -> None:
    with pytest.raises(CalendarError, match="has not published 2027 yet"):
        read_holiday_file(shared_data("china/holiday_2027.json"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[]", "is not a holiday-cn year"),
        ("not json", "is not a JSON file"),
        (
            '{"year": 2027, "papers": [], "days": [{"name": "x", "date": "2027-02-30", "isOffDay": true}]}',
            "days.0.date",
        ),
        ('{"year": 2027, "papers": [], "days": [{"name": "x", "date": "2031-02-20", "isOffDay": true}]}', "2031-02-20"),
    ],
)
def test_a_wrong_file_is_one_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "year.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CalendarError, match=sentence):
        read_holiday_file(path)
