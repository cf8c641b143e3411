"""A department with callers."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import select

from actions.desk.call_list import open_calls
from actions.desk.calls import Press
from notifier.call_receipts import take_call_receipts
from notifier.channels.call_task import CallTasks
from store.parties import Contact
from store.tasks import Task, TaskKind

FIRST = "+8614000000001"
MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 on a Monday in China


class Desk:
    """A department with callers: calls are opened by notices, and outcomes pressed."""

    def __init__(self, world: Any, dispatch: Any) -> None:
        self.world, self.dispatch = world, dispatch
        self.taps = 0

    def call(self, *phones: str, lifts: int = 2, template: str = "gz.call") -> int:
        """A notice that opens a call to the first of these numbers; its id."""
        unit = self.world.party()
        for phone in phones or (FIRST,):
            self.world.contact(unit, phone=phone)
        notice: int = self.world.notice(unit, self.world.lifts(unit, lifts), template)
        self.send()
        return notice

    def send(self, now: datetime = MORNING, *others: Any) -> None:
        self.dispatch(CallTasks(self.world.database), *others, now=now)

    def open(self) -> list[Any]:
        return self.world.change(open_calls)

    def press(
        self, verb: Callable[..., bool], task: int, *, now: datetime = MORNING, key: str = "", **more: Any
    ) -> bool:
        self.taps += 1
        press = Press(task, "陈一鸣", key or f"tap-{self.taps}", now, date(2026, 11, 23), note="说下周来")
        changed = self.world.change(lambda session: verb(session, press, **more))
        self.world.change(lambda session: take_call_receipts(session, now=now))
        return bool(changed)

    def gone(self, session: Any, phone: str) -> None:
        """The register has no more this person."""
        for contact in session.exec(select(Contact).where(Contact.phone == phone)):
            contact.to_on = date(2026, 11, 24)

    def tasks(self, kind: TaskKind) -> list[Task]:
        return self.world.all(Task, Task.kind == kind)


@pytest.fixture
def desk(world: Any, dispatch: Any) -> Desk:
    return Desk(world, dispatch)
