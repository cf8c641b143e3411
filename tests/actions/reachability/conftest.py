"""A register in which every way of being reached, or not, occurs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest

from actions.running.cities import ensure_city
from store.database import Database
from store.lifts import Lift, LiftRole, Responsibility
from store.notices import Delivery, Notice
from store.parties import Chat, Contact, ContactRole, Party

BEGAN = date(2020, 1, 1)
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@dataclass
class Register:
    """Guangzhou without lifts; the test adds units."""

    database: Database
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def found(self) -> None:
        with self.database.write() as session:
            ensure_city(session, "guangzhou", BEGAN)

    def unit(
        self,
        name: str,
        lifts: int,
        *,
        phones: Sequence[str | None] = (),
        chats: Sequence[tuple[str, bool]] = (),
        district: str = "天河区",
        role: LiftRole = LiftRole.USE_UNIT,
        **contact: Any,
    ) -> list[int]:
        """A party with so many lifts and a contact for each phone; chats are (channel, active) of the first one.

        The ids of the contacts."""
        code = {"天河区": "440106", "番禺区": "440113"}.get(district)
        with self.database.write() as session:
            party = Party(city_id="guangzhou", ref=f"u-{name}", name=name)
            session.add(party)
            session.flush()
            for _ in range(lifts):
                lift = Lift(city_id="guangzhou", key=f"k{next(self.numbers)}", district=district, district_code=code)
                session.add(lift)
                session.flush()
                session.add(Responsibility(lift_id=lift.id, party_id=party.id, role=role, from_on=BEGAN))
            people = []
            for phone in phones:
                values = {"role": ContactRole.UNIT_CONTACT, "name": f"n{phone}", "from_on": BEGAN, **contact}
                person = Contact(party_id=party.id, phone=phone, **values)
                session.add(person)
                session.flush()
                people.append(person.id)
            for channel, active in chats:
                session.add(
                    Chat(contact_id=people[0], channel=channel, address=f"c{next(self.numbers)}", active=active)
                )
            return people

    def attempt(self, contact_id: int, status: str, at: datetime = NOW, channel: str = "sms") -> None:
        """An attempt to reach a person."""
        with self.database.write() as session:
            party_id = session.get_one(Contact, contact_id).party_id
            day = at.date()
            notice = Notice(
                city_id="guangzhou", planned_on=day, send_on=day, party_id=party_id, duty="periodic_inspection",
                rule="gz.inspection", step="sms", audience="unit_contact", channel_class="sms", template="gz.sms",
            )  # fmt: skip
            session.add(notice)
            session.flush()
            session.add(
                Delivery(
                    notice_id=notice.id, contact_id=contact_id, channel=channel, template="gz.sms",
                    template_version="1", language="zh", body="…", segments=1, status=status, attempted_at=at,
                    settled_at=at,
                )
            )  # fmt: skip


@pytest.fixture
def register(database: Database) -> Callable[[], Register]:
    found = Register(database)
    found.found()
    return found
