"""A maintainer that uploads records in the small city, and the unit that is to sign them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from phones.world import NOW, TODAY, World, found_world
from sqlalchemy import update
from sqlmodel import Session, col, or_, select

from actions.actors import Asked
from actions.people.consents import consent_text, give_consent
from actions.records.content import RecordContent
from actions.records.defaults import end_days
from actions.records.upload import Origin, upload_record
from notifier.channels.demo import DemoSms, DemoTelegram
from notifier.channels.webchat import WebChat
from notifier.dispatch import dispatch_due
from notifier.modes import Mode
from store.database import Database
from store.notices import RECORD_SIGNATURE, Delivery, Notice
from store.parties import Chat
from store.quiet import QuietHours
from store.records import MaintenanceRecord, RecordEntry
from store.zone import SHANGHAI


@dataclass
class Contractor:
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

    def content(self, **said: Any) -> RecordContent:
        """A visit with nothing wrong, that ended ten minutes ago."""
        done = self.now - timedelta(minutes=10)
        worker = {"name": "何师傅", "certificate": "粤A-0001", "signed_at": done}
        ordinary = {"kind": "half_month", "table": "tsg-t5002-2017", "lift_class": "A", "count": 31}
        return RecordContent.model_validate({**ordinary, "completed_at": done, "workers": [worker], **said})

    def origin(self, **given: Any) -> Origin:
        self.taps += 1
        return Origin(**{"maintainer_id": self.world.parties["maintainer"], "key": f"upload{self.taps}", **given})

    def upload(self, *, lift_id: int = 0, origin: Origin | None = None, **said: Any) -> MaintenanceRecord:
        with self.database.write() as session:
            return upload_record(
                session,
                lift_id or self.lift_id,
                self.content(**said),
                origin or self.origin(),
                now=self.now,
                today=self.today,
            )

    def do(
        self,
        verb: Callable[..., Any],
        who: str = "safety_manager",
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

    def send(self) -> list[Notice]:
        """Have everything leave that may leave now; what left."""
        with self.database.write() as session:
            ready = (Notice.status == "planned", or_(col(Notice.not_before).is_(None), Notice.not_before <= self.now))
            notices = list(session.exec(select(Notice).where(*ready, Notice.duty == RECORD_SIGNATURE)))
            for one in notices:
                one.status = "sent"
                said = {"channel": "telegram", "template": one.template, "template_version": "", "language": "zh"}
                at = {"attempted_at": self.now, "sent_at": self.now, "settled_at": self.now}
                session.add(Delivery(notice_id=one.id, body="", segments=1, status="sent", **said, **at))
            session.add_all(notices)
            return notices

    def dispatch(self) -> list[Delivery]:
        """One pass of the dispatcher; all that has left about records."""
        self.taps += 1
        channels: Any = {"sms": DemoSms(self.database), "telegram": DemoTelegram(self.database)}
        channels["webchat"] = WebChat(self.database)
        given = {"now": self.now, "today": self.today, "mode": Mode.DEMO, "owner": f"t{self.taps}"}
        asyncio.run(dispatch_due(self.database, channels, quiet=QuietHours(), **given))
        query = select(Delivery).join(Notice).where(Notice.duty == RECORD_SIGNATURE).order_by(col(Delivery.id))
        return self.ask(lambda session: list(session.exec(query)))

    def drop_chats(self, *whose: str) -> None:
        """These people have no chat; if not said, nobody of the unit."""
        own = [name for name, one in self.world.people.items() if one.party_id == self.world.parties["own"]]
        people = [self.world.people[name].contact_id for name in whose or own]
        with self.database.write() as session:
            session.execute(update(Chat).where(col(Chat.contact_id).in_(people)).values(active=False))

    def end_day(self) -> int:
        with self.database.write() as session:
            return end_days(session, today=self.today, now=self.now)

    def at(self, hour: int, minute: int = 0, *, day: int = 23) -> None:
        """It is so late on a day of November 2026."""
        self.now = datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)

    def consent(self) -> None:
        self.do(give_consent, "legal_rep", version=consent_text().version, language="zh")

    def state(self, record: MaintenanceRecord) -> str:
        return self.ask(lambda session: session.get_one(MaintenanceRecord, record.id).state)

    def entries(self, lift_id: int = 0) -> list[RecordEntry]:
        query = select(RecordEntry).where(RecordEntry.lift_id == (lift_id or self.lift_id))
        return self.ask(lambda session: list(session.exec(query.order_by(col(RecordEntry.seq)))))


@pytest.fixture
def contractor(database: Database) -> Contractor:
    """The small city of the bot's tests."""
    with database.write() as session:
        world = found_world(session)
    assert NOW.astimezone(SHANGHAI).date() == TODAY
    return Contractor(database, world)
