"""The queue of a trial, and how far it came: a city of one-lift units, each of which is told of its inspection."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from dispatching.rows import FIRST, fill, queue
from sqlalchemy import bindparam, func, insert, literal, select, true, update
from sqlmodel import Session
from stores import empty_store, freshen

from notifier.settling import MAYBE_REPEAT
from store.database import Database, table_of
from store.duties import Duty, Told
from store.notices import Delivery, Notice, NoticeLog
from store.parties import Chat, Contact

OPEN = ("planned", "sending", "unknown")
MAINLAND, ABROAD = "+8614000", "+85261"  # numbers of Hong Kong, which Twilio reaches; the last six digits stay
DIGITS = 6
NEVER = date(2100, 1, 1)


@contextmanager
def full_store(address: str | None, folder: Path, protocol: str, notices: int) -> Iterator[Database]:
    """A store with that many planned notices: a SQLite file in `folder`, or on the server at `address`."""
    with empty_store(address, folder / "store.sqlite") as database:
        fill(database, notices)
        queue(database, notices)
        with database.write() as session:
            _give_addresses(session, protocol)
            session.execute(
                update(table_of(Duty)).values(next_on=NEVER)
            )  # nothing more is planned, however long it takes
        yield database


def _give_addresses(session: Session, protocol: str) -> None:
    contact, chat = table_of(Contact), table_of(Chat)
    session.execute(update(contact).values(phone=func.replace(contact.c.phone, MAINLAND, ABROAD)))
    if protocol == "telegram":
        numbers = func.replace(contact.c.phone, "+", "")
        rows = select(contact.c.id, literal(protocol), numbers, true())
        session.execute(insert(chat).from_select(["contact_id", "channel", "address", "active"], rows))


def notice_at(address: str) -> int:
    """The notice that goes to an address; each has one of its own."""
    return int(address[-DIGITS:])


def numbers(notices: int) -> range:
    """The ids of that many notices."""
    return range(FIRST, FIRST + notices)


def put_off(database: Database, moments: Mapping[int, datetime]) -> None:
    """Let notices become due each at its moment."""
    notice = table_of(Notice)
    one = update(notice).where(notice.c.id == bindparam("row_id")).values(not_before=bindparam("moment"))
    rows = [{"row_id": notice_id, "moment": moment} for notice_id, moment in moments.items()]
    with database.write() as session:
        session.connection().execute(one, rows)
    freshen(database)


def states(database: Database) -> dict[str, int]:
    """How many notices are in each state."""
    notice = table_of(Notice).c
    with database.read() as session:
        return {row[0]: row[1] for row in session.execute(select(notice.status, func.count()).group_by(notice.status))}


def in_the_air(database: Database) -> set[int]:
    """The notices with an attempt of which it is not recorded how it went."""
    delivery = table_of(Delivery).c
    with database.read() as session:
        return set(
            session.execute(select(delivery.notice_id).where(delivery.status.in_(("sending", "unknown")))).scalars()
        )


@dataclass(frozen=True)
class Books:
    """What the store says at the end."""

    unsettled: dict[int, str]  # the states of notices that are not sent
    untold: int  # entries of the ledger that are not `told`
    sending: int  # attempts that nobody came back to
    provider_ids: set[str]
    marked: set[int]  # notices whose history says that they may be a repeat


def read_books(database: Database) -> Books:
    """Everything that the verdict needs."""
    notice, told, delivery, log = (table_of(model).c for model in (Notice, Told, Delivery, NoticeLog))
    with database.read() as session:
        unsettled = select(notice.id, notice.status).where(notice.status != "sent")
        named = select(delivery.provider_id).where(delivery.provider_id.is_not(None))
        marked = select(log.notice_id).where(log.detail == MAYBE_REPEAT)
        return Books(
            unsettled={row.id: row.status for row in session.execute(unsettled)},
            untold=session.execute(select(func.count()).where(told.state != "told")).scalar_one(),
            sending=session.execute(select(func.count()).where(delivery.status == "sending")).scalar_one(),
            provider_ids=set(session.execute(named).scalars()),
            marked=set(session.execute(marked).scalars()),
        )
