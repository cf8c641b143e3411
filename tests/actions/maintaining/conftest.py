"""A worker of the small city at their lifts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from phones.world import NOW, TODAY, World, found_world
from sqlmodel import Session, select

from actions.actors import Asked
from actions.people.parties import add_contact, bind_chat
from schedules.duties import rebuild
from store.database import Database
from store.doors import TELEGRAM
from store.duties import Duty
from store.events import Event, EventKind
from store.lifts import Lift
from store.zone import SHANGHAI

SECOND = 1999  # the chat of a second worker


@dataclass
class Crew:
    """`now` moves as a test wants; it is ten in the morning of Monday, 23 November 2026, in Guangzhou."""

    database: Database
    world: World
    now: datetime = NOW
    taps: int = 0

    @property
    def today(self) -> date:
        return self.now.astimezone(SHANGHAI).date()

    @property
    def lift_id(self) -> int:
        return self.world.lifts["own"][0]

    def do(
        self,
        verb: Callable[..., Any],
        who: str = "worker",
        key: str = "",
        came_at: datetime | None = None,
        **arguments: Any,
    ) -> Any:
        self.taps += 1
        with self.database.write() as session:
            asked = Asked(self.world.actor(session, who), self.now, self.today, key or f"tap{self.taps}", came_at)
            return verb(session, asked, **arguments)

    def ask(self, question: Callable[[Session], Any]) -> Any:
        with self.database.read() as session:
            return question(session)

    def visited(self, on: date, lifts: list[int] | None = None) -> None:
        """A visit on site that was recorded elsewhere."""
        with self.database.write() as session:
            for lift_id in lifts or [self.lift_id]:
                about = {"on_date": on, "known_on": on, "recorded_at": self.now, "payload": {"on": on.isoformat()}}
                session.add(Event(kind=EventKind.ONSITE_VISIT, lift_id=lift_id, **about))
            session.flush()
            rebuild(session, city_id="guangzhou", today=self.today, now=self.now, lift_ids=lifts or [self.lift_id])

    def duty(self) -> Duty:
        query = select(Duty).where(Duty.lift_id == self.lift_id, Duty.kind == "onsite_maintenance")
        return self.ask(lambda session: session.exec(query.where(Duty.withdrawn_at.is_(None))).one())


@pytest.fixture
def crew(database: Database) -> Crew:
    """The small city; its lifts are driven by traction, and the maintainer has a second worker."""
    with database.write() as session:
        world = found_world(session)
        for lift in session.exec(select(Lift)):
            lift.kind = "曳引驱动乘客电梯"
        party, phone = world.parties["maintainer"], "+8614000000999"
        second = add_contact(session, party_id=party, role="worker", name="何二", phone=phone, as_of=TODAY)
        bind_chat(session, channel=TELEGRAM, address=str(SECOND), contact_id=second)
        person = world.people["worker"]
        world.people["second"] = type(person)(second, party, person.role, SECOND, phone, "何二")
    return Crew(database, world)
