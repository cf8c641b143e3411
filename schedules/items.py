"""The items of TSG T5002-2017 (附件 A–D): what is done at each kind of visit to each class of lift.

The words of the requirements are those of a public transcription, and are shown as such, never as quoted law.
"""

import csv
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Literal

from store.records import VisitKind
from store.upkeep import LiftClass

VERSION = "tsg-t5002-2017"
TABLE = "tsg_t5002_2017.csv"

ValueOf = Literal["maker", "standard"]
Season = Literal["rain", "winter"]

OLD_GOVERNOR_YEARS = 15  # in use; beyond them its speed is checked every year (附件A-4 6)


KINDS = tuple(VisitKind)  # the smallest first; a larger one contains the smaller ones
# 杂物 and 扶梯 come first: such a lift may be named with its drive too.
CLASS_WORDS = {
    LiftClass.SERVICE: ("杂物",),
    LiftClass.ESCALATOR: ("扶梯", "人行道"),
    LiftClass.HYDRAULIC: ("液压",),
    LiftClass.TRACTION: ("曳引", "强制"),
}


class ImpossibleValueError(Exception):
    """A number that nobody can have measured."""


@dataclass(frozen=True)
class Measure:
    """What is measured: its unit, within what it is fine, and within what somebody can have measured it at all."""

    unit: str
    least: Decimal | None
    most: Decimal | None
    lowest: Decimal
    highest: Decimal

    @property
    def fine(self) -> Decimal:
        """A value that is fine, for records that are made up."""
        limit = self.most if self.least is None else self.least
        return self.lowest if limit is None else limit

    def is_within(self, value: Decimal) -> bool:
        """Whether this value is fine. Raises ImpossibleValueError where nobody can have measured it."""
        if not value.is_finite() or not self.lowest <= value <= self.highest:
            raise ImpossibleValueError(f"{value} {self.unit}")
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


@dataclass(frozen=True)
class Item:
    """One item. `value_of`: whose value it must meet. `is_test`: something is tried, which a photo shows.

    `season`: it must be done before that season. `speed_check_years`: how often the governor's speed is checked.
    """

    code: str
    name: str
    english: str
    requirement: str
    english_requirement: str
    kind: VisitKind
    value_of: ValueOf | None = None
    is_test: bool = False
    measure: Measure | None = None
    season: Season | None = None
    speed_check_years: int | None = None

    def speed_check_every(self, years_in_use: int) -> int | None:
        """After how many years the governor's speed is checked again; None where the item has no such check."""
        if self.speed_check_years is None or not self.code.startswith(LiftClass.TRACTION):
            return self.speed_check_years
        return 1 if years_in_use > OLD_GOVERNOR_YEARS else self.speed_check_years


@dataclass(frozen=True)
class ItemTable:
    """All items, in their order; the digest is that of the file, so that a record says by which words it was made."""

    version: str
    digest: str
    items: tuple[Item, ...]
    by_code: dict[str, Item] = field(repr=False)

    @property
    def name(self) -> str:
        """As records name it: the rule, and which words of it."""
        return f"{self.version}/{self.digest[:12]}"


@cache
def item_table() -> ItemTable:
    """The table as it is shipped."""
    content = (files("schedules") / "items" / TABLE).read_bytes()
    items = tuple(_read(row) for row in csv.DictReader(content.decode().splitlines()))
    return ItemTable(VERSION, sha256(content).hexdigest(), items, {item.code: item for item in items})


@cache
def items_of(lift_class: LiftClass, kind: VisitKind) -> tuple[Item, ...]:
    """What a visit of this kind does: its own items after those of all smaller kinds."""
    kinds = KINDS[: KINDS.index(kind) + 1]
    return tuple(item for item in item_table().items if item.code.startswith(lift_class) and item.kind in kinds)


def lift_class(kind: str) -> LiftClass | None:
    """The class of a lift by its kind as a register states it (曳引驱动乘客电梯); None: ask."""
    found = (one for one, words in CLASS_WORDS.items() if any(word in kind for word in words))
    return next(found, None)


def _read(row: dict[str, str]) -> Item:
    return Item(
        code=row["code"],
        name=row["name"],
        english=row["english"],
        requirement=row["requirement"],
        english_requirement=row["english_requirement"],
        kind=KINDS[int(row["code"][2]) - 1],
        value_of=_value_of(row["value_of"]),
        is_test=bool(row["is_test"]),
        measure=_measure(row) if row["unit"] else None,
        season=_season(row["season"]),
        speed_check_years=int(row["speed_check_years"]) if row["speed_check_years"] else None,
    )


def _measure(row: dict[str, str]) -> Measure:
    return Measure(
        row["unit"], _number(row["least"]), _number(row["most"]), Decimal(row["lowest"]), Decimal(row["highest"])
    )


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _value_of(text: str) -> ValueOf | None:
    return "maker" if text == "maker" else "standard" if text == "standard" else None


def _season(text: str) -> Season | None:
    return "rain" if text == "rain" else "winter" if text == "winter" else None
