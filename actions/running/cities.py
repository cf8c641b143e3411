"""Registers of cities, and the offices that answer for their districts."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from actions.people.parties import OFFICE, add_contact, bind_webchat, find_or_add_party
from schedules.regimes import join, refuse_contradictions
from schedules.rulebook import RulebookError, has_cycle, load_rulebook, rulebook_ids
from store.lifts import BEGINNING, City, Regime
from store.locks import hold_city
from store.parties import AreaRole, ContactRole, Jurisdiction

WHOLE_CITY = "*"
OFFICER_OF = {
    AreaRole.INSPECTION_DEPARTMENT: ContactRole.DUTY_OFFICER,
    AreaRole.DISTRICT_REGULATOR: ContactRole.REGULATOR_OFFICER,
    AreaRole.CITY_REGULATOR: ContactRole.REGULATOR_OFFICER,
}


def ensure_city(session: Session, city_id: str, as_of: date) -> None:
    """The city with its regime and its offices, made if it is not there yet; `city_id` names a rulebook.

    Raises schedules.rulebook.RulebookError for an unknown one.
    """
    if session.get(City, city_id) is not None:
        return
    rulebook = load_rulebook(city_id)
    place = rulebook.place
    session.add(City(id=city_id, name=place.name))
    session.flush()
    session.add(Regime(city_id=city_id, from_on=BEGINNING, rulebook=rulebook.id))
    following = rulebook
    while (then := following.successor) is not None:
        beside = following.id if then.keeps else ""
        session.add(Regime(city_id=city_id, rulebook=then.rulebook, from_on=then.from_on, beside=beside))
        following = load_rulebook(then.rulebook)
    offices = [
        (AreaRole.INSPECTION_DEPARTMENT, place.inspection_department, [WHOLE_CITY]),
        (AreaRole.CITY_REGULATOR, place.city_regulator, [WHOLE_CITY]),
    ]
    offices += [
        (AreaRole.DISTRICT_REGULATOR, place.district_regulator.format(district=district.name), [district.code])
        for district in place.districts
    ]
    for role, name, codes in offices:
        add_area_party(session, city_id=city_id, role=role, name=name, district_codes=codes, as_of=as_of)


def set_regime(session: Session, city_id: str, *, rulebook: str, from_on: date | None, beside: str = "") -> None:
    """Put the city under `rulebook` from a day on (None: from the beginning), with another one beside it if wanted.

    It holds until the day of the next regime, and replaces one that begins on the same day. The next pass hands the
    lifts over. Raises RulebookError for rulebooks that are not there or contradict each other.
    """
    if (of := _only_beside(rulebook)) is not None:
        raise RulebookError(f"{rulebook!r} only stands beside {of!r}: put the city under that one")
    if beside == rulebook:
        raise RulebookError(f"{rulebook!r} can't stand beside itself: name it once")
    if beside and has_cycle(load_rulebook(beside)):
        raise RulebookError(f"{beside!r} says itself which lift is inspected in which year: it stands alone")
    if beside:
        join(rulebook, beside)
    else:
        refuse_contradictions(load_rulebook(rulebook))
    hold_city(session, city_id)
    session.merge(Regime(city_id=city_id, from_on=from_on or BEGINNING, rulebook=rulebook, beside=beside))
    session.flush()


def _only_beside(rulebook: str) -> str | None:
    """The rulebook whose companion this one is; None where it may be a city's only one, as a successor is."""
    books = [load_rulebook(each) for each in rulebook_ids()]
    if any(book.successor is not None and book.successor.rulebook == rulebook for book in books):
        return None
    return next((book.id for book in books if rulebook in book.companions), None)


def end_regime(session: Session, city_id: str, from_on: date) -> bool:
    """Take back the regime that begins on this day, so that the one before it goes on; False if there is none."""
    hold_city(session, city_id)
    regime = session.get(Regime, (city_id, from_on))
    if regime is None:
        return False
    session.delete(regime)
    session.flush()
    return True


def regimes_of(session: Session, city_id: str) -> list[Regime]:
    """What the city is under, and from when, in that order."""
    return list(session.exec(select(Regime).where(Regime.city_id == city_id).order_by(col(Regime.from_on))).all())


def add_area_party(
    session: Session,
    *,
    city_id: str,
    role: AreaRole,
    name: str,
    district_codes: Sequence[str],
    as_of: date,
    officer_name: str = "",
    officer_phone: str | None = None,
    webchat: str | None = None,
) -> int:
    """An office that answers for districts ('*': the whole city) from `as_of`; replaces who did so before.

    With a name or a phone its officer becomes the contact; `webchat` is the officer's inbox. Returns the party's id.
    """
    party_id = find_or_add_party(session, city_id=city_id, name=name, kind=OFFICE)
    for code in district_codes:
        _hand_over(session, city_id, code, role, party_id, as_of)
    if officer_name or officer_phone or webchat:
        contact_id = add_contact(
            session, party_id=party_id, role=OFFICER_OF[role], name=officer_name, phone=officer_phone, as_of=as_of
        )
        if webchat:
            bind_webchat(session, contact_id=contact_id, address=webchat)
    return party_id


def _hand_over(session: Session, city_id: str, code: str, role: AreaRole, party_id: int, as_of: date) -> None:
    current = session.exec(
        select(Jurisdiction)
        .where(Jurisdiction.city_id == city_id, Jurisdiction.district_code == code, Jurisdiction.role == role)
        .where(col(Jurisdiction.to_on).is_(None))
    ).first()
    if current is not None:
        if current.party_id == party_id:
            return
        current.to_on = max(as_of, current.from_on)
        session.add(current)
        session.flush()
    session.add(Jurisdiction(city_id=city_id, district_code=code, role=role, party_id=party_id, from_on=as_of))
    session.flush()
