"""The made-up city, the same for the same seed: its lifts and who answers for them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from random import Random

from tixing.demo.cycles import last_inspection, month_end
from tixing.demo.data import CityData, Profile, Site, Unit
from tixing.demo.numbers import Codes, Phones, credit_code
from tixing.demo.phases import Phase, phases_of

DEFAULT_SEED = 2083
FULL_WIDTH_BRACKETS = 0.1
ESCALATORS = ("3310", "3320")
LIFTS_ON_A_FLOOR = 4


class Stated(StrEnum):
    """How the clerk wrote the next inspection date."""

    MONTH = "month"
    DAY = "day"
    BLANK = "blank"
    PAST = "past"
    NEVER = "never"


ODD_SHARES = {Stated.DAY: 0.03, Stated.BLANK: 0.01, Stated.PAST: 0.01, Stated.NEVER: 0.005}


@dataclass(frozen=True)
class DemoPerson:
    """Somebody to reach; the phone as the register states it."""

    name: str
    phone: str


@dataclass(frozen=True)
class DemoSite:
    """A compound: what all its lifts share."""

    unit: str
    unit_credit_code: str
    district_code: str
    district: str
    name: str
    use: str
    address: str
    head: DemoPerson
    officer: DemoPerson
    maintainer: str
    maintainer_head: DemoPerson
    profile: Profile
    months_given: bool
    chat: bool


@dataclass(frozen=True)
class DemoLift:
    """A row of the register. `valid_until` is a day; `stated` says what the register makes of it."""

    site: DemoSite
    number: int
    kind_code: str
    brand: int
    building: str
    internal_number: str
    certificate: str
    rescue_number: str
    equipment_code: str
    registration_code: str
    factory_number: str
    installed_pass_on: date
    last_inspected_on: date
    valid_until: date
    next_test: date | None
    stated: Stated = Stated.MONTH


@dataclass
class _Work:
    """What is shared while one city is made."""

    data: CityData
    start: date
    random: Random
    codes: Codes
    phones: Phones = field(default_factory=Phones)
    heads: dict[str, DemoPerson] = field(default_factory=dict)
    served: Counter[str] = field(default_factory=Counter)
    lifts: int = 0

    def person(self, name: str = "", phone: str = "") -> DemoPerson:
        """A person with the given name and phone, or with drawn ones."""
        people = self.data.people
        drawn = self.random.choice(people.surnames) + self.random.choice(people.given)
        return DemoPerson(name or drawn, phone or self.phones.take())


def make_city(data: CityData, start: date, seed: int = DEFAULT_SEED) -> list[DemoLift]:
    """Every lift of the city as its register states it on `start`."""
    random = Random(seed)
    work = _Work(data, start, random, Codes(data))
    work.heads.update((maintainer.name, work.person()) for maintainer in data.maintainer)
    lifts = [lift for number, unit in enumerate(data.unit, start=1) for lift in _lifts_of_unit(work, unit, number)]
    return _with_odd_dates(lifts, start, random)


def _lifts_of_unit(work: _Work, unit: Unit, number: int) -> Iterator[DemoLift]:
    head = work.person(unit.head, unit.phone)
    credit = credit_code(unit.credit, number)
    mean_age = next(district.mean_age for district in work.data.district if district.code == unit.district)
    for site in unit.sites:
        found = _make_site(work, unit, site, credit, head)
        for phase in phases_of(site, found.profile, mean_age, work.start, work.random):
            for _ in range(phase.lifts):
                yield _make_lift(work, found, phase)
        work.lifts = 0


def _make_site(work: _Work, unit: Unit, site: Site, credit: str, head: DemoPerson) -> DemoSite:
    city, district = work.data.city, work.data.district_name(unit.district)
    maintainer = _next_maintainer(work, site.lifts)
    return DemoSite(
        unit=unit.name,
        unit_credit_code=credit,
        district_code=unit.district,
        district=district,
        name=site.name,
        use=site.use,
        address=city.road.format(
            district=district, road=work.random.choice(city.roads), number=work.random.randint(2, 288)
        ),
        head=head,
        officer=work.person(site.officer, work.data.export.no_phone if site.chat else site.officer_phone),
        maintainer=maintainer,
        maintainer_head=work.heads[maintainer],
        profile=site.profile or unit.profile,
        months_given=bool(site.months),
        chat=site.chat,
    )


def _next_maintainer(work: _Work, lifts: int) -> str:
    """The maintainer that is furthest below its share of the city."""
    found = max(work.data.maintainer, key=lambda one: one.share * 6 - work.served[one.name]).name
    work.served[found] += lifts
    return found


def _make_lift(work: _Work, site: DemoSite, phase: Phase) -> DemoLift:
    kinds = work.data.use[site.use].kinds
    kind_code = work.random.choices(list(kinds), list(kinds.values()))[0]
    kind = work.data.kind[kind_code]
    building, internal_number = _describe(work, site, kind_code)
    brand = work.random.randrange(len(work.data.brands.makers))
    work.lifts += 1
    return DemoLift(
        site=site,
        number=work.lifts,
        kind_code=kind_code,
        brand=brand,
        building=building,
        internal_number=internal_number,
        certificate=work.codes.certificate(kind, phase.installed, work.random.random() < FULL_WIDTH_BRACKETS),
        rescue_number=work.codes.rescue(),
        equipment_code=work.codes.equipment(kind_code, work.data.brands.makers[brand], phase.installed),
        registration_code=work.codes.registration(kind, site.district_code, phase.installed),
        factory_number=work.codes.factory(brand, phase.installed),
        installed_pass_on=phase.installed,
        last_inspected_on=last_inspection(phase.next_test or phase.valid_until, phase.installed),
        valid_until=phase.valid_until,
        next_test=phase.next_test,
    )


def _describe(work: _Work, site: DemoSite, kind_code: str) -> tuple[str, str]:
    """The building and what people call the lift in it."""
    use = work.data.use[site.use]
    building, place = divmod(work.lifts, use.per_building)
    floor, on_floor = divmod(place, LIFTS_ON_A_FLOOR)
    pattern = use.lift if not use.other_lift or kind_code in ESCALATORS else use.other_lift
    number = on_floor + 1 if pattern == use.lift and use.other_lift else place + 1
    letter = chr(ord("A") + building)
    return (
        use.building.format(b=building + 1, letter=letter),
        pattern.format(i=number, f=floor + 1, letter=letter),
    )


def _with_odd_dates(lifts: list[DemoLift], start: date, random: Random) -> list[DemoLift]:
    """The register with the blanks, days, past dates and never-dates that real ones have."""
    order = [index for index, lift in enumerate(lifts) if not lift.site.months_given and lift.site.use != "added"]
    random.shuffle(order)
    found = list(lifts)
    for stated, share in ODD_SHARES.items():
        for _ in range(round(share * len(lifts))):
            index = order.pop()
            found[index] = replace(
                found[index], stated=stated, valid_until=_odd_day(found[index], stated, start, random)
            )
    return found


def _odd_day(lift: DemoLift, stated: Stated, start: date, random: Random) -> date:
    if stated is Stated.DAY:
        return lift.valid_until.replace(day=random.randint(1, 28))
    if stated is Stated.PAST:
        return month_end(start.year, random.randint(1, start.month - 2))
    return lift.valid_until
