"""A register file, opened: its layout and its rows, whatever kind of file it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from actions.register.errors import RegisterError
from actions.register.layout import Layout
from actions.register.layout_rules import LayoutRules
from actions.register.sheets import open_workbook, read_sheet, visible_sheets
from actions.register.text_files import DELIMITERS, UTF_16, RawRow, detect_encoding, read_rows

ROWS_BEFORE_DATA = 30  # title rows and remarks may stand above the header
SPREADSHEET_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")

Reading = Callable[[], Iterator[RawRow]]


@dataclass(frozen=True)
class Source:
    """`rows` are those below the header, with as many cells as it has; more than that is a fault of the row."""

    path: Path
    layout: Layout
    rows: Iterator[RawRow]


@dataclass(frozen=True)
class _Candidate:
    """A way to read the file, and how well its best row would do as the header."""

    name: str
    reading: Reading
    score: int
    line: int
    header: list[str]


def open_register(path: Path, rules: LayoutRules) -> Source:
    """The register in `path`; RegisterError when it is none."""
    _refuse_what_is_no_file(path)
    with path.open("rb") as file:
        start = file.read(4096)
    is_spreadsheet = start.startswith(SPREADSHEET_STARTS)
    candidate = _best_sheet(path, rules) if is_spreadsheet else _best_delimiter(path, rules)
    if not candidate.score and b"\0" in start and not (is_spreadsheet or start.startswith(UTF_16)):
        raise RegisterError(f"{path} is neither a CSV nor an XLSX file")
    if not candidate.score:
        raise RegisterError(f"{path} {rules.explain_refusal(candidate.header) if candidate.header else 'is empty'}")
    layout = rules.layout(candidate.header)
    return Source(path, layout, _rows_below(candidate.reading(), candidate.line, layout))


def _refuse_what_is_no_file(path: Path) -> None:
    if path.is_dir():
        raise RegisterError(f"{path} is a folder; name the CSV or XLSX file in it")
    if not path.exists():
        raise RegisterError(f"there is no file {path}")
    try:
        empty = path.stat().st_size == 0 or not path.is_file()
        path.open("rb").close()
    except OSError as error:
        raise RegisterError(f"{path} cannot be read: {error.strerror}") from error
    if empty:
        raise RegisterError(f"{path} is empty")


def _best_sheet(path: Path, rules: LayoutRules) -> _Candidate:
    workbook = open_workbook(path)
    found = [_candidate(name, partial(read_sheet, workbook, name, path), rules) for name in visible_sheets(workbook)]
    registers = [candidate for candidate in found if candidate.score]
    if len(registers) > 1:
        names = ", ".join(candidate.name for candidate in registers)
        raise RegisterError(f"{path} has several sheets that are registers ({names}); save each as a file of its own")
    if not found:
        raise RegisterError(f"{path} has no visible sheet")
    return max(found, key=_quality)


def _best_delimiter(path: Path, rules: LayoutRules) -> _Candidate:
    encoding = detect_encoding(path)
    best = max((_candidate(mark, partial(read_rows, path, encoding, mark), rules) for mark in DELIMITERS), key=_quality)
    return replace(best, reading=partial(read_rows, path, encoding, best.name, len(best.header)))


def _candidate(name: str, reading: Reading, rules: LayoutRules) -> _Candidate:
    rows = [(line, cells) for line, cells, fault in islice(reading(), ROWS_BEFORE_DATA) if not fault]
    scores = [rules.score(cells) for _, cells in rows]
    best = max(scores, default=0)
    widest = max(rows, key=lambda row: len(row[1]), default=(0, []))
    line, cells = rows[scores.index(best)] if best else widest
    return _Candidate(name, reading, best, line, cells)


def _quality(candidate: _Candidate) -> tuple[int, int]:
    return candidate.score, len(candidate.header)


def _rows_below(rows: Iterator[RawRow], header_line: int, layout: Layout) -> Iterator[RawRow]:
    width = len(layout.header)
    constants = list(layout.constants)
    for line, cells, fault in rows:
        if line <= header_line:
            continue
        if fault:
            yield line, cells, fault
        elif any(cells[width:]):
            yield line, cells, "too_many_cells"
        elif any(cells):
            whole = cells if len(cells) == width else [*cells[:width], *[""] * (width - len(cells))]
            yield line, whole + constants if constants else whole, ""
