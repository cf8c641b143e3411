"""The data file words.toml, read once."""

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from store.lifts import LiftStatus


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DateWords(_Data):
    separators: tuple[str, ...]
    day_marks: tuple[str, ...]


class AnswerWords(_Data):
    yes: frozenset[str]
    no: frozenset[str]


class PlaceWords(_Data):
    suffixes: tuple[str, ...]
    municipal: tuple[str, ...]


class PhoneWords(_Data):
    between: tuple[str, ...]
    extension: tuple[str, ...]


class NameWords(_Data):
    between: tuple[str, ...]


class IdentifierWords(_Data):
    same: dict[str, str]


class Words(_Data):
    """What words.toml holds, see there."""

    nothing: frozenset[str]
    dates: DateWords
    status: dict[LiftStatus, tuple[str, ...]]
    answers: AnswerWords
    places: PlaceWords
    phones: PhoneWords
    names: NameWords
    identifiers: IdentifierWords


@cache
def words() -> Words:
    """The words of Chinese registers."""
    return Words.model_validate(tomllib.loads((files("actions.register") / "words.toml").read_text(encoding="utf-8")))


def half_width(text: str) -> str:
    """`text` with full-width letters, digits, brackets and spaces as ordinary ones (NFKC)."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def says_nothing(text: str) -> bool:
    """Whether a cell (stripped) is empty or holds only a word for nothing."""
    return not text or (len(text) < 8 and text.lower() in words().nothing)
