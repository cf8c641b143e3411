"""Addresses to which nothing more goes through a channel, because whoever has them said so."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from store.database import in_chunks
from store.doubted import BY_PHONE, load_doubted


class OptOut(SQLModel, table=True):
    """An address that wants no message through this channel, since when. What is due by law goes another way."""

    __tablename__ = "opt_out"
    __table_args__ = (UniqueConstraint("channel", "address"),)

    id: int = Field(default=None, primary_key=True)
    channel: str
    address: str
    since: datetime


ANY = select(OptOut.id).limit(1)


def load_opt_outs(session: Session, addresses: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Of these addresses those to which nothing goes, as (channel, address): who has them wants nothing, or they are
    said to be somebody else's."""
    wanted = set(addresses)
    doubted = frozenset((channel, number) for number in load_doubted(session, wanted) for channel in BY_PHONE)
    if session.connection().execute(ANY).first() is None:
        return doubted  # as nearly always: the question with all the addresses costs more
    found: set[tuple[str, str]] = set()
    for part in in_chunks(sorted(wanted)):
        query = select(OptOut.channel, OptOut.address).where(col(OptOut.address).in_(part))
        found.update((channel, address) for channel, address in session.exec(query))
    return doubted.union(found)
