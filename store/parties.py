"""Parties (units, maintainers, departments, regulators), the people who can be reached there, and their chats."""

from datetime import date
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, false
from sqlmodel import Field, Session, SQLModel

from store.base import check, index_where, one_of, unique_where


class ContactRole(StrEnum):
    """What a person is to the party, which decides which rung they are told."""

    UNIT_CONTACT = "unit_contact"
    SAFETY_MANAGER = "safety_manager"
    LEGAL_REP = "legal_rep"
    MAINTAINER_CONTACT = "maintainer_contact"
    DUTY_OFFICER = "duty_officer"
    REGULATOR_OFFICER = "regulator_officer"
    MAINTAINER_ADMIN = "maintainer_admin"
    WORKER = "worker"
    INSPECTOR = "inspector"
    TESTER = "tester"
    STREET_OFFICER = "street_officer"


class AreaRole(StrEnum):
    """In what role a party answers for a district."""

    INSPECTION_DEPARTMENT = "inspection_department"
    DISTRICT_REGULATOR = "district_regulator"
    CITY_REGULATOR = "city_regulator"


class Party(SQLModel, table=True):
    """An organisation. `ref` is stable over imports: the credit code, else a digest of city, kind and name."""

    __table_args__ = (UniqueConstraint("city_id", "ref"), check("name_not_blank", "length(trim(name)) > 0"))

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    ref: str
    name: str
    credit_code: str | None = None
    language: str = "zh"


class Jurisdiction(SQLModel, table=True):
    """Which party answers for a district in which role; district_code '*' stands for the whole city."""

    __table_args__ = (
        one_of("role", AreaRole),
        check("ends_after_start", "to_on IS NULL OR to_on >= from_on"),
        unique_where("uq_jurisdiction_current", "to_on IS NULL", "city_id", "district_code", "role"),
    )

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    district_code: str
    role: str
    party_id: int = Field(foreign_key="party.id")
    from_on: date
    to_on: date | None = None


class Contact(SQLModel, table=True):
    """A person at a party. `phone` is E.164; `phone_stated` is what the register said when that is no phone number.

    `by_hand`: named by a person of the party, and by no register so far; a register that does not know them keeps them.
    `ended_by_hand`: a register that names them still does not bring them back. They are away up to and with
    `off_until`, and others are told.
    """

    __table_args__ = (
        one_of("role", ContactRole),
        check("phone_is_e164", "phone IS NULL OR phone LIKE '+%'"),
        check("ends_after_start", "to_on IS NULL OR to_on >= from_on"),
        unique_where("uq_contact_current", "to_on IS NULL", "party_id", "role", "name", "phone"),
        unique_where(
            "uq_contact_current_no_phone", "to_on IS NULL AND phone IS NULL", "party_id", "role", "name", "phone_stated"
        ),
        Index("ix_contact_party", "party_id"),
        index_where("ix_contact_phone", "to_on IS NULL AND phone IS NOT NULL", "phone"),
    )

    id: int = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="party.id")
    role: str
    name: str = ""
    phone: str | None = None
    phone_stated: str = ""
    synthetic: bool = False
    from_on: date
    to_on: date | None = None
    by_hand: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    ended_by_hand: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    off_until: date | None = None


class ContactScope(SQLModel, table=True):
    """A place for which a contact is there: a compound, one building, or one of a compound. None: for all lifts."""

    __tablename__ = "contact_scope"
    __table_args__ = (
        check("names_a_place", "length(trim(compound)) > 0 OR length(trim(building)) > 0"),
        UniqueConstraint("contact_id", "compound", "building"),
    )

    id: int = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contact.id")
    compound: str = ""
    building: str = ""


class Chat(SQLModel, table=True):
    """A chat through which a contact can be reached: (telegram, chat id) or (webchat, inbox name).

    A person who serves several parties is a contact of each, with the same chat. `phone` is the one by which somebody
    has shown who they are there: the chat is theirs for as long as the contact has it. An operator's has none.
    """

    __table_args__ = (
        check("phone_is_e164", "phone IS NULL OR phone LIKE '+%'"),
        UniqueConstraint("channel", "address", "contact_id"),
    )

    id: int = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contact.id", index=True)
    channel: str
    address: str
    active: bool = True
    phone: str | None = None


def party_name(session: Session, party_id: int | None) -> str:
    """The name of a party; empty where there is none."""
    party = session.get(Party, party_id) if party_id is not None else None
    return party.name if party is not None else ""
