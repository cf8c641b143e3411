"""Columns that hold words rather than texts: the lift's status, its kind, its district, its city."""

import json
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from actions.register.errors import RowRefused
from actions.register.fields import MAINTENANCE, TEXTS, RegisterField
from actions.register.layout import Layout
from actions.register.places import NOWHERE, FoundDistrict, Places
from actions.register.remembered import Remembered
from actions.register.text import clean_text
from actions.register.words import half_width, says_nothing, words
from store.lifts import LiftStatus

F = RegisterField
WORD_LIMIT = 100
BETWEEN = "\x1f"


class StatedStatus(NamedTuple):
    """`status` is a LiftStatus's value; `unread` is a word that nobody knows: its lift counts as in use."""

    status: str
    unread: str


class StatedMaintenance(NamedTuple):
    """`facts` is JSON text, None where the register has no such column; `unread` holds words that nobody knows."""

    facts: str | None
    unread: dict[str, str]


NO_MAINTENANCE = StatedMaintenance(None, {})


class WordReader:
    """Reads the word columns of one layout, each distinct word once."""

    def __init__(self, layout: Layout, places: Places) -> None:
        self._layout = layout
        self._places = places
        columns = layout.columns
        self._kind_at = columns.get(F.KIND)
        self._status_at = columns.get(F.STATUS)
        self._district_at = columns.get(F.DISTRICT)
        self._city_at = columns.get(F.CITY)
        self._maintenance_at = [(name, columns[name]) for name in MAINTENANCE if name in columns]
        self._has_address = F.ADDRESS in columns
        self._kinds = Remembered(self._read_kind)
        self._statuses = Remembered(self._read_status)
        self._maintenances = Remembered(self._read_maintenance)
        self._districts = Remembered(self._read_district)
        self._cities = Remembered(places.is_this_city)

    def kind(self, cells: Sequence[str]) -> str:
        """What kind of lift it is, as stated or as the mapping says it."""
        return "" if self._kind_at is None else self._kinds[cells[self._kind_at]]

    def status(self, cells: Sequence[str]) -> StatedStatus:
        """The lift's status; in use where the row does not say."""
        return IN_USE if self._status_at is None else self._statuses[cells[self._status_at]]

    def district(self, cells: Sequence[str], address: str) -> FoundDistrict:
        """The district that the row names, else the one that its address names."""
        stated = NOWHERE if self._district_at is None else self._districts[cells[self._district_at]]
        return stated if stated.text or not self._has_address else self._places.find_in_address(address)

    def maintenance(self, cells: Sequence[str]) -> StatedMaintenance:
        """How the lift is maintained: the yes and no of each column that the register has."""
        if not self._maintenance_at:
            return NO_MAINTENANCE
        return self._maintenances[BETWEEN.join(cells[index].replace(BETWEEN, "") for _, index in self._maintenance_at)]

    def refuse_other_city(self, cells: Sequence[str]) -> None:
        """A row that says it belongs to another city is under other rules."""
        if self._city_at is not None and not self._cities[cells[self._city_at]]:
            stated = cells[self._city_at].strip()
            raise RowRefused("other_city", value=stated, city=self._places.city_name)

    def _read_kind(self, raw: str) -> str:
        text = clean_text(raw, self._layout.label(F.KIND), TEXTS[F.KIND])
        return self._layout.values.kind.get(text, text)

    def _read_status(self, raw: str) -> StatedStatus:
        text = clean_text(raw, self._layout.label(F.STATUS), WORD_LIMIT)
        if says_nothing(text):
            return IN_USE
        status = self._layout.values.status.get(text) or _statuses().get(_plain(text))
        return StatedStatus(status.value, "") if status else StatedStatus(LiftStatus.IN_USE.value, text)

    def _read_maintenance(self, stated: str) -> StatedMaintenance:
        known, unread = {}, {}
        for (name, _), raw in zip(self._maintenance_at, stated.split(BETWEEN), strict=True):
            text = clean_text(raw, self._layout.label(name), WORD_LIMIT)
            word = _plain(text)
            if word in words().answers.yes or word in words().answers.no or says_nothing(text):
                known[name.value] = word in words().answers.yes
            else:
                unread[name.value] = text
        return StatedMaintenance(json.dumps(known), unread)

    def _read_district(self, raw: str) -> FoundDistrict:
        text = clean_text(raw, self._layout.label(F.DISTRICT), WORD_LIMIT)
        return self._places.find(self._layout.values.district.get(text, text))


IN_USE = StatedStatus(LiftStatus.IN_USE.value, "")


@cache
def _statuses() -> dict[str, LiftStatus]:
    return {_plain(name): status for status, names in words().status.items() for name in names}


def _plain(text: str) -> str:
    return "".join(half_width(text).lower().split())
