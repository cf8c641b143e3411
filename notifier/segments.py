"""How many SMS segments a text takes (GSM 03.38 and UCS-2), as a provider counts and charges them."""

from collections.abc import Iterable
from math import ceil

GSM7_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_EXTENDED = frozenset("\f^{}\\[~]|€")  # an escape and the character: two units
GSM7 = GSM7_BASIC | GSM7_EXTENDED

GSM7_SINGLE, GSM7_PART = 160, 153
UCS2_SINGLE, UCS2_PART = 70, 67


def is_gsm7(text: str) -> bool:
    """Whether every character is in the GSM alphabet: one other character makes the whole text UCS-2."""
    return GSM7.issuperset(text)


def count_units(text: str) -> int:
    """The length in the units of its encoding: septets, or UTF-16 code units."""
    if is_gsm7(text):
        return len(text) + sum(sign in GSM7_EXTENDED for sign in text)
    return len(text.encode("utf-16-le")) // 2


def count_segments(text: str) -> int:
    """How many segments `text` (signature included) takes; an empty text takes one."""
    units = count_units(text)
    single, part = (GSM7_SINGLE, GSM7_PART) if is_gsm7(text) else (UCS2_SINGLE, UCS2_PART)
    if units <= single:
        return 1
    if units == len(text):
        return ceil(units / part)
    return _fill_parts((_width(sign) for sign in text), part)


def _width(sign: str) -> int:
    return 2 if sign in GSM7_EXTENDED or ord(sign) > 0xFFFF else 1


def _fill_parts(widths: Iterable[int], part: int) -> int:
    """Parts when a character of two units is never split between two of them."""
    parts, free = 1, part
    for width in widths:
        if width > free:
            parts, free = parts + 1, part
        free -= width
    return parts
