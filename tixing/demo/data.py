"""The made-up city as it stands in city.toml, checked on reading."""

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict


class Profile(StrEnum):
    """After which rung a use unit acts (domain knowledge, shares in city.toml)."""

    PROMPT = "prompt"
    AFTER_CALL = "after_call"
    AFTER_TARGET = "after_target"
    AFTER_LAST = "after_last"
    LISTED = "listed"
    DEAD_NUMBER = "dead_number"


class Part(BaseModel):
    """A table of city.toml; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CityFacts(Part):
    """What holds for the whole city; `road` is a pattern of district, road and number."""

    id: str
    name: str
    body: str
    certificate_region: str
    road: str
    roads: list[str]


class People(Part):
    """Invented names to combine."""

    surnames: list[str]
    given: list[str]


class District(Part):
    """A real district with the mean age of its lifts in years."""

    code: str
    name: str
    mean_age: int


class Department(Part):
    """An inspection department with its named officer; '*' stands for the whole city.

    `calls_after`: working days until the officer makes a call.
    """

    name: str
    officer: str
    calls_after: int
    districts: list[str]


class Regulators(Part):
    """How the bureaus are called and who answers there, by district code."""

    district_name: str
    city_name: str
    city_officer: str
    officers: dict[str, str]


class Maintainer(Part):
    """A maintainer with its share of the city's lifts in per cent; without `chat` it is reached by SMS."""

    name: str
    share: int
    chat: bool = True


class Kind(Part):
    """A kind of lift: the digits it has in certificates and in the codes before 2014."""

    name: str
    certificate: str
    old_code: str


class Brands(Part):
    """Invented brands and, in the same order, their invented maker codes."""

    names: list[str]
    makers: list[str]


class Use(Part):
    """What a site is used for: how its lifts are called and which kinds stand there (per cent)."""

    per_building: int
    building: str
    lift: str
    kinds: dict[str, int]
    other_lift: str = ""


class Site(Part):
    """A compound of one use unit. `months` says how many validities end in which month, else they are drawn.

    With `chat` its safety officer is reached in the web chat, and the register has no phone of theirs.
    """

    name: str
    use: str
    lifts: int
    officer: str = ""
    officer_phone: str = ""
    chat: bool = False
    profile: Profile | None = None
    months: dict[str, int] = {}


class Unit(Part):
    """A use unit; `credit` says what kind of credit code it has, `profile` how it answers a reminder."""

    name: str
    district: str
    profile: Profile
    credit: str = "company"
    head: str = ""
    phone: str = ""
    sites: list[Site]

    @property
    def size(self) -> int:
        """The number of its lifts."""
        return sum(site.lifts for site in self.sites)


class Worker(Part):
    """A worker who maintains lifts, with telephone and certificate."""

    name: str
    phone: str
    certificate: str


class Upkeep(Part):
    """Who keeps records of maintenance without paper at which compound, and what is said in them."""

    compound: str
    kind: str
    filing: str
    address: str
    office: str
    phone: str
    mended: str
    objection: str
    answer: str
    worker: list[Worker]

    def certificate_of(self, name: str) -> str:
        """That of the worker of this name."""
        return next(one.certificate for one in self.worker if one.name == name)


class Export(Part):
    """The layout of the register file: header → our field, and how dates are written there."""

    file_name: str
    no_phone: str
    in_use: str
    month: str
    day: str
    never: str
    columns: dict[str, str]


class CityData(Part):
    """All of city.toml."""

    city: CityFacts
    people: People
    district: list[District]
    department: list[Department]
    regulator: Regulators
    maintainer: list[Maintainer]
    kind: dict[str, Kind]
    brands: Brands
    use: dict[str, Use]
    unit: list[Unit]
    upkeep: Upkeep
    export: Export

    def district_name(self, code: str) -> str:
        """The name of a district of this city."""
        return next(district.name for district in self.district if district.code == code)


@cache
def city_data() -> CityData:
    """The city of this release."""
    text = (files("tixing.demo") / "city.toml").read_text(encoding="utf-8")
    return CityData.model_validate(tomllib.loads(text))
