"""A second worker on a record: named by the first, confirmed by themselves in their own chat."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from actions.actors import Asked
from actions.maintaining.rights import WORKERS, held_visit, takes_part, writes_visit
from actions.paperless.notices import TO_COMPANY, tell
from actions.paperless.workers import require_certificate
from actions.refusals import Refused
from actions.registry import verb
from notifier.outbox import cancel
from schedules.moments import day_of
from store.lifts import Lift
from store.notices import PAPERLESS, Notice, NoticeStatus
from store.parties import Contact, ContactRole
from store.upkeep import UpkeepVisit

NAMED = "gp.second.named"
ANOTHER = "another was named, or nobody"


@dataclass(frozen=True)
class Colleague:
    """Another worker of the same company."""

    contact_id: int
    name: str


@verb(WORKERS, reads=True)
def fellow_workers(session: Session, asked: Asked) -> list[Colleague]:
    """Who could have been there too."""
    query = select(Contact).where(
        Contact.party_id == asked.actor.party_id, Contact.role == ContactRole.WORKER, col(Contact.to_on).is_(None)
    )
    others = query.where(Contact.id != asked.actor.contact_id).order_by(col(Contact.name), col(Contact.id))
    return [Colleague(one.id, one.name) for one in session.exec(others)]


@verb(WORKERS, visit_id=writes_visit)
def name_second(session: Session, asked: Asked, *, visit_id: int, contact_id: int | None) -> None:
    """This colleague was there too, which they confirm themselves; None: nobody was."""
    visit = held_visit(session, asked, visit_id)
    if contact_id is not None and contact_id not in {one.contact_id for one in fellow_workers(session, asked)}:
        raise Refused("upkeep.no_colleague")
    if visit.second_id != contact_id:
        take_back_question(session, asked, visit)
        visit.second_id, visit.second_confirmed_at = contact_id, None
        session.add(visit)
        session.flush()
        _ask(session, asked, visit)


@verb(WORKERS, visit_id=takes_part)
def confirm_second(session: Session, asked: Asked, *, visit_id: int, was_there: bool) -> None:
    """I was there, or I was not."""
    visit = held_visit(session, asked, visit_id)
    if visit.second_id != asked.actor.contact_id:
        raise Refused("upkeep.not_the_second")
    if was_there:
        require_certificate(session, asked.actor.contact_id, day_of(asked.said_at))
        visit.second_confirmed_at = visit.second_confirmed_at or asked.said_at
    else:
        visit.second_id = visit.second_confirmed_at = None
    session.add(visit)
    session.flush()


def take_back_question(session: Session, asked: Asked, visit: UpkeepVisit) -> None:
    """Who was named is not asked any more, where the question has not left yet."""
    cancel(session, [one.id for one in _questions(session, asked, visit)], reason=ANOTHER, now=asked.now)


def _ask(session: Session, asked: Asked, visit: UpkeepVisit) -> None:
    """They hear that the record waits for their word, once a day however often somebody changes their mind."""
    if visit.second_id is not None and not _questions(session, asked, visit):
        lift = session.get_one(Lift, visit.lift_id)
        tell(
            session, lift.city_id, visit.maintainer_party_id, TO_COMPANY, NAMED, today=asked.today, lifts=[lift],
            contact=visit.second_id, visit=visit.id, name=asked.actor.name,
        )  # fmt: skip


def _questions(session: Session, asked: Asked, visit: UpkeepVisit) -> list[Notice]:
    """Today's notices that ask whoever is named now."""
    today = select(Notice).where(
        Notice.planned_on == asked.today, Notice.party_id == visit.maintainer_party_id, Notice.template == NAMED,
        Notice.status != NoticeStatus.CANCELLED,
    )  # fmt: skip
    found = [(one, (one.facts or {})[PAPERLESS]) for one in session.exec(today)]
    return [one for one, of in found if (of["contact"], of["visit"]) == (visit.second_id, visit.id)]
