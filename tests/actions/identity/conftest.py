"""People of two units and an office, to find out who they are."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from actions.actors import Actor, Asked, find_actors
from actions.identity.bindings import bind_people
from actions.identity.doors import bind_by_contact
from actions.identity.sign_in import ask_code, check_code
from actions.people.parties import add_contact, find_or_add_party
from store.database import Database
from store.lifts import City, Lift, LiftRole, Responsibility
from store.parties import AreaRole, Contact, ContactRole, Jurisdiction

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
HERE = "192.0.2.1"
CHEN, LI, WANG, NOBODY = "+8614000000001", "+8614000000002", "+8614000000003", "+8614000000009"


@dataclass
class Town:
    """Chen serves two units, Li the second one, Wang is a duty officer."""

    units: list[int] = field(default_factory=list)
    office: int = 0
    chen: list[int] = field(default_factory=list)
    li: int = 0
    wang: int = 0
    now: datetime = NOW
    today: date = TODAY
    key: bytes = b"k" * 32
    chen_phone: str = CHEN
    li_phone: str = LI
    wang_phone: str = WANG
    nobody: str = NOBODY

    def later(self, **time: float) -> datetime:
        """A moment after now."""
        return self.now + timedelta(**time)

    def share(self, database: Database, **otherwise: Any) -> list[Actor]:
        """Chen shares their own contact in a chat of their own; whom it binds."""
        told: dict[str, Any] = {"channel": "telegram", "address": "42", "user_id": 42, "contact_user_id": 42}
        told |= {"phone": "8614000000001", "now": self.now}
        with database.write() as session:
            return bind_by_contact(session, **(told | otherwise))


@pytest.fixture
def town(database: Database) -> Town:
    """The store with these people in it."""
    town = Town()
    with database.write() as session:
        session.add(City(id="guangzhou", name="广州市"))
        session.flush()
        for name in ("广州示例云荔物业服务有限公司", "广州示例珠浦物业服务有限公司"):
            town.units.append(find_or_add_party(session, city_id="guangzhou", name=name, kind="u"))
        town.office = find_or_add_party(session, city_id="guangzhou", name="示例检验所", kind="o")

        def add(party: int, role: ContactRole, name: str, phone: str) -> int:
            return add_contact(session, party_id=party, role=role, name=name, phone=phone, as_of=TODAY)

        town.chen = [add(unit, ContactRole.UNIT_CONTACT, "陈一鸣", CHEN) for unit in town.units]
        town.li = add(town.units[1], ContactRole.SAFETY_MANAGER, "李二", LI)
        town.wang = add(town.office, ContactRole.DUTY_OFFICER, "王五", WANG)
        department = AreaRole.INSPECTION_DEPARTMENT
        session.add(
            Jurisdiction(city_id="guangzhou", district_code="*", role=department, party_id=town.office, from_on=TODAY)
        )
    return town


@pytest.fixture
def asks(database: Database, town: Town) -> Callable[..., Asked]:
    """`asks(contact_id, key=…)`: this person, in a chat of their own that their number has opened."""

    def make(contact_id: int, *, key: str = "", now: datetime = NOW) -> Asked:
        with database.write() as session:
            phone = session.get_one(Contact, contact_id).phone
            assert phone is not None
            bind_people(session, channel="telegram", address=f"chat of {phone}", phone=phone, now=NOW)
            actors = find_actors(session, "telegram", f"chat of {phone}")
        [actor] = [one for one in actors if one.contact_id == contact_id]
        return Asked(actor, now, TODAY, key)

    return make


@pytest.fixture
def place(database: Database, town: Town) -> Callable[..., int]:
    """`place(unit, compound, building)`: a lift there; its id."""

    def add(unit: int, compound: str, building: str) -> int:
        with database.write() as session:
            lift = Lift(city_id="guangzhou", key=f"{compound}{building}", compound=compound, building=building)
            session.add(lift)
            session.flush()
            lift.district_code = "440106"
            session.add(Responsibility(lift_id=lift.id, party_id=unit, role=LiftRole.USE_UNIT, from_on=TODAY))
            return lift.id

    return add


@pytest.fixture
def ask(database: Database, town: Any) -> Callable[..., str | None]:
    """`ask(phone)` → the code that is sent, if any."""

    def do(phone: str, *, minutes: float = 0, address: str = HERE) -> str | None:
        with database.write() as session:
            asked = ask_code(session, phone, address, town.later(minutes=minutes), key=town.key)
        assert (asked.to_send is None) == (asked.code is None)
        return asked.code

    return do


@pytest.fixture
def check(database: Database, town: Any) -> Callable[..., int | None]:
    """`check(phone, code)` → the account, if that was right."""

    def do(phone: str, code: str, *, minutes: float = 0, address: str = HERE) -> int | None:
        with database.write() as session:
            return check_code(session, phone, code, address, town.later(minutes=minutes), key=town.key)

    return do
