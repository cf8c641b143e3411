"""An officer's lists as xlsx, with the columns of the list that goes to the district; every cell is text."""

import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from actions.evidence.attempts import Attempt
from actions.evidence.ledger import Entry
from actions.regulator.lists import LiftList, ListRow
from actions.regulator.people import Reached
from actions.regulator.warned import Warned, was_warned
from actions.workbook import write_workbook
from bot.words import name_of, say_month
from store.zone import SHANGHAI

COLUMNS = (
    *("no", "certificate", "code", "use_unit", "contact", "address", "internal", "next_due", "maintainer", "urged"),
    "reason",
)
WARNED = (
    "no",
    "certificate",
    "place",
    "use_unit",
    "next_due",
    "state",
    "warned",
    "on",
    "rung",
    "how",
    "to",
    "came",
    "receipt",
)
GAP = "; "


def list_sheet(found: LiftList, language: str) -> bytes:
    """The list as a workbook of one sheet."""
    words = words_of(language)
    rows = (_row(number, row, words, language) for number, row in enumerate(found.rows, start=1))
    headers = [words["column"][name] for name in COLUMNS]
    return write_workbook({words["list"][found.kind]: (headers, rows)}, found.today)


def warned_sheet(found: Warned, language: str) -> bytes:
    """Who was told what and when: a line for each message, and one for each lift of which nobody was told anything."""
    words = words_of(language)
    headers = [words["column"][name] for name in WARNED]
    return write_workbook({words["list"]["warned"]: (headers, _warned_rows(found, words, language))}, found.today)


def list_cells(number: int, row: ListRow, language: str) -> dict[str, str]:
    """A row of a list, by the names of its columns."""
    return dict(zip(COLUMNS, _row(number, row, words_of(language), language), strict=True))


@cache
def words_of(language: str) -> dict[str, Any]:
    """The words of the sheets."""
    path = files("templates") / "chat" / language / "sheets.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _row(number: int, row: ListRow, words: dict[str, Any], language: str) -> list[str]:
    lift = row.lift
    return [
        str(number),
        lift.certificate,
        lift.equipment_code,
        lift.use_unit,
        GAP.join(_person(person, language) for person in row.people) or words["nobody"],
        lift.address or lift.place,
        lift.internal_number,
        _due(row, language),
        lift.maintainer,
        GAP.join(_urged(entry, words, language) for entry in row.urged) or words["not_urged"],
        words["answer"].get(row.reason, row.reason),
    ]


def _warned_rows(found: Warned, words: dict[str, Any], language: str) -> Iterator[list[str]]:
    for number, row in enumerate(found.rows, start=1):
        lift = row.lift
        head = [str(number), lift.certificate, lift.place, lift.use_unit, _due(row, language), _state(row, words)]
        head.append(words["yes"] if was_warned(row) else words["no"])
        told = [[*head, *_told(entry, words, language)] for entry in row.urged]
        yield from told or [[*head, *[""] * (len(WARNED) - len(head))]]


def _told(entry: Entry, words: dict[str, Any], language: str) -> list[str]:
    attempts = entry.attempts
    return [
        entry.on.isoformat(),
        name_of("step", entry.rung, language),
        GAP.join(dict.fromkeys(name_of("channel", attempt.channel, language) for attempt in attempts)),
        GAP.join(dict.fromkeys(_recipient(attempt, language) for attempt in attempts)),
        words["outcome"].get(entry.outcome, entry.outcome),
        GAP.join(dict.fromkeys(_receipt(attempt) for attempt in attempts if attempt.receipt_at)),
    ]


def _urged(entry: Entry, words: dict[str, Any], language: str) -> str:
    how = name_of("channel", entry.attempts[0].channel, language) if entry.attempts else ""
    answers = [words["answer"].get(attempt.outcome, attempt.outcome) for attempt in entry.attempts if attempt.outcome]
    came = answers[0] if answers else words["outcome"].get(entry.outcome, entry.outcome)
    return " ".join(part for part in (entry.on.isoformat(), how or name_of("step", entry.rung, language), came) if part)


def _person(person: Reached, language: str) -> str:
    return " ".join(part for part in (name_of("role", person.role, language), person.name, person.phone) if part)


def _recipient(attempt: Attempt, language: str) -> str:
    return " ".join(part for part in (attempt.name, attempt.address) if part)


def _receipt(attempt: Attempt) -> str:
    return f"{attempt.receipt_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if attempt.receipt_at else ""


def _due(row: ListRow, language: str) -> str:
    if row.due is None:
        return ""  # handed in, and to be confirmed
    by_month = row.lift.by_month and row.due == row.lift.valid_until
    return say_month(row.due, language) if by_month else row.due.isoformat()


def _state(row: ListRow, words: dict[str, Any]) -> str:
    if row.closed_on is not None:
        return str(words["done"])
    booked: Sequence[date] = [row.booked_on] if row.booked_on is not None else []
    return (
        f"{words['booked_late' if row.booked_late else 'booked']} {booked[0].isoformat()}"
        if booked
        else str(words["waiting"])
    )
