"""What people write or press, and what they are told then: templates/replies.toml."""

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

ANSWERS = ("will_book", "call_back", "not_ours", "out_of_use")  # as actions.told.replies knows them
STOP, START, AGAIN = "stop", "start", "again"


def say(way: str, language: str, name: str) -> str:
    """The sentence `name` for a call (`voice`) or an SMS (`sms`)."""
    text: str = _file()[way][language][name]
    return text


def read_words(text: str) -> str | None:
    """What a short message says: an answer, STOP or START; None for anything else."""
    plain = said_plainly(text)
    return next((name for name, words in _file()["words"].items() if plain in words), None)


def said_plainly(text: str) -> str:
    """The same in small letters, full-width ones made half-width, without what ends a sentence."""
    return unicodedata.normalize("NFKC", text).strip().strip(".!。！ ").casefold()


def read_key(key: str) -> str | None:
    """What a key of the telephone says: an answer, or AGAIN."""
    name: str | None = _file()["keys"].get(key)
    return name


def offered_keys() -> dict[str, str]:
    """What each key of the telephone says."""
    keys: dict[str, str] = _file()["keys"]
    return keys


def sentences(way: str, language: str) -> dict[str, str]:
    """Everything that may be said to somebody who has answered, by name."""
    found: dict[str, str] = _file()[way][language]
    return found


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((files("templates") / "replies.toml").read_text(encoding="utf-8"))
