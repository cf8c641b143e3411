"""Reading one row: what the lift's columns will hold, its names, its unit and maintainer."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from actions.register.dates import StatedDate, read_date
from actions.register.errors import RowRefused
from actions.register.fields import DATES, IDENTIFIERS, TEXTS, RegisterField
from actions.register.identifiers import Identifier, read_identifier
from actions.register.layout import Layout
from actions.register.places import Places
from actions.register.text import clean_text
from actions.register.units import PartyReader, StatedParty
from actions.register.word_columns import WordReader
from store.lifts import LiftRole, LiftStatus, NameKind

F = RegisterField
EXTRA_LIMIT = 500
SEPARATOR = "\x1f"

# Columns of the lift table that a row fills, in the order of `Row.values`, and what they hold when it says nothing.
DEFAULTS: dict[str, Any] = {
    "status": LiftStatus.IN_USE.value,
    "district": "",
    "district_code": None,
    "compound": "",
    "building": "",
    "address": "",
    "kind": "",
    "equipment_code": "",
    "registration_code": "",
    "certificate": "",
    "rescue_number": "",
    "factory_number": "",
    "internal_number": "",
    "installed_pass_on": None,
    "put_into_use_on": None,
    "last_inspected_on": None,
    "valid_until": None,
    "valid_precision": None,
    "next_test_on": None,
    "maintenance": None,
}
LIFT_COLUMNS = tuple(DEFAULTS)
EMPTY = list(DEFAULTS.values())
AT = {name: index for index, name in enumerate(LIFT_COLUMNS)}
STATUS, DISTRICT, DISTRICT_CODE, ADDRESS, KIND, VALID_UNTIL, PRECISION = (
    AT[name] for name in ("status", "district", "district_code", "address", "kind", "valid_until", "valid_precision")
)
AT_NAME = {kind.value: AT[name] for name, kind in IDENTIFIERS.items() if kind is not NameKind.MAPPED}


@dataclass(slots=True)
class NamedRow:
    """A row whose lift is known by name; the rest is not read yet. `fingerprint` stands for all its cells."""

    line: int
    cells: list[str]
    key: str
    names: list[Identifier]
    fingerprint: str


@dataclass(slots=True)
class Row:
    """A row that can be stored. `values` follow LIFT_COLUMNS, dates as ISO text.

    `unread` holds, by field, what a cell says that is neither a date nor a known word.
    """

    named: NamedRow
    values: list[Any]
    extra: dict[str, str]
    unread: dict[str, str]
    unit: StatedParty | None
    maintainer: StatedParty | None

    @property
    def valid_until(self) -> str | None:
        """The inspection validity as ISO text."""
        stated: str | None = self.values[VALID_UNTIL]
        return stated


class RowReader:
    """Reads rows of one layout; refuses (RowRefused) those that cannot be kept whole."""

    def __init__(self, layout: Layout, places: Places, city_id: str) -> None:
        self._layout = layout
        self.units = PartyReader(layout, LiftRole.USE_UNIT, city_id)
        self.maintainers = PartyReader(layout, LiftRole.MAINTAINER, city_id)
        self._words = WordReader(layout, places)
        columns = layout.columns
        self._names = [(kind.value, columns[n], layout.label(n)) for n, kind in IDENTIFIERS.items() if n in columns]
        self._texts = [
            (AT[name], columns[name], layout.label(name), limit)
            for name, limit in TEXTS.items()
            if name in columns and name is not F.KIND
        ]
        self._dates = [(name, AT[name], columns[name]) for name in DATES if name in columns]
        self._valid_until = columns.get(F.VALID_UNTIL)
        self._salt = blake2b(layout.digest(), digest_size=12)

    def name(self, line: int, cells: list[str]) -> NamedRow:
        """Which lift a row is about."""
        names = []
        for kind, index, label in self._names:
            if cells[index] and (found := read_identifier(cells[index], kind, label)):
                names.append(found)
        if not names:
            raise RowRefused("no_identifier", columns=", ".join(label for _, _, label in self._names))
        first = names[0]
        key = first.value if first.kind == NameKind.CERTIFICATE else first.shown
        digest = self._salt.copy()
        digest.update(SEPARATOR.join(cells).encode("utf-8", "surrogatepass"))
        return NamedRow(line, cells, key, names, digest.hexdigest())

    def parties(self, cells: Sequence[str]) -> tuple[StatedParty | None, StatedParty | None]:
        """The use unit and the maintainer of a row."""
        return self.units.read(cells), self.maintainers.read(cells)

    def read(self, named: NamedRow) -> Row:
        """The whole row."""
        cells = named.cells
        values = EMPTY.copy()
        unread: dict[str, str] = {}
        self._words.refuse_other_city(cells)
        for identifier in named.names:
            if identifier.kind in AT_NAME:
                values[AT_NAME[identifier.kind]] = identifier.shown
        for at, index, label, limit in self._texts:
            if cells[index]:
                values[at] = clean_text(cells[index], label, limit)
        values[KIND] = self._words.kind(cells)
        values[STATUS], unknown_status = self._words.status(cells)
        if unknown_status:
            unread["status"] = unknown_status
        values[AT["maintenance"]], unknown_answers = self._words.maintenance(cells)
        unread.update(unknown_answers)
        values[DISTRICT], values[DISTRICT_CODE] = self._words.district(cells, values[ADDRESS])
        self._read_dates(cells, values, unread)
        extra = self._read_extra(cells) if self._layout.extra else {}
        unit, maintainer = self.parties(cells)
        return Row(named, values, extra, unread, unit, maintainer)

    def _read_dates(self, cells: Sequence[str], values: list[Any], unread: dict[str, str]) -> None:
        if self._valid_until is not None:
            values[VALID_UNTIL], values[PRECISION] = self._validity(cells[self._valid_until])
        for name, at, index in self._dates:
            try:
                values[at] = read_date(cells[index]).day
            except ValueError:
                unread[name] = clean_text(cells[index], self._layout.label(name), EXTRA_LIMIT)

    def _validity(self, cell: str) -> StatedDate:
        try:
            return read_date(cell)
        except ValueError:
            column = self._layout.label(F.VALID_UNTIL)
            raise RowRefused("bad_validity", column=column, value=cell.strip()) from None

    def _read_extra(self, cells: Sequence[str]) -> dict[str, str]:
        label = self._layout.label_at
        stated = {
            name: clean_text(cells[index], label(index), EXTRA_LIMIT) for name, index in self._layout.extra.items()
        }
        return {name: text for name, text in stated.items() if text}
