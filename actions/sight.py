"""Which lifts somebody may see, by their role, their party and their places."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, and_, bindparam, false, func, or_, select, true
from sqlmodel import Session

from actions.actors import DEPARTMENT, MAINTAINER, REGULATORS, UNIT, Actor, Role
from actions.permissions import WHOLE_CITY
from store.cases import CaseLift, LiftCase
from store.database import table_of
from store.lifts import Lift, LiftRole, Responsibility
from store.parties import AreaRole, ContactScope, Jurisdiction


class Sight(StrEnum):
    """Which lifts a role may see."""

    OF_UNIT = "of_unit"
    OF_MAINTAINER = "of_maintainer"
    OF_DISTRICTS = "of_districts"
    OF_CITY = "of_city"
    OF_CASES = "of_cases"
    NONE = "none"


@dataclass(frozen=True)
class Whose:
    """Whose lifts a condition is about: values, or the parameters in whose place they will stand."""

    city_id: Any
    party_id: Any
    contact_id: Any
    districts: Any


ASKING = Whose(
    city_id=bindparam("asking_city", type_=String),
    party_id=bindparam("asking_party", type_=Integer),
    contact_id=bindparam("asking_contact", type_=Integer),
    districts=bindparam("asking_districts", type_=String, expanding=True),
)


def sight_of(actor: Actor) -> Sight:
    """Which lifts somebody may see, by their role."""
    if actor.role in UNIT:
        return Sight.OF_UNIT
    if actor.role in MAINTAINER:
        return Sight.OF_MAINTAINER
    if actor.role in DEPARTMENT or actor.role in REGULATORS:
        return Sight.OF_CITY if WHOLE_CITY in actor.districts else Sight.OF_DISTRICTS
    return Sight.OF_CASES if actor.role is Role.STREET_OFFICER else Sight.NONE


def asking(actor: Actor) -> dict[str, Any]:
    """The values of a query made with `ASKING`."""
    return {
        "asking_city": actor.city_id,
        "asking_party": actor.party_id,
        "asking_contact": actor.contact_id,
        "asking_districts": sorted(actor.districts),
    }


def lifts_of(actor: Actor) -> Select[tuple[int]]:
    """A query of the ids of the lifts that somebody in this role may see."""
    return lifts_seen(sight_of(actor), _whose(actor))


def lifts_seen(sight: Sight, whose: Whose) -> Select[tuple[int]]:
    """The same; with `ASKING` a query can be made once for everybody, and gets its values when it is asked."""
    lift = table_of(Lift)
    return select(lift.c.id).where(lift.c.city_id == whose.city_id, _is_theirs(sight, whose))


def among_lifts_of(session: Session, actor: Actor, lift_ids: Collection[int]) -> bool:
    """Whether all of these are lifts that they may see."""
    wanted = set(lift_ids)
    return bool(wanted) and seen_among(session, actor, wanted) == wanted


def lifts_at_desk(actor: Actor) -> Select[tuple[int]]:
    """A query of the lifts for which this department answers now; one of the whole city where no other one does."""
    if actor.role not in DEPARTMENT:
        return lifts_seen(Sight.NONE, _whose(actor))
    found = lifts_of(actor)
    if sight_of(actor) is not Sight.OF_CITY:
        return found
    lift, area = table_of(Lift).c, table_of(Jurisdiction).c
    others = select(area.district_code).where(
        area.city_id == actor.city_id, area.role == AreaRole.INSPECTION_DEPARTMENT,
        area.to_on.is_(None), area.party_id != actor.party_id,
    )  # fmt: skip
    return found.where(or_(lift.district_code.is_(None), lift.district_code.not_in(others)))


def is_at_desk(session: Session, actor: Actor, lift_ids: Collection[int]) -> bool:
    """Whether all of these are lifts for which this department answers now, whoever began something with them."""
    wanted = set(lift_ids)
    theirs = lifts_at_desk(actor).where(table_of(Lift).c.id.in_(wanted))
    return bool(wanted) and set(session.execute(theirs).scalars()) == wanted


def seen_among(session: Session, actor: Actor, lift_ids: Collection[int]) -> set[int]:
    """Those of these lifts that they may see."""
    values = {**asking(actor), "lift_ids": list(lift_ids)}
    return set(session.execute(_among(sight_of(actor)), values).scalars()) if lift_ids else set()


@cache
def _among(sight: Sight) -> Select[tuple[int]]:
    wanted = bindparam("lift_ids", type_=Integer, expanding=True)
    return lifts_seen(sight, ASKING).where(table_of(Lift).c.id.in_(wanted))


def _whose(actor: Actor) -> Whose:
    return Whose(actor.city_id, actor.party_id, actor.contact_id, sorted(actor.districts))


def _is_theirs(sight: Sight, whose: Whose) -> ColumnElement[bool]:
    lift = table_of(Lift).c
    if sight in (Sight.OF_UNIT, Sight.OF_MAINTAINER):
        role = LiftRole.USE_UNIT if sight is Sight.OF_UNIT else LiftRole.MAINTAINER
        answers = table_of(Responsibility).c
        theirs = and_(answers.party_id == whose.party_id, answers.role == role, answers.to_on.is_(None))
        return and_(lift.id.in_(select(answers.lift_id).where(theirs)), _in_places(whose))
    if sight is Sight.OF_DISTRICTS:
        return lift.district_code.in_(whose.districts)
    if sight is Sight.OF_CASES:
        return lift.id.in_(_in_cases_of(whose.party_id))
    return true() if sight is Sight.OF_CITY else false()


def in_their_places(actor: Actor) -> ColumnElement[bool]:
    """The condition, of a lift, that it is in their places: who is there for some only sees the lifts of those."""
    return _in_places(_whose(actor))


def _in_places(whose: Whose) -> ColumnElement[bool]:
    lift, place = table_of(Lift).c, table_of(ContactScope)
    theirs = select(place.c.id).where(place.c.contact_id == whose.contact_id)
    covers = theirs.where(
        or_(place.c.compound == "", place.c.compound == func.trim(lift.compound)),
        or_(place.c.building == "", place.c.building == func.trim(lift.building)),
    )
    return or_(~theirs.exists(), covers.correlate(table_of(Lift)).exists())


def _in_cases_of(party_id: Any) -> Select[tuple[int]]:
    """The lifts of the cases that a street office has."""
    case, member = table_of(LiftCase).c, table_of(CaseLift).c
    query = select(member.lift_id).join(table_of(LiftCase), case.id == member.case_id)
    return query.where(case.street_id == party_id, member.is_open)
