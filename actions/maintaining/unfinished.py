"""Records that were begun and not uploaded: workers are reminded in the evening, their company hears in the morning.

A record is uploaded on the day of the work (003 四(一)). The reminder comes before the last hours, in which a unit
could hardly read it any more.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from actions.paperless.notices import TO_COMPANY, tell
from notifier.outbox import cancel
from schedules.moments import day_of
from schedules.regimes import numbers_of
from store.ledger import lock_notices
from store.lifts import City, Lift
from store.notices import PAPERLESS, Notice, NoticeStatus
from store.parties import Contact
from store.upkeep import UpkeepVisit, VisitState
from store.zone import SHANGHAI

LONGEST_OUTAGE = timedelta(days=7)  # what was missed longer ago is told no more
TODAY, YESTERDAY = "gp.unfinished", "gp.unfinished.maint"
TO_SIGN, TO_CONFIRM = "sign", "confirm"
_UNSENT = (NoticeStatus.PLANNED, NoticeStatus.NO_CONTACT)


def follow_unfinished(session: Session, *, today: date, now: datetime) -> None:
    """Remind workers this evening, each of a record once; tell companies this morning of what is late."""
    _take_back_passed(session, today, now)
    for city_id in session.exec(select(City.id)).all():
        _follow(session, city_id, today, now)


def _follow(session: Session, city_id: str, today: date, now: datetime) -> None:
    numbers, hour = numbers_of(session, city_id), now.astimezone(SHANGHAI).hour
    if hour < numbers.morning_hour:
        return
    under_way = select(UpkeepVisit).join(Lift).where(Lift.city_id == city_id, UpkeepVisit.state == VisitState.UNDER_WAY)
    visits = session.exec(under_way.order_by(col(UpkeepVisit.id))).all()
    _tell_companies(session, [one for one in visits if _day(one) < today], today)
    if hour >= numbers.unfinished_hour:
        lately = now - timedelta(hours=numbers.just_begun_hours)
        _remind(session, [one for one in visits if _day(one) == today and one.begun_at <= lately], today)


def _day(visit: UpkeepVisit) -> date:
    """The day on which it was to be uploaded."""
    return day_of(visit.completed_at or visit.begun_at)


def _remind(session: Session, visits: Sequence[UpkeepVisit], today: date) -> None:
    reminded = {(one["contact"], visit) for one in _told(session, TODAY, today) for visit in one["visits"]}
    waits: dict[tuple[int, int, str], list[UpkeepVisit]] = defaultdict(list)
    for one in visits:
        waits[one.maintainer_party_id, one.worker_id, TO_SIGN].append(one)
        if one.second_id is not None and one.second_confirmed_at is None:
            waits[one.maintainer_party_id, one.second_id, TO_CONFIRM].append(one)
    for (party_id, contact_id, deed), theirs in waits.items():
        fresh = [one for one in theirs if (contact_id, one.id) not in reminded]
        _tell(session, party_id, TODAY, fresh, today, contact=contact_id, deed=deed, on=today.isoformat())


def _tell_companies(session: Session, visits: Sequence[UpkeepVisit], today: date) -> None:
    """Once of each record, on the morning after its day or the first one on which we are there again."""
    recent = [one for one in visits if today - _day(one) <= LONGEST_OUTAGE]
    if not recent:
        return
    told = {visit for one in _told(session, YESTERDAY, min(map(_day, recent))) for visit in one["visits"]}
    late: dict[int, list[UpkeepVisit]] = defaultdict(list)
    for one in recent:
        if one.id not in told:
            late[one.maintainer_party_id].append(one)
    for party_id, theirs in late.items():
        who = list(dict.fromkeys(session.get_one(Contact, one.worker_id).name for one in theirs))
        _tell(session, party_id, YESTERDAY, theirs, today, names=who, on=min(map(_day, theirs)).isoformat())


def _tell(
    session: Session, party_id: int, template: str, visits: Sequence[UpkeepVisit], today: date, **about: Any
) -> None:
    if not visits:
        return
    lifts = [session.get_one(Lift, one.lift_id) for one in visits]
    ids = [one.id for one in visits]
    city = lifts[0].city_id
    tell(session, city, party_id, TO_COMPANY, template, today=today, lifts=lifts, visits=ids, **about)


def _told(session: Session, template: str, since: date) -> list[dict[str, Any]]:
    """What was said with this template from a day on."""
    query = select(Notice.facts).where(Notice.planned_on >= since, Notice.template == template)
    return [(facts or {})[PAPERLESS] for facts in session.exec(query)]


def _take_back_passed(session: Session, today: date, now: datetime) -> None:
    """A reminder of a day that is over reminds of nothing."""
    query = select(Notice.id).where(
        Notice.template == TODAY, Notice.planned_on >= today - LONGEST_OUTAGE, Notice.planned_on < today
    )
    waiting = session.exec(query.where(col(Notice.status).in_(_UNSENT))).all()
    if waiting and (ids := lock_notices(session, waiting, _UNSENT)):
        cancel(session, sorted(ids), reason="the day is over", now=now)
