"""The list of un-booked lifts that a district has not acknowledged: the city's bureau hears of it, the department asks.

000 四7 asks for the list and names no acknowledgement; when it is missed is a setting of ours, never shown as law.
"""

from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, select

from actions.campaign.departments import load_departments
from actions.campaign.review import keep_tasks, owner_key
from actions.permissions import WHOLE_CITY
from actions.regulator.results import facts_of
from actions.regulator.scope import bureau_of
from schedules.calendar import load_calendar
from store.duties import Duty, Told
from store.lifts import City, Lift
from store.notices import RESULT, Notice, NoticeStatus
from store.parties import Party
from store.pushes import Acknowledgement
from store.settings import Setting
from store.task_list import find_open_task
from store.tasks import TaskKind

AFTER, WORKING_DAYS = "acknowledged_within", 2  # setting: working days that a list may wait for an officer
BACK = timedelta(days=35)  # what is older was followed by the next list
LIST, REGULATOR, STEP = "list", "district_regulator", "unacknowledged"


def follow_lists(session: Session, *, today: date) -> int:
    """Open a task for each list that waits too long, and end those of lists that were acknowledged; how many notices
    to the city's bureau, which hears of each list once."""
    setting, calendar, count = session.get(Setting, AFTER), load_calendar(session), 0
    days = int(setting.value) if setting is not None else WORKING_DAYS
    for city_id in session.exec(select(City.id).order_by(col(City.id))).all():
        late = [one for one in _waiting(session, city_id, today) if calendar.add_working(one.send_on, days) < today]
        departments = load_departments(session, city_id, today.year)
        wanted: dict[str, tuple[int | None, dict[str, Any]]] = {}
        for notice in late:
            department = departments.of(notice.district_code)
            key = owner_key(f"{city_id}/{notice.id}/", department)
            office = session.get_one(Party, notice.party_id).name
            detail = {"reason": f"{office} {notice.send_on.isoformat()}", "count": len(_lifts(session, notice))}
            wanted[key] = (department.party_id if department else None, detail)
            if find_open_task(session, TaskKind.LIST_UNACKNOWLEDGED, key) is None:
                count += _tell_city(session, notice, office, department.name if department else "", today)
        keep_tasks(session, TaskKind.LIST_UNACKNOWLEDGED, city_id, f"{city_id}/", wanted, today=today)
    return count


def _waiting(session: Session, city_id: str, today: date) -> list[Notice]:
    known = select(Acknowledgement.notice_id)
    query = (
        select(Notice)
        .where(Notice.city_id == city_id, Notice.step == LIST, Notice.audience == REGULATOR)
        .where(Notice.planned_on >= today - BACK, col(Notice.status) != NoticeStatus.CANCELLED)
        .where(col(Notice.id).not_in(known))
    )
    return list(session.exec(query.order_by(col(Notice.id))).all())


def _lifts(session: Session, notice: Notice) -> list[Lift]:
    told = select(Duty.lift_id).join(Told, col(Told.duty_id) == Duty.id).where(Told.notice_id == notice.id)
    return list(session.exec(select(Lift).where(col(Lift.id).in_(told)).order_by(col(Lift.id))))


def _tell_city(session: Session, notice: Notice, office: str, issuer: str, today: date) -> int:
    """The city's bureau, once; where it is the one that has not acknowledged, only the department's task says so."""
    city, lifts = bureau_of(session, notice.city_id, WHOLE_CITY), _lifts(session, notice)
    told = select(Notice.facts).where(Notice.party_id == city, Notice.step == STEP, Notice.duty == RESULT)
    heard = {(facts or {})[RESULT]["of"] for facts in session.exec(told)}
    if city is None or city == notice.party_id or not lifts or notice.id in heard:
        return 0
    own = facts_of(session, lifts, issuer) | {"office": office, "on": notice.send_on.isoformat(), "of": notice.id}
    session.add(
        Notice(
            city_id=notice.city_id,
            planned_on=today,
            send_on=today,
            party_id=city,
            duty=RESULT,
            rule="",
            step=STEP,
            audience="city_regulator",
            district_code=notice.district_code,
            channel_class="chat",
            template="gz.unacknowledged.reg",
            facts={RESULT: own},
        )
    )
    session.flush()
    return 1
