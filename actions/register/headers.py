"""Which field a header cell names."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from actions.register.fields import RegisterField
from actions.register.words import half_width

F = RegisterField

_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\u3010[^\u3010\u3011]*\u3011")
_BESIDE_THE_NAME = re.compile(r"[\s_*:\u200b\ufeff]+")

# Whose a bare "phone" or "contact" is, by the field of the nearest column to its left.
_CONTACT_OF = {F.USE_UNIT: F.USE_UNIT_CONTACT, F.MAINTAINER: F.MAINTAINER_CONTACT}
_CREDIT_CODE_OF = {F.USE_UNIT: F.USE_UNIT_CREDIT_CODE, F.MAINTAINER: F.MAINTAINER_CREDIT_CODE}
_PHONE_OF = {
    F.USE_UNIT: F.USE_UNIT_PHONE,
    F.USE_UNIT_CONTACT: F.USE_UNIT_PHONE,
    F.SAFETY_MANAGER: F.SAFETY_MANAGER_PHONE,
    F.LEGAL_REP: F.LEGAL_REP_PHONE,
    F.MAINTAINER: F.MAINTAINER_PHONE,
    F.MAINTAINER_CONTACT: F.MAINTAINER_PHONE,
}


class Synonyms(BaseModel):
    """What headers.toml holds, see there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fields: dict[RegisterField, tuple[str, ...]]
    nearest: dict[str, tuple[str, ...]]
    extra: dict[str, tuple[str, ...]]


@cache
def synonyms() -> Synonyms:
    """The built-in names of columns."""
    text = (files("actions.register") / "headers.toml").read_text(encoding="utf-8")
    return Synonyms.model_validate(tomllib.loads(text))


def plain_header(cell: str) -> str:
    """A header cell without what varies between exports: width, spaces, asterisks, colons and capitals."""
    return _BESIDE_THE_NAME.sub("", half_width(cell)).lower()


def header_forms(cell: str) -> Iterator[str]:
    """The names that a header cell may stand for, most literal first: whole, without hints, its first line."""
    lines = [line for line in half_width(cell).splitlines() if line.strip()]
    for text in ("".join(lines), *lines[:1]):
        yield plain_header(text)
        yield plain_header(_IN_BRACKETS.sub("", text))


def recognise(cells: Sequence[str]) -> dict[RegisterField, int]:
    """The column of every field that these header cells name."""
    names = _field_names()
    found: dict[RegisterField, tuple[int, int]] = {}
    owner = whose = F.USE_UNIT
    for index, cell in enumerate(cells):
        known = next((names[form] for form in header_forms(cell) if form in names), None)
        if known is None:
            known = _nearest(cell, owner, whose, found)
        if known is None:
            continue
        field, rank = known
        if field in _CONTACT_OF:
            owner = whose = field
        elif field in _PHONE_OF:
            whose = field
        if field not in found or rank < found[field][1]:
            found[field] = (index, rank)
    return {field: index for field, (index, _) in found.items()}


def recognise_extra(cells: Sequence[str]) -> dict[str, int]:
    """The columns that are kept as text beside the lift."""
    names = {plain_header(name): key for key, listed in synonyms().extra.items() for name in listed}
    found: dict[str, int] = {}
    for index, cell in enumerate(cells):
        key = next((names[form] for form in header_forms(cell) if form in names), None)
        if key is not None:
            found.setdefault(key, index)
    return found


def _nearest(
    cell: str, owner: RegisterField, whose: RegisterField, found: dict[RegisterField, tuple[int, int]]
) -> tuple[RegisterField, int] | None:
    field_of = {"contact": _CONTACT_OF[owner], "credit_code": _CREDIT_CODE_OF[owner], "phone": _PHONE_OF[whose]}
    generic = _generic_names()
    meant = next((generic[form] for form in header_forms(cell) if form in generic), None)
    if meant is None or field_of[meant] in found:
        return None
    return field_of[meant], 0


@cache
def _field_names() -> dict[str, tuple[RegisterField, int]]:
    names = {plain_header(field): (field, 0) for field in RegisterField}
    for field, listed in synonyms().fields.items():
        names.update({plain_header(name): (field, rank) for rank, name in enumerate(listed, start=1)})
    return names


@cache
def _generic_names() -> dict[str, str]:
    return {plain_header(name): meaning for meaning, listed in synonyms().nearest.items() for name in listed}
