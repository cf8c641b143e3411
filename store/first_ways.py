"""In which written way somebody, or a kind of duty in a city, is told first, where it is not the rulebook's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, or_, select

from store.base import check, one_of
from store.database import in_chunks


class WrittenWay(StrEnum):
    """How something is written; calls are made as the rungs say."""

    SMS = "sms"
    CHAT = "chat"


class FirstWay(SQLModel, table=True):
    """`phone` stands for whoever has it, in all cities and parties; `city_id` and `duty` for a kind of duty there."""

    __tablename__ = "first_way"
    __table_args__ = (
        one_of("first", WrittenWay),
        check("of_a_person_or_a_kind", "(phone = '') <> (duty = '') AND (city_id = '') = (duty = '')"),
        UniqueConstraint("city_id", "duty", "phone"),
    )

    id: int = Field(default=None, primary_key=True)
    city_id: str = ""
    duty: str = ""
    phone: str = ""
    first: str


@dataclass(frozen=True)
class FirstWays:
    """By (city, kind of duty), and by phone."""

    by_kind: Mapping[tuple[str, str], str] = field(default_factory=dict)
    by_phone: Mapping[str, str] = field(default_factory=dict)


ANY = select(FirstWay.id).limit(1)


def load_first_ways(session: Session, phones: Iterable[str]) -> FirstWays:
    """Those of every kind, and of these phones."""
    if session.connection().execute(ANY).first() is None:
        return FirstWays()  # as nearly always: the question with all the phones costs more
    columns = (FirstWay.city_id, FirstWay.duty, FirstWay.phone, FirstWay.first)
    kinds = {(city, duty): first for city, duty, _, first in session.exec(select(*columns).where(FirstWay.phone == ""))}
    people: dict[str, str] = {}
    for part in in_chunks(sorted(set(phones))):
        found = select(FirstWay.phone, FirstWay.first).where(col(FirstWay.phone).in_(part))
        people.update((phone, first) for phone, first in session.exec(found))
    return FirstWays(kinds, people)


def all_first_ways(session: Session, city_id: str | None) -> list[FirstWay]:
    """Every one of a city (of all cities if None) and of every person, kinds first."""
    query = select(FirstWay).order_by(FirstWay.phone, FirstWay.city_id, FirstWay.duty)
    if city_id is not None:
        query = query.where(or_(FirstWay.city_id == city_id, FirstWay.city_id == ""))
    return list(session.exec(query))
