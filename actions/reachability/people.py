"""Who is known at a party, and what a person has still to do about it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select
from sqlmodel import Session

from store.database import table_of
from store.doubted import reaches_still
from store.parties import Chat, Contact
from store.tasks import Task, TaskStatus

CHUNK = 500


@dataclass(frozen=True)
class KnownPerson:
    """A present contact. `phone` is whole: whoever shows it masks it; `stated` is what the register has instead."""

    contact_id: int
    role: str
    phone: str
    stated: str
    synthetic: bool
    chats: tuple[str, ...]


@dataclass(frozen=True)
class OpenTask:
    """A task about the party."""

    kind: str
    opened_on: date


def load_known(session: Session, party_ids: Sequence[int]) -> dict[int, list[KnownPerson]]:
    """The present contacts of these parties with the channels of their active chats."""
    found: dict[int, list[KnownPerson]] = defaultdict(list)
    contact, chat = table_of(Contact).c, table_of(Chat).c
    for chunk in _chunks(party_ids):
        chats: dict[int, list[str]] = defaultdict(list)
        joined = and_(chat.contact_id == contact.id, chat.active, reaches_still())
        query = select(chat.contact_id, chat.channel).select_from(table_of(Chat)).join(table_of(Contact), joined)
        query = query.where(contact.party_id.in_(chunk))
        for contact_id, channel in session.execute(query.order_by(chat.id)):
            chats[contact_id].append(channel)
        query_people = select(table_of(Contact)).where(contact.party_id.in_(chunk), contact.to_on.is_(None))
        for row in session.execute(query_people.order_by(contact.id)):
            found[row.party_id].append(
                KnownPerson(
                    row.id, row.role, row.phone or "", row.phone_stated, row.synthetic, tuple(chats.get(row.id, ()))
                )
            )
    return found


def load_tasks(session: Session, party_ids: Sequence[int]) -> dict[int, list[OpenTask]]:
    """The open tasks about these parties, oldest first."""
    found: dict[int, list[OpenTask]] = defaultdict(list)
    task = table_of(Task).c
    for chunk in _chunks(party_ids):
        query = select(task.party_id, task.kind, task.opened_on).where(
            task.party_id.in_(chunk), task.status == TaskStatus.OPEN
        )
        for party_id, kind, opened_on in session.execute(query.order_by(task.opened_on, task.id)):
            found[party_id].append(OpenTask(kind, opened_on))
    return found


def _chunks(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
