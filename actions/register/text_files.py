"""CSV files: which encoding, and rows with the number of the physical line on which each starts."""

import codecs
import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path

CHUNK = 1 << 20
DELIMITERS = (",", ";", "\t", "|")
LONGEST_ROW = 200  # physical lines; a quoted cell that runs on longer was never closed
CANDIDATES = ("utf-8", "gb18030")
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


# The number of its first physical line, its cells, and the reason why it cannot be read, if so ("" otherwise).
RawRow = tuple[int, list[str], str]


class _QuoteNotClosed(Exception):
    """The physical lines that the csv module has taken since the last row are not one row."""


def detect_encoding(path: Path) -> str:
    """UTF-8 with or without mark, UTF-16 with one, or GB18030: the one under which fewest lines are broken."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith(UTF_16):
        return "utf-16"
    if _decodes(path, "utf-8"):
        return "utf-8"
    return min(CANDIDATES, key=lambda encoding: _broken_lines(path, encoding))


def read_rows(path: Path, encoding: str, delimiter: str, width: int | None = None) -> Iterator[RawRow]:
    """The rows of a CSV file. Bytes that are no text arrive as lone surrogates, for the row to be refused.

    A quote that is never closed would swallow the rest of the file: only the line on which it stands is given up,
    reading goes on at the next. `width` is the number of cells that a row over several lines must have.
    """
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        taken: list[str] = []
        returned: deque[str] = deque()
        reader = csv.reader(_feed(file, returned, taken), delimiter=delimiter)
        line = 1
        while True:
            try:
                cells = next(reader)
                if len(taken) > 1 and width is not None and len(cells) != width:
                    raise _QuoteNotClosed
            except StopIteration:
                return
            except (_QuoteNotClosed, csv.Error) as error:
                yield line, [taken[0].rstrip("\r\n")], _fault_of(error)
                returned.extendleft(reversed(taken[1:]))
                taken.clear()
                reader = csv.reader(_feed(file, returned, taken), delimiter=delimiter)
                line += 1
                continue
            if cells:
                yield line, cells, ""
            line += len(taken)
            taken.clear()


def _feed(file: Iterator[str], returned: deque[str], taken: list[str]) -> Iterator[str]:
    """Physical lines for the csv module, first those given back; `taken` are those of the row that it is reading."""
    while True:
        line = returned.popleft() if returned else next(file, None)
        if line is None:
            break
        taken.append(line)
        if len(taken) > LONGEST_ROW:
            raise _QuoteNotClosed
        yield line
    if taken:
        raise _QuoteNotClosed  # the module still wants a line: it is inside a quoted cell


def _fault_of(error: Exception) -> str:
    return "unclosed_quote" if isinstance(error, _QuoteNotClosed) else "unreadable_row"


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _broken_lines(path: Path, encoding: str) -> int:
    broken = 0
    with path.open("rb") as file:
        for line in file:
            try:
                line.decode(encoding)
            except UnicodeDecodeError:
                broken += 1
    return broken
