"""The units that a row names: use unit and maintainer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from actions.people.parties import party_ref
from actions.register.credit_codes import read_credit_code
from actions.register.fields import MAINTAINER_PEOPLE, NAME_LIMIT, UNIT_PEOPLE, RegisterField
from actions.register.layout import Layout
from actions.register.persons import StatedContact, invent_contact, read_people
from actions.register.text import clean_text, without_marks
from actions.register.words import half_width, says_nothing
from store.lifts import LiftRole
from store.parties import ContactRole

F = RegisterField
REMEMBERED = 50_000  # distinct units; then memory is given back and they are read anew
REF_LETTER = {LiftRole.USE_UNIT: "u", LiftRole.MAINTAINER: "m"}


@dataclass(frozen=True, eq=False, slots=True)
class StatedParty:
    """A unit as rows state it; one object for all rows that state it alike. `ref` is that of `Party`."""

    role: LiftRole
    ref: str
    ref_by_name: str
    name: str
    credit_code: str | None
    bad_credit_code: str
    contacts: tuple[StatedContact, ...]


class PartyReader:
    """Reads the unit in one role from rows of one layout."""

    def __init__(self, layout: Layout, role: LiftRole, city_id: str) -> None:
        is_unit = role is LiftRole.USE_UNIT
        columns = layout.columns
        self._layout = layout
        self._role = role
        self._city_id = city_id
        self._name_field = F.USE_UNIT if is_unit else F.MAINTAINER
        self._name_at = columns.get(self._name_field)
        self._code_field = F.USE_UNIT_CREDIT_CODE if is_unit else F.MAINTAINER_CREDIT_CODE
        self._people = [
            (role.value, name, phone)
            for role, (name, phone) in (UNIT_PEOPLE if is_unit else MAINTAINER_PEOPLE).items()
            if name in columns or phone in columns
        ]
        self._fallback = layout.fallback if is_unit else ()
        self._synthetic = layout.synthetic if is_unit else None
        self.is_stated = self._name_at is not None or bool(self._fallback)
        self._pick = _picker(self._columns_beside_name())
        self._known: dict[Any, StatedParty | None] = {}

    @property
    def roles(self) -> frozenset[str]:
        """The roles of people that this layout has columns for."""
        invented = {ContactRole.UNIT_CONTACT.value} if self._synthetic else set()
        return frozenset({role for role, _, _ in self._people} | invented)

    def read(self, cells: Sequence[str]) -> StatedParty | None:
        """The unit of a row, or None where it names none; RowRefused where its text cannot be kept."""
        if not self.is_stated:
            return None
        name = self._name(cells)
        key = (name, self._pick(cells))
        try:
            return self._known[key]
        except KeyError:
            party = self._read(cells, name)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[key] = party
        return party

    def _columns_beside_name(self) -> list[int]:
        fields = [self._code_field, *(name for _, *pair in self._people for name in pair)]
        columns = [self._layout.columns[name] for name in fields if name in self._layout.columns]
        return [*columns, self._synthetic[0]] if self._synthetic else columns

    def _name(self, cells: Sequence[str]) -> str:
        stated = "" if self._name_at is None else cells[self._name_at]
        return self._fallback_name(cells) if self._fallback and says_nothing(stated.strip()) else stated

    def _fallback_name(self, cells: Sequence[str]) -> str:
        stated = {piece: cells[piece].strip() for piece in self._fallback if isinstance(piece, int)}
        if not any(stated.values()):
            return ""
        return "".join(piece if isinstance(piece, str) else stated[piece] for piece in self._fallback)

    def _read(self, cells: Sequence[str], stated_name: str) -> StatedParty | None:
        label = self._name_field if self._name_at is None else self._layout.label(self._name_field)
        name = clean_text(stated_name, label, NAME_LIMIT)
        if says_nothing(name):
            return None
        code, bad_code = self._credit_code(cells)
        plain, letter = plain_name(name), REF_LETTER[self._role]
        ref_by_name = party_ref(self._city_id, letter, plain)
        ref = party_ref(self._city_id, letter, plain, code) if code else ref_by_name
        contacts = self._contacts(cells, ref)
        return StatedParty(self._role, ref, ref_by_name, name, code, bad_code, tuple(dict.fromkeys(contacts)))

    def _credit_code(self, cells: Sequence[str]) -> tuple[str | None, str]:
        stated = self._cell(cells, self._code_field)
        if says_nothing(stated):
            return None, ""
        code = read_credit_code(stated)
        return (code, "") if code else (None, stated)

    def _contacts(self, cells: Sequence[str], ref: str) -> list[StatedContact]:
        contacts = []
        for role, name_field, phone_field in self._people:
            names, phones = self._cell(cells, name_field), self._cell(cells, phone_field)
            contacts += read_people(role, names, phones, self._layout.region)
        if self._synthetic and cells[self._synthetic[0]].strip() == self._synthetic[1]:
            contacts.append(invent_contact(ref))
        return contacts

    def _cell(self, cells: Sequence[str], name: F) -> str:
        if name not in self._layout.columns:
            return ""
        return clean_text(cells[self._layout.columns[name]], self._layout.label(name), NAME_LIMIT)


def plain_name(name: str) -> str:
    """The form in which names of units are compared: half-width signs (brackets above all), single spaces."""
    return " ".join(without_marks(half_width(name)).split())


def _picker(columns: list[int]) -> Callable[[Sequence[str]], Any]:
    """The cells that tell one statement from another."""
    return itemgetter(*columns) if columns else lambda _cells: None
