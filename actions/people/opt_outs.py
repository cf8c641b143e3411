"""Stopping a channel, and taking it up again. What is due by law goes another way; it can be moved, not stopped."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, select

from store.database import insert_new, table_of
from store.opt_outs import OptOut


def stop_channel(session: Session, channel: str, address: str, *, now: datetime) -> bool:
    """Send nothing more there through this channel; False where that was so already."""
    return insert_new(session, OptOut, {"channel": channel, "address": address, "since": now})


def resume_channel(session: Session, channel: str, address: str) -> None:
    """Send there again."""
    table = table_of(OptOut)
    session.execute(delete(table).where(table.c.channel == channel, table.c.address == address))


def has_stopped(session: Session, channel: str, address: str) -> bool:
    """Whether whoever has this address wants nothing through this channel."""
    query = select(OptOut.id).where(OptOut.channel == channel, OptOut.address == address)
    return session.exec(query).first() is not None
