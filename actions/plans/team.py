"""A file of inspectors: who they are, how many lifts they inspect in half a day, and when they are away."""

import csv
from pathlib import Path

from actions.plans.make import PlanError
from schedules.dates import whole_day
from schedules.year_plan.inspectors import HALVES, Away, Inspector

COLUMNS = ("name", "am", "pm", "away")


def read_team(path: Path) -> list[Inspector]:
    """The inspectors of a CSV file with the columns name, am, pm and away.

    `away` holds days, `2027-03-01/2027-03-31` for several and `2027-03-01 am` for a half, between semicolons. PlanError
    says in one sentence what is wrong and on which line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise PlanError(f"{path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise PlanError(f"{path} is not a CSV file in UTF-8") from error
    team = [_inspector(path, line, row) for line, row in enumerate(rows, start=2)]
    names = [one.name for one in team]
    if (double := next((name for name in names if names.count(name) > 1), None)) is not None:
        raise PlanError(f"{path} has {double!r} twice: give every inspector one line and a name of their own")
    return team


def _inspector(path: Path, line: int, row: dict[str, str | None]) -> Inspector:
    cells = {column: (row.get(column) or "").strip() for column in COLUMNS}
    try:
        if not cells["name"]:
            raise ValueError("there is no name")
        away = tuple(_away(part.strip()) for part in cells["away"].split(";") if part.strip())
        return Inspector(cells["name"], _places(cells["am"]), _places(cells["pm"]), away)
    except ValueError as error:
        raise PlanError(f"{path}, line {line}: {error}") from error


def _places(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{text!r} is not a number of lifts in half a day")
    return int(text)


def _away(text: str) -> Away:
    days, _, half = text.partition(" ")
    first, _, last = days.partition("/")
    if half and half not in HALVES:
        raise ValueError(f"{half!r} is not am or pm")
    try:
        begins, ends = whole_day(first), whole_day(last or first)
    except ValueError as error:
        raise ValueError(f"{days!r} is not a date; write YYYY-MM-DD, or YYYY-MM-DD/YYYY-MM-DD") from error
    if ends < begins:
        raise ValueError(f"{text!r} ends before it begins")
    return Away(begins, ends, half or None)
