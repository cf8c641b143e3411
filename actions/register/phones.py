"""Phone numbers to E.164."""

import re
from functools import cache, lru_cache

import phonenumbers

from actions.register.text import without_marks
from actions.register.words import half_width, words

# Number blocks are opened faster than a library learns of them: any eleven digits from 13 to 19 are a mobile here.
_MAINLAND_MOBILE = re.compile(r"(?:(?:\+|00)?86)?(1[3-9]\d{9})")


@lru_cache(maxsize=20_000)
def read_phones(stated: str, region: str) -> tuple[str, ...] | None:
    """The numbers in a cell as E.164 (several may stand there), or None when a part of it is no phone number."""
    text = without_marks(half_width(stated)).strip().removeprefix("'")
    whole = _read_one(text, region)
    if whole:
        return (whole,)
    parts = [part for part in _between().split(text) if part]
    numbers = [_read_one(part, region) for part in parts]
    found = tuple(dict.fromkeys(number for number in numbers if number))
    return found if found and all(numbers) else None


def _read_one(text: str, region: str) -> str | None:
    digits = re.sub(r"[\s().-]", "", text)
    mobile = _MAINLAND_MOBILE.fullmatch(digits) if region == "CN" else None
    if mobile:
        return f"+86{mobile[1]}"
    for candidate in (text, _extension().sub("", text)):
        try:
            number = phonenumbers.parse(candidate, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


@cache
def _between() -> re.Pattern[str]:
    marks = "|".join(re.escape(half_width(mark)) for mark in words().phones.between)
    return re.compile(rf"\s*(?:{marks}|\s)\s*")


@cache
def _extension() -> re.Pattern[str]:
    """An extension behind seven digits or more; it is not kept, the exchange answers."""
    marks = "|".join(re.escape(half_width(mark)) for mark in words().phones.extension)
    return re.compile(rf"(?<=\d{{7}})\s*(?:{marks})\s*\d{{1,6}}$", re.IGNORECASE)
