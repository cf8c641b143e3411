"""The made-up institute: districts with a department and a bureau each, units that behave differently, their lifts."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session, select

from actions.people.parties import add_contact, bind_chat, find_or_add_party
from actions.register.identifiers import normalise_identifier
from actions.running.cities import add_area_party, ensure_city
from actions.visits.slots import set_usual_places
from schedules.dates import add_months, month_end
from schedules.duties import rebuild
from store.doors import TELEGRAM
from store.lifts import Lift, LiftName, LiftRole, NameKind, Responsibility
from store.parties import AreaRole, ContactRole
from tixing.demo.acts import draw, draw_between

CITY = "guangzhou"
DISTRICTS = {"440105": "海珠区", "440106": "天河区", "440111": "白云区"}
MAINTAINERS = 6
FIRST_PHONE, FIRST_CHAT = 14_000_000_001, 100_001
YEAR = 12  # months between inspections
OVERDUE_MONTHS, MONTHS_AHEAD = 1, 14  # validities at the beginning: from last month to early next year
HEADS = (ContactRole.SAFETY_MANAGER, ContactRole.LEGAL_REP)


class Manner(StrEnum):
    """How a unit behaves."""

    PROMPT = "prompt"
    LATE = "late"
    SILENT = "silent"
    WRONG_NUMBER = "wrong_number"
    CHANGES_CONTACT = "changes_contact"
    DISPUTES = "disputes"


SHARES = (
    (Manner.PROMPT, 0.45),
    (Manner.LATE, 0.65),
    (Manner.SILENT, 0.75),
    (Manner.WRONG_NUMBER, 0.83),
    (Manner.CHANGES_CONTACT, 0.91),
    (Manner.DISPUTES, 1.0),
)


@dataclass(eq=False)
class Unit:
    """A use unit; `contact` and `head` are the chats in which its people stand."""

    party_id: int
    manner: Manner
    contact: str
    head: str
    contact_id: int
    lift_ids: list[int] = field(default_factory=list)


@dataclass
class Desk:
    """An inspection department, with the chats of its people, and the bureau of its district."""

    party_id: int
    officer: str
    inspectors: list[str]
    bureau_id: int
    bureau_officer: str


@dataclass
class World:
    """Who was founded: departments by district, units and maintainers by party; `dead` are numbers nobody has,
    `closed` days on which nobody goes out."""

    seed: int
    desks: dict[str, Desk] = field(default_factory=dict)
    units: dict[int, Unit] = field(default_factory=dict)
    maintainers: dict[int, str] = field(default_factory=dict)
    unit_of: dict[int, int] = field(default_factory=dict)
    maintainer_of: dict[int, int] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)
    closed: set[date] = field(default_factory=set)
    people: int = 0

    def chance(self, *of: object) -> float:
        """A number in [0, 1) that depends on the seed and `of` only."""
        return draw(self.seed, *of)

    def between(self, low: int, high: int, *of: object) -> int:
        """A whole number in [low, high], likewise."""
        return draw_between(low, high, self.seed, *of)

    def district_of(self, unit: int) -> str:
        """The district in which the lifts of this unit stand at first."""
        return list(DISTRICTS)[self.between(0, len(DISTRICTS) - 1, "district", unit)]

    def number(self) -> tuple[str, str]:
        """A telephone number and a chat that nobody has yet."""
        self.people += 1
        return f"+86{FIRST_PHONE + self.people}", str(FIRST_CHAT + self.people)


def found(session: Session, *, seed: int, lifts: int, units: int, inspectors: int, today: date, now: datetime) -> World:
    """Found it with every duty derived as of `today`."""
    world = World(seed)
    ensure_city(session, CITY, today)
    for code, name in DISTRICTS.items():
        world.desks[code] = _desk(session, world, code, name, inspectors // len(DISTRICTS), today)
    city = add_area_party(
        session,
        city_id=CITY,
        role=AreaRole.CITY_REGULATOR,
        name="广州市市场监督管理局",
        district_codes=["*"],
        as_of=today,
    )
    _person(session, world, city, ContactRole.REGULATOR_OFFICER, today)
    for number in range(MAINTAINERS):
        party = find_or_add_party(session, city_id=CITY, name=f"粤演机电{number + 1}有限公司", kind="m")
        world.maintainers[party] = _person(session, world, party, ContactRole.MAINTAINER_CONTACT, today)[1]
    for number in range(units):
        _unit(session, world, number, today)
    _lifts(session, world, lifts, today)
    rebuild(session, city_id=CITY, today=today, now=now)
    return world


def _desk(session: Session, world: World, code: str, name: str, inspectors: int, today: date) -> Desk:
    role = AreaRole.INSPECTION_DEPARTMENT
    party = add_area_party(session, city_id=CITY, role=role, name=f"{name}检验部", district_codes=[code], as_of=today)
    bureau = add_area_party(
        session,
        city_id=CITY,
        role=AreaRole.DISTRICT_REGULATOR,
        name=f"{name}市场监督管理局",
        district_codes=[code],
        as_of=today,
    )
    set_usual_places(session, party, 2 * max(inspectors, 1))
    officer = _person(session, world, party, ContactRole.DUTY_OFFICER, today)[1]
    team = [_person(session, world, party, ContactRole.INSPECTOR, today)[1] for _ in range(inspectors)]
    return Desk(party, officer, team, bureau, _person(session, world, bureau, ContactRole.REGULATOR_OFFICER, today)[1])


def _unit(session: Session, world: World, number: int, today: date) -> None:
    chance = world.chance("manner", number)
    manner = next(one for one, share in SHARES if chance < share)
    party = find_or_add_party(session, city_id=CITY, name=f"广州示例第{number + 1}物业有限公司", kind="u")
    contact_id, contact = _person(
        session, world, party, ContactRole.UNIT_CONTACT, today, dead=manner is Manner.WRONG_NUMBER
    )
    head = ""
    for role in HEADS:
        head = _person(session, world, party, role, today)[1]
    world.units[party] = Unit(party, manner, contact, head, contact_id)


def _person(
    session: Session, world: World, party: int, role: ContactRole, today: date, *, dead: bool = False
) -> tuple[int, str]:
    """A person with a number and a chat; of a dead number there is no chat either."""
    phone, chat = world.number()
    name = f"陈{world.people}"
    contact = add_contact(session, party_id=party, role=role, name=name, phone=phone, as_of=today)
    if dead:
        world.dead.add(phone)
    else:
        bind_chat(session, channel=TELEGRAM, address=chat, contact_id=contact)
    return contact, chat


def _lifts(session: Session, world: World, count: int, today: date) -> None:
    units, maintainers = list(world.units), list(world.maintainers)
    rows: dict[int, tuple[int, int]] = {}
    for number in range(count):
        unit = units[number * len(units) // count]
        compound = number // 6  # of one place and mostly of one month
        code = world.district_of(unit)
        months = world.between(-OVERDUE_MONTHS, MONTHS_AHEAD, "validity", number if number % 9 == 0 else -compound)
        until = month_end(add_months(today, months))
        key = f"3110990012{number:08d}"
        lift = Lift(
            city_id=CITY,
            key=key,
            district=DISTRICTS[code],
            district_code=code,
            compound=f"云荔花园{compound + 1}期",
            building=f"{number % 6 // 2 + 1}栋",
            internal_number=f"{number % 2 + 1}梯",
            equipment_code=key,
            valid_until=until,
            valid_precision="month",
            cycle=until,
            known_from=today,
        )
        session.add(lift)
        rows[number] = unit, maintainers[compound % len(maintainers)]
    session.flush()
    for lift_id, key in session.exec(select(Lift.id, Lift.key).order_by(Lift.key)).all():
        unit, maintainer = rows[int(key[-8:])]
        name = normalise_identifier(key)
        session.add(LiftName(lift_id=lift_id, kind=NameKind.EQUIPMENT_CODE, value=name, stated=key))
        for role, party in ((LiftRole.USE_UNIT, unit), (LiftRole.MAINTAINER, maintainer)):
            session.add(Responsibility(lift_id=lift_id, party_id=party, role=role, from_on=today))
        world.unit_of[lift_id], world.maintainer_of[lift_id] = unit, maintainer
        world.units[unit].lift_ids.append(lift_id)
    session.flush()
