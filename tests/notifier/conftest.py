"""A small city to tell things in, and channels that we wrote ourselves."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlmodel import Session, col, select

from notifier.channels.base import UNLIMITED, CannotTell, Channel, EarlierAttempt, OutgoingMessage
from notifier.dispatch import dispatch_due
from notifier.modes import Mode
from notifier.passes import DispatchSummary
from store.database import Database
from store.duties import Duty, StepDate, Told, ToldState
from store.histories import read_histories
from store.lifts import City, Lift, LiftRole, Responsibility
from store.notices import Delivery, Notice
from store.parties import AreaRole, Chat, Contact, ContactRole, Jurisdiction, Party

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
V = date(2027, 2, 28)
LADDER = [
    ("sms", date(2026, 11, 27)),
    ("call", date(2026, 12, 28)),
    ("target", date(2027, 1, 28)),
    ("backstop", date(2027, 2, 19)),
    ("list", date(2027, 2, 18)),
    ("overdue", date(2027, 3, 1)),
]
AUDIENCE_OF = {
    "gz.sms": ("unit_contact", "sms", "sms"),
    "gz.call": ("unit_head", "call", "call"),
    "gz.late": ("unit_contact_and_manager", "sms", "target"),
    "gz.sms.maint": ("maintainer", "chat", "sms"),
    "gz.unbooked": ("district_regulator", "chat", "list"),
}


@dataclass
class World:
    """Guangzhou with one inspection department; everything else is added by the test."""

    database: Database
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def found(self) -> None:
        """The city and its department."""
        with self.database.write() as session:
            session.add(City(id="guangzhou", name="广州市"))
            session.flush()
            session.add(Party(id=900, city_id="guangzhou", ref="o-900", name="检验一部"))
            session.flush()
            session.add(
                Jurisdiction(
                    city_id="guangzhou",
                    district_code="*",
                    role=AreaRole.INSPECTION_DEPARTMENT,
                    party_id=900,
                    from_on=date(2020, 1, 1),
                )
            )
            session.add(Contact(party_id=900, role=ContactRole.DUTY_OFFICER, name="陈一鸣", from_on=date(2020, 1, 1)))
            for seq, (step, day) in enumerate(LADDER, start=1):
                session.add(
                    StepDate(
                        rule="gz.inspection",
                        due=V,
                        seq=seq,
                        step=step,
                        version="test",
                        opens_on=day,
                        latest_on=day,
                        practical_on=day,
                        tell_from=day,
                        tell_by=day,
                        spread=False,
                    )
                )

    def party(self, name: str = "广州示例云荔物业服务有限公司", *, language: str = "zh") -> int:
        """A party without contacts."""
        with self.database.write() as session:
            party = Party(city_id="guangzhou", ref=f"u-{next(self.numbers)}", name=name, language=language)
            session.add(party)
            session.flush()
            return party.id

    def contact(
        self,
        party_id: int,
        role: ContactRole = ContactRole.UNIT_CONTACT,
        phone: str | None = None,
        *,
        name: str = "李小满",
        synthetic: bool = False,
        chats: Sequence[tuple[str, str]] = (),
    ) -> int:
        """A person at the party with chats (channel, address)."""
        with self.database.write() as session:
            contact = Contact(
                party_id=party_id, role=role, name=name, phone=phone, synthetic=synthetic, from_on=date(2026, 1, 1)
            )
            session.add(contact)
            session.flush()
            for channel, address in chats:
                session.add(Chat(contact_id=contact.id, channel=channel, address=address))
            return contact.id

    def unit(self, phone: str | None = "+8614000000001", **contact: Any) -> int:
        """A use unit with one contact."""
        party_id = self.party()
        self.contact(party_id, phone=phone, **contact)
        return party_id

    def lifts(self, unit_id: int, number: int = 1, **values: Any) -> list[int]:
        """Lifts of a use unit, each with its open duty due on V (28 February 2027). The ids of the duties."""
        duties = []
        with self.database.write() as session:
            for _ in range(number):
                k = next(self.numbers)
                stated = {
                    "compound": "云荔花园",
                    "building": f"{k}栋",
                    "internal_number": "1梯",
                    "district": "天河区",
                    "district_code": "440106",
                    "certificate": f"梯11粤A{k:05}(20)",
                    "valid_until": V,
                    "valid_precision": "month",
                    "cycle": V,
                    **values,
                }
                lift = Lift(city_id="guangzhou", key=f"3110990012017{k:04}", **stated)
                session.add(lift)
                session.flush()
                held = {"lift_id": lift.id, "from_on": date(2020, 1, 1)}
                session.add(Responsibility(party_id=unit_id, role=LiftRole.USE_UNIT, **held))
                duty = Duty(rule="gz.inspection", kind="periodic_inspection", lift_id=lift.id, cycle=str(V), due=V)
                session.add(duty)
                session.flush()
                duties.append(duty.id)
        return duties

    def notice(
        self, party_id: int, duty_ids: Sequence[int], template: str = "gz.sms", *, on: date = TODAY, **values: Any
    ) -> int:
        """A planned notice as the planner writes it, with its reserved rows in the ledger."""
        audience, channel_class, step = AUDIENCE_OF.get(template, ("unit_contact", "sms", template))
        with self.database.write() as session:
            planned = {
                "city_id": "guangzhou",
                "planned_on": on,
                "send_on": on,
                "party_id": party_id,
                "duty": "periodic_inspection",
                "rule": "gz.inspection",
                "step": step,
                "audience": audience,
                "channel_class": channel_class,
                "template": template,
                **values,
            }
            notice = Notice(**planned)
            session.add(notice)
            session.flush()
            for duty_id in duty_ids:
                session.add(
                    Told(
                        duty_id=duty_id,
                        due=V,
                        step=notice.step,
                        party_id=party_id,
                        state=ToldState.RESERVED,
                        notice_id=notice.id,
                        on_date=on,
                    )
                )
            return notice.id

    def status(self, notice_id: int) -> str:
        """The notice's status now."""
        with self.database.read() as session:
            return session.exec(select(Notice.status).where(Notice.id == notice_id)).one()

    def get(self, notice_id: int) -> Notice:
        """The notice now."""
        with self.database.read() as session:
            return session.exec(select(Notice).where(Notice.id == notice_id)).one()

    def told(self, notice_id: int) -> list[str]:
        """The states of its rows in the ledger."""
        with self.database.read() as session:
            rows = session.exec(select(Told.state).where(Told.notice_id == notice_id))
            return sorted(rows)

    def deliveries(self, notice_id: int) -> list[Delivery]:
        """Its attempts in their order."""
        with self.database.read() as session:
            return list(
                session.exec(select(Delivery).where(Delivery.notice_id == notice_id).order_by(col(Delivery.id)))
            )

    def history(self, notice_id: int) -> list[tuple[str, str]]:
        """(status, detail) of its history."""
        with self.database.read() as session:
            return [(status, detail) for _, status, detail in read_histories(session, [notice_id])[notice_id]]

    def all(self, model: Any, *where: Any) -> list[Any]:
        """All rows of a table."""
        with self.database.read() as session:
            return list(session.exec(select(model).where(*where)))

    def change(self, action: Callable[[Session], Any]) -> Any:
        """Do something in a write transaction."""
        with self.database.write() as session:
            return action(session)


@pytest.fixture
def world(database: Database) -> World:
    """A founded city in an empty store."""
    world = World(database)
    world.found()
    return world


class FakeChannel:
    """A channel that keeps what it was given; the errors put into `answers` are raised one after the other."""

    def __init__(
        self, name: str = "sms", *, answers: Sequence[BaseException | None] = (), can_tell: bool = False
    ) -> None:
        self.name = self.prefix = name  # two of one name need prefixes of their own for their ids
        self.sent: list[OutgoingMessage] = []
        self.answers = list(answers)
        self.can_tell = can_tell
        self.arrived: dict[tuple[int, str], str] = {}
        self.list_lag = timedelta(minutes=10)
        self.rates = UNLIMITED

    async def send(self, message: OutgoingMessage) -> str:
        """Keep the message, or raise what was ordered."""
        await asyncio.sleep(0)
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.sent.append(message)
        provider_id = f"{self.prefix}-{len(self.sent)}"
        self.arrived[(message.prepared.notice_id, message.address)] = provider_id
        return provider_id

    async def find(self, attempt: EarlierAttempt) -> list[str]:
        """What arrived, for a channel that can tell."""
        if not self.can_tell:
            raise CannotTell("this fake is like Telegram")
        arrived = self.arrived.get((attempt.notice_id, attempt.address))
        return [arrived] if arrived else []

    async def close(self) -> None:
        """Nothing is held."""

    @property
    def addresses(self) -> list[str]:
        """Where messages went."""
        return [message.address for message in self.sent]


@pytest.fixture
def make_channel() -> type[FakeChannel]:
    """`make_channel("sms", answers=[TemporaryError("busy")])`."""
    return FakeChannel


Dispatch = Callable[..., DispatchSummary]


@pytest.fixture
def dispatch(world: World) -> Dispatch:
    """One pass: `dispatch(sms, chat, mode=…, guests=…, now=…, today=…)`."""

    def run(*channels: Channel, **options: Any) -> DispatchSummary:
        values = {"now": NOW, "today": TODAY, "mode": Mode.LIVE, "owner": f"test-{next(world.numbers)}", **options}
        return asyncio.run(dispatch_due(world.database, {channel.name: channel for channel in channels}, **values))

    return run


@pytest.fixture
def now() -> datetime:
    """The morning of 23 November 2026."""
    return NOW


@pytest.fixture
def today() -> date:
    """23 November 2026, a Monday."""
    return TODAY
