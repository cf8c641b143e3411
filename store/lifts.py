"""Lifts, their many names, the city they stand in, and who answers for them from when to when."""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.base import check, index_where, one_of, unique_where


class LiftStatus(StrEnum):
    """Whether the lift owes anything at present."""

    IN_USE = "in_use"
    OUT_OF_USE = "out_of_use"
    SCRAPPED = "scrapped"


class Precision(StrEnum):
    """How exactly a register states a date: a month means its last day."""

    DAY = "day"
    MONTH = "month"


class NameKind(StrEnum):
    """The kinds of name by which people and systems know a lift."""

    EQUIPMENT_CODE = "equipment_code"
    REGISTRATION_CODE = "registration_code"
    CERTIFICATE = "certificate"
    RESCUE = "rescue"
    FACTORY = "factory"
    INTERNAL = "internal"
    MAPPED = "mapped"


class LiftRole(StrEnum):
    """In what role a party answers for a lift."""

    USE_UNIT = "use_unit"
    MAINTAINER = "maintainer"


BEGINNING = date.min  # of a regime that was always there


class City(SQLModel, table=True):
    """A register: the lifts of one city under one sequence of rulebooks."""

    id: str = Field(primary_key=True)
    name: str


class Regime(SQLModel, table=True):
    """Which rulebook a city is under from a day on, until the day of the next one.

    `from_on` is `BEGINNING` for the first. `beside` names a second rulebook whose rules stand beside the first and
    replace those for the same duty: a city's campaign under the national rule.
    """

    city_id: str = Field(foreign_key="city.id", primary_key=True)
    from_on: date = Field(primary_key=True)
    rulebook: str
    beside: str = ""


class Lift(SQLModel, table=True):
    """One lift as the register states it.

    `key` is the register's own identifier: equipment code, else registration number, else the mapped key.
    `valid_until` is the inspection validity V; `cycle` is V as first stated in this cycle, so that a corrected V keeps
    the identity of its duty and a renewed one starts the next. `next_test_on` is the next self-test as the register
    states it. `maintenance` holds how the lift is maintained, as the maintenance facts of `tixing dates`. `known_from`
    is the day on which a register first spoke of the lift. `withdrawn_on` is set where the import that brought the lift
    was undone: it owes nothing (`scrapped`) until a register speaks of it again.
    """

    __table_args__ = (
        UniqueConstraint("city_id", "key"),
        one_of("status", LiftStatus),
        check("precision_known", "valid_precision IS NULL OR valid_precision IN ('day', 'month')"),
        check("validity_whole", "(valid_until IS NULL) = (cycle IS NULL)"),
        check("precision_with_validity", "(valid_until IS NULL) = (valid_precision IS NULL)"),
        check("key_not_blank", "length(trim(key)) > 0"),
        Index("ix_lift_compound", "compound"),
    )

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    key: str
    status: str = LiftStatus.IN_USE
    district: str = ""
    district_code: str | None = None
    compound: str = ""
    building: str = ""
    internal_number: str = ""
    address: str = ""
    kind: str = ""
    certificate: str = ""
    equipment_code: str = ""
    registration_code: str = ""
    rescue_number: str = ""
    factory_number: str = ""
    installed_pass_on: date | None = None
    put_into_use_on: date | None = None
    last_inspected_on: date | None = None
    valid_until: date | None = None
    valid_precision: str | None = None
    cycle: date | None = None
    next_test_on: date | None = None
    maintenance: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    known_from: date | None = None
    extra: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    fingerprint: str = ""
    import_id: int | None = Field(default=None, foreign_key="import_run.id")
    line: int | None = None
    withdrawn_on: date | None = None


class LiftName(SQLModel, table=True):
    """A name under which a lift can be found; `value` is normalised for matching, `stated` is as written."""

    __tablename__ = "lift_name"
    __table_args__ = (
        one_of("kind", NameKind),
        check("value_not_blank", "length(trim(value)) > 0"),
        Index("ix_lift_name_value", "value"),
        {"sqlite_with_rowid": False},
    )

    lift_id: int = Field(foreign_key="lift.id", primary_key=True)
    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    stated: str
    until_on: date | None = None


class Responsibility(SQLModel, table=True):
    """Who answers for a lift, from `from_on` up to and not including `to_on`."""

    __table_args__ = (
        one_of("role", LiftRole),
        check("ends_after_start", "to_on IS NULL OR to_on >= from_on"),
        unique_where("uq_responsibility_current", "to_on IS NULL", "lift_id", "role"),
        index_where("ix_responsibility_party", "to_on IS NULL", "party_id", "role"),
        Index("ix_responsibility_lift", "lift_id"),
    )

    id: int = Field(default=None, primary_key=True)
    lift_id: int = Field(foreign_key="lift.id")
    party_id: int = Field(foreign_key="party.id")
    role: str
    from_on: date
    to_on: date | None = None


PLACE = ("key", "compound", "building", "internal_number", "address", "certificate", "district")


def place_facts(lift: Lift) -> dict[str, str]:
    """What a notice names a lift by, as it stands among the notice's own facts."""
    return {name: getattr(lift, name) or "" for name in PLACE}
