"""A visit for people's calendars (.ics): the same entry when it is moved or called off, known by its uid."""

from datetime import UTC, date, datetime, time

from aiogram.types import BufferedInputFile
from icalendar import Calendar, Event

from actions.visits.listing import VisitShown
from bot.texts import label
from bot.visit import Visit
from store.zone import SHANGHAI

HOURS = {  # when somebody should be there, in Shanghai's time
    "am": (time(9), time(12)),
    "pm": (time(14), time(17)),
    None: (time(9), time(17)),
}
PUBLISH, CANCEL = "PUBLISH", "CANCEL"


def visit_calendar(visit: VisitShown, *, language: str, now: datetime) -> bytes:
    """One entry: place, lifts, department, what to prepare. A visit that is off takes it out of the calendar."""
    calendar = Calendar()
    calendar.add("prodid", "-//tixing//visits//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", CANCEL if visit.is_off else PUBLISH)
    event = Event()
    event.add("uid", f"{visit.uid}@tixing")
    event.add("sequence", visit.sequence)
    event.add("dtstamp", now)
    begins, ends = HOURS[visit.half]
    begins = max(begins, time.fromisoformat(visit.starts)) if visit.starts else begins
    event.add("dtstart", _at(visit.day, begins))
    event.add("dtend", _at(visit.day, ends))
    event.add("summary", label("bookings.entry", language, visit=visit))
    event.add("location", "; ".join(visit.addresses)[:250])
    event.add("description", label("bookings.entry_text", language, visit=visit))
    event.add("status", "CANCELLED" if visit.is_off else "CONFIRMED")
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def visit_document(visit: VisitShown, here: Visit) -> BufferedInputFile:
    """The same as a file to send."""
    content = visit_calendar(visit, language=here.language, now=here.now)
    return BufferedInputFile(content, filename=f"{visit.day.isoformat()}.ics")


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=SHANGHAI).astimezone(UTC)
