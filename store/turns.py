"""When the next message may go through a channel, for all processes together: on PostgreSQL.

The moments are those of the database's own clock, so that nothing depends on the clocks of several machines agreeing.
On SQLite one process sends, and counts for itself.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import Field, Session, SQLModel

from store.base import check
from store.rowsets import given

# A server that falls loses the last of them: nothing that is worth waiting for the disk.
UNHURRIED = text("SET LOCAL synchronous_commit = off")
TAKE = text(
    """INSERT INTO turn (channel, address, next_at) VALUES (:channel, '', clock_timestamp() + :taken)
    ON CONFLICT (channel, address) DO UPDATE SET next_at = greatest(turn.next_at, clock_timestamp()) + :taken
    RETURNING clock_timestamp() AS now, next_at, quiet_until"""
)
REST = text(
    """INSERT INTO turn (channel, address, next_at, quiet_until)
    VALUES (:channel, '', clock_timestamp(), clock_timestamp() + :rest)
    ON CONFLICT (channel, address) DO UPDATE SET quiet_until = greatest(turn.quiet_until, excluded.quiet_until)"""
)
FORGET = text("DELETE FROM turn WHERE channel = :channel AND address <> '' AND next_at < :now")


class Turn(SQLModel, table=True):
    """The next free moment of a channel (without an address), or of one address of it.

    `quiet_until`: the provider has asked for nothing before.
    """

    __table_args__ = (check("quiet_as_a_whole", "address = '' OR quiet_until IS NULL"),)

    channel: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    next_at: datetime
    quiet_until: datetime | None = None


@dataclass(frozen=True)
class Turns:
    """Of each of some addresses the moment from which a message may go to it; all by the clock that says `now`.

    `last` is the channel's own last turn of these, however long their addresses have to wait.
    """

    now: datetime
    last: datetime
    moments: list[datetime]
    quiet_until: datetime | None


def take_turns(
    session: Session, channel: str, addresses: Sequence[str], *, apart: timedelta, between: timedelta
) -> Turns:
    """Take the next turn for each of these addresses, in their order; none is there twice.

    Two turns of the channel lie `apart`, two of one address so much `between`. Whoever asks meanwhile waits for this
    transaction.
    """
    session.execute(UNHURRIED)
    taken = session.execute(TAKE, {"channel": channel, "taken": apart * len(addresses)}).one()
    begin = taken.next_at - apart * len(addresses)
    moments = [begin + apart * place for place in range(len(addresses))]
    last = moments[-1]
    if between:
        moments = _take_of_addresses(session, channel, dict(zip(addresses, moments, strict=True)), between)
        session.execute(FORGET, {"channel": channel, "now": taken.now})
    return Turns(taken.now, last, moments, taken.quiet_until)


def _take_of_addresses(
    session: Session, channel: str, moments: dict[str, datetime], between: timedelta
) -> list[datetime]:
    """The first moments from these on that the addresses have free."""
    source = given(session, address="TEXT", moment="TIMESTAMPTZ")
    statement = text(
        f"""INSERT INTO turn (channel, address, next_at)
        SELECT :channel, given.address, given.moment + :between FROM {source}
        ON CONFLICT (channel, address)
        DO UPDATE SET next_at = greatest(turn.next_at, excluded.next_at - :between) + :between
        RETURNING address, next_at"""
    )
    rows = [{"address": address, "moment": moment.isoformat()} for address, moment in moments.items()]
    values = {"channel": channel, "between": between, "rows": json.dumps(rows)}
    free = {row.address: row.next_at - between for row in session.execute(statement, values)}
    return [free[address] for address in moments]


def rest(session: Session, channel: str, seconds: float) -> None:
    """The provider has asked for nothing more for so long."""
    session.execute(REST, {"channel": channel, "rest": timedelta(seconds=seconds)})
