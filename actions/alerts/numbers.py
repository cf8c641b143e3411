"""Numbers that are called when somebody is shut in: the maintainer's emergency number, the city's rescue centre."""

from dataclasses import dataclass

from sqlmodel import Session, select

from actions.actors import MAINTAINER, Asked, Role
from actions.people.parties import find_or_add_party
from actions.refusals import Refused
from actions.register.phones import read_phones
from actions.registry import verb
from store.alerts import EmergencyPhone
from store.settings import Setting

RESCUE_SETTING = "rescue_centres"  # by city: {"name", "shown", "dialled"}
RESCUE_PARTY = "r"  # what the ref of its party begins with
REGION = "CN"


@dataclass(frozen=True)
class RescueCentre:
    """As people know it (`shown`: 96333) and as a machine or a clerk elsewhere dials it (E.164), if it can be."""

    name: str
    shown: str
    dialled: str | None = None


def set_rescue_centre(session: Session, city_id: str, centre: RescueCentre) -> None:
    """Whom the city wants called when somebody is shut in."""
    setting = session.get(Setting, RESCUE_SETTING)
    known = dict(setting.value) if setting is not None else {}
    known[city_id] = {"name": centre.name, "shown": centre.shown, "dialled": centre.dialled}
    session.merge(Setting(key=RESCUE_SETTING, value=known))
    if centre.dialled:
        find_or_add_party(session, city_id=city_id, name=centre.name, kind=RESCUE_PARTY)
    session.flush()


def rescue_centre(session: Session, city_id: str) -> RescueCentre | None:
    """None where the city has named none."""
    setting = session.get(Setting, RESCUE_SETTING)
    found = setting.value.get(city_id) if setting is not None else None
    return RescueCentre(**found) if found else None


def rescue_party(session: Session, city_id: str) -> int | None:
    """The party to which calls of the rescue centre go; None where it cannot be dialled."""
    centre = rescue_centre(session, city_id)
    if centre is None or not centre.dialled:
        return None
    return find_or_add_party(session, city_id=city_id, name=centre.name, kind=RESCUE_PARTY)


def one_number(stated: str) -> str | None:
    """The first number in what somebody wrote, as E.164; None where it is no phone number."""
    return next(iter(read_phones(stated, REGION) or ()), None)


def emergency_phone_of(session: Session, party_id: int | None) -> str | None:
    """The maintainer's number (E.164) for emergencies, if it has given one."""
    return session.exec(select(EmergencyPhone.phone).where(EmergencyPhone.party_id == party_id)).first()


@verb(MAINTAINER, reads=True)
def emergency_phone(session: Session, asked: Asked) -> str | None:
    """The number of one's own maintainer for emergencies."""
    return emergency_phone_of(session, asked.actor.party_id)


@verb(frozenset({Role.MAINTAINER_ADMIN, Role.DISPATCHER}))
def set_emergency_phone(session: Session, asked: Asked, *, phone: str) -> str:
    """Give the number that is answered day and night (003 三(二)1); E.164."""
    found = one_number(phone)
    if found is None:
        raise Refused("alerts.no_phone")
    actor = asked.actor
    row = session.exec(select(EmergencyPhone).where(EmergencyPhone.party_id == actor.party_id)).first()
    row = row or EmergencyPhone(party_id=actor.party_id, phone=found, set_at=asked.now)
    row.phone, row.set_by, row.set_at = found, actor.contact_id, asked.now
    session.add(row)
    session.flush()
    return found
