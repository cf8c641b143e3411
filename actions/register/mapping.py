"""A mapping: a TOML file that says where a register of another layout keeps what the store wants to know."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal, Self

import phonenumbers
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from actions.register.errors import RegisterError
from actions.register.fields import IDENTIFIERS, RegisterField
from store.lifts import LiftStatus

F = RegisterField
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def _is_region(region: str) -> str:
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(f"{region!r} is no country code of two capitals, such as CN")
    return region


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ValueMaps(_Part):
    """What the words of some columns mean here."""

    status: dict[str, LiftStatus] = {}
    kind: dict[str, str] = {}
    district: dict[str, str] = {}


class SyntheticContacts(_Part):
    """Invented use unit contacts for rows whose `column` is `equals`: for registers that hold no phone numbers."""

    column: Text
    equals: str


class Mapping(_Part):
    """The keys of a mapping file; docs/import.md explains each."""

    name: Text
    columns: dict[RegisterField, Text]
    constants: dict[RegisterField, Text] = {}
    extra: dict[Text, Text] = {}
    values: ValueMaps = ValueMaps()
    use_unit_fallback: Text | None = None
    synthetic_contacts: SyntheticContacts | None = None
    region: Annotated[str, AfterValidator(_is_region)] = "CN"
    language: Literal["zh", "en"] = "zh"

    @model_validator(mode="after")
    def _identifies_lifts(self) -> Self:
        if not any(field in self.columns for field in IDENTIFIERS):
            raise ValueError(f"columns names no identifier; one of {', '.join(IDENTIFIERS)} is needed")
        twice = [field for field in self.constants if field in self.columns]
        if twice:
            raise ValueError(f"{twice[0]} stands in columns and in constants")
        fixed = [field for field in self.constants if field in IDENTIFIERS]
        if fixed:
            raise ValueError(f"constants gives every lift the same {fixed[0]}")
        if self.use_unit_fallback is not None and not self.fallback_columns():
            raise ValueError("use_unit_fallback names no column in braces, such as {location_name}")
        return self

    def fallback_columns(self) -> list[str]:
        """The columns that the fallback for the use unit is made of."""
        return PLACEHOLDER.findall(self.use_unit_fallback or "")


def load_mapping(mapping: str) -> Mapping:
    """A mapping by the name of a shipped one or by the path of a file."""
    shipped = shipped_mappings()
    source: Traversable | Path = shipped[mapping] if mapping in shipped else Path(mapping).expanduser()
    try:
        text = source.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        known = ", ".join(sorted(shipped))
        raise RegisterError(
            f"there is no mapping file {mapping}, and no shipped mapping has that name ({known})"
        ) from (error)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise RegisterError(f"the mapping {mapping} cannot be read: {error}") from error
    return parse_mapping(text, mapping)


def parse_mapping(text: str, source: str) -> Mapping:
    """A mapping from TOML; `source` is said in errors, and its stem is the mapping's name unless it gives one."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RegisterError(f"the mapping {source} is not TOML: {error}") from error
    try:
        return Mapping.model_validate({"name": Path(source).stem, **data})
    except ValidationError as error:
        raise RegisterError(f"the mapping {source} is wrong: {_first_fault(error)}") from error


@cache
def shipped_mappings() -> dict[str, Traversable]:
    """The mappings that come with tixing, by name."""
    folder = files("actions.register") / "mappings"
    return {entry.name.removesuffix(".toml"): entry for entry in folder.iterdir() if entry.name.endswith(".toml")}


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    where = [str(part) for part in fault["loc"] if part != "[key]"]
    if fault["type"] == "extra_forbidden":
        return f"{'.'.join(where)} is no key that a mapping can have"
    if fault["type"] == "enum" and where[:1] != ["values"]:
        return f"{'.'.join(where)} is no field of the register; known are {', '.join(RegisterField)}"
    message = fault["msg"].removeprefix("Value error, ")
    return f"{'.'.join(where)}: {message}" if where else message
