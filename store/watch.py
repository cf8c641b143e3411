"""Signs of life of the processes, and the incidents in which they were missed."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, bindparam, text
from sqlmodel import Field, Session, SQLModel, col, select

from store.base import check, one_of, unique_where
from store.database import table_of
from store.locks import hold


class Beat(StrEnum):
    """What was completed: the plan of a day, or a pass over the outbox."""

    PLAN = "plan"
    DISPATCH = "dispatch"


class Heartbeat(SQLModel, table=True):
    """The last time that a process completed something. `process` is its name (tick; serve and worker, on a
    server as `worker@host`), not its number.

    `day` is the business day it was done for, `first_at` and `last_at` the first and the last time on that day, and
    `amount` the notices planned, or messages handed over, on that day.
    """

    __table_args__ = (
        one_of("kind", Beat),
        check("forward", "first_at <= last_at"),
        check("no_negative_amount", "amount >= 0"),
    )

    kind: str = Field(primary_key=True)
    process: str = Field(primary_key=True)
    day: date
    first_at: datetime
    last_at: datetime
    amount: int = 0


class Incident(SQLModel, table=True):
    """From the moment at which something was found wrong with our own work until it was right again for a while.

    `reason` and `facts` say what it was at first. `well_since` is when it looked right again. `told_at` and
    `end_told_at` are when the operator was told of it and of its end; a try that reached nobody waits until `retry_at`.
    """

    __table_args__ = (
        check("ends_after_start", "ended_at IS NULL OR ended_at >= began_at"),
        check("end_told_once_ended", "end_told_at IS NULL OR ended_at IS NOT NULL"),
        unique_where("uq_incident_open", "ended_at IS NULL", "about"),
    )

    id: int = Field(default=None, primary_key=True)
    about: str = "operation"
    reason: str
    facts: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    began_at: datetime
    well_since: datetime | None = None
    ended_at: datetime | None = None
    told_at: datetime | None = None
    end_told_at: datetime | None = None
    retry_at: datetime | None = None


SKEW = timedelta(minutes=2)  # clocks of several machines are never quite the same
COLUMNS = table_of(Heartbeat).c
BEAT = text(
    """INSERT INTO heartbeat (kind, process, day, first_at, last_at, amount)
    VALUES (:kind, :process, :day, :now, :now, :amount)
    ON CONFLICT (kind, process) DO UPDATE SET
        first_at = CASE WHEN heartbeat.day = excluded.day AND heartbeat.last_at <= excluded.last_at
            THEN heartbeat.first_at ELSE excluded.first_at END,
        amount = CASE WHEN heartbeat.day = excluded.day AND heartbeat.last_at <= excluded.last_at
            THEN heartbeat.amount + excluded.amount ELSE excluded.amount END,
        day = excluded.day, last_at = excluded.last_at"""
).bindparams(bindparam("day", type_=COLUMNS.day.type), bindparam("now", type_=COLUMNS.last_at.type))


def beat(session: Session, kind: Beat, process: str, *, day: date, now: datetime, amount: int = 0) -> None:
    """Record that `process` has completed something now; on the same day amounts add up."""
    values = {"kind": kind.value, "process": process, "day": day, "now": now, "amount": amount}
    session.execute(BEAT, values)


def last_beat(session: Session, kind: Beat, *, until: datetime) -> Heartbeat | None:
    """The newest of `kind` by any process; what was done for a moment after `until` (a trial with `--at`) is left out.

    Where several processes have worked on that day, first time and amount are those of all of them.
    """
    query = select(Heartbeat).where(Heartbeat.kind == kind, Heartbeat.last_at <= until + SKEW)
    rows = session.exec(query.order_by(col(Heartbeat.day).desc(), col(Heartbeat.last_at).desc())).all()
    if not rows:
        return None
    same = [row for row in rows if row.day == rows[0].day]
    return Heartbeat(
        kind=kind,
        process=rows[0].process,
        day=rows[0].day,
        first_at=min(row.first_at for row in same),
        last_at=rows[0].last_at,
        amount=sum(row.amount for row in same),
    )


def silent_processes(session: Session, *, now: datetime, silence: timedelta) -> list[Heartbeat]:
    """The processes that made passes, did not sign off, and have made none for longer than `silence`; by name.

    Only those count that run on, whose name says where (`worker@host`): `tixing tick` comes and goes.
    """
    query = select(Heartbeat).where(Heartbeat.kind == Beat.DISPATCH, col(Heartbeat.process).contains("@"))
    return list(session.exec(query.where(Heartbeat.last_at < now - silence).order_by(Heartbeat.process)))


def sign_off(session: Session, process: str) -> bool:
    """`process` (`worker@host`) ends and is not to be missed: what it did counts for its role. False for a stranger."""
    hold(session, "signing off")
    rows = session.exec(select(Heartbeat).where(Heartbeat.process == process)).all()
    for row in rows:
        values = row.model_dump() | {"process": process.partition("@")[0]}
        session.delete(row)
        session.flush()
        before = session.get(Heartbeat, (row.kind, values["process"]))
        if before is not None and before.day == row.day:
            values["first_at"] = min(before.first_at, row.first_at)
            values["last_at"] = max(before.last_at, row.last_at)
            values["amount"] = before.amount + row.amount
        if before is None or before.day <= row.day:
            session.merge(Heartbeat(**values))
    session.flush()
    return bool(rows)
