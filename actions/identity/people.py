"""The people of a party as their colleagues see them, and who of them may name whom."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from actions.actors import EVERYONE, MAINTAINER, UNIT, UNIT_HEADS, Actor, Asked, Role
from actions.registry import verb
from actions.sight import lifts_of
from store.doubted import reaches_still
from store.lifts import Lift
from store.parties import Chat, Contact, ContactRole, ContactScope

Place = tuple[str, str]  # compound, building; an empty one stands for all

HEAD, MANAGER, CONTACT = ContactRole.LEGAL_REP, ContactRole.SAFETY_MANAGER, ContactRole.UNIT_CONTACT
DISPATCHER, ADMIN, WORKER = ContactRole.MAINTAINER_CONTACT, ContactRole.MAINTAINER_ADMIN, ContactRole.WORKER
DESK, INSPECTOR = ContactRole.DUTY_OFFICER, ContactRole.INSPECTOR
OFFICER, STREET = ContactRole.REGULATOR_OFFICER, ContactRole.STREET_OFFICER

# Who names people of their own party, and what those may be there. In an office they are invited.
MAY_NAME: Mapping[Role, tuple[ContactRole, ...]] = {
    Role.LEGAL_REP: (CONTACT, MANAGER, HEAD),
    Role.SAFETY_MANAGER: (CONTACT, MANAGER),
    Role.MAINTAINER_ADMIN: (WORKER, DISPATCHER, ADMIN),
}
MAY_INVITE: Mapping[Role, tuple[ContactRole, ...]] = {
    Role.DUTY_OFFICER: (INSPECTOR, DESK),
    Role.DISTRICT_REGULATOR: (OFFICER, STREET),
    Role.CITY_REGULATOR: (OFFICER,),
}
ADMINISTRATORS = frozenset({*MAY_NAME, *MAY_INVITE})
IN_THE_FIELD = UNIT | MAINTAINER


@dataclass(frozen=True)
class Colleague:
    """Somebody at a party. `phone` is masked; `doors`: in how many chats they can be reached; none `places`: all lifts.

    `may_change`: whoever looks may change their role and places, and end them.
    """

    contact_id: int
    name: str
    role: str
    phone: str
    places: tuple[Place, ...]
    off_until: date | None
    doors: int
    is_me: bool
    may_change: bool


@verb(EVERYONE, reads=True)
def my_people(session: Session, asked: Asked) -> list[Colleague]:
    """Everybody of the party, who looks first."""
    actor = asked.actor
    query = select(Contact).where(Contact.party_id == actor.party_id, col(Contact.to_on).is_(None))
    people = session.exec(query.where(~col(Contact.synthetic)).order_by(col(Contact.id))).all()
    places, doors = places_of(session, [one.id for one in people]), _doors(session, actor.party_id)
    may = may_change(actor.role)
    found = [
        Colleague(
            contact_id=one.id,
            name=one.name,
            role=one.role,
            phone=masked(one.phone),
            places=places.get(one.id, ()),
            off_until=one.off_until if one.off_until is not None and one.off_until >= asked.today else None,
            doors=doors.get(one.id, 0),
            is_me=one.id == actor.contact_id,
            may_change=one.role in may and one.id != actor.contact_id,
        )
        for one in people
    ]
    return sorted(found, key=lambda one: (not one.is_me, one.contact_id))


@verb(UNIT_HEADS | {Role.MAINTAINER_ADMIN}, reads=True)
def places_to_choose(session: Session, asked: Asked) -> list[Place]:
    """The compounds of the party's lifts, each whole and by building."""
    lifts = lifts_of(asked.actor)
    query = select(Lift.compound, Lift.building).where(col(Lift.id).in_(lifts)).distinct()
    found = {(compound.strip(), building.strip()) for compound, building in session.exec(query)}
    whole = {(compound, "") for compound, _ in found if compound}
    return sorted((found | whole) - {("", "")})


def may_change(role: Role) -> tuple[ContactRole, ...]:
    """What those may be whom somebody in this role changes."""
    return MAY_NAME.get(role) or MAY_INVITE.get(role, ())


def a_colleague(session: Session, actor: Actor, contact_id: Any) -> bool:
    """A guard: somebody else of the party, also a former one, in a role that this one may change."""
    contact = session.get(Contact, contact_id)
    return (
        contact is not None
        and contact.id != actor.contact_id
        and contact.party_id == actor.party_id
        and contact.role in may_change(actor.role)
    )


def me_or_a_colleague(session: Session, actor: Actor, contact_id: Any) -> bool:
    """A guard: the person themselves, or somebody whom they may change."""
    return contact_id == actor.contact_id or a_colleague(session, actor, contact_id)


def places_of(session: Session, contact_ids: Sequence[int]) -> dict[int, tuple[Place, ...]]:
    """Where each of these people is there for the lifts; who is not in it, for all."""
    found: dict[int, list[Place]] = defaultdict(list)
    query = select(ContactScope).where(col(ContactScope.contact_id).in_(contact_ids)).order_by(col(ContactScope.id))
    for one in session.exec(query):
        found[one.contact_id].append((one.compound, one.building))
    return {contact_id: tuple(places) for contact_id, places in found.items()}


def masked(phone: str | None) -> str:
    """140****0001 of +8614000000001: enough to know one's colleague's number by."""
    digits = (phone or "").removeprefix("+86")
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) > 7 else digits


def _doors(session: Session, party_id: int) -> dict[int, int]:
    query = (
        select(Contact.id, func.count())
        .join(Chat, col(Chat.contact_id) == Contact.id)
        .where(Contact.party_id == party_id, col(Contact.to_on).is_(None), col(Chat.active), reaches_still())
        .group_by(col(Contact.id))
    )
    return dict(session.exec(query).all())
