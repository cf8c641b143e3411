"""Two use units and two maintainers with all their people, and lifts of theirs; a stranger who stands at a door."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from itertools import count
from pkgutil import walk_packages
from typing import Any

import pytest
from sqlmodel import Session, col, select

import actions
from actions.actors import Actor, Asked, find_actors
from actions.alerts.escalate import escalate
from actions.people.parties import add_contact, bind_chat, find_or_add_party
from actions.registry import VERBS
from actions.running.cities import ensure_city
from notifier.prepare import preview
from notifier.writer import PreparedDelivery
from schedules.duties import rebuild
from store.database import Database
from store.lifts import Lift, LiftRole, Responsibility
from store.notices import Delivery, Notice
from store.parties import Contact, ContactRole

for module in walk_packages(actions.__path__, "actions."):
    import_module(module.name)  # their verbs are known by name

CITY = "guangzhou"
LONG_AGO = date(2020, 1, 1)
TODAY = date(2026, 11, 23)
HERE = "440106"
NOON = datetime.combine(TODAY, time(4), tzinfo=UTC)  # in China
R = ContactRole
PARTIES = {
    "ours": ("云荔物业", "u"),
    "theirs": ("石榴物业", "u"),
    "fixers": ("云荔电梯维保", "m"),
    "others": ("石榴电梯维保", "m"),
}
PEOPLE = {
    "contact": ("ours", R.UNIT_CONTACT),
    "manager": ("ours", R.SAFETY_MANAGER),
    "head": ("ours", R.LEGAL_REP),
    "their_contact": ("theirs", R.UNIT_CONTACT),
    "their_head": ("theirs", R.LEGAL_REP),
    "worker": ("fixers", R.WORKER),
    "dispatcher": ("fixers", R.MAINTAINER_CONTACT),
    "admin": ("fixers", R.MAINTAINER_ADMIN),
    "other_dispatcher": ("others", R.MAINTAINER_CONTACT),
}
CHANNELS = ("telegram", "sms", "voice", "voice:mainland", "call_task")


@dataclass
class Town:
    """Drives one store. Parties and people are known by the short names above; the chat of each is their name."""

    database: Database
    parties: dict[str, int] = field(default_factory=dict)
    contacts: dict[str, int] = field(default_factory=dict)
    taps: "count[int]" = field(default_factory=lambda: count(1))
    lifts: "count[int]" = field(default_factory=lambda: count(1))
    now: datetime = NOON

    def found(self) -> None:
        with self.database.write() as session:
            ensure_city(session, CITY, LONG_AGO)
            for name, (called, kind) in PARTIES.items():
                self.parties[name] = find_or_add_party(session, city_id=CITY, name=called, kind=kind)
            for number, (name, (party, role)) in enumerate(PEOPLE.items(), start=1):
                self.contacts[name] = add_contact(
                    session,
                    party_id=self.parties[party],
                    role=role,
                    name=name,
                    phone=f"+86140000000{number:02}",
                    as_of=LONG_AGO,
                )
                bind_chat(session, channel="telegram", address=name, contact_id=self.contacts[name])

    def lift(
        self,
        unit: str | None = "ours",
        maintainer: str | None = "fixers",
        valid_until: date | None = date(2027, 2, 28),
        **values: Any,
    ) -> int:
        """A lift with its duties."""
        number = next(self.lifts)
        key = f"3110990012017{number:04}"
        stated = {"compound": "云荔花园", "building": f"{number}栋", "internal_number": "1梯", "equipment_code": key}
        stated |= {"certificate": f"梯11粤A{number:05}(20)", "rescue_number": f"90{number:04}", "district": "天河区"}
        validity = {"valid_until": valid_until, "valid_precision": "day" if valid_until else None, "cycle": valid_until}
        with self.database.write() as session:
            lift = Lift(
                city_id=CITY, key=key, district_code=HERE, known_from=LONG_AGO, **{**stated, **validity, **values}
            )
            session.add(lift)
            session.flush()
            for role, party in ((LiftRole.USE_UNIT, unit), (LiftRole.MAINTAINER, maintainer)):
                if party is not None:
                    row = {"lift_id": lift.id, "party_id": self.parties[party], "role": role, "from_on": LONG_AGO}
                    session.add(Responsibility(**row))
            session.flush()
            rebuild(session, city_id=CITY, today=TODAY, now=self.now, lift_ids=[lift.id])
            return lift.id

    def actor(self, name: str) -> Actor:
        with self.database.read() as session:
            return find_actors(session, "telegram", name)[0]

    def do(self, verb: str, name: str, *, key: str = "", came_at: datetime | None = None, **arguments: Any) -> Any:
        """Let a person use a verb; each call is a tap of its own unless it has a `key`."""
        with self.database.write() as session:
            actor = find_actors(session, "telegram", name)[0]
            asked = Asked(actor, self.now, self.now.date(), key or f"tap-{next(self.taps)}", came_at)
            return VERBS[verb].run(session, asked, **arguments)

    def act(self, action: Callable[..., Any], **arguments: Any) -> Any:
        """Use an action that is no verb, at this moment."""
        with self.database.write() as session:
            return action(session, **arguments)

    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def notices(self) -> list[Notice]:
        with self.database.read() as session:
            return list(session.exec(select(Notice).order_by(col(Notice.id))))

    def climb(self, minutes: int = 0) -> list[str]:
        """Wait, look once at what nobody answers, and give the rungs that this has told."""
        self.wait(minutes)
        before = len(self.notices())
        self.act(escalate, now=self.now, today=self.now.date())
        return [one.step for one in self.notices()[before:]]

    def send(
        self, step: str, who: str | None = None, *, channel: str = "sms", status: str = "delivered"
    ) -> tuple[Notice, int]:
        """As if the notice of this rung had left, to this person or to a number that is nobody's in particular; the
        notice, and the attempt's id."""
        notice = next(one for one in self.notices() if one.step == step)

        def work(session: Session) -> int:
            contact = session.get(Contact, self.contacts[who]) if who else None
            address = (contact.phone if contact else "+862038000000") or ""
            row = {"channel": channel, "address": address, "template": notice.template, "template_version": "1"}
            row |= {"language": "zh", "body": "有人被困", "segments": 1, "status": status, "settled_at": self.now}
            contact_id = contact.id if contact else None
            delivery = Delivery(notice_id=notice.id, contact_id=contact_id, attempted_at=self.now, **row)
            session.add(delivery)
            session.get_one(Notice, notice.id).status = "sent"
            session.flush()
            return delivery.id

        return notice, self.in_store(work)

    def messages(self, *, channels: tuple[str, ...] = CHANNELS) -> list[PreparedDelivery]:
        """What would go out for all notices, in their order."""
        with self.database.read() as session:
            ids = session.exec(select(Notice.id).order_by(col(Notice.id))).all()
            return [one for number in ids for one in preview(session, number, channels, self.now.date())]

    def told(self) -> list[tuple[str, str]]:
        """Whom those reach and how: (name, channel); of a number that is nobody's the number."""
        return [(one.name or one.address, one.channel) for one in self.messages()]

    def read(self, query: Any) -> list[Any]:
        with self.database.read() as session:
            return list(session.exec(query))

    def in_store(self, work: Callable[[Session], Any]) -> Any:
        with self.database.write() as session:
            return work(session)


@pytest.fixture
def town(database: Database) -> Town:
    """A town that is ready."""
    made = Town(database)
    made.found()
    return made
