"""Days as people write them: 2026-11-20, 2026年11月20日, 11月20日, 20/11, 20 Nov; without a year the nearest one."""

import re
from datetime import date

FORMS = (
    re.compile(r"^(?P<year>\d{4})\s*[-./年]\s*(?P<month>\d{1,2})\s*[-./月]\s*(?P<day>\d{1,2})\s*[日号]?$"),
    re.compile(r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})$"),
    re.compile(r"^(?P<month>\d{1,2})\s*[-.月]\s*(?P<day>\d{1,2})\s*[日号]?$"),
    re.compile(r"^(?P<day>\d{1,2})\s*/\s*(?P<month>\d{1,2})$"),
    re.compile(r"^(?P<day>\d{1,2})\s+(?P<name>[a-z]{3})[a-z]*\.?(\s+(?P<year>\d{4}))?$", re.IGNORECASE),
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONGEST = 40


def read_day(text: str, today: date) -> date | None:
    """The day; None where it is none. One without a year is the nearest to `today`."""
    plain = text.strip()[:LONGEST]
    for form in FORMS:
        if (match := form.match(plain)) is not None:
            return _day_of(match.groupdict(), today)
    return None


def _day_of(parts: dict[str, str | None], today: date) -> date | None:
    name = (parts.get("name") or "").lower()
    if name and name not in MONTHS:
        return None
    month = MONTHS.index(name) + 1 if name else int(parts["month"] or 0)
    day = int(parts["day"] or 0)
    if parts.get("year"):
        return _date(int(parts["year"] or 0), month, day)
    near = [_date(today.year + offset, month, day) for offset in (-1, 0, 1)]
    return min((one for one in near if one), key=lambda one: abs((one - today).days), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
