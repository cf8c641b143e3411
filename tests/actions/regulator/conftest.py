"""A city with two districts: bureaus with officers, street offices, units with people, lifts with their dates."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from importlib import import_module
from itertools import count
from pkgutil import iter_modules
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select

import actions.regulator
from actions.actors import Actor, Asked, find_actors
from actions.people.parties import add_contact, bind_chat, find_office, find_or_add_party
from actions.registry import VERBS
from actions.regulator.street_offices import set_street_office
from actions.running.cities import ensure_city
from notifier.channels.base import OutgoingMessage, PermanentError
from notifier.channels.demo import DemoSms, DemoTelegram
from notifier.dispatch import dispatch_due
from notifier.modes import Mode
from schedules.duties import rebuild
from schedules.planner import plan_day
from store.database import Database
from store.duties import Duty
from store.lifts import Lift, LiftRole, Responsibility
from store.notices import Delivery, Notice
from store.parties import Contact, ContactRole, Party
from store.quiet import QuietHours

CITY = "guangzhou"
LONG_AGO = date(2020, 1, 1)
TODAY = date(2026, 11, 23)
HERE, THERE = "440106", "440113"
PEOPLE = {
    "ann": ("天河区市场监督管理局", ContactRole.REGULATOR_OFFICER),
    "bob": ("天河区市场监督管理局", ContactRole.REGULATOR_OFFICER),
    "there": ("番禺区市场监督管理局", ContactRole.REGULATOR_OFFICER),
    "city": ("广州市市场监督管理局", ContactRole.REGULATOR_OFFICER),
}

for module in iter_modules(actions.regulator.__path__, "actions.regulator."):
    import_module(module.name)  # its verbs are known then


def at(day: date, hour: int = 4) -> datetime:
    """That hour by UTC; 4 is noon in China."""
    return datetime.combine(day, time(hour), tzinfo=UTC)


class Phone(DemoSms):
    """The demo's phone, out of order for some numbers."""

    def __init__(self, database: Database, broken: Sequence[str]) -> None:
        super().__init__(database)
        self.broken = broken

    async def send(self, message: OutgoingMessage) -> str:
        if message.address in self.broken:
            raise PermanentError("out of order", no_such=True)
        return await super().send(message)


@dataclass
class Officials:
    """Drives one store. People are known by short names: ann and bob (天河), there (番禺), city, street, street2."""

    database: Database
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    taps: "count[int]" = field(default_factory=lambda: count(1))

    def found(self) -> None:
        with self.database.write() as session:
            ensure_city(session, CITY, LONG_AGO)
            for name, (office, role) in PEOPLE.items():
                party = find_office(session, CITY, office)
                assert party is not None, office
                self._person(session, party.id, role, name)
            for name, office, code in (
                ("street", "演示街一所", HERE),
                ("street2", "演示街二所", HERE),
                ("street_there", "演示镇所", THERE),
            ):
                party_id = set_street_office(session, city_id=CITY, district_code=code, name=office, as_of=LONG_AGO)
                self._person(session, party_id, ContactRole.STREET_OFFICER, name)

    def _person(self, session: Any, party_id: int, role: ContactRole, name: str) -> None:
        phone = f"+86140000000{next(self.numbers):02}"
        contact = add_contact(session, party_id=party_id, role=role, name=name, phone=phone, as_of=LONG_AGO)
        bind_chat(session, channel="telegram", address=name, contact_id=contact)

    def unit(self, name: str, *, kind: str = "u", chat: str = "") -> int:
        """A use unit with a contact, a safety manager and a legal representative (or a maintainer with one person)."""
        roles = (ContactRole.UNIT_CONTACT, ContactRole.SAFETY_MANAGER, ContactRole.LEGAL_REP)
        with self.database.write() as session:
            party = find_or_add_party(session, city_id=CITY, name=name, kind=kind)
            for role in roles if kind == "u" else (ContactRole.MAINTAINER_CONTACT,):
                phone = f"+86140000{next(self.numbers):05}"
                contact = add_contact(session, party_id=party, role=role, name="李小满", phone=phone, as_of=LONG_AGO)
            if chat:
                bind_chat(session, channel="telegram", address=chat, contact_id=contact)
            return party

    def lift(
        self,
        unit: int | None,
        valid_until: date = date(2026, 11, 20),
        *,
        district: str | None = HERE,
        maintainer: int | None = None,
        on: date = LONG_AGO,
        **values: Any,
    ) -> int:
        """A lift with its duties; its validity ended on Friday if nothing else is said."""
        number = next(self.numbers)
        with self.database.write() as session:
            stated = {"compound": "云荔花园", "building": f"{number}栋", "internal_number": "1梯", **values}
            stated |= {"certificate": f"梯11粤A{number:05}(20)", "equipment_code": f"3110990012017{number:04}"}
            lift = Lift(
                city_id=CITY,
                key=f"3110990012017{number:04}",
                district="天河区" if district == HERE else "番禺区",
                district_code=district,
                valid_until=valid_until,
                valid_precision="day",
                cycle=valid_until,
                known_from=LONG_AGO,
                **stated,
            )
            session.add(lift)
            session.flush()
            for role, party in ((LiftRole.USE_UNIT, unit), (LiftRole.MAINTAINER, maintainer)):
                if party is not None:
                    session.add(Responsibility(lift_id=lift.id, party_id=party, role=role, from_on=LONG_AGO))
            session.flush()
            rebuild(session, city_id=CITY, today=on, now=at(on), lift_ids=[lift.id])
            return lift.id

    def actor(self, name: str) -> Actor:
        with self.database.read() as session:
            return find_actors(session, "telegram", name)[0]

    def do(self, verb: str, name: str, *, today: date = TODAY, hour: int = 4, key: str = "", **arguments: Any) -> Any:
        """Let a person use a verb; each call is a tap of its own unless it has a `key`."""
        with self.database.write() as session:
            actor = find_actors(session, "telegram", name)[0]
            asked = Asked(actor, at(today, hour), today, key or f"tap-{next(self.taps)}")
            return VERBS[verb].run(session, asked, **arguments)

    def act(self, action: Callable[..., Any], *, today: date = TODAY, **arguments: Any) -> Any:
        """Use an action of the command line."""
        with self.database.write() as session:
            return action(session, today=today, now=at(today), **arguments)

    def plan(self, today: date = TODAY) -> None:
        with self.database.write() as session:
            plan_day(session, today=today, now=at(today))

    def hand_over(self, today: date = TODAY) -> None:
        """As if everything that is planned had gone out."""
        with self.database.write() as session:
            session.execute(
                text("UPDATE told SET state = 'told', on_date = :today WHERE state = 'reserved'"),
                {"today": today.isoformat() if self.database.is_sqlite else today},
            )
            session.execute(text("UPDATE notice SET status = 'sent' WHERE status = 'planned'"))

    def send(self, today: date = TODAY, *, hour: int = 4, broken: Sequence[str] = ()) -> None:
        """One pass over the outbox; nothing arrives at the numbers `broken`, and nobody is called."""
        channels: dict[str, Any] = {"sms": Phone(self.database, broken), "telegram": DemoTelegram(self.database)}
        given = {"now": at(today, hour), "today": today, "mode": Mode.DEMO, "owner": f"test-{next(self.numbers)}"}
        asyncio.run(dispatch_due(self.database, channels, quiet=QuietHours(), **given))

    def said(self, **values: Any) -> list[Delivery]:
        with self.database.read() as session:
            return list(session.exec(select(Delivery).filter_by(**values).order_by(col(Delivery.id))))

    def notices(self, **values: Any) -> Sequence[Notice]:
        with self.database.read() as session:
            query = select(Notice).filter_by(**values).order_by(col(Notice.id))
            return session.exec(query).all()

    def duty(self, lift_id: int) -> Duty:
        with self.database.read() as session:
            query = select(Duty).where(Duty.lift_id == lift_id, col(Duty.withdrawn_at).is_(None))
            return session.exec(query.order_by(col(Duty.due))).first()

    def party(self, name: str) -> Party:
        with self.database.read() as session:
            return session.exec(select(Party).where(Party.name == name)).one()

    def people(self, session: Any, party: int) -> Sequence[Contact]:
        return session.exec(select(Contact).where(Contact.party_id == party)).all()

    def contact_of(self, name: str) -> Contact:
        with self.database.read() as session:
            return session.exec(select(Contact).where(Contact.name == name)).one()


@pytest.fixture
def officials(database: Database) -> Officials:
    made = Officials(database)
    made.found()
    return made
