"""Cases as people read them: who has which, for how many days, and what was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from actions.actors import REGULATORS, Asked, Role
from actions.permissions import WHOLE_CITY
from actions.registry import verb
from actions.regulator.people import Reached, note_read, people_of
from actions.regulator.push_previews import LiftLine, lift_lines
from actions.regulator.scope import is_their_case
from actions.regulator.street_offices import Street
from actions.regulator.street_offices import street_offices as list_street_offices
from store.cases import CaseLift, CaseState, CaseStep, LiftCase
from store.lifts import City
from store.parties import Contact, Party
from store.place_names import as_read

HOLDERS = REGULATORS | {Role.STREET_OFFICER}
NEWEST = 100


@dataclass(frozen=True)
class CaseLine:
    """A case in a list: `holder` has had it for `days` days; it is late after `due`."""

    case_id: int
    city_id: str
    district_code: str
    matter: str
    state: CaseState
    unit: str
    lifts: int
    office: str
    holder: str
    holder_ref: str
    days: int
    due: date
    is_late: bool
    opened_on: date
    closed_on: date | None


@dataclass(frozen=True)
class CaseStory:
    """A case with its lifts, its unit's people and its history."""

    line: CaseLine
    lifts: Sequence[LiftLine]
    people: Sequence[Reached]
    steps: Sequence["StepLine"]


@dataclass(frozen=True)
class StepLine:
    """Who did what with the case; `photos` are ids of stored files."""

    deed: str
    at: datetime
    by: str
    office: str
    to: str
    note: str
    photos: Sequence[int]


@verb(HOLDERS, reads=True)
def cases_held(session: Session, asked: Asked, *, closed: bool = False) -> Sequence[CaseLine]:
    """The open cases of one's office (or those that are closed), what is due first before the others."""
    actor = asked.actor
    query = select(LiftCase).where(LiftCase.city_id == actor.city_id)
    if actor.role is Role.STREET_OFFICER:
        query = query.where(LiftCase.street_id == actor.party_id)
    elif WHOLE_CITY not in actor.districts:
        query = query.where(LiftCase.office_id == actor.party_id)
    query = query.where(col(LiftCase.closed_on).is_not(None) if closed else col(LiftCase.closed_on).is_(None))
    order = [col(LiftCase.closed_on).desc()] if closed else [col(LiftCase.due)]
    cases = session.exec(query.order_by(*order, col(LiftCase.id)).limit(NEWEST)).all()
    return case_lines(session, cases, asked.today)


@verb(HOLDERS, reads=True, case_id=is_their_case)
def case_story(session: Session, asked: Asked, *, case_id: int) -> CaseStory:
    """Everything about one case."""
    case = session.get_one(LiftCase, case_id)
    ids = session.exec(select(CaseLift.lift_id).where(CaseLift.case_id == case_id)).all()
    lines = lift_lines(session, dict.fromkeys(ids))
    people = people_of(session, [case.unit_id] if case.unit_id is not None else [])
    note_read(asked.actor, f"case {case_id}", len(ids))
    return CaseStory(
        case_lines(session, [case], asked.today)[0],
        sorted(lines.values(), key=lambda line: as_read(line.place)),
        people.get(case.unit_id or 0, []),
        _steps(session, case_id),
    )


@verb(REGULATORS, reads=True)
def street_offices_of(session: Session, asked: Asked) -> Sequence[Street]:
    """The street offices below one's bureau; of all districts for the city."""
    codes = None if WHOLE_CITY in asked.actor.districts else sorted(asked.actor.districts)
    return list_street_offices(session, asked.actor.city_id, district_codes=codes)


def all_cases(session: Session, city_id: str | None, today: date) -> list[CaseLine]:
    """Every open case, for the command line."""
    query = select(LiftCase).where(col(LiftCase.closed_on).is_(None))
    if city_id is not None:
        session.get_one(City, city_id)
        query = query.where(LiftCase.city_id == city_id)
    return case_lines(session, session.exec(query.order_by(col(LiftCase.due), col(LiftCase.id))).all(), today)


def case_lines(session: Session, cases: Sequence[LiftCase], today: date) -> list[CaseLine]:
    """These cases in their order."""
    ids = [case.id for case in cases]
    counted = select(CaseLift.case_id, func.count()).where(col(CaseLift.case_id).in_(ids))
    numbers = dict(session.exec(counted.group_by(col(CaseLift.case_id))).all())
    parties = _parties(session, cases)
    return [_line(case, numbers.get(case.id, 0), parties, today) for case in cases]


def _parties(session: Session, cases: Sequence[LiftCase]) -> Mapping[int, Party]:
    wanted = {party for case in cases for party in (case.office_id, case.street_id, case.unit_id) if party is not None}
    return {party.id: party for party in session.exec(select(Party).where(col(Party.id).in_(wanted)))}


def _line(case: LiftCase, lifts: int, parties: Mapping[int, Party], today: date) -> CaseLine:
    holder = parties[case.street_id if case.street_id is not None else case.office_id]
    return CaseLine(
        case_id=case.id,
        city_id=case.city_id,
        district_code=case.district_code,
        matter=case.matter,
        state=CaseState(case.state),
        unit=parties[case.unit_id].name if case.unit_id is not None else "",
        lifts=lifts,
        office=parties[case.office_id].name,
        holder=holder.name,
        holder_ref=holder.ref,
        days=((case.closed_on or today) - case.held_since).days,
        due=case.due,
        is_late=case.closed_on is None and case.due < today,
        opened_on=case.opened_on,
        closed_on=case.closed_on,
    )


def _steps(session: Session, case_id: int) -> list[StepLine]:
    to, office = aliased(Party), aliased(Party)
    query = (
        select(CaseStep, Contact.name, office.name, to.name)
        .join(Contact, col(Contact.id) == CaseStep.contact_id)
        .join(office, col(office.id) == Contact.party_id)
        .outerjoin(to, col(to.id) == CaseStep.to_id)
        .where(CaseStep.case_id == case_id)
        .order_by(col(CaseStep.id))
    )
    return [
        StepLine(step.deed, step.at, by, where, whom or "", step.note, tuple(step.photos))
        for step, by, where, whom in session.exec(query)
    ]
