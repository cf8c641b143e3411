"""What a deployment has filed with Aliyun: the id of each approved text, and which of them says a given message.

A message may only go out in the words that were approved. So the text that we have written is compared with the filed
ones, and the values of their variables are read from it: what the provider then sends is exactly what we wrote.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlmodel import Session

from store.settings import Setting

FILINGS_SETTING = "aliyun_filings"
VARIABLE = re.compile(r"\$\{([^}]*)\}")


class FilingError(Exception):
    """The filings of a deployment cannot be used; the sentence says where and why."""


class Rule(BaseModel):
    """What a provider asks of a text of one kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    longest_text: int
    longest_variable: int
    never: str
    never_at_ends: str
    code: str


class VariableRule(BaseModel):
    """How a variable may be called."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    names: str
    never: tuple[str, ...]


class Rules(BaseModel):
    """Aliyun's part of templates/providers.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sms: Rule
    voice: Rule
    variables: VariableRule
    not_filed: tuple[str, ...]

    def of(self, kind: str) -> Rule:
        """Those for SMS or for calls."""
        return self.voice if kind == "voice" else self.sms


class Filing(BaseModel):
    """An approved text with its id (TemplateCode, TtsCode)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["sms", "voice"]
    template: str = ""
    language: str = "zh"
    code: str
    text: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What every message of this text looks like."""
        longest = load_rules().of(self.kind).longest_variable
        parts = VARIABLE.split(self.text)
        return re.compile(
            "".join(
                f"(?P<{part}>.{{1,{longest}}}?)" if index % 2 else re.escape(part) for index, part in enumerate(parts)
            )
        )

    def read(self, body: str) -> dict[str, str] | None:
        """The values of its variables in a message that says it; None for another message."""
        found = self.pattern.fullmatch(body)
        return found.groupdict() if found else None


@dataclass(frozen=True)
class Said:
    """A message as a provider takes it."""

    code: str
    values: dict[str, str]


@dataclass(frozen=True)
class Filings:
    """All that a deployment has filed."""

    filed: tuple[Filing, ...] = ()

    def find(self, kind: str, template: str, body: str) -> Said | None:
        """The approved text that says this message; one of its own template before another's."""
        ours = sorted((one for one in self.filed if one.kind == kind), key=lambda one: one.template != template)
        for filing in ours:
            values = filing.read(body)
            if values is not None:
                return Said(filing.code, values)
        return None

    def holds(self, kind: str, text: str) -> bool:
        """Whether this text has an id."""
        return any(one.kind == kind and one.text == text for one in self.filed)


def load_filings(session: Session) -> Filings:
    """What is stored; nothing where a deployment has filed nothing."""
    setting = session.get(Setting, FILINGS_SETTING)
    return Filings(tuple(Filing.model_validate(one) for one in setting.value)) if setting is not None else Filings()


def store_filings(session: Session, filings: Sequence[Filing]) -> None:
    """Put these in the place of what is stored."""
    session.merge(Setting(key=FILINGS_SETTING, value=[one.model_dump() for one in filings]))


def read_filings(text: str) -> list[Filing]:
    """The filings of a file as `tixing filings` prints it; those without an id yet are left out.

    Raises FilingError.
    """
    try:
        rows = tomllib.loads(text).get("filing", [])
    except tomllib.TOMLDecodeError as error:
        raise FilingError(f"is no TOML: {error}") from error
    if not isinstance(rows, list):
        raise FilingError("holds no [[filing]]")
    return list(_read_rows(rows))


def _read_rows(rows: list[object]) -> Iterator[Filing]:
    for number, row in enumerate(rows, start=1):
        try:
            filing = Filing.model_validate(row)
        except ValidationError as error:
            fault = error.errors()[0]
            raise FilingError(
                f"filing {number}: {'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
            ) from error
        if not filing.code:
            continue
        if not re.fullmatch(load_rules().of(filing.kind).code, filing.code):
            raise FilingError(f"filing {number}: {filing.code!r} is no id of a text for {filing.kind}")
        fault_of_text = next(check_filing(filing.kind, filing.text), None)
        if fault_of_text is not None:
            raise FilingError(f"filing {number} ({filing.code}): {fault_of_text}")
        yield filing


def check_filing(kind: str, text: str) -> Iterator[str]:
    """What a provider would say against a text."""
    rule, variables = load_rules().of(kind), load_rules().variables
    names = VARIABLE.findall(text)
    if not 1 <= len(text) <= rule.longest_text:
        yield f"has {len(text)} characters, {rule.longest_text} at most"
    if found := sorted(set(VARIABLE.sub("", text)) & set(rule.never)):
        yield f"holds {''.join(found)!r}"
    if text[:1] in tuple(rule.never_at_ends) or text[-1:] in tuple(rule.never_at_ends):
        yield "begins or ends with a bracket"
    for name in names:
        if not re.fullmatch(variables.names, name) or name in variables.never:
            yield f"has a variable {name!r}, as none may be called"
    if len(set(names)) < len(names):
        yield "has a variable twice"
    if re.search(r"\}\s*\$\{", text):
        yield "has two variables side by side"
    if not VARIABLE.sub("", text).strip():
        yield "is nothing but variables"


@cache
def load_rules() -> Rules:
    """The shipped rules."""
    said = tomllib.loads((files("templates") / "providers.toml").read_text(encoding="utf-8"))
    return Rules.model_validate(said["aliyun"])
