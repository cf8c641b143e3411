"""Cases: a bureau hands lifts of one unit down to a street office, which looks on site and hands the case back.

    with_street ─site check─▶ checked ─hand back─▶ with_district ─close─▶ closed

Every deed is a line of the case's history and has a key; whoever comes second is told how the case stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select, update

from actions.actors import REGULATORS, Actor, Asked, Role
from actions.permissions import NotAllowedError
from actions.photos import is_their_photo
from actions.refusals import Refused
from actions.registry import verb
from actions.regulator.case_notices import tell_case
from actions.regulator.scope import acts_on_case, acts_on_lifts, had_case
from schedules.announcements import parties_of
from store.cases import CaseDeed, CaseLift, CaseMatter, CaseState, CaseStep, LiftCase, StreetOffice
from store.lifts import Lift, LiftRole
from store.locks import lock_lifts

STREET = frozenset({Role.STREET_OFFICER})
LONGEST_NOTE, MOST_PHOTOS = 500, 6
# What may be done in which state, and what it leads to.
LEADS_TO: dict[CaseDeed, dict[CaseState, CaseState]] = {
    CaseDeed.SITE_CHECK: {CaseState.WITH_STREET: CaseState.CHECKED, CaseState.CHECKED: CaseState.CHECKED},
    CaseDeed.HANDED_BACK: {
        CaseState.WITH_STREET: CaseState.WITH_DISTRICT,
        CaseState.CHECKED: CaseState.WITH_DISTRICT,
    },
    CaseDeed.RECALLED: {CaseState.WITH_STREET: CaseState.WITH_DISTRICT, CaseState.CHECKED: CaseState.WITH_DISTRICT},
    CaseDeed.HANDED_DOWN: {CaseState.WITH_DISTRICT: CaseState.WITH_STREET},
    CaseDeed.CLOSED: {CaseState.WITH_DISTRICT: CaseState.CLOSED},
}


@dataclass(frozen=True)
class CaseDone:
    """What became of a case. `repeated`: the same tap came before."""

    case_id: int
    state: CaseState
    repeated: bool = False


def is_street_office(session: Session, actor: Actor, office_id: Any) -> bool:
    """A guard: a street office below a bureau in this city; whether of the right district the action says."""
    office = _office(session, office_id)
    return office is not None and office.city_id == actor.city_id


@verb(REGULATORS, lifts=acts_on_lifts, street_id=is_street_office)
def open_case(
    session: Session,
    asked: Asked,
    *,
    lifts: Sequence[int],
    street_id: int,
    matter: CaseMatter,
    due: date,
    note: str = "",
) -> CaseDone:
    """Hand these lifts of one unit down to a street office of their district: to be checked and given back by `due`."""
    if (before := _by_key(session, asked.key)) is not None:
        return CaseDone(before.case_id, CaseState(before.state), repeated=True)
    if due < asked.today:
        raise Refused("case.due_passed", due=due)
    lock_lifts(session, lifts)
    found = session.exec(select(Lift).where(col(Lift.id).in_(lifts)).order_by(col(Lift.id))).all()
    _refuse_open(session, lifts)
    units = parties_of(session, lifts, [LiftRole.USE_UNIT])
    if len({units.get((lift.id, LiftRole.USE_UNIT)) for lift in found}) > 1:
        raise Refused("case.several_units")
    district = _one_district(found)
    _refuse_other_district(session, street_id, district)
    case = LiftCase(
        city_id=asked.actor.city_id,
        district_code=district,
        matter=matter,
        office_id=asked.actor.party_id,
        street_id=street_id,
        unit_id=units.get((found[0].id, LiftRole.USE_UNIT)),
        opened_by=asked.actor.contact_id,
        opened_on=asked.today,
        held_since=asked.today,
        due=due,
    )
    session.add(case)
    session.flush()
    session.add_all(CaseLift(case_id=case.id, lift_id=lift.id) for lift in found)
    return _note(session, asked, case, CaseDeed.HANDED_DOWN, note, to_id=street_id)


@verb(REGULATORS, case_id=acts_on_case, street_id=is_street_office)
def hand_down(session: Session, asked: Asked, *, case_id: int, street_id: int, due: date, note: str = "") -> CaseDone:
    """Hand a case that came back down again, to the same street office or another."""
    case, done = _begin(session, asked, case_id, CaseDeed.HANDED_DOWN)
    if done is not None:
        return done
    if due < asked.today:
        raise Refused("case.due_passed", due=due)
    _refuse_other_district(session, street_id, case.district_code)
    case.street_id, case.due, case.held_since = street_id, due, asked.today
    return _note(session, asked, case, CaseDeed.HANDED_DOWN, note, to_id=street_id)


@verb(STREET, case_id=had_case, photos=is_their_photo)
def record_site_check(
    session: Session, asked: Asked, *, case_id: int, note: str, photos: Sequence[int] = ()
) -> CaseDone:
    """What was found on site, with photos."""
    case, done = _begin(session, asked, case_id, CaseDeed.SITE_CHECK)
    if done is not None:
        return done
    if len(photos) > MOST_PHOTOS:
        raise Refused("case.too_many_photos", most=MOST_PHOTOS)
    return _note(session, asked, case, CaseDeed.SITE_CHECK, _required(note), photos=photos)


@verb(STREET, case_id=had_case)
def hand_back(session: Session, asked: Asked, *, case_id: int, note: str = "") -> CaseDone:
    """Give the case back to the bureau; without a check on site the note says why there was none."""
    case, done = _begin(session, asked, case_id, CaseDeed.HANDED_BACK)
    if done is not None:
        return done
    if case.state == CaseState.WITH_STREET:
        note = _required(note, "case.no_check")
    case.street_id, case.held_since = None, asked.today
    return _note(session, asked, case, CaseDeed.HANDED_BACK, note, to_id=case.office_id)


@verb(REGULATORS, case_id=acts_on_case)
def recall_case(session: Session, asked: Asked, *, case_id: int, note: str = "") -> CaseDone:
    """Take a case back from the street office."""
    case, done = _begin(session, asked, case_id, CaseDeed.RECALLED)
    if done is not None:
        return done
    case.street_id, case.held_since = None, asked.today
    return _note(session, asked, case, CaseDeed.RECALLED, note, to_id=case.office_id)


@verb(REGULATORS, case_id=acts_on_case)
def close_case(session: Session, asked: Asked, *, case_id: int, note: str) -> CaseDone:
    """The case is done; `note` says with what result. Its lifts can be in another case from now on."""
    case, done = _begin(session, asked, case_id, CaseDeed.CLOSED)
    if done is not None:
        return done
    note = _required(note)
    session.exec(update(CaseLift).where(col(CaseLift.case_id) == case.id).values(is_open=False))
    case.closed_on = asked.today
    return _note(session, asked, case, CaseDeed.CLOSED, note)


def _begin(session: Session, asked: Asked, case_id: int, deed: CaseDeed) -> tuple[LiftCase, CaseDone | None]:
    """The case, kept from others until the transaction ends; with what came of it where this tap came before."""
    case = session.get_one(LiftCase, case_id, with_for_update=True, populate_existing=True)
    before = _by_key(session, asked.key)
    if before is not None:
        return case, CaseDone(case.id, CaseState(before.state), repeated=True)
    if asked.actor.role is Role.STREET_OFFICER and case.street_id != asked.actor.party_id:
        raise NotAllowedError("this street office has the case no more")
    if CaseState(case.state) not in LEADS_TO[deed]:
        raise Refused("case.stands_otherwise", state=case.state)
    return case, None


def _note(
    session: Session,
    asked: Asked,
    case: LiftCase,
    deed: CaseDeed,
    note: str,
    *,
    to_id: int | None = None,
    photos: Sequence[int] = (),
) -> CaseDone:
    """Move the case on (a new one stands there already), keep the deed, and tell the office that has it now."""
    case.state = LEADS_TO[deed].get(CaseState(case.state), case.state)
    session.add(case)
    step = CaseStep(
        case_id=case.id,
        deed=deed,
        state=case.state,
        at=asked.now,
        on_date=asked.today,
        contact_id=asked.actor.contact_id,
        to_id=to_id,
        note=" ".join(note.split())[:LONGEST_NOTE],
        photos=list(photos),
        key=asked.key,
    )
    session.add(step)
    session.flush()
    if to_id is not None and deed is not CaseDeed.RECALLED:
        tell_case(session, case, step, to_id, issuer=asked.actor.party_name)
    return CaseDone(case.id, CaseState(case.state))


def _by_key(session: Session, key: str) -> CaseStep | None:
    return session.exec(select(CaseStep).where(CaseStep.key == key)).first()


def _required(note: str, name: str = "case.note_missing") -> str:
    if not note.strip():
        raise Refused(name)
    return note


def _office(session: Session, office_id: int) -> StreetOffice | None:
    query = select(StreetOffice).where(StreetOffice.party_id == office_id, col(StreetOffice.to_on).is_(None))
    return session.exec(query).first()


def _refuse_other_district(session: Session, street_id: int, district: str) -> None:
    office = _office(session, street_id)
    if office is None or office.district_code != district:
        raise Refused("case.other_district")


def _one_district(lifts: Sequence[Lift]) -> str:
    districts = {lift.district_code or "" for lift in lifts}
    if len(districts) > 1 or not all(districts):
        raise Refused("case.other_district")
    return districts.pop()


def _refuse_open(session: Session, lift_ids: Sequence[int]) -> None:
    query = select(CaseLift).where(col(CaseLift.lift_id).in_(lift_ids), col(CaseLift.is_open))
    there = session.exec(query).first()
    if there is not None:
        raise Refused("case.open_already", case=there.case_id)
