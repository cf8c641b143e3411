"""What each working day tells departments of the reports that are to go out that day, or should have gone out."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from actions.reporting.owed import OwedReport, duties_due, in_order, show_owed
from schedules.calendar import WorkingCalendar, load_calendar
from schedules.regimes import rulebook_of
from schedules.rulebook import basis_of
from schedules.tasks import desk_of
from store.brakes import stopped_cities
from store.duties import REPORT as DUTY
from store.duties import Duty
from store.lifts import City
from store.notices import OWED, Notice
from store.parties import AreaRole

STEP, TEMPLATE = "reports_owed", "report.owed"
SHOWN = 10


def review_reports(session: Session, *, today: date) -> int:
    """Tell departments what they are to issue today; how many notices."""
    if not load_calendar(session).is_working(today):
        return 0
    stopped = stopped_cities(session)
    cities = [city for city in session.exec(select(City.id).order_by(City.id)) if city not in stopped]
    return sum(_remind(session, city, today) for city in cities)


def _remind(session: Session, city_id: str, today: date) -> int:
    """What falls due before the next working day is to go out today: on a rest day nobody would be told of it."""
    before = load_calendar(session).add_working(today, 1)
    by_desk: dict[int, list[Duty]] = {}
    desks: dict[str | None, int | None] = {}
    for duty, code in duties_due(session, city_id, before):
        if code not in desks:
            desk = desk_of(session, city_id, code)
            desks[code] = None if desk is None or _was_told(session, desk, today) else desk
        if (desk := desks[code]) is not None:
            by_desk.setdefault(desk, []).append(duty)
    news = [(desk, some) for desk, some in by_desk.items() if _is_news(session, city_id, desk, some, today)]
    session.add_all(
        _notice(session, city_id, desk, in_order(show_owed(session, some), today), today) for desk, some in news
    )
    session.flush()
    return len(news)


def _was_told(session: Session, desk: int, today: date) -> bool:
    last = _last(session, desk)
    return last is not None and last.planned_on >= today


def _last(session: Session, desk: int) -> Notice | None:
    query = select(Notice).where(Notice.party_id == desk, Notice.step == STEP).order_by(col(Notice.id).desc())
    return session.exec(query.limit(1)).first()


def _is_news(session: Session, city_id: str, desk: int, some: Sequence[Duty], today: date) -> bool:
    """The same list only after some working days, so that nobody stops reading."""
    last = _last(session, desk)
    if last is None:
        return True
    again_after = rulebook_of(session, city_id, today).numbers.same_list_again_days
    is_same = (last.facts or {})[OWED]["duties"] == sorted(duty.id for duty in some)
    return not is_same or load_calendar(session).working_between(last.planned_on, today) > again_after


def _line(one: OwedReport, calendar: WorkingCalendar, today: date) -> dict[str, Any]:
    """`rest`: its last day is no working day; `days`: so long ago the inspection has ended."""
    if one.due is None:
        return {"place": one.place, "by": "", "rest": False, "days": one.waits(today)}
    rest = not calendar.is_working(one.due)
    return {"place": one.place, "by": one.due.isoformat(), "rest": rest, "days": 0}


def _notice(session: Session, city_id: str, desk: int, some: Sequence[OwedReport], today: date) -> Notice:
    calendar = load_calendar(session)
    lines = [_line(one, calendar, today) for one in some[:SHOWN]]
    late, duties = sum(1 for one in some if one.is_late(today)), sorted(one.duty_id for one in some)
    owed = {"n": len(some), "late": late, "lines": lines, "duties": duties}
    return Notice(
        city_id=city_id,
        planned_on=today,
        send_on=today,
        party_id=desk,
        duty=DUTY,
        rule="",
        step=STEP,
        audience=AreaRole.INSPECTION_DEPARTMENT.value,
        channel_class="chat",
        template=TEMPLATE,
        facts={OWED: owed, "basis": basis_of(rulebook_of(session, city_id, today), TEMPLATE)},
    )
