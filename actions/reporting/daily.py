"""What each working day tells departments of the reports that are to go out that day, or should have gone out."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from actions.reporting.notices import basis_of
from actions.reporting.owed import OwedReport, find_owed
from schedules.calendar import load_calendar
from schedules.regimes import rulebook_of
from schedules.tasks import desk_of
from store.brakes import stopped_cities
from store.duties import REPORT as DUTY
from store.lifts import City, Lift
from store.notices import OWED, Notice
from store.parties import AreaRole

STEP, TEMPLATE = "reports_owed", "report.owed"
SHOWN = 10
CLAUSE = ("四8", "检验合格的电梯5个工作日内出具检验报告，且当月到期并完成检验的电梯应在本月出具检验报告")


def review_reports(session: Session, *, today: date) -> int:
    """Tell departments what they are to issue today; how many notices."""
    if not load_calendar(session).is_working(today):
        return 0
    stopped = stopped_cities(session)
    cities = [city for city in session.exec(select(City.id).order_by(City.id)) if city not in stopped]
    return sum(_remind(session, city, today) for city in cities)


def _remind(session: Session, city_id: str, today: date) -> int:
    wanted = [
        one for one in find_owed(session, select(Lift.id).where(Lift.city_id == city_id), today) if one.by <= today
    ]
    query = select(Lift.id, Lift.district_code).where(col(Lift.id).in_([one.lift_id for one in wanted]))
    districts = dict(session.exec(query).all())
    desks = {code: desk_of(session, city_id, code) for code in set(districts.values())}
    by_desk: dict[int, list[OwedReport]] = {}
    for one in wanted:
        desk = desks[districts[one.lift_id]]
        if desk is not None:
            by_desk.setdefault(desk, []).append(one)
    news = [(desk, some) for desk, some in by_desk.items() if _is_news(session, city_id, desk, some, today)]
    session.add_all(_notice(city_id, desk, some, today) for desk, some in news)
    session.flush()
    return len(news)


def _is_news(session: Session, city_id: str, desk: int, some: Sequence[OwedReport], today: date) -> bool:
    """Not twice a day, and the same list only after some working days, so that nobody stops reading."""
    query = select(Notice).where(Notice.party_id == desk, Notice.step == STEP).order_by(col(Notice.id).desc())
    last = session.exec(query.limit(1)).first()
    if last is None or last.planned_on >= today:
        return last is None
    again_after = rulebook_of(session, city_id, today).numbers.same_list_again_days
    is_same = (last.facts or {})[OWED]["duties"] == _duties(some)
    return not is_same or load_calendar(session).working_between(last.planned_on, today) > again_after


def _duties(some: Sequence[OwedReport]) -> list[int]:
    return sorted(one.duty_id for one in some)


def _notice(city_id: str, desk: int, some: Sequence[OwedReport], today: date) -> Notice:
    lines: list[dict[str, Any]] = [
        {"place": one.place, "by": one.due.isoformat() if one.due else ""} for one in some[:SHOWN]
    ]
    late = sum(1 for one in some if one.is_late(today))
    owed = {"n": len(some), "late": late, "lines": lines, "duties": _duties(some)}
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
        facts={OWED: owed, "basis": basis_of(CLAUSE)},
    )
