"""Districts of a city, found by name, short name, code or in an address."""

from collections.abc import Sequence
from typing import NamedTuple

from actions.register.words import half_width, says_nothing, words
from schedules.rulebook import District, RulebookError, load_rulebook

CODE_LENGTH = 6


class FoundDistrict(NamedTuple):
    """`text` is the district's own name where it is known, else as stated; `code` None when it is unknown."""

    text: str
    code: str | None


NOWHERE = FoundDistrict("", None)


class Places:
    """The districts that a city's rulebook lists (administrative division codes)."""

    def __init__(self, city_name: str, districts: Sequence[District]) -> None:
        self.city_name = city_name
        self._city_stem = _stem(city_name)
        self._full = {district.name: FoundDistrict(district.name, district.code) for district in districts}
        self._codes = {found.code: found for found in self._full.values()}
        self._stems = {_stem(name): found for name, found in self._full.items()}

    def find(self, stated: str) -> FoundDistrict:
        """The district that a cell names: 天河区, 天河, 广东省广州市天河区, 440106, 440106000000."""
        text = "".join(half_width(stated).split())
        if says_nothing(text):
            return NOWHERE
        if text.isdigit() and text[:CODE_LENGTH] in self._codes and not text[CODE_LENGTH:].strip("0"):
            return self._codes[text[:CODE_LENGTH]]
        known = self._full.get(text) or self._stems.get(_stem(text)) or self._at_end_of(text)
        return known or FoundDistrict(stated, None)

    def find_in_address(self, address: str) -> FoundDistrict:
        """The one district that an address names in full, else nowhere."""
        named = [found for name, found in self._full.items() if name in address]
        return named[0] if len(named) == 1 else NOWHERE

    def is_this_city(self, stated: str) -> bool:
        """Whether a cell names this city, by name or code or by one of its districts; true where no city is known."""
        text = "".join(half_width(stated).split())
        if not self.city_name or says_nothing(text) or text in words().places.municipal:
            return True
        prefixes = {code[:4] for code in self._codes if code}
        return self._city_stem in text or text[:4] in prefixes or self.find(text).code is not None

    def _at_end_of(self, text: str) -> FoundDistrict | None:
        if not self._city_stem or self._city_stem not in text:
            return None
        return next((found for name, found in self._full.items() if text.endswith((name, _stem(name)))), None)


def places_of(city_id: str) -> Places:
    """What is known of the city; nothing for one without a rulebook of its own."""
    try:
        place = load_rulebook(city_id).place
    except RulebookError:
        return Places("", ())
    return Places(place.name, place.districts)


def _stem(name: str) -> str:
    suffix = next((suffix for suffix in words().places.suffixes if name.endswith(suffix) and name != suffix), "")
    return name.removesuffix(suffix)
