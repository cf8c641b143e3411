"""Objections that nobody answers: the maintainer is reminded, then the inspection department hears of them, once each.

An objection ends silence (P06), so that nothing moves a record any more but the maintainer's note and the signature.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from actions.paperless.notices import TO_COMPANY, tell
from actions.records.answering import waits_for_answer
from actions.records.pushing import OBJECTED, matter_of, records_of
from schedules.calendar import load_calendar
from schedules.regimes import numbers_of
from schedules.tasks import desk_of_lift
from store.lifts import City, Lift
from store.notices import PAPERLESS, Notice
from store.parties import party_name
from store.records import MaintenanceRecord
from store.settings import Setting
from store.zone import SHANGHAI

FOLLOWED = "objections_followed"  # setting: the last day of which this was done
REMINDED, TO_DESK = "gp.waiting", "gp.waiting.desk"
TO_DEPARTMENT = "inspection_department"
LONG_AGO = timedelta(days=60)  # what was objected to before was brought up, or we stood still for months


def follow_objections(session: Session, *, today: date, now: datetime) -> None:
    """Once a morning: to maintainers after so many working days, to departments when it waits on after that."""
    followed = session.get(Setting, FOLLOWED)
    mornings = [numbers_of(session, city_id).morning_hour for city_id in session.exec(select(City.id))]
    is_early = now.astimezone(SHANGHAI).hour < max(mornings, default=0)  # in no city before its hour
    if is_early or (followed is not None and followed.value == today.isoformat()):
        return
    session.merge(Setting(key=FOLLOWED, value=today.isoformat()))
    told = {template: _told(session, template, today) for template in (REMINDED, TO_DESK)}
    calendar = load_calendar(session)
    late: dict[tuple[str, int], list[tuple[date, MaintenanceRecord]]] = defaultdict(list)
    for record_id, on in _objected(session, today).items():
        record = session.get_one(MaintenanceRecord, record_id)
        numbers = numbers_of(session, record.city_id)
        last = calendar.add_working(on, numbers.objection_answer_days)
        reached = {REMINDED: last, TO_DESK: last + timedelta(days=numbers.waiting_again_days)}
        due = [one for one, day in reached.items() if day < today and told[one].get(record_id, date.min) < on]
        if not due or not waits_for_answer(session, record):
            continue
        desk_id = desk_of_lift(session, record.lift_id)
        for template, party_id in ((REMINDED, record.maintainer_id), (TO_DESK, desk_id)):
            if template in due and party_id is not None:
                late[template, party_id].append((on, record))
    for (template, party_id), waiting in late.items():
        _tell(session, template, party_id, waiting, today)


def _objected(session: Session, today: date) -> dict[int, date]:
    """The records that were objected to lately, and when last."""
    query = select(Notice).where(Notice.planned_on >= today - LONG_AGO, Notice.template == OBJECTED)
    found: dict[int, date] = {}
    for notice in session.exec(query.order_by(col(Notice.planned_on), col(Notice.id))):
        if not matter_of(notice)["remark"]:
            found |= dict.fromkeys(records_of(notice), notice.planned_on)
    return found


def _told(session: Session, template: str, today: date) -> dict[int, date]:
    """Of which records this was said, and when last."""
    query = select(Notice).where(Notice.planned_on >= today - LONG_AGO, Notice.template == template)
    found: dict[int, date] = {}
    for notice in session.exec(query.order_by(col(Notice.planned_on))):
        about: dict[str, Any] = (notice.facts or {})[PAPERLESS]
        found |= dict.fromkeys(about["records"], notice.planned_on)
    return found


def _tell(
    session: Session, template: str, party_id: int, waiting: Sequence[tuple[date, MaintenanceRecord]], today: date
) -> None:
    records = [record for _, record in waiting]
    first, lifts = records[0], [session.get_one(Lift, one.lift_id) for one in records]
    names = list(dict.fromkeys(party_name(session, one.maintainer_id) for one in records))
    tell(
        session, first.city_id, party_id, TO_COMPANY if template == REMINDED else TO_DEPARTMENT, template, today=today,
        lifts=lifts, district_code=lifts[0].district_code or "", records=[one.id for one in records], names=names,
        on=min(on for on, _ in waiting).isoformat(),
    )  # fmt: skip
