"""Text from registers, made safe to stand in a message that speaks in our name."""

import re
import unicodedata
from functools import lru_cache

BRACKETS = str.maketrans("", "", "【】〖〗")
_DOT = r"[.．。｡]"
_TOP_LEVEL = r"(?:com|cn|net|org|top|xyz|cc|io|vip|club|me|info|link|site|shop|online|icu|ly|gl|goo|hk|tw|app|dev)"
_LINK = re.compile(
    rf"(?:https?|ftp)\s*[:：]\s*[/／]{{2}}\S*"
    rf"|\bwww{_DOT}\S+"
    rf"|[a-z0-9_-]+(?:{_DOT}[a-z0-9_-]+)*{_DOT}{_TOP_LEVEL}(?![a-z0-9])(?:[/／?]\S*)?"
    rf"|[a-z0-9_-]+{_DOT}[a-z]{{2,}}[/／]\S+",
    re.IGNORECASE,
)
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_NOT_SHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # control, bidi and zero-width, surrogates, unassigned


@lru_cache(maxsize=10_000)  # a day's notices name the same parties and compounds again and again
def clean_text(text: str) -> str:
    """`text` on one line, without brackets of signatures, links, mobile numbers and characters that do not show."""
    if not text or (text.isascii() and text.isalnum()):
        return text
    shown = "".join(_shown(sign) for sign in text) if not text.isprintable() else text
    shown = _LINK.sub("", shown.translate(BRACKETS))
    return " ".join(_MOBILE.sub("", shown).split())


def cut(text: str, limit: int) -> str:
    """The first `limit` characters, at a word's end where the text has words."""
    if len(text) <= limit:
        return text
    head, _, tail = text[: limit + 1].rpartition(" ")
    return head.rstrip() if len(head) * 2 >= limit and tail.isascii() else text[:limit].rstrip()


def _shown(sign: str) -> str:
    if sign in "\t\n\r\v\f\u2028\u2029":
        return " "
    return "" if unicodedata.category(sign) in _NOT_SHOWN else sign
