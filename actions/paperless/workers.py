"""A contractor's workers (003 三(一)3): their level, who leads them, and the certificate by which they may sign."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from actions.actors import MAINTAINER, Actor, Asked
from actions.identity.people import masked
from actions.paperless.register import ADMINS
from actions.refusals import Refused
from actions.registry import verb
from store.paperless import Level, WorkerGrade
from store.parties import Contact, ContactRole

IN_TEAM = (ContactRole.WORKER, ContactRole.MAINTAINER_CONTACT, ContactRole.MAINTAINER_ADMIN)
RANK = {level: number for number, level in enumerate(Level)}
LONGEST_NUMBER = 40


@dataclass(frozen=True)
class TeamMember:
    """One of a contractor's people. `works`: signs records as a worker; `is_certified`: by a certificate that is good
    today."""

    contact_id: int
    name: str
    phone: str
    role: str
    level: str
    leader: str
    certificate: str
    valid_until: date | None
    is_certified: bool
    works: bool

    @property
    def lacks_certificate(self) -> bool:
        """As the reminder of missing data asks for it: of workers only."""
        return self.works and not self.is_certified


def in_team(session: Session, actor: Actor, contact_id: Any) -> bool:
    """A guard: somebody of the own company, also a former one."""
    contact = session.get(Contact, contact_id)
    return contact is not None and contact.party_id == actor.party_id and contact.role in IN_TEAM


def require_certificate(session: Session, contact_id: int, on: date) -> None:
    """Nobody signs a record by a certificate that has ended by that day; raises Refused.

    Where none was ever entered the record says so: work that was done is not kept back by what an office has not typed.
    """
    grade = session.get(WorkerGrade, contact_id)
    if grade is not None and grade.valid_until is not None and grade.valid_until < on:
        name = session.get_one(Contact, contact_id).name
        raise Refused("paperless.certificate_lapsed", who=name, number=grade.certificate, last=grade.valid_until)


def certificate_of(session: Session, contact_id: int) -> str:
    """The number of their certificate; empty where none is entered."""
    grade = session.get(WorkerGrade, contact_id)
    return grade.certificate if grade is not None else ""


@verb(ADMINS, contact_id=in_team, leader_id=in_team)
def grade_worker(session: Session, asked: Asked, *, contact_id: int, level: Level, leader_id: int | None = None) -> int:
    """Say on which level somebody works, and who leads them: one of a higher level, so that nobody leads in a ring."""
    present_of(session, contact_id)
    if leader_id is not None:
        present_of(session, leader_id)
        above = session.get(WorkerGrade, leader_id)
        if above is None or RANK[Level(above.level)] >= RANK[level]:
            raise Refused("paperless.leader_not_above")
    below = select(WorkerGrade.level).where(WorkerGrade.leader_id == contact_id)
    if any(RANK[Level(one)] <= RANK[level] for one in session.exec(below)):
        raise Refused("paperless.leads_others")
    grade = _grade(session, asked, contact_id)
    grade.level, grade.leader_id = level, leader_id
    session.add(grade)
    session.flush()
    return contact_id


@verb(ADMINS, contact_id=in_team)
def certify_worker(session: Session, asked: Asked, *, contact_id: int, certificate: str, valid_until: date) -> int:
    """Enter the number of a certificate and its last day; one that has ended is kept, and nobody signs by it."""
    present_of(session, contact_id)
    stated = " ".join(certificate.split())
    if not stated or len(stated) > LONGEST_NUMBER or not stated.isprintable():
        raise Refused("paperless.say_certificate", most=LONGEST_NUMBER)
    grade = _grade(session, asked, contact_id)
    grade.certificate, grade.valid_until = stated, valid_until
    session.add(grade)
    session.flush()
    return contact_id


@verb(MAINTAINER, reads=True)
def my_team(session: Session, asked: Asked) -> list[TeamMember]:
    """The company's people with their levels, the highest first."""
    return team_of(session, asked.actor.party_id, asked.today)


def team_of(session: Session, party_id: int, today: date) -> list[TeamMember]:
    """The same of any contractor; telephones are masked. Who has two roles is one: as a worker, whose records are
    signed by it, else as the one who has a level."""
    query = select(Contact, WorkerGrade).outerjoin(WorkerGrade, col(WorkerGrade.contact_id) == Contact.id)
    query = query.where(Contact.party_id == party_id, col(Contact.to_on).is_(None), col(Contact.role).in_(IN_TEAM))
    rows = session.exec(query.order_by(col(Contact.id))).all()
    names = {contact.id: contact.name for contact, _ in rows}
    found = [
        TeamMember(
            contact_id=contact.id,
            name=contact.name,
            phone=masked(contact.phone),
            role=contact.role,
            level=grade.level if grade is not None else "",
            leader=names.get(grade.leader_id or 0, "") if grade is not None else "",
            certificate=grade.certificate if grade is not None else "",
            valid_until=grade.valid_until if grade is not None else None,
            is_certified=grade is not None and grade.valid_until is not None and grade.valid_until >= today,
            works=contact.role == ContactRole.WORKER,
        )
        for contact, grade in _each_once(rows)
    ]
    return sorted(found, key=lambda one: (RANK.get(Level(one.level), 9) if one.level else 9, one.contact_id))


def _each_once(rows: Sequence[tuple[Contact, WorkerGrade | None]]) -> list[tuple[Contact, WorkerGrade | None]]:
    people: dict[tuple[str, str | int], tuple[Contact, WorkerGrade | None]] = {}
    for contact, grade in sorted(rows, key=lambda row: (row[0].role != ContactRole.WORKER, row[1] is None, row[0].id)):
        people.setdefault((contact.name, contact.phone or contact.id), (contact, grade))
    return list(people.values())


def present_of(session: Session, contact_id: int) -> Contact:
    """Somebody who is there still; raises Refused."""
    contact = session.get_one(Contact, contact_id)
    if contact.to_on is not None:
        raise Refused("people.gone_already")
    return contact


def _grade(session: Session, asked: Asked, contact_id: int) -> WorkerGrade:
    grade = session.get(WorkerGrade, contact_id, with_for_update=True)
    grade = grade or WorkerGrade(contact_id=contact_id, set_at=asked.now)
    grade.set_by, grade.set_at = asked.actor.contact_id, asked.now
    return grade
