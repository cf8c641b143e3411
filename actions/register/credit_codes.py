"""Unified social credit codes."""

from stdnum.cn import uscc

from actions.register.text import without_marks
from actions.register.words import half_width


def read_credit_code(stated: str) -> str | None:
    """The code in a cell in its usual form, or None when its checksum, or anything else about it, is wrong."""
    code = "".join(without_marks(half_width(stated)).split()).removeprefix("'").upper()
    return code if code.isascii() and code.isalnum() and uscc.is_valid(code) else None
