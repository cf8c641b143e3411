"""Rows that were refused: kept in the store, and written as a CSV file for whoever puts them right."""

import csv
import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import select
from sqlmodel import Session

from actions.register.context import ImportContext
from actions.register.errors import RegisterError, RowRefused
from actions.register.findings import FIRST_LINES
from actions.register.layout import Layout
from actions.register.statements import insert_rows
from actions.register.text import visible
from store.database import table_of
from store.imports import ImportReject

VALUE_SHOWN = 60  # characters of a cell that a sentence quotes
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
SHOWN = 5  # refused rows that are named at once
COLUMNS = ("import_id", "line", "reason", "detail", "row")


class Rejects:
    """Collects refused rows and writes them to the store."""

    def __init__(self, context: ImportContext, layout: Layout) -> None:
        self._context = context
        self._language = layout.language
        self._header = column_names(layout.header)
        self.width = len(layout.header)
        self._rows: list[tuple[Any, ...]] = []
        self.reasons: Counter[str] = Counter()
        self.lines: list[int] = []

    def add(self, line: int, cells: Sequence[str], refused: RowRefused) -> None:
        """Keep the row with its reason."""
        names = [*self._header, *(f"+{number}" for number in range(1, len(cells) - len(self._header) + 1))]
        row = {name: visible(cell) for name, cell in zip(names, cells, strict=False)}
        detail = sentence(refused, self._language)
        self._rows.append((self._context.import_id, line, refused.reason, detail, json.dumps(row, ensure_ascii=False)))
        self.reasons[refused.reason] += 1
        if len(self.lines) < FIRST_LINES:
            self.lines.append(line)

    def flush(self) -> None:
        """Write what was added."""
        insert_rows(self._context.connection, ImportReject, COLUMNS, self._rows)
        self._rows = []


def sentence(refused: RowRefused, language: str) -> str:
    """Why the row was refused, in one sentence for a person."""
    values = {name: _shown(value) for name, value in refused.values.items()}
    return _sentences()[refused.reason][language].format_map(values)


def column_names(header: Sequence[str]) -> list[str]:
    """The header's cells, each name once: an empty one is numbered, a repeated one gets a number."""
    names: list[str] = []
    for number, cell in enumerate(header, start=1):
        name = visible(cell.strip()) or f"column {number}"
        names.append(name if name not in names else f"{name} ({number})")
    return names


@contextmanager
def open_rejects_file(path: Path | None, source: Path) -> Iterator[TextIO | None]:
    """The file for refused rows, opened before anything is imported; UTF-8 with the mark that Excel looks for."""
    if path is None:
        yield None
        return
    if path.exists() and path.samefile(source):
        raise RegisterError(f"the rejects would overwrite the register {path}; name another file")
    try:
        file = path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="")
    except OSError as error:
        raise RegisterError(f"the rejects file {path} cannot be written: {error.strerror}") from error
    with file:
        yield file


def write_rejects(session: Session, import_id: int, header: Sequence[str], file: TextIO) -> None:
    """Write what the store keeps of an import's refused rows: line, reason, detail, then the register's columns."""
    columns = column_names(header)
    writer = csv.writer(file)
    writer.writerow([defuse(cell) for cell in ("line", "reason", "detail", *columns)])
    table = table_of(ImportReject).c
    query = select(table.line, table.reason, table.detail, table.row).where(table.import_id == import_id)
    for line, reason, detail, row in session.execute(query.order_by(table.line)).yield_per(1000):
        beyond = [cell for name, cell in row.items() if name not in columns]
        cells = [row.get(name, "") for name in columns]
        writer.writerow([line, reason, *map(defuse, (detail, *cells, *beyond))])


def first_rejects(session: Session, import_id: int) -> list[tuple[int, str]]:
    """(line, sentence) of the first refused rows."""
    table = table_of(ImportReject).c
    query = select(table.line, table.detail).where(table.import_id == import_id).order_by(table.line).limit(SHOWN)
    return [(row.line, row.detail) for row in session.execute(query)]


def defuse(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula, as text."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _shown(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    text = visible(" ".join(str(value).split()))
    return text if len(text) <= VALUE_SHOWN else f"{text[:VALUE_SHOWN]}…"


@cache
def _sentences() -> dict[str, dict[str, str]]:
    text = (files("templates") / "documents" / "rejects.toml").read_text(encoding="utf-8")
    sentences: dict[str, dict[str, str]] = tomllib.loads(text)
    return sentences
