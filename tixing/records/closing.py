"""Closing days: the root over what was added to the chains, made once and never again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlmodel import Session, col

from store.appending import CLOSING
from store.chain import START, day_root, tree_root
from store.database import Database, table_of
from store.locks import hold
from store.records import RecordEntry, RecordRoot
from tixing.errors import TixingError
from tixing.records.keys import Signer, root_line

ENTRY, ROOT = table_of(RecordEntry).c, table_of(RecordRoot).c


@dataclass(frozen=True)
class Closed:
    """A day that was closed: its root, the root before it, and the last hash of each lift that grew."""

    row: RecordRoot
    before: bytes
    leaves: dict[int, bytes]


def close_days(
    database: Database,
    signer: Signer | None,
    *,
    today: date,
    now: datetime,
    held: Callable[[date], str | None] = lambda _: None,
) -> list[Closed]:
    """Close every finished day that is still open, from the earliest on.

    `held`: the root (hex) of a day as it is held elsewhere. One that was closed before is never signed as another:
    whoever removed its root would have our own key for what they made of it.
    """
    with database.read() as session:
        if not _open_days(session, today):
            return []
    with database.write() as session:
        hold(session, CLOSING)  # whoever is still adding something for yesterday is waited for
        closed = [_close(session, day, signer, now) for day in _open_days(session, today)]
        for one in closed:
            if held(one.row.day) not in (None, one.row.root.hex()):
                raise TixingError(f"{one.row.day} was closed before, and its anchor says another root: run verify")
        return closed


def closed_days(database: Database) -> list[date]:
    """The days that are closed."""
    with database.read() as session:
        return list(session.execute(select(ROOT.day).order_by(ROOT.day)).scalars())


def closed_on(database: Database, days: Sequence[date]) -> list[Closed]:
    """What these days came to: for whoever holds it elsewhere, and misses them."""
    with database.read() as session:
        rows = [session.get_one(RecordRoot, day) for day in days]
        return [Closed(row, root_before(session, row.day), leaves_of(session, row.day)) for row in rows]


def leaves_of(session: Session, day: date) -> dict[int, bytes]:
    """The last hash of each lift that grew on a day, by lift."""
    ends = select(ENTRY.lift_id, func.max(ENTRY.seq).label("seq")).where(ENTRY.day == day).group_by(ENTRY.lift_id)
    last = ends.subquery()
    query = select(ENTRY.lift_id, ENTRY.hash).join(
        last, and_(col(last.c.lift_id) == ENTRY.lift_id, last.c.seq == ENTRY.seq)
    )
    return {lift_id: bytes(digest) for lift_id, digest in sorted(session.execute(query).tuples())}


def root_before(session: Session, day: date) -> bytes:
    """The root of the day before it that has one."""
    query = select(ROOT.root).where(ROOT.day < day).order_by(ROOT.day.desc()).limit(1)
    return bytes(session.execute(query).scalar() or START)


def _open_days(session: Session, today: date) -> list[date]:
    closed = session.execute(select(func.max(ROOT.day))).scalar()
    query = select(ENTRY.day).where(ENTRY.day < today).distinct().order_by(ENTRY.day)
    return list(session.execute(query.where(ENTRY.day > closed) if closed else query).scalars())


def _close(session: Session, day: date, signer: Signer | None, now: datetime) -> Closed:
    leaves, before = leaves_of(session, day), root_before(session, day)
    entries = session.execute(select(func.count()).where(ENTRY.day == day)).scalar_one()
    root = day_root(before, day, len(leaves), entries, tree_root(list(leaves.values())))
    signature = signer.sign(root_line(day, len(leaves), entries, root)) if signer else b""
    key = signer.public if signer else ""
    row = RecordRoot(day=day, lifts=len(leaves), entries=entries, root=root, key=key, signature=signature, made_at=now)
    session.add(row)
    session.flush()
    return Closed(row, before, leaves)
