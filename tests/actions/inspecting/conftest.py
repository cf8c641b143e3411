"""The small city with an inspector on site; the clock moves as a test wants."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from phones.world import TODAY, World, found_world_at
from sqlmodel import Session, col, select

from actions.actors import Asked
from actions.inspecting.lapses import lapse_overdue
from actions.inspecting.onsite import find_items
from actions.inspecting.overtaken import end_overtaken
from actions.inspecting.rectify import add_evidence, submit_rectification
from actions.refusals import Refused
from schedules.planner import plan_day
from store.database import Database
from store.duties import Duty
from store.events import Event
from store.inspections import Inspection
from store.notices import Notice
from store.tasks import Task, TaskKind

DAY = timedelta(days=1)
DEADLINE = TODAY + 18 * DAY


@dataclass
class Site:
    """A store with the small city in it."""

    database: Database
    world: World
    today: date = TODAY
    taps: int = 0

    @property
    def now(self) -> datetime:
        """Noon in China."""
        return datetime.combine(self.today, time(4), tzinfo=UTC)

    @property
    def lifts(self) -> list[int]:
        """Those of our unit."""
        return self.world.lifts["own"]

    def asked(self, who: str, key: str | None = None, came_at: datetime | None = None) -> Asked:
        self.taps += 1
        with self.database.read() as session:
            actor = self.world.actor(session, who)
        return Asked(actor, self.now, self.today, key or f"tap{self.taps}", came_at)

    def do(self, verb: Callable[..., Any], who: str, key: str | None = None, **named: Any) -> Any:
        """Use a verb as this person, in a transaction of its own."""
        asked = self.asked(who, key)
        with self.database.write() as session:
            return verb(session, asked, **named)

    def refused(self, verb: Callable[..., Any], who: str, **named: Any) -> str:
        with pytest.raises(Refused) as refused:
            self.do(verb, who, **named)
        return refused.value.name

    def read(self, question: Callable[[Session], Any]) -> Any:
        with self.database.read() as session:
            return question(session)

    def with_items(self, *items: str) -> int:
        """An inspection of our first lift that found these."""
        left = self.do(
            find_items, "inspector", lift_ids=self.lifts[:1], items=items or ("门锁失效",), deadline=DEADLINE
        )
        return left.inspection_ids[0]

    def handed_in(self) -> int:
        """The same with its evidence handed in."""
        one = self.with_items()
        self.do(add_evidence, "unit_contact", inspection_id=one, number=1, note="已更换")
        self.do(submit_rectification, "unit_contact", inspection_id=one)
        return one

    def inspection(self, number: int) -> Inspection:
        return self.read(lambda session: session.get_one(Inspection, number))

    def events(self, *kinds: str) -> list[tuple[date, dict[str, Any]]]:
        query = select(Event).where(col(Event.kind).in_(kinds)).order_by(col(Event.id))
        return self.read(lambda session: [(event.on_date, event.payload or {}) for event in session.exec(query)])

    def told(self, of: str = "onsite") -> list[tuple[str, int]]:
        """The notices of a duty in their order: template and party."""
        query = select(Notice).where(Notice.duty == of).order_by(col(Notice.id))
        return self.read(lambda session: [(one.template, one.party_id) for one in session.exec(query)])

    def last_told(self, template: str) -> dict[str, Any]:
        query = select(Notice).where(Notice.template == template).order_by(col(Notice.id).desc())
        return self.read(lambda session: session.exec(query).first().facts["onsite"])

    def duty(self, kind: str) -> Duty:
        """Of our first lift, the newest one."""
        query = select(Duty).where(Duty.lift_id == self.lifts[0], Duty.kind == kind, col(Duty.withdrawn_at).is_(None))
        return self.read(lambda session: session.exec(query.order_by(col(Duty.id).desc())).first())

    def plan(self, day: date) -> list[str]:
        """The pass of a day; the templates about rectification that go out then."""
        self.today = day
        with self.database.write() as session:
            plan_day(session, today=day, now=self.now)
            end_overtaken(session, now=self.now, today=day)
            lapse_overdue(session, now=self.now, today=day)
            query = select(Notice.template).where(Notice.planned_on == day, Notice.duty == "rectification")
            return sorted(session.exec(query))

    def tasks(self) -> list[tuple[str, date, int | None]]:
        query = select(Task).where(Task.kind == TaskKind.RECTIFICATION_LAPSED).order_by(col(Task.id))
        return self.read(
            lambda session: [(one.status, one.opened_on, one.owner_party_id) for one in session.exec(query)]
        )


@pytest.fixture
def site(store_kind: str, stores: Any, tmp_path: Path) -> Any:
    """The small city, today."""
    address, world = stores.founded(store_kind, tmp_path, "city", found_world_at)
    database = Database(address)
    yield Site(database, world)
    stores.drop(database)
