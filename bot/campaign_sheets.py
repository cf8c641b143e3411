"""A campaign as xlsx: the list with what came of each row, what remains of it, and data that cannot be right."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from actions.campaign.anomalies import Odd
from actions.campaign.rate import Remaining
from actions.campaign.rows import ListedRow
from actions.workbook import write_workbook
from bot.sheets import GAP, words_of

ROWS = ("line", "lift", "district", "department", "result", "reason", "use_unit", "place")
ODD = ("no", "kind", "lift", "place", "district", "valid_until", "owner")
LEFT = ("no", "lift", "place", "use_unit", "district", "state", "next_due", "booked")


def rows_sheet(rows: Iterable[ListedRow], extra: Iterable[ListedRow], today: date, language: str) -> bytes:
    """The list, row by row, and beside it the lifts that it lacks."""
    words = _words(language)
    headers = [words["column"][name] for name in ROWS]
    listed = [_row(row, words) for row in rows]
    lacking = [_row(row, words) for row in extra]
    return write_workbook({words["listed"]: (headers, listed), words["extra"]: (headers, lacking)}, today)


def remainder_sheet(remaining: Sequence[Remaining], today: date, language: str) -> bytes:
    """What is not done."""
    words = _words(language)
    headers = [words["column"][name] for name in LEFT]
    rows = [
        [
            str(number),
            one.shown,
            one.place,
            one.unit,
            one.district,
            words["state"][one.state],
            one.due.isoformat() if one.due else "",
            one.booked_on.isoformat() if one.booked_on else "",
        ]
        for number, one in enumerate(remaining, start=1)
    ]
    return write_workbook({words["remainder"]: (headers, rows)}, today)


def anomalies_sheet(found: Sequence[Odd], today: date, language: str) -> bytes:
    """Data that cannot be right, with who is to see to them."""
    words = _words(language)
    headers = [words["column"][name] for name in ODD]
    rows = [
        [
            str(number),
            words["anomaly"][one.kind],
            one.key,
            one.place,
            one.district,
            one.valid_until.isoformat() if one.valid_until else "",
            one.department.name if one.department else "",
        ]
        for number, one in enumerate(found, start=1)
    ]
    return write_workbook({words["anomalies"]: (headers, rows)}, today)


def say_reason(reason: dict[str, Any], language: str) -> str:
    """Why a row is not simply found."""
    return _reason(reason, _words(language))


def say_state(state: str, language: str) -> str:
    """Where a listed lift stands."""
    return str(_words(language)["state"][state])


def _words(language: str) -> dict[str, Any]:
    words: dict[str, Any] = words_of(language)["campaign"]
    return words


def _row(row: ListedRow, words: dict[str, Any]) -> list[str]:
    reasons = GAP.join(_reason(one, words) for one in row.reasons)
    line = "" if row.line is None else str(row.line)
    result = words["result"][row.result]
    return [line, row.shown, row.district, row.department, result, reasons, row.unit, row.place]


def _reason(reason: dict[str, Any], words: dict[str, Any]) -> str:
    known = {"listed": "", "register": "", "line": ""} | reason
    return str(words["reason"][reason["what"]]).format_map(known)
