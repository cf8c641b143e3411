"""A small city with somebody in every role: a unit that is ours, one that is not, and another district."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlmodel import Session

from actions.actors import Actor, find_actors
from actions.people.parties import add_contact, bind_chat, find_or_add_party
from actions.register.identifiers import normalise_identifier
from actions.running.cities import add_area_party, ensure_city
from actions.visits.rules import SETTING as SLOT_RULES
from schedules.duties import rebuild
from store.database import Database
from store.doors import TELEGRAM
from store.lifts import Lift, LiftName, LiftRole, NameKind, Responsibility
from store.parties import AreaRole, Contact, ContactRole
from store.settings import Setting

CITY = "guangzhou"
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # ten in the morning in Guangzhou
DISTRICTS = {"440106": "天河区", "440105": "海珠区"}
FIRST_CHAT, FIRST_PHONE = 1001, 14_000_000_001

SOON, LATE, PAST, FAR = date(2027, 2, 28), date(2026, 12, 31), date(2026, 10, 31), date(2027, 9, 30)

STRANGER, REVOKED = 9001, 9002  # chats that belong to nobody, and to somebody whom the register dropped


@dataclass
class Person:
    """Somebody at a party, with the chat in which they are found."""

    contact_id: int
    party_id: int
    role: ContactRole
    chat: int
    phone: str
    name: str


@dataclass
class World:
    """What was founded. `lifts` and `parties` by whose they are: own, other (same district), elsewhere (another)."""

    parties: dict[str, int] = field(default_factory=dict)
    lifts: dict[str, list[int]] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, session: Session, name: str) -> Actor:
        """Who that person is now; LookupError for somebody who is nobody."""
        found = find_actors(session, TELEGRAM, str(self.people[name].chat))
        if not found:
            raise LookupError(name)
        return found[0]


# name → (party, role); the names are those of Role where there is one of each
PEOPLE: dict[str, tuple[str, ContactRole]] = {
    "unit_contact": ("own", ContactRole.UNIT_CONTACT),
    "safety_manager": ("own", ContactRole.SAFETY_MANAGER),
    "legal_rep": ("own", ContactRole.LEGAL_REP),
    "other_contact": ("other", ContactRole.UNIT_CONTACT),
    "other_legal_rep": ("other", ContactRole.LEGAL_REP),
    "elsewhere_contact": ("elsewhere", ContactRole.UNIT_CONTACT),
    "maintainer_contact": ("maintainer", ContactRole.MAINTAINER_CONTACT),
    "maintainer_admin": ("maintainer", ContactRole.MAINTAINER_ADMIN),
    "worker": ("maintainer", ContactRole.WORKER),
    "other_worker": ("other_maintainer", ContactRole.WORKER),
    "duty_officer": ("department", ContactRole.DUTY_OFFICER),
    "inspector": ("department", ContactRole.INSPECTOR),
    "other_duty_officer": ("other_department", ContactRole.DUTY_OFFICER),
    "tester": ("testing_body", ContactRole.TESTER),
    "district_regulator": ("bureau", ContactRole.REGULATOR_OFFICER),
    "other_district_regulator": ("other_bureau", ContactRole.REGULATOR_OFFICER),
    "city_regulator": ("city_bureau", ContactRole.REGULATOR_OFFICER),
    "street_officer": ("street_office", ContactRole.STREET_OFFICER),
}
NAMES = {
    "own": "广州示例云荔物业服务有限公司",
    "other": "广州示例星桥物业管理有限公司",
    "elsewhere": "广州示例珠屿物业管理有限公司",
    "maintainer": "广州示范捷安电梯工程有限公司",
    "other_maintainer": "粤演机电有限公司",
    "department": "检验一部",
    "other_department": "检验二部",
    "testing_body": "穗样检测有限公司",
    "bureau": "天河区市场监督管理局",
    "other_bureau": "海珠区市场监督管理局",
    "city_bureau": "广州市市场监督管理局",
    "street_office": "演示街一所",
}
AREAS: dict[str, tuple[AreaRole, str]] = {
    "department": (AreaRole.INSPECTION_DEPARTMENT, "440106"),
    "other_department": (AreaRole.INSPECTION_DEPARTMENT, "440105"),
    "bureau": (AreaRole.DISTRICT_REGULATOR, "440106"),
    "other_bureau": (AreaRole.DISTRICT_REGULATOR, "440105"),
    "city_bureau": (AreaRole.CITY_REGULATOR, "*"),
}
# whose → (compound, district, lifts of each validity)
PLACES: dict[str, tuple[str, str, list[date]]] = {
    "own": ("云荔花园", "440106", [SOON] * 6 + [LATE] * 3 + [PAST] + [FAR] * 2),
    "other": ("星桥新村北区", "440106", [SOON, LATE, PAST]),
    "elsewhere": ("珠屿苑", "440105", [SOON, PAST]),
}


def found_world(session: Session) -> World:
    """Found it, with every duty derived as of TODAY. A person's chat is bound in Telegram."""
    world = World()
    # here people choose among half days, also for all lifts of a building: tests of that rule set it themselves
    session.merge(Setting(key=SLOT_RULES, value={"spread": False, "rush_until": ""}))
    ensure_city(session, CITY, date(2026, 1, 1))
    for key, name in NAMES.items():
        world.parties[key] = _party(session, key, name)
    for key, whose in PLACES.items():
        world.lifts[key] = _lifts(session, world, key, *whose)
    for number, (name, (party, role)) in enumerate(PEOPLE.items()):
        world.people[name] = _person(session, world.parties[party], role, number)
    world.people["revoked"] = _revoked(session, world)
    session.flush()
    rebuild(session, city_id=CITY, today=TODAY, now=NOW)
    return world


def found_world_at(address: str) -> World:
    """Found it in the store of this address."""
    database = Database(address)
    with database.write() as session:
        world = found_world(session)
    database.close()
    return world


def add_many_lifts(session: Session, world: World, number: int, *, compound: str = "星海名苑二期西区") -> list[int]:
    """So many more lifts of our unit, ten in a building."""
    ids = _lifts(session, world, "own", compound, "440106", [SOON] * number, first=5000, in_building=10)
    rebuild(session, city_id=CITY, today=TODAY, now=NOW, lift_ids=ids)
    world.lifts["many"] = ids
    return ids


def _party(session: Session, key: str, name: str) -> int:
    if key in AREAS:
        role, district = AREAS[key]
        return add_area_party(
            session, city_id=CITY, role=role, name=name, district_codes=[district], as_of=date(2026, 1, 1)
        )
    kind = "o" if key == "street_office" else "m" if "maintainer" in key or key == "testing_body" else "u"
    return find_or_add_party(session, city_id=CITY, name=name, kind=kind)


def _lifts(
    session: Session,
    world: World,
    key: str,
    compound: str,
    district: str,
    validities: list[date],
    *,
    first: int | None = None,
    in_building: int = 3,
) -> list[int]:
    start = first if first is not None else 1000 * (1 + list(PLACES).index(key))
    maintainer = "other_maintainer" if key == "elsewhere" else "maintainer"
    ids = []
    for number, valid_until in enumerate(validities):
        code = f"3110990012017{start + number:04d}"
        certificate = f"梯11粤A{start + number:05d}(20)"
        lift = Lift(
            city_id=CITY,
            key=code,
            district=DISTRICTS[district],
            district_code=district,
            compound=compound,
            building=f"{number // in_building + 1}栋",
            internal_number=f"{number % in_building + 1}梯",
            certificate=certificate,
            equipment_code=code,
            valid_until=valid_until,
            valid_precision="month",
            cycle=valid_until,
            known_from=date(2026, 6, 1),
        )
        session.add(lift)
        session.flush()
        for kind, name in ((NameKind.EQUIPMENT_CODE, code), (NameKind.CERTIFICATE, certificate)):
            session.add(LiftName(lift_id=lift.id, kind=kind, value=normalise_identifier(name), stated=name))
        for role, party in ((LiftRole.USE_UNIT, key), (LiftRole.MAINTAINER, maintainer)):
            session.add(
                Responsibility(lift_id=lift.id, party_id=world.parties[party], role=role, from_on=date(2026, 1, 1))
            )
        ids.append(lift.id)
    session.flush()
    return ids


def _person(session: Session, party_id: int, role: ContactRole, number: int) -> Person:
    phone, chat, name = f"+86{FIRST_PHONE + number}", FIRST_CHAT + number, f"陈{'一二三四五六七八九十'[number % 10]}鸣"
    contact_id = add_contact(session, party_id=party_id, role=role, name=name, phone=phone, as_of=date(2026, 1, 1))
    bind_chat(session, channel=TELEGRAM, address=str(chat), contact_id=contact_id)
    return Person(contact_id, party_id, role, chat, phone, name)


def _revoked(session: Session, world: World) -> Person:
    """Somebody who was our unit's contact until last month."""
    from_on, party_id = date(2026, 1, 1), world.parties["own"]
    phone = "+8614000000999"
    contact_id = add_contact(
        session, party_id=party_id, role=ContactRole.UNIT_CONTACT, name="何永安", phone=phone, as_of=from_on
    )
    bind_chat(session, channel=TELEGRAM, address=str(REVOKED), contact_id=contact_id)
    session.get_one(Contact, contact_id).to_on = date(2026, 10, 31)
    return Person(contact_id, party_id, ContactRole.UNIT_CONTACT, REVOKED, phone, "何永安")
