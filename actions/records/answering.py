"""What a unit and its maintainer say to a record: signed, objected to, a note. The record itself is never changed.

The first decision of a registered signer stands (P07); the word of another contact is kept beside it. What was decided
before the end of the day counts, also where it comes to us after silence has signed (an outage).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlmodel import Session, col, select

from actions.actors import MAINTAINER, UNIT, Asked
from actions.interface.outgoing import announce
from actions.records.answers import keep_answered
from actions.records.content import LONGEST_NOTE, written
from actions.records.pushing import take_out, tell_note, tell_objection
from actions.records.rights import SIGNERS, are_of_own_unit, is_own_work
from actions.records.said import people_of
from actions.refusals import Refused
from actions.registry import verb
from store.appending import NewEntry, append
from store.chain import read_content
from store.locks import lock_lifts
from store.records import EntryKind, MaintenanceRecord, RecordEntry, RecordState

CONTACT = "contact"  # among the personal values of an entry: whose word it is
AGREES, OBJECTS, REMARKS, ANSWERS = "agrees", "objects", "remarks", "answers"  # what a note is
WORDS = (AGREES, OBJECTS)  # of a contact, whose word is kept and does not decide


@dataclass(frozen=True)
class Signed:
    """How many were signed now, how many had been decided before, and for how many only the contact's word was kept."""

    signed: int = 0
    before: int = 0
    kept: int = 0


@verb(UNIT, record_ids=are_of_own_unit)
def sign_maintenance(session: Session, asked: Asked, *, record_ids: Sequence[int]) -> Signed:
    """Sign one record, several, or all that wait; of a contact who is not registered to sign the word is kept."""
    records = _held(session, record_ids)
    if asked.actor.role not in SIGNERS:
        fresh = [one for one in records if _is_open(one, asked) and _last_word(session, one, asked) != AGREES]
        _keep_note(session, asked, fresh, AGREES)
        return Signed(kept=len(fresh), before=len(records) - len(fresh))
    open_ones = [one for one in records if _may_sign(session, one, asked)]
    _decide(session, asked, open_ones, "signed", {})
    return Signed(signed=len(open_ones), before=len(records) - len(open_ones))


@verb(UNIT, record_id=are_of_own_unit)
def object_to_maintenance(session: Session, asked: Asked, *, record_id: int, text: str) -> MaintenanceRecord:
    """Say what is wrong with a record: it is not signed by silence, and the maintainer answers by a note."""
    said = _words(text)
    [record] = _held(session, [record_id])
    if record.state == RecordState.OBJECTED and not _noted_since(session, record):
        return record  # another signer, or the same tap again
    if not _is_open(record, asked):
        raise Refused("records.decided")
    if asked.actor.role not in SIGNERS:
        if not _came_before(session, record, asked):
            _keep_note(session, asked, [record], OBJECTS, said)
            tell_objection(session, record, said, asked.actor.name, asked.now)
        return record
    _decide(session, asked, [record], "objected", {"text": said})
    tell_objection(session, record, said, asked.actor.name, asked.now)
    return record


@verb(UNIT, record_id=are_of_own_unit)
def remark_on_maintenance(session: Session, asked: Asked, *, record_id: int, text: str) -> MaintenanceRecord:
    """Add a remark to a record that was signed, also by silence: it stays as it is."""
    [record] = _held(session, [record_id])
    if not _came_before(session, record, asked):
        said = _words(text)
        _keep_note(session, asked, [record], REMARKS, said)
        tell_objection(session, record, said, asked.actor.name, asked.now, is_remark=True)
    return record


@verb(MAINTAINER, record_id=is_own_work)
def note_on_maintenance(session: Session, asked: Asked, *, record_id: int, text: str) -> MaintenanceRecord:
    """Answer an objection, or correct what a record says, by a note that is linked to it (四(二))."""
    [record] = _held(session, [record_id])
    if not _came_before(session, record, asked):
        said = _words(text)
        _keep_note(session, asked, [record], ANSWERS, said)
        tell_note(session, record, said, asked.now)
    return record


def notes_after(session: Session, record: MaintenanceRecord) -> list[tuple[RecordEntry, dict[str, Any]]]:
    """All that was said to a record since, in order."""
    query = select(RecordEntry).where(
        RecordEntry.lift_id == record.lift_id, RecordEntry.seq > record.seq,
        col(RecordEntry.kind) != EntryKind.RECORD, col(RecordEntry.body).is_not(None),
    )  # fmt: skip
    found = [(one, read_content(one.body or b"")) for one in session.exec(query.order_by(col(RecordEntry.seq)))]
    return [(one, said) for one, said in found if said.get("record") == record.seq]


def _held(session: Session, record_ids: Sequence[int]) -> list[MaintenanceRecord]:
    """These records as they stand, and nobody else decides about them until the transaction ends."""
    query = select(MaintenanceRecord).where(col(MaintenanceRecord.id).in_(set(record_ids)))
    lock_lifts(session, {one.lift_id for one in session.exec(query)})
    fresh = query.order_by(col(MaintenanceRecord.lift_id), col(MaintenanceRecord.seq))
    return list(session.exec(fresh.execution_options(populate_existing=True)))


def _is_open(record: MaintenanceRecord, asked: Asked) -> bool:
    """Whether the unit can still decide: what it said in time counts more than its silence."""
    if record.state == RecordState.SIGNED_BY_DEFAULT:
        return asked.said_at < record.sign_by
    return record.state != RecordState.SIGNED


def _may_sign(session: Session, record: MaintenanceRecord, asked: Asked) -> bool:
    if record.state == RecordState.OBJECTED:
        return _noted_since(session, record)
    return _is_open(record, asked)


def _noted_since(session: Session, record: MaintenanceRecord) -> bool:
    """Whether the maintainer has answered the last objection."""
    last = next((said for one, said in reversed(notes_after(session, record)) if _is_turn(one, said)), None)
    return last is not None and last.get("what") == ANSWERS


def waits_for_answer(session: Session, record: MaintenanceRecord) -> bool:
    """Whether somebody of the unit has objected, it is not signed since, and the maintainer has not answered."""
    turns = [
        str(said.get("what", OBJECTS))
        for one, said in notes_after(session, record)
        if one.kind == EntryKind.OBJECTED or said.get("what") in (OBJECTS, ANSWERS)
    ]
    return record.state != RecordState.SIGNED and turns[-1:] == [OBJECTS]


def _is_turn(entry: RecordEntry, said: dict[str, Any]) -> bool:
    return entry.kind == EntryKind.OBJECTED or said.get("what") == ANSWERS


def _last_word(session: Session, record: MaintenanceRecord, asked: Asked) -> str:
    """What this person said last of a record: agrees or objects; empty where they have said neither."""
    words = [(one.id, said["what"]) for one, said in notes_after(session, record) if said.get("what") in WORDS]
    people = people_of(session, [entry_id for entry_id, _ in words])
    theirs = [what for entry_id, what in words if people[entry_id].get(CONTACT) == str(asked.actor.contact_id)]
    return theirs[-1] if theirs else ""


def _came_before(session: Session, record: MaintenanceRecord, asked: Asked) -> bool:
    return any(said.get("tap") == asked.key for _, said in notes_after(session, record))


def _keep_note(session: Session, asked: Asked, records: Sequence[MaintenanceRecord], what: str, text: str = "") -> None:
    """What is said beside the records; the platforms that uploaded them hear it."""
    said = {"what": what, "tap": asked.key} | ({"text": text} if text else {})
    _append(session, asked, [_entry(asked, one, EntryKind.NOTE, {"record": one.seq, **said}) for one in records])
    for one in records:
        announce(session, one, "noted", said_at=asked.said_at)


def _entry(asked: Asked, record: MaintenanceRecord, kind: EntryKind, said: dict[str, Any]) -> NewEntry:
    around = {"at": written(asked.said_at), "role": asked.actor.role.value, "party": asked.actor.party_name}
    return NewEntry(
        record.lift_id, kind, said | around, people={"name": asked.actor.name, CONTACT: str(asked.actor.contact_id)}
    )


def _append(session: Session, asked: Asked, entries: Sequence[NewEntry]) -> None:
    if entries:
        append(session, entries, asked.today)


def _decide(
    session: Session,
    asked: Asked,
    records: Sequence[MaintenanceRecord],
    what: Literal["signed", "objected"],
    said: dict[str, str],
) -> None:
    """Decide about records, with the entry of that name; the platforms that uploaded them hear it."""
    if not records:
        return
    _append(session, asked, [_entry(asked, one, EntryKind(what), {"record": one.seq, **said}) for one in records])
    _stand(records, RecordState(what), asked.said_at, asked.actor.contact_id)
    session.add_all(records)
    take_out(session, records, asked.now)
    keep_answered(session, records, asked.said_at, asked.today, asked.now)
    for one in records:
        announce(session, one, what)


def _stand(records: Sequence[MaintenanceRecord], state: RecordState, at: datetime, by: int) -> None:
    for record in records:
        record.state, record.decided_at, record.decided_by = state, at, by


def _words(text: str) -> str:
    said = text.strip()
    if not said or len(said) > LONGEST_NOTE:
        raise Refused("records.words", most=LONGEST_NOTE)
    return said
