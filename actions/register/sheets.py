"""Spreadsheets (XLSX, and what else calamine reads): every cell as the text that a person sees in it."""

from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from actions.register.errors import RegisterError
from actions.register.text_files import RawRow

ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream that Office puts a protected workbook into
FIRST_INEXACT = 1e15  # from here on Excel has replaced digits by zeros


def open_workbook(path: Path) -> CalamineWorkbook:
    """The workbook, known by its content; one that is protected or broken is a RegisterError."""
    try:
        content = path.read_bytes()
        if ENCRYPTED in content:
            raise RegisterError(f"{path} is protected with a password; save it without one")
        return CalamineWorkbook.from_filelike(BytesIO(content))
    except (CalamineError, OSError) as error:
        raise RegisterError(f"{path} cannot be read as a spreadsheet ({error}); save it again, or as CSV") from error


def visible_sheets(workbook: CalamineWorkbook) -> list[str]:
    """The names of the sheets that a person sees."""
    return [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]


def read_sheet(workbook: CalamineWorkbook, name: str, path: Path) -> Iterator[RawRow]:
    """The rows of a sheet that are not empty, with their numbers. A cell merged over several rows is said in each."""
    try:
        sheet = workbook.get_sheet_by_name(name)
        merged = _merged_downwards(sheet)
        spread: dict[int, tuple[int, str]] = {}  # column → last row and text of the merged cell that we are in
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            texts = [cell if type(cell) is str else cell_text(cell) for cell in cells]
            if not any(texts):
                continue
            for column, (last, text) in spread.items():
                if number <= last:
                    texts[column] = text
            spread.update({column: (last, texts[column]) for column, last in merged.get(number, ())})
            yield number, texts, ""
    except CalamineError as error:
        raise RegisterError(f"the sheet {name} of {path} is broken ({error}); save it again, or as CSV") from error


def _merged_downwards(sheet: CalamineSheet) -> dict[int, list[tuple[int, int]]]:
    """For the first row of a merged cell: its column, counted as `iter_rows` does, and its last row."""
    first_column = sheet.start[1] if sheet.start else 0
    merged: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if bottom > top and left == right:
            merged.setdefault(top + 1, []).append((left - first_column, bottom + 1))
    return merged


def cell_text(value: Any) -> str:
    """A cell as text: 900001.0 is "900001", a date is ISO, a number beyond 15 digits shows that Excel rounded it."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        if abs(value) >= FIRST_INEXACT:
            return f"{value:.14E}"
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)
