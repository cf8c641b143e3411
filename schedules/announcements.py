"""Notices outside the ladder: a corrected date, an introduction. One for each party, whatever the number of lifts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from schedules.rulebook import Rule, Telling
from store.duties import Duty, Told, ToldState
from store.lifts import Responsibility
from store.notices import Notice

CHUNK = 500
INTRODUCTION = "introduction"


@dataclass(frozen=True)
class Announcement:
    """What is announced about duties of one rule: the rung's name in the ledger and the facts of the text."""

    city_id: str
    rule: Rule
    step: str
    facts: dict[str, Any]


def announce(
    session: Session, announcement: Announcement, tellings: Sequence[Telling], duties: Sequence[Duty], today: date
) -> list[Notice]:
    """Plan one notice for each party that answers for the lifts of `duties`; nobody is told the same twice."""
    notices = []
    for index, telling in enumerate(tellings):
        for party_id, theirs in _by_party(session, duties, telling.via).items():
            untold = [duty for duty in theirs if not _is_told(session, duty, announcement.step, party_id)]
            if untold:
                notices.append(_plan(session, announcement, telling, party_id, untold, today, is_copy=index > 0))
    return notices


def _plan(
    session: Session,
    announcement: Announcement,
    telling: Telling,
    party_id: int,
    duties: Iterable[Duty],
    today: date,
    *,
    is_copy: bool,
) -> Notice:
    notice = Notice(
        city_id=announcement.city_id,
        planned_on=today,
        send_on=today,
        party_id=party_id,
        duty=announcement.rule.duty,
        rule=announcement.rule.id,
        step=announcement.step.partition(".")[0],
        audience=telling.audience,
        channel_class=telling.channel,
        template=telling.template,
        facts=announcement.facts,
    )
    session.add(notice)
    session.flush()
    for duty in duties:
        assert duty.due is not None
        session.merge(
            Told(
                duty_id=duty.id,
                due=duty.due,
                step=announcement.step,
                party_id=party_id,
                state=ToldState.RESERVED,
                notice_id=notice.id,
                on_date=today,
                is_copy=is_copy,
            )
        )
    session.flush()
    return notice


def _by_party(session: Session, duties: Sequence[Duty], via: str) -> dict[int, list[Duty]]:
    by_lift: dict[int, list[Duty]] = defaultdict(list)
    for duty in duties:
        if duty.lift_id is not None and duty.due is not None:
            by_lift[duty.lift_id].append(duty)
    found: dict[int, list[Duty]] = defaultdict(list)
    lift_ids = sorted(by_lift)
    for start in range(0, len(lift_ids), CHUNK):
        query = select(Responsibility).where(
            col(Responsibility.lift_id).in_(lift_ids[start : start + CHUNK]),
            Responsibility.role == via,
            col(Responsibility.to_on).is_(None),
        )
        for responsibility in session.exec(query):
            found[responsibility.party_id].extend(by_lift[responsibility.lift_id])
    return found


def _is_told(session: Session, duty: Duty, step: str, party_id: int) -> bool:
    row = session.get(Told, (duty.id, duty.due, step, party_id))
    return row is not None and row.state != ToldState.RELEASED
