"""What an operator must do so that dates stay right."""

from datetime import date

from sqlmodel import Session, select

from schedules.calendar import load_calendar
from schedules.dates import add_months
from schedules.tasks import open_task
from store.lifts import City
from store.tasks import TaskKind

AHEAD_MONTHS = 4  # the first rungs of the next year's validities fall so far ahead


def ask_for_missing_year(session: Session, *, today: date) -> None:
    """A task for each city where dates will soon rest on a year whose holidays are not known here."""
    year = add_months(today, AHEAD_MONTHS).year
    if load_calendar(session).is_published(year):
        return
    for city_id in session.exec(select(City.id)).all():
        open_task(session, TaskKind.CALENDAR_MISSING, str(year), city_id=city_id, today=today, detail={"year": year})
