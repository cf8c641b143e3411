"""The made-up city of a year of maintenance: contractors with workers, units that sign in different manners, lifts."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Session

from actions.people.parties import add_contact, bind_chat, find_or_add_party
from actions.running.cities import add_area_party, ensure_city
from schedules.dates import add_months, month_end
from schedules.duties import rebuild
from store.doors import TELEGRAM
from store.events import Event, EventKind
from store.lifts import Lift, LiftRole, Responsibility
from store.parties import AreaRole, ContactRole
from store.records import PlatformRole
from tixing.demo.acts import draw, draw_between

CITY, DISTRICT, DISTRICT_NAME = "guangzhou", "440106", "天河区"
FIRST_PHONE, FIRST_CHAT = 14_000_000_001, 200_001
LIFTS_A_UNIT, LIFTS_A_WORKER, FEWEST_CONTRACTORS, LIFTS_A_CONTRACTOR = 36, 40, 2, 400
FAR_MONTHS = 30  # validities so far away that nothing else is told in the year
KINDS = ("曳引驱动乘客电梯", "曳引驱动载货电梯", "液压乘客电梯", "杂物电梯", "自动扶梯")


class Manner(StrEnum):
    """How a unit stands to the records of its lifts."""

    SIGNS = "signs"
    AGREES = "agrees"
    AGREES_AND_SIGNS = "agrees_and_signs"
    SILENT = "silent"
    OBJECTS = "objects"
    WAVERS = "wavers"


SHARES = (
    (Manner.SIGNS, 0.35),
    (Manner.AGREES, 0.55),
    (Manner.AGREES_AND_SIGNS, 0.7),
    (Manner.SILENT, 0.8),
    (Manner.OBJECTS, 0.9),
    (Manner.WAVERS, 1.0),
)


@dataclass(eq=False)
class Unit:
    """A use unit; `head` is the chat of the one who signs."""

    party_id: int
    manner: Manner
    head: str
    lift_ids: list[int] = field(default_factory=list)


@dataclass(eq=False)
class Contractor:
    """A maintainer with the chats of its people. `platform`: by which way its records come."""

    party_id: int
    platform: PlatformRole
    admin: str
    workers: list[str]
    lift_ids: list[int] = field(default_factory=list)


@dataclass
class World:
    """Who was founded; units and contractors by party."""

    seed: int
    units: dict[int, Unit] = field(default_factory=dict)
    contractors: dict[int, Contractor] = field(default_factory=dict)
    unit_of: dict[int, int] = field(default_factory=dict)
    contractor_of: dict[int, int] = field(default_factory=dict)
    people: int = 0

    def chance(self, *of: object) -> float:
        """A number in [0, 1) that depends on the seed and `of` only."""
        return draw(self.seed, *of)

    def between(self, low: int, high: int, *of: object) -> int:
        """A whole number in [low, high], likewise."""
        return draw_between(low, high, self.seed, *of)


def found(session: Session, *, seed: int, lifts: int, today: date, now: datetime) -> World:
    """Found it; each lift was last visited at most two weeks before."""
    world = World(seed)
    ensure_city(session, CITY, today - timedelta(days=60))
    for role, name, district in (
        (AreaRole.INSPECTION_DEPARTMENT, "检验一部", DISTRICT),
        (AreaRole.DISTRICT_REGULATOR, "天河区市场监督管理局", DISTRICT),
        (AreaRole.CITY_REGULATOR, "广州市市场监督管理局", "*"),
    ):
        party = add_area_party(session, city_id=CITY, role=role, name=name, district_codes=[district], as_of=today)
        _person(session, world, party, ContactRole.REGULATOR_OFFICER, today)
    for number in range(max(lifts // LIFTS_A_CONTRACTOR, FEWEST_CONTRACTORS)):
        _contractor(session, world, number, lifts, today)
    for number in range(max(lifts // LIFTS_A_UNIT, 1)):
        _unit(session, world, number, today)
    _lifts(session, world, lifts, today, now)
    rebuild(session, city_id=CITY, today=today, now=now)
    return world


def _contractor(session: Session, world: World, number: int, lifts: int, today: date) -> None:
    party = find_or_add_party(session, city_id=CITY, name=f"粤演机电{number + 1}有限公司", kind="m")
    _person(session, world, party, ContactRole.MAINTAINER_CONTACT, today)
    admin = _person(session, world, party, ContactRole.MAINTAINER_ADMIN, today)
    count = max(min(lifts, LIFTS_A_CONTRACTOR) // LIFTS_A_WORKER, 2)
    team = [_person(session, world, party, ContactRole.WORKER, today) for _ in range(count)]
    platform = (PlatformRole.CITY, PlatformRole.OWN, PlatformRole.CITY, PlatformRole.THIRD_PARTY)[number % 4]
    world.contractors[party] = Contractor(party, platform, admin, team)


def _unit(session: Session, world: World, number: int, today: date) -> None:
    chance, manners = world.chance("manner", number), list(Manner)
    manner = next(one for one, share in SHARES if chance < share)
    if number < len(manners):
        manner = manners[number]  # each of them is played
    party = find_or_add_party(session, city_id=CITY, name=f"广州示例第{number + 1}物业有限公司", kind="u")
    _person(session, world, party, ContactRole.UNIT_CONTACT, today)
    world.units[party] = Unit(party, manner, _person(session, world, party, ContactRole.SAFETY_MANAGER, today))


def _person(session: Session, world: World, party: int, role: ContactRole, today: date) -> str:
    world.people += 1
    chat, phone = str(FIRST_CHAT + world.people), f"+86{FIRST_PHONE + world.people}"
    contact = add_contact(
        session, party_id=party, role=role, name=f"陈{world.people}", phone=phone, as_of=today - timedelta(days=60)
    )
    bind_chat(session, channel=TELEGRAM, address=chat, contact_id=contact)
    return chat


def _lifts(session: Session, world: World, count: int, today: date, now: datetime) -> None:
    units, contractors = list(world.units), list(world.contractors)
    until = month_end(add_months(today, FAR_MONTHS))
    rows = []
    for number in range(count):
        key = f"3110990013{number:08d}"
        lift = Lift(
            city_id=CITY,
            key=key,
            district=DISTRICT_NAME,
            district_code=DISTRICT,
            compound=f"云荔花园{number // 6 + 1}期",
            building=f"{number % 6 // 2 + 1}栋",
            internal_number=f"{number % 2 + 1}梯",
            kind=KINDS[world.between(0, len(KINDS) - 1, "kind", number // 2)],
            equipment_code=key,
            valid_until=until,
            valid_precision="month",
            cycle=until,
            known_from=today - timedelta(days=60),
        )
        session.add(lift)
        rows.append((lift, units[number * len(units) // count], contractors[number // 6 % len(contractors)]))
    session.flush()
    began = today - timedelta(days=60)
    for lift, unit, contractor in rows:
        world.unit_of[lift.id], world.contractor_of[lift.id] = unit, contractor
        world.units[unit].lift_ids.append(lift.id)
        world.contractors[contractor].lift_ids.append(lift.id)
        for role, party in ((LiftRole.USE_UNIT, unit), (LiftRole.MAINTAINER, contractor)):
            session.add(Responsibility(lift_id=lift.id, party_id=party, role=role, from_on=began))
        last = today - timedelta(days=world.between(1, 14, "last", lift.id))
        visited = Event(kind=EventKind.ONSITE_VISIT, lift_id=lift.id, on_date=last, known_on=last, recorded_at=now)
        visited.payload = {"on": last.isoformat()}
        session.add(visited)
    session.flush()
