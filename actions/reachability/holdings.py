"""How many lifts each party answers for, in which district and role: counted by the database."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session

from store.database import table_of
from store.lifts import Lift, LiftRole, LiftStatus, Responsibility
from store.parties import Party

ROLES = (LiftRole.USE_UNIT, LiftRole.MAINTAINER)


@dataclass(frozen=True)
class Chosen:
    """Which part of the registers: all where nothing is said. `district` is a code or a name, `party` a ref or a part
    of a name."""

    city_id: str | None = None
    district: str | None = None
    party: str | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """Lifts of one district for which one party answers in one role; party 0: nobody does."""

    city_id: str
    district: str
    role: LiftRole
    party_id: int
    lifts: int


def load_holdings(session: Session, chosen: Chosen) -> list[Holding]:
    """Every lift of the chosen part that is not scrapped, once for each role."""
    found = [holding for role in ROLES for holding in _holdings_in(session, role, chosen)]
    return [holding for holding in found if holding.party_id or not chosen.party]


def _holdings_in(session: Session, role: LiftRole, chosen: Chosen) -> Iterable[Holding]:
    lift, held, party = table_of(Lift).c, table_of(Responsibility).c, table_of(Party).c
    current = (held.lift_id == lift.id) & (held.role == role) & held.to_on.is_(None)
    query = (
        select(lift.city_id, lift.district, func.coalesce(held.party_id, 0), func.count())
        .select_from(table_of(Lift))
        .outerjoin(table_of(Responsibility), current)
        .outerjoin(table_of(Party), party.id == held.party_id)
        .where(lift.status != LiftStatus.SCRAPPED, *_conditions(chosen))
        .group_by(lift.city_id, lift.district, held.party_id)
        .order_by(lift.city_id, lift.district, held.party_id)
    )
    return [
        Holding(city_id, district, role, party_id, count)
        for city_id, district, party_id, count in session.execute(query)
    ]


def _conditions(chosen: Chosen) -> list[ColumnElement[bool]]:
    lift, party = table_of(Lift).c, table_of(Party).c
    found: list[ColumnElement[bool]] = []
    if chosen.city_id:
        found.append(lift.city_id == chosen.city_id)
    if chosen.district:
        found.append(or_(lift.district_code == chosen.district, lift.district == chosen.district))
    if chosen.party:
        found.append(or_(party.ref == chosen.party, party.name.contains(chosen.party, autoescape=True)))
    return found
