"""What is said of the items of a visit: all are fine but those of which something else is said. Pure.

A finding is kept as plain JSON under the item's code; an item without one is fine.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from actions.records.content import Result
from schedules.items import ImpossibleValueError, Item, items_of
from store.records import VisitKind
from store.upkeep import LiftClass, UpkeepVisit

NUMBER = re.compile(r"[-+]?\d{1,5}(\.\d{1,3})?", re.ASCII)
THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－＋ｍＭ", "0123456789.,-+mM")


class UnreadableValueError(Exception):
    """What was written is no number."""


@dataclass(frozen=True)
class Finding:
    """What is said of one item. `alert_id`: the dangerous fault that was reported at once."""

    result: Result = Result.OK
    words: str = ""
    value: Decimal | None = None
    photos: tuple[int, ...] = ()
    alert_id: int | None = None

    def stored(self) -> dict[str, Any]:
        """As plain JSON, without what is not said."""
        said = {
            "result": self.result.value,
            "words": self.words,
            "value": None if self.value is None else str(self.value),
            "photos": list(self.photos),
            "alert_id": self.alert_id,
        }
        return {name: value for name, value in said.items() if value not in (None, "", [])}


@dataclass(frozen=True)
class ItemLine:
    """An item of a visit with its number in the list, and what is said of it."""

    number: int
    item: Item
    finding: Finding = field(default_factory=Finding)

    @property
    def lacks_value(self) -> bool:
        """Whether it is to be measured and was not."""
        return self._applies and self.item.measure is not None and self.finding.value is None

    @property
    def lacks_words(self) -> bool:
        """Whether it is not said why it does not apply, or what is wrong; a value outside its limits says that."""
        wordless = self.finding.result in (Result.NOT_APPLICABLE, Result.FAULT) and not self.finding.words
        return wordless and not self.is_outside

    @property
    def lacks_photo(self) -> bool:
        """Whether something was tried of which there is no photo."""
        return self._applies and self.item.is_test and not self.finding.photos

    @property
    def is_outside(self) -> bool:
        """Whether the value that was measured is not fine."""
        value, measure = self.finding.value, self.item.measure
        return self._applies and measure is not None and value is not None and not measure.is_within(value)

    @property
    def is_exception(self) -> bool:
        """Whether it is not simply fine."""
        return self.finding.result is not Result.OK

    @property
    def is_worth_keeping(self) -> bool:
        """Whether the record names it: words that somebody wrote are not dropped because the item is fine."""
        return self.is_exception or self.finding.value is not None or bool(self.finding.words)

    @property
    def is_dangerous(self) -> bool:
        """Whether the lift was stopped for it and it is not mended: measured anew and fine, it is a danger no more."""
        return self.finding.alert_id is not None and self.finding.result is Result.FAULT

    @property
    def _applies(self) -> bool:
        return self.finding.result is not Result.NOT_APPLICABLE


def read_finding(stored: Mapping[str, Any] | None) -> Finding:
    """A finding as it is stored; that of an item of which nothing is said where there is none."""
    said = stored or {}
    return Finding(
        result=Result(said.get("result", Result.OK)),
        words=said.get("words", ""),
        value=Decimal(said["value"]) if "value" in said else None,
        photos=tuple(said.get("photos", ())),
        alert_id=said.get("alert_id"),
    )


def lines_of(visit: UpkeepVisit) -> list[ItemLine]:
    """All items of a visit, in the order of the rule."""
    return list(_lines(items_of(LiftClass(visit.lift_class), VisitKind(visit.kind)), visit.findings))


def _lines(items: Sequence[Item], findings: Mapping[str, Any]) -> Iterator[ItemLine]:
    for number, item in enumerate(items, start=1):
        yield ItemLine(number, item, read_finding(findings.get(item.code)))


def read_value(written: str) -> Decimal:
    """A number as people write one (7,5 mm; ７．５). Raises UnreadableValueError, also for 1,000: is that one?"""
    text = written.strip().translate(FULL_WIDTH).lower()
    for unit in ("毫米", "mm", "％", "%", "倍", "×", "x"):
        text = text.removesuffix(unit).strip()
    if THOUSANDS.fullmatch(text) is not None:
        raise UnreadableValueError(written)
    text = text.replace(",", ".")
    if NUMBER.fullmatch(text) is None:
        raise UnreadableValueError(written)
    return Decimal(text)


def is_value(written: str) -> bool:
    """Whether it is a number and nothing else."""
    try:
        read_value(written)
    except UnreadableValueError:
        return False
    return True


def measured(line: ItemLine, value: Decimal) -> Finding:
    """The finding with this value: outside its limits it is a fault; within them again it was put right.

    Raises ImpossibleValueError for a number that nobody can have measured.
    """
    measure = line.item.measure
    if measure is None:
        raise ImpossibleValueError(line.item.code)
    was = line.finding
    if not measure.is_within(value):
        result = Result.FAULT
    elif line.is_outside and was.result is Result.FAULT:
        result = Result.FIXED
    else:
        result = Result.OK if was.result is Result.NOT_APPLICABLE else was.result
    return Finding(result, was.words, value, was.photos, was.alert_id)
