"""Tables as a workbook. Every cell is text: nothing that a register says becomes a formula.

Equal tables give equal bytes: openpyxl writes the moment of making into the file, and it is taken out again.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Table = tuple[Sequence[str], Iterable[Sequence[str]]]  # headers, rows
LONGEST_CELL = 32_000  # Excel's own limit is 32,767
WIDEST, NARROWEST = 48, 8
DOS_EPOCH = (1980, 1, 1, 0, 0, 0)
MADE_AT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def write_workbook(tables: Mapping[str, Table], day: date) -> bytes:
    """A sheet for each table, by its name; `day` is stated as made on."""
    book = Workbook(write_only=True)
    bold = Font(bold=True)
    for name, (headers, rows) in tables.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for index, header in enumerate(headers, start=1):
            width = min(WIDEST, max(NARROWEST, 2 * len(header) + 4))
            sheet.column_dimensions[get_column_letter(index)].width = width
        sheet.append([_text_cell(sheet, header, font=bold) for header in headers])
        for row in rows:
            sheet.append([_text_cell(sheet, text) for text in row])
    raw = io.BytesIO()
    book.save(raw)
    return without_moments(raw, day)


def _text_cell(sheet: Any, text: str, *, font: Any = None) -> Any:
    """A cell that is text whatever it begins with; signs that no xlsx may hold are left out."""
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_CELL]
    cell = WriteOnlyCell(sheet, clean)
    cell.data_type = "s"  # openpyxl takes a text that begins with = for a formula
    if font is not None:
        cell.font = font
    return cell


def without_moments(raw: io.BytesIO, day: date) -> bytes:
    """An office document as if it was made at the beginning of `day`: equal ones are equal bytes."""
    clean = io.BytesIO()
    made_on = rb"\g<1>" + f"{day.isoformat()}T00:00:00Z".encode()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(clean, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = MADE_AT.sub(made_on, content)
            put(target, name, content)
    return clean.getvalue()


def put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add a file to an archive without the moment at which it was added."""
    entry = zipfile.ZipInfo(name, DOS_EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)
