"""Text of cells: kept as stated, or refused; never silently changed."""

import re
import unicodedata

from actions.register.errors import RowRefused

_LINE_BREAKS = re.compile(r"[ \u00a0\u3000]*[\t\n\r\u2028\u2029][\s\u2028\u2029]*")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_UNDECODABLE = re.compile(r"[\ud800-\udfff]")


def clean_text(raw: str, column: str, limit: int) -> str:
    """`raw` without the space around it and with line breaks as single spaces.

    Control characters, bytes that are not text and more than `limit` characters are refused.
    """
    text = raw.strip()
    if not text.isprintable():
        refuse_unprintable(text, column)
        text = _LINE_BREAKS.sub(" ", text)
    if len(text) > limit:
        raise RowRefused("too_long", column=column, length=len(text), limit=limit)
    return text


def refuse_unprintable(text: str, column: str) -> None:
    """Refuse control characters and undecodable bytes; marks of direction and of width zero are text."""
    if _UNDECODABLE.search(text):
        raise RowRefused("bad_encoding", column=column)
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        raise RowRefused("control_character", column=column, code=f"U+{ord(forbidden[0]):04X}")


def without_marks(text: str) -> str:
    """`text` without invisible marks (zero width, direction), which copying from other programs leaves behind."""
    if text.isprintable():
        return text
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def visible(text: str) -> str:
    """`text` with bytes that were no text and NULs written out, so that every store and file can hold it."""
    if text.isprintable():
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\x00")
