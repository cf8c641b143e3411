"""What the law lets go: bodies after the years of keeping, and what names a person, when that person may ask for it.

Both leave the chain as it was: hashes stay, and an entry that cannot be removed says what went, when and why.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlmodel import Session

from schedules.dates import add_months
from store.appending import NewEntry, append
from store.database import in_chunks, table_of
from store.records import KEEP_YEARS, EntryKind, RecordEntry, RecordPersonal

LONGEST_SAID = 1_000  # characters
ENTRY, PERSONAL = table_of(RecordEntry).c, table_of(RecordPersonal).c


class CuttingError(Exception):
    """Nothing may go so; the message is one sentence that says why."""


@dataclass(frozen=True)
class Gone:
    """What went: bodies or values, of so many lifts."""

    lifts: int
    pieces: int


def may_be_cut(today: date) -> date:
    """The day from which on everything stays: an entry of the day before it has had its fourth anniversary."""
    return add_months(today, -12 * KEEP_YEARS)


def cut_records(
    session: Session, *, by: str, reason: str, today: date, now: datetime, before: date | None = None
) -> Gone:
    """Empty the bodies of entries from before `before`, at the latest those whose fourth anniversary is over.

    An entry `cut` of each lift says through which place, by whom and why; the database refuses anything earlier.
    CuttingError where nothing may go so.
    """
    _require(by, reason)
    limit = may_be_cut(today)
    if before is not None and before > limit:
        raise CuttingError(f"records from {limit} on are kept: through their fourth anniversary (四(二))")
    old = (before or limit) > ENTRY.day, ENTRY.body.is_not(None)
    query = select(ENTRY.lift_id, func.max(ENTRY.seq)).where(*old).group_by(ENTRY.lift_id).order_by(ENTRY.lift_id)
    ends = session.execute(query).tuples().all()
    for part in in_chunks(ends):
        entries = [
            NewEntry(lift, EntryKind.CUT, {"through": seq, "reason": reason}, people={"by": by}) for lift, seq in part
        ]
        append(session, entries, today)
    pieces = session.execute(select(func.count()).where(*old)).scalar_one()
    table = table_of(RecordEntry)
    for lifts in in_chunks([lift for lift, _ in ends]):
        gone = select(ENTRY.id).where(ENTRY.lift_id.in_(lifts), *old)
        personal = update(table_of(RecordPersonal)).where(PERSONAL.entry_id.in_(gone), PERSONAL.value.is_not(None))
        session.execute(personal.values(salt=None, value=None, erased_at=now))
        session.execute(update(table).where(ENTRY.lift_id.in_(lifts), *old).values(body=None))
    return Gone(len(ends), pieces)


def erase_person(session: Session, person: str, *, by: str, reason: str, today: date, now: datetime) -> Gone:
    """Empty every value that is this name or number, with its salt: the digest in the body says nothing any more.

    Only the value itself goes. Whoever may ask for it and when is the operator's to judge: records under their years
    of keeping are kept by law, and a name on them may be part of it.
    """
    _require(by, reason, person)
    query = select(ENTRY.lift_id, ENTRY.seq, PERSONAL.entry_id, PERSONAL.field).join(
        table_of(RecordPersonal), PERSONAL.entry_id == ENTRY.id
    )
    found = session.execute(query.where(PERSONAL.value == person).order_by(ENTRY.lift_id, ENTRY.seq)).all()
    fields: dict[int, dict[str, list[str]]] = defaultdict(dict)
    for lift, seq, _, field in found:
        fields[lift].setdefault(str(seq), []).append(field)
    said = [
        NewEntry(lift, EntryKind.ERASED, {"fields": of, "reason": reason}, people={"by": by})
        for lift, of in fields.items()
    ]
    if said:
        append(session, said, today)
    for _, _, entry_id, field in found:
        gone = update(table_of(RecordPersonal)).where(PERSONAL.entry_id == entry_id, PERSONAL.field == field)
        session.execute(gone.values(salt=None, value=None, erased_at=now))
    return Gone(len(fields), len(found))


def _require(by: str, reason: str, person: str = "nobody") -> None:
    if not by.strip() or not reason.strip():
        raise CuttingError("say who decided (--by) and why (--reason): it is written into the chain")
    if not person.strip():
        raise CuttingError("say whom: a name or number, as it was written")
    if max(len(by), len(reason)) > LONGEST_SAID:
        raise CuttingError(f"--by and --reason have {LONGEST_SAID} characters at most")
    try:
        f"{by}{reason}{person}".encode()
    except UnicodeEncodeError as error:
        raise CuttingError("what was given is not text in UTF-8") from error
