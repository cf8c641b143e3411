"""What waits at the desk, in the order in which it cannot wait."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from actions.desk.day import calls_of_desk
from actions.desk.tasks import MOST, tasks_of_desk
from store.notices import Notice
from store.tasks import Task, TaskKind

pytestmark = pytest.mark.one_store


def test_people_who_are_shut_in_stand_before_everything_that_is_older(place: Any):
    owner = {"city_id": "guangzhou", "owner_party_id": place.parties["天河检验部"]}

    def call(session: Session, duty: str, days: int) -> None:
        notice = Notice(
            city_id="guangzhou", planned_on=place.today, send_on=place.today, party_id=place.parties["云荔物业"],
            duty=duty, rule="", step="call", audience="unit_contact", channel_class="call", template="gz.call",
        )  # fmt: skip
        session.add(notice)
        session.flush()
        opened = place.today - timedelta(days=days)
        session.add(Task(kind=TaskKind.CALL, key=duty, notice_id=notice.id, opened_on=opened, **owner))

    def settle(session: Session) -> None:
        for number in range(MOST):
            session.add(Task(kind=TaskKind.NO_CONTACT, key=str(number), opened_on=place.today, **owner))
        opened = place.today + timedelta(days=1)
        session.add(Task(kind=TaskKind.ENTRAPMENT_UNANSWERED, key="alert:1", opened_on=opened, **owner))
        call(session, "periodic_inspection", 3)
        call(session, "entrapment", 0)
        session.add(Task(kind=TaskKind.CALL, key="by hand", opened_on=place.today, **owner))

    place.write(settle)
    tasks = place.do(tasks_of_desk, "何值班")
    assert (len(tasks), tasks[0].kind) == (MOST, TaskKind.ENTRAPMENT_UNANSWERED)
    days = [(place.today - one.opened_on).days for one in place.do(calls_of_desk, "何值班")]
    assert days == [0, 3, 0], "then the oldest"
