"""Names of lifts: text as stated, a form for matching, and what Excel did to them."""

import re
from typing import NamedTuple

from actions.register.errors import RowRefused
from actions.register.fields import IDENTIFIER_LIMIT
from actions.register.text import refuse_unprintable, without_marks
from actions.register.words import half_width, says_nothing, words
from store.lifts import NameKind

CODES = frozenset({NameKind.EQUIPMENT_CODE.value, NameKind.REGISTRATION_CODE.value})
EXACT_DIGITS = 15  # of a number in Excel; the rest it replaces by zeros

_SCIENTIFIC = re.compile(r"\d+(?:\.\d+)?[eE]\+\d+")
_WHOLE_FLOAT = re.compile(r"(\d+)\.0+")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_SPREADSHEET_ERROR = re.compile(r"#+|#(?:REF|VALUE|NAME|DIV/0|NUM|NULL)[!?]?", re.IGNORECASE)


class Identifier(NamedTuple):
    """`kind` is a NameKind's value; `value` is normalised for matching, `shown` is for people, `stated` the cell."""

    kind: str
    value: str
    shown: str
    stated: str


def read_identifier(raw: str, kind: str, column: str) -> Identifier | None:
    """The identifier in a cell, or None when it holds nothing; refuses what Excel has destroyed."""
    if raw.isascii() and raw.isalnum() and len(raw) <= IDENTIFIER_LIMIT:
        value = raw.upper()
        return None if says_nothing(raw) else Identifier(kind, value, value if kind in CODES else raw, raw)
    text = _unwrap(raw.strip())
    if says_nothing(text):
        return None
    if len(raw.strip()) > IDENTIFIER_LIMIT:
        raise RowRefused("too_long", column=column, length=len(raw.strip()), limit=IDENTIFIER_LIMIT)
    refuse_unprintable(text, column)
    text = _undo_number(" ".join(without_marks(text).split()), column)
    value = normalise_identifier(text)
    if says_nothing(value):
        return None
    return Identifier(kind, value, value if kind in CODES else text, raw.strip())


def normalise_identifier(text: str) -> str:
    """The form in which names are compared: half-width, capitals, no spaces or marks, one form of variants."""
    value = half_width("".join(without_marks(half_width(text)).split()).upper())
    for variant, usual in words().identifiers.same.items():
        value = value.replace(variant, usual)
    return value


def _unwrap(text: str) -> str:
    """The text inside ="…" or behind an apostrophe, with which exports keep Excel from making a number of it."""
    formula = _TEXT_FORMULA.fullmatch(text)
    return formula[1].strip() if formula else text.removeprefix("'").strip()


def _undo_number(text: str, column: str) -> str:
    plain = half_width(text)
    if _SCIENTIFIC.fullmatch(plain):
        raise RowRefused("excel_number", column=column, value=text)
    if _SPREADSHEET_ERROR.fullmatch(plain):
        raise RowRefused("excel_error", column=column, value=text)
    whole = _WHOLE_FLOAT.fullmatch(plain)
    if whole is None:
        return text
    if len(whole[1]) > EXACT_DIGITS:
        raise RowRefused("excel_number", column=column, value=text)
    return whole[1]
