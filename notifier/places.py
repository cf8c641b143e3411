"""How a lift is called in a message: compound, building, lift (云荔花园3栋1梯), else what identifies it."""

from dataclasses import dataclass

from notifier.clean import clean_text, cut
from store.place_names import join, without_repeats

SHORT_CHINESE, SHORT_LATIN = 12, 20  # a variable of an SMS; in an alphabet the same words need more characters
LONG = 60


@dataclass(slots=True)
class PlaceParts:
    """What the register says about where a lift stands and what it is called; any of it may be empty."""

    compound: str
    building: str
    internal_number: str
    address: str
    certificate: str
    key: str
    district: str = ""


def name_place(parts: PlaceParts) -> str:
    """The whole name, for a chat (at most 60 characters)."""
    compound, building, lift = _names(parts)
    return cut(join(compound, building, lift) or _fallback(parts), LONG)


def name_place_short(parts: PlaceParts) -> str:
    """The name within an SMS variable, so that the lift stays recognisable: the compound gives way, the end stays."""
    compound, building, lift = _names(parts)
    whole = join(compound, building, lift)
    if not whole:
        return _shorten_end(parts)
    limit = _limit(whole)
    if len(whole) <= limit:
        return whole
    tail = join("", building, lift)
    room = limit - len(tail) - (1 if tail.isascii() else 0)
    if room >= 2:
        return join(cut(compound, room), tail, "") if tail else cut(compound, limit)
    return tail if len(tail) <= limit else tail[-limit:].lstrip()


def _names(parts: PlaceParts) -> tuple[str, str, str]:
    return without_repeats(clean_text(parts.compound), clean_text(parts.building), clean_text(parts.internal_number))


def _fallback(parts: PlaceParts) -> str:
    return clean_text(parts.address) or clean_text(parts.certificate) or clean_text(parts.key)


def _shorten_end(parts: PlaceParts) -> str:
    """Of a Chinese address the end tells most, of one in an alphabet the beginning; of a number the end."""
    address = clean_text(parts.address)
    if not address:
        return _fallback(parts)[-SHORT_LATIN:]
    limit = _limit(address)
    if address.isascii():
        return cut(address.partition(",")[0], limit)
    district = clean_text(parts.district)
    if district and district in address:
        address = address.partition(district)[2] or address
    return address[-limit:]


def _limit(text: str) -> int:
    return SHORT_LATIN if text.isascii() else SHORT_CHINESE
