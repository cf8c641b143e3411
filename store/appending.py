"""Adding entries to the chains of lifts: the only way in, and there is none out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, func, select
from sqlmodel import Session, col

from store.chain import LONGEST_BODY, START, entry_body, entry_hash, new_salt, salted
from store.database import ON_DISK, in_chunks, table_of
from store.locks import lock_lifts, share
from store.records import EntryKind, RecordEntry, RecordPersonal, RecordPhoto, RecordRoot

CLOSING = "records/closing"  # the lock under which a day is closed; whoever appends shares it


class TooLongError(Exception):
    """An entry says more than one can hold; nothing was written."""


@dataclass(frozen=True)
class NewEntry:
    """What is to be added. `people`: personal values by field, which go into the body as salted digests under "people".

    `photos`: ids of stored files with their sha256 (hex), which go into the body under "photos".
    """

    lift_id: int
    kind: EntryKind
    content: Mapping[str, Any]
    people: Mapping[str, str] = field(default_factory=dict)
    photos: Sequence[tuple[int, str]] = ()


def append(session: Session, entries: Sequence[NewEntry], today: date) -> list[RecordEntry]:
    """Add entries, each at the end of its lift's chain, in this order; their rows, with ids.

    Nobody else acts on these lifts until the transaction ends. A day whose root is made gets no more entries: what
    comes for it counts for the day after.
    """
    session.info[ON_DISK] = True  # whoever is told that it is kept may throw the paper away
    share(session, CLOSING)
    lock_lifts(session, {one.lift_id for one in entries})
    day = _open_day(session, today)
    heads = _heads(session, {one.lift_id for one in entries})
    rows, personal, photos = [], [], []
    for one in entries:
        seq, before = heads[one.lift_id]
        salts = {name: new_salt() for name in one.people}
        content = dict(one.content)
        if salts:
            content["people"] = {name: salted(salts[name], one.people[name]) for name in salts}
        if one.photos:
            content["photos"] = [digest for _, digest in one.photos]
        body = entry_body(one.lift_id, seq + 1, day, one.kind, content)
        if len(body) > LONGEST_BODY:
            raise TooLongError(f"an entry of {len(body)} bytes; {LONGEST_BODY} is the most")
        row = RecordEntry(
            lift_id=one.lift_id, seq=seq + 1, day=day, kind=one.kind, body=body, hash=entry_hash(before, body)
        )
        heads[one.lift_id] = seq + 1, row.hash
        rows.append(row)
        personal.append([(name, salts[name], one.people[name]) for name in salts])
        photos.append([file_id for file_id, _ in one.photos])
    session.add_all(rows)
    session.flush()
    for row, values, files in zip(rows, personal, photos, strict=True):
        session.add_all(RecordPersonal(entry_id=row.id, field=name, salt=salt, value=it) for name, salt, it in values)
        session.add_all(RecordPhoto(entry_id=row.id, number=n, file_id=it) for n, it in enumerate(files, start=1))
    session.flush()
    return rows


def _open_day(session: Session, today: date) -> date:
    """Today, unless its root is made already: the clock was put back, or a transaction lasted over the closing."""
    ends = (select(func.max(table_of(one).c.day)).scalar_subquery() for one in (RecordRoot, RecordEntry))
    closed, last = session.execute(select(*ends)).one()
    return max(day for day in (today, last, closed + timedelta(days=1) if closed else None) if day is not None)


def _heads(session: Session, lift_ids: set[int]) -> dict[int, tuple[int, bytes]]:
    """The place and hash of each lift's last entry; 0 and `START` where it has none."""
    heads: dict[int, tuple[int, bytes]] = defaultdict(lambda: (0, START))
    entry = table_of(RecordEntry)
    for ids in in_chunks(sorted(lift_ids)):
        last = select(entry.c.lift_id, func.max(entry.c.seq).label("seq")).where(entry.c.lift_id.in_(ids))
        ends = last.group_by(entry.c.lift_id).subquery()
        query = select(entry.c.lift_id, entry.c.seq, entry.c.hash).join(
            ends, and_(col(ends.c.lift_id) == entry.c.lift_id, ends.c.seq == entry.c.seq)
        )
        for lift_id, seq, digest in session.execute(query):
            heads[lift_id] = seq, bytes(digest)
    return heads
