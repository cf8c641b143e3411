"""Undoing an import: who answers for the lifts, the people at the units, and how units are called."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from actions.people.responsibility import take_back
from actions.register.statements import run_many
from actions.register.undo_rows import changes_of, chunks
from store.database import table_of
from store.duties import Duty, Told, ToldState
from store.imports import ChangeKind, ImportRun
from store.lifts import LiftRole, Responsibility
from store.parties import Contact, Party

REMOVE = "DELETE FROM responsibility WHERE id = ?"
REOPEN = "UPDATE responsibility SET to_on = NULL WHERE id = ?"
END_PERSON = "UPDATE contact SET to_on = from_on WHERE id = ? AND to_on IS NULL"
# Not where the same person has been named again since.
REOPEN_PERSON = """UPDATE contact SET to_on = NULL WHERE id = ? AND NOT EXISTS (
    SELECT 1 FROM contact again WHERE again.party_id = contact.party_id AND again.role = contact.role
    AND again.name = contact.name AND coalesce(again.phone, again.phone_stated) =
        coalesce(contact.phone, contact.phone_stated) AND again.to_on IS NULL)"""
DISOWN_PERSON = "UPDATE contact SET by_hand = TRUE WHERE id = ?"
Answering = tuple[int, int]  # a lift and the party that answers for it
ROLES = {LiftRole.USE_UNIT: ChangeKind.USE_UNIT, LiftRole.MAINTAINER: ChangeKind.MAINTAINER}


def restore_responsibilities(session: Session, run: ImportRun, *, now: datetime) -> set[Answering]:
    """Give the lifts back to those who answered for them, where nobody has handed them on since; who never did.

    What the import had made is removed: a dated responsibility says who answered, and they never did.
    """
    wrong: set[Answering] = set()
    for role, kind in ROLES.items():
        rows = changes_of(session, run.id, kind)
        current = _current(session, role, [lift_id for lift_id, _ in rows])
        removed, reopened = [], []
        taken_from: defaultdict[int, list[int]] = defaultdict(list)
        for lift_id, detail in rows:
            present, (_, after) = current.get(lift_id), detail["party"]
            if (present.party_id if present else None) != after:
                continue
            if present is not None:
                removed.append((present.id,))
                taken_from[after].append(lift_id)
            if detail["responsibility"] is not None:
                reopened.append((detail["responsibility"],))
        for party_id, lift_ids in taken_from.items():
            wrong.update((lift_id, party_id) for lift_id in lift_ids)
            take_back(session, lift_ids, party_id, now=now)
            if role is LiftRole.USE_UNIT:
                _make_copies(session, lift_ids, party_id, run.as_of)
        session.flush()
        run_many(session.connection(), REMOVE, removed)
        run_many(session.connection(), REOPEN, reopened)
    return wrong


def restore_people(session: Session, run: ImportRun) -> None:
    """The people whom the import added leave, those whom it ended are back."""
    connection = session.connection()
    added = changes_of(session, run.id, ChangeKind.CONTACT_ADDED)
    run_many(connection, END_PERSON, [(contact_id,) for contact_id, _ in added])
    ended = changes_of(session, run.id, ChangeKind.CONTACT_ENDED)
    run_many(connection, REOPEN_PERSON, [(contact_id,) for contact_id, _ in ended])
    adopted = changes_of(session, run.id, ChangeKind.CONTACT_ADOPTED)
    run_many(connection, DISOWN_PERSON, [(contact_id,) for contact_id, _ in adopted])


def keep_reachable(session: Session, run: ImportRun, party_ids: set[int]) -> None:
    """Parties that have nobody left and still are to hear of a mistake keep the people whom the import had added."""
    has_people = select(Contact.party_id).where(col(Contact.party_id).in_(party_ids), col(Contact.to_on).is_(None))
    alone = party_ids - set(session.exec(has_people).all())
    added = [contact_id for contact_id, _ in changes_of(session, run.id, ChangeKind.CONTACT_ADDED)] if alone else []
    for part in chunks(added):
        theirs = (col(Contact.id).in_(part), col(Contact.party_id).in_(alone))
        session.execute(update(Contact).where(*theirs).values(to_on=None))


def restore_parties(session: Session, run: ImportRun) -> None:
    """Names and credit codes, where they are still what the import wrote. New parties stay, without lifts or people."""
    for party_id, detail in changes_of(session, run.id, ChangeKind.PARTY):
        party = session.get_one(Party, party_id)
        for name, (before, after) in detail.items():
            if getattr(party, name) == after:
                setattr(party, name, before)
        session.add(party)
    session.flush()


def _current(session: Session, role: LiftRole, lift_ids: list[int]) -> dict[int, Responsibility]:
    found: dict[int, Responsibility] = {}
    for part in chunks(lift_ids):
        query = select(Responsibility).where(
            col(Responsibility.lift_id).in_(part), Responsibility.role == role, col(Responsibility.to_on).is_(None)
        )
        found |= {one.lift_id: one for one in session.exec(query)}
    return found


def _make_copies(session: Session, lift_ids: list[int], party_id: int, since: date) -> None:
    """What this party was told since it wrongly got the lifts does not count as telling the one whose they are."""
    told, duty = table_of(Told), table_of(Duty).c
    values: dict[str, Any] = {"is_copy": True}
    for part in chunks(lift_ids):
        ours = select(duty.id).where(duty.id == told.c.duty_id, duty.lift_id.in_(part)).exists()
        session.execute(
            update(told)
            .where(told.c.party_id == party_id, told.c.on_date >= since, told.c.state == ToldState.TOLD, ours)
            .values(**values)
        )
