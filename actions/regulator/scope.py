"""Which lifts an officer sees, and for which the office itself answers: a guard for each thing that can be named."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Select, or_, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from actions.actors import Actor, Role
from actions.permissions import WHOLE_CITY
from actions.sight import lifts_of
from schedules.rulebook import load_rulebook
from store.cases import CaseStep, LiftCase
from store.database import table_of
from store.lifts import Lift
from store.notices import Notice
from store.parties import AreaRole, Jurisdiction
from store.pushes import Push
from store.rowsets import among


def answered_for(actor: Actor) -> Select[tuple[int]]:
    """A query of the ids of the lifts for which this officer's office acts.

    That of the city acts where no district's bureau does.
    """
    lift = table_of(Lift).c
    if actor.role is Role.DISTRICT_REGULATOR:
        return lifts_of(actor)
    area = table_of(Jurisdiction).c
    theirs = select(area.district_code).where(
        area.city_id == actor.city_id, area.role == AreaRole.DISTRICT_REGULATOR, area.to_on.is_(None)
    )
    return lifts_of(actor).where(or_(lift.district_code.is_(None), lift.district_code.not_in(theirs)))


def acts_on_lifts(session: Session, actor: Actor, lift_ids: Any) -> bool:
    """A guard: one lift or several, for all of which the office acts."""
    wanted = {lift_ids} if isinstance(lift_ids, int) else set(lift_ids)
    if not wanted:
        return False
    query = answered_for(actor).where(among(session, table_of(Lift).c.id, wanted))
    return set(session.execute(query).scalars()) == wanted


def sees_district(session: Session, actor: Actor, code: Any) -> bool:
    """A guard: a district of theirs."""
    known = {one.code for one in load_rulebook(actor.city_id).place.districts}
    return code in actor.districts or (WHOLE_CITY in actor.districts and code in known)


def is_their_push(session: Session, actor: Actor, push_id: Any) -> bool:
    """A guard: a push of their office."""
    push = session.get(Push, push_id)
    return push is not None and push.party_id == actor.party_id


def is_their_notice(session: Session, actor: Actor, notice_id: Any) -> bool:
    """A guard: a notice to their office."""
    notice = session.get(Notice, notice_id)
    return notice is not None and notice.party_id == actor.party_id


def is_their_case(session: Session, actor: Actor, case_id: Any) -> bool:
    """A guard: a case of the bureau, or one that the street office has; the city reads those of its districts."""
    case = session.get(LiftCase, case_id)
    if case is None or case.city_id != actor.city_id:
        return False
    if actor.role is Role.STREET_OFFICER:
        return case.street_id == actor.party_id
    return case.office_id == actor.party_id or actor.role is Role.CITY_REGULATOR


def acts_on_case(session: Session, actor: Actor, case_id: Any) -> bool:
    """A guard: a case of the bureau itself."""
    case = session.get(LiftCase, case_id)
    return case is not None and case.office_id == actor.party_id


def had_case(session: Session, actor: Actor, case_id: Any) -> bool:
    """A guard: a case that was handed to this street office once. Whether it has it still the action asks, because a
    tap that gave it back may come twice."""
    query = select_rows(CaseStep.id).where(CaseStep.case_id == case_id, CaseStep.to_id == actor.party_id)
    return session.exec(query).first() is not None


def district_names(city_id: str) -> Mapping[str, str]:
    """The names of the city's districts by code."""
    return {one.code: one.name for one in load_rulebook(city_id).place.districts}


def districts_seen(session: Session, actor: Actor) -> list[str]:
    """The codes of the districts that the officer sees, in their order."""
    if WHOLE_CITY in actor.districts:
        return sorted(district_names(actor.city_id))
    return sorted(actor.districts)


def bureau_of(session: Session, city_id: str, code: str | None) -> int | None:
    """The office that acts for a district: its bureau, else that of the city."""
    return bureaus_of(session, city_id)(code)


def bureaus_of(session: Session, city_id: str) -> Callable[[str | None], int | None]:
    """The same for many districts of a city, looked up once."""
    areas = session.exec(
        select_rows(Jurisdiction).where(
            Jurisdiction.city_id == city_id,
            col(Jurisdiction.role).in_((AreaRole.DISTRICT_REGULATOR, AreaRole.CITY_REGULATOR)),
            col(Jurisdiction.to_on).is_(None),
        )
    ).all()
    found = {(area.role, area.district_code): area.party_id for area in areas}
    of_city = found.get((AreaRole.CITY_REGULATOR, WHOLE_CITY))
    return lambda code: found.get((AreaRole.DISTRICT_REGULATOR, code or "")) or of_city
