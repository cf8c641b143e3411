"""Notices that may have left, and of which no provider has told for a day: a person is to look, nothing is repeated."""

from collections.abc import Collection
from datetime import date, datetime

from sqlmodel import Session

from notifier.address_book import load_departments
from notifier.deliveries import load_tried
from notifier.facts import load_facts
from notifier.outbox import GIVEN_UP, Settled, give_back, still_claimed
from notifier.tasks import key_of_party, open_task
from store.notices import GREETING, NoticeStatus
from store.tasks import TaskKind

NOT_TOLD = f"{GIVEN_UP}a day in which the provider did not say whether it left"


def set_aside(
    session: Session, notice_ids: Collection[int], *, owner: str, today: date, now: datetime
) -> list[Settled]:
    """Give these notices up, as many as are still ours; what somebody else of the party has got is sent."""
    ours = sorted(still_claimed(session, sorted(notice_ids), owner)) if notice_ids else []
    tried = load_tried(session, ours)
    told = {notice_id for notice_id in ours if tried[notice_id].told}
    settled = [
        Settled(one, NoticeStatus.SENT if one in told else NoticeStatus.FAILED, NOT_TOLD, told=one in told)
        for one in ours
    ]
    give_back(session, settled, owner=owner, today=today, now=now)
    _open_tasks(session, [notice_id for notice_id in ours if notice_id not in told], today)
    return settled


def _open_tasks(session: Session, notice_ids: list[int], today: date) -> None:
    if not notice_ids:
        return
    departments = load_departments(session)
    for facts in load_facts(session, notice_ids).values():
        if facts.step == GREETING:
            continue  # nothing that is due hangs on it
        open_task(
            session,
            TaskKind.DELIVERY_FAILED,
            key_of_party(facts.party_id),
            city_id=facts.city_id,
            today=today,
            owner_party_id=departments.of(facts.city_id, facts.area).party_id,
            party_id=facts.party_id,
            notice_id=facts.notice_id,
            detail={"unit": facts.party_name, "step": facts.step, "lifts": facts.lift_keys},
        )
