"""The outbox: which notices may go out now, who has claimed them, and how they are given back.

The only module of the notifier that actions use. A notice is claimed with a lease by the database's own clock, so that
nothing depends on the clocks of several machines agreeing; one whose lease has run out can be claimed again.

On PostgreSQL any number of workers claim from it: each passes over what another is claiming at that moment. Whoever
gives a notice back, takes it back or adds to it locks it first (`store.ledger`), so that no worker claims it meanwhile.

A notice that nobody has tried yet is locked, its text written and its lease saved with its attempts, all in one
transaction (`lock_ready`, `start_sending`). One whose sender died, or of which nobody knows whether it left, is claimed
first (`claim`), because a provider may have to be asked about it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, or_, select, text, update
from sqlmodel import Session

from store.brakes import stopped_cities
from store.database import Database, bulk_insert, table_of
from store.duties import Told, ToldState
from store.ledger import lock_notices
from store.notices import NEVER_STOPPED, Notice, NoticeLog, NoticeStatus
from store.rowsets import among, as_stored, is_server

GIVEN_UP = "given up after "  # so many tries; the reason goes on
OPEN = (NoticeStatus.PLANNED, NoticeStatus.SENDING, NoticeStatus.UNKNOWN)
NO_LEASE = {"lease_until": None, "lease_owner": ""}
UNSENT = (NoticeStatus.PLANNED, NoticeStatus.NO_CONTACT)
OFTEN = 3  # tries after which a notice goes alone: none of the others is to be lost with it
CLAIMED = ("id", "party_id", "status", "tries", "reason", "run_id", "not_before")
# Word for word the condition of the index ix_notice_waiting, or SQLite does not use it.
WAITING = "status IN ('planned', 'sending', 'unknown')"


@dataclass(slots=True)
class ClaimedNotice:
    """A notice that is ours until the lease ends; `was` is the status in which it was found."""

    notice_id: int
    party_id: int
    was: str
    tries: int
    reason: str
    run_id: int | None
    not_before: datetime | None

    @property
    def is_first_try(self) -> bool:
        """Whether there is no earlier attempt: what is to be tried anew says why in its reason."""
        return self.tries == 0 and not self.reason


@dataclass(slots=True)
class Settled:
    """The state in which a claimed notice is given back. `told`: its duties were handed over. A try that never began
    does not `count`; `anew`: another address begins a count of its own."""

    notice_id: int
    status: NoticeStatus
    reason: str = ""
    not_before: datetime | None = None
    told: bool = False
    log: bool = True
    counts: bool = True
    anew: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it was just sent."""
        return self.status is NoticeStatus.SENT and self.told and self.counts and not self.reason


def claim(
    database: Database,
    *,
    limit: int,
    lease_seconds: int,
    owner: str,
    today: date,
    now: datetime,
    statuses: Sequence[NoticeStatus] = OPEN,
) -> list[ClaimedNotice]:
    """Claim up to `limit` notices that may go out on `today`; two workers never get the same one.

    `owner` must be unique to this pass of this process. Expired leases of others are claimed again. Notices of cities
    where everything is paused, or a plan is held, are not given out. What was tried before comes with few others.
    """
    with database.write() as session:
        ready = lock_ready(session, limit=limit, today=today, now=now, statuses=statuses)
        claimed = _keep_apart(session, ready, limit, owner)
        if claimed:
            _lease(session, [row.notice_id for row in claimed], owner, lease_seconds)
    return claimed


def _keep_apart(session: Session, ready: Sequence[ClaimedNotice], limit: int, owner: str) -> list[ClaimedNotice]:
    """Those of these that are claimed together: with each try an eighth as many, in the end one, while nothing else of
    `owner` is under way.

    A message that ends its process would else use up the tries of all that were claimed with it each time.
    """
    by_tries = sorted(ready, key=lambda row: row.tries)
    together = [row for place, row in enumerate(by_tries) if place < max(1, limit >> 3 * row.tries)]
    goes_alone = len(together) == 1 and together[0].tries >= OFTEN
    return [] if goes_alone and _has_more_under_way(session, owner) else together


def _has_more_under_way(session: Session, owner: str) -> bool:
    notice = table_of(Notice).c
    query = select(notice.id).where(text(WAITING), notice.status == NoticeStatus.SENDING, _is_leased_to(owner))
    return session.connection().execute(query.limit(1)).first() is not None


def lock_ready(
    session: Session, *, limit: int, today: date, now: datetime, statuses: Sequence[NoticeStatus]
) -> list[ClaimedNotice]:
    """Up to `limit` notices in one of `statuses` that may go out on `today`; nobody else gets them until the
    transaction ends."""
    stopped, notice = stopped_cities(session), table_of(Notice).c
    query, given = _ready_query(tuple(statuses)), {"today": today, "now": now, "limit": limit}
    if NoticeStatus.SENDING in statuses:
        given["clock"] = database_now(session)
    if stopped.everywhere:
        query = query.where(notice.duty.in_(NEVER_STOPPED))
    elif stopped.cities:
        query = query.where(or_(notice.city_id.not_in(stopped.cities), notice.duty.in_(NEVER_STOPPED)))
    found = session.connection().execute(query, given)
    return [ClaimedNotice(*row) for row in found.all()]


@cache
def _ready_query(statuses: tuple[NoticeStatus, ...]) -> Select[Any]:
    notice = table_of(Notice).c
    now, clock = bindparam("now", type_=notice.not_before.type), bindparam("clock", type_=notice.lease_until.type)
    ready = (notice.status != NoticeStatus.SENDING) & or_(notice.not_before.is_(None), notice.not_before <= now)
    if NoticeStatus.SENDING in statuses:
        ready |= (notice.status == NoticeStatus.SENDING) & (notice.lease_until < clock)
    return (
        select(*(notice[name] for name in CLAIMED))
        .where(text(WAITING), notice.status.in_(statuses), notice.send_on <= bindparam("today"), ready)
        .order_by(
            *([notice.status] if len(statuses) > 1 else []), notice.send_on, notice.party_id
        )  # as the index has them
        .limit(bindparam("limit", type_=Integer))
        .with_for_update(skip_locked=True, key_share=True)
    )


def start_sending(session: Session, notice_ids: Sequence[int], *, owner: str, lease_seconds: int) -> None:
    """Lease what `lock_ready` gave and count the try: its attempts are saved with it, and then it is sent."""
    _lease(session, notice_ids, owner, lease_seconds, tries=table_of(Notice).c.tries + 1)


def _lease(session: Session, notice_ids: Sequence[int], owner: str, lease_seconds: int, **more: Any) -> None:
    notice = table_of(Notice)
    until = _clock(session) + timedelta(seconds=lease_seconds)
    chosen = update(notice).where(among(session, notice.c.id, notice_ids))
    session.execute(chosen.values(status=NoticeStatus.SENDING, lease_until=until, lease_owner=owner, **more))


def renew(database: Database, *, owner: str, lease_seconds: int) -> int:
    """Extend the leases of what `owner` is sending; returns how many. A slow provider must not make others begin."""
    notice = table_of(Notice)
    with database.write() as session:
        until = database_now(session) + timedelta(seconds=lease_seconds)
        ours = (notice.c.status == NoticeStatus.SENDING) & (notice.c.lease_owner == owner)
        result = session.execute(update(notice).where(text(WAITING), ours).values(lease_until=until))
    return int(getattr(result, "rowcount", 0))


def _clock(session: Session) -> Any:
    """The same for a statement; a server need not be asked for it first."""
    return func.clock_timestamp() if is_server(session) else database_now(session)


def database_now(session: Session) -> datetime:
    """The moment by the database's own clock, in UTC; within a transaction it moves on."""
    assert session.bind is not None
    if session.bind.dialect.name == "sqlite":
        stamp = session.execute(select(func.strftime("%Y-%m-%dT%H:%M:%f", "now"))).scalar_one()
        return datetime.fromisoformat(stamp).replace(tzinfo=UTC)
    moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)


def still_claimed(session: Session, notice_ids: Sequence[int], owner: str) -> set[int]:
    """Which of these are still ours: the lease may have run out, or somebody cancelled the notice.

    Until the transaction ends nobody else gets them.
    """
    notice = table_of(Notice).c
    query = select(notice.id).where(among(session, notice.id, notice_ids), _is_leased_to(owner))
    return set(session.execute(query.order_by(notice.id).with_for_update(key_share=True)).scalars())


def _is_leased_to(owner: str) -> ColumnElement[bool]:
    """Whether a notice is being sent by `owner`: only then it has a lease.

    Asked for its status, PostgreSQL would look through all that was ever sent in ix_notice_waiting instead of the ids.
    """
    notice = table_of(Notice).c
    return notice.lease_until.is_not(None) & (notice.lease_owner == owner)


def claimed_of_stopped(session: Session, notice_ids: Sequence[int]) -> set[int]:
    """Which of these must not go out, because a pause or a hold of their city came after they were claimed."""
    stopped = stopped_cities(session)
    if not stopped.everywhere and not stopped.cities:
        return set()
    notice = table_of(Notice).c
    query = select(notice.id, notice.city_id).where(notice.id.in_(notice_ids), notice.duty.not_in(NEVER_STOPPED))
    return {row.id for row in session.execute(query) if row.city_id in stopped}


def give_back(session: Session, settled: Iterable[Settled], *, owner: str, today: date, now: datetime) -> None:
    """Settle claimed notices in one batch: status, ledger and history. What is no longer ours is left alone."""
    rows = list(settled)
    _hand_over(session, [row.notice_id for row in rows if row.is_plain], owner, today, now)
    odd = [row for row in rows if not row.is_plain]
    if odd:
        ours = still_claimed(session, [row.notice_id for row in odd], owner)
        settle(session, [row for row in odd if row.notice_id in ours], today=today, now=now)


def _hand_over(session: Session, notice_ids: Sequence[int], owner: str, today: date, now: datetime) -> None:
    """What becomes of nearly every notice: it was sent. When, its attempts say (`store.histories`)."""
    if not notice_ids:
        return
    notice = table_of(Notice)
    sent = update(notice).where(among(session, notice.c.id, notice_ids), _is_leased_to(owner)).returning(notice.c.id)
    values = _settled_values(Settled(0, NoticeStatus.SENT), now) | NO_LEASE
    _mark_told(session, session.connection().execute(sent.values(values)).scalars().all(), today)


def _mark_told(session: Session, notice_ids: Sequence[int], today: date) -> None:
    told = table_of(Told)
    mine = update(told).where(among(session, told.c.notice_id, notice_ids), told.c.state == ToldState.RESERVED)
    session.connection().execute(mine.values(state=ToldState.TOLD, on_date=today))


def settle(session: Session, rows: Sequence[Settled], *, today: date, now: datetime) -> None:
    """The same for notices that this transaction has locked; each change has a line in the history."""
    if not rows:
        return
    notice = table_of(Notice)
    session.connection().execute(
        update(notice)
        .where(notice.c.id == bindparam("row_id"))
        .values({name: bindparam(f"new_{name}") for name in _settled_values(rows[0], now)} | NO_LEASE)
        .values(tries=notice.c.tries * bindparam("kept", type_=Integer) - bindparam("uncounted", type_=Integer)),
        [
            {"row_id": row.notice_id, "kept": int(not row.anew), "uncounted": int(not (row.counts or row.anew))}
            | {f"new_{name}": value for name, value in _settled_values(row, now).items()}
            for row in rows
        ],
    )
    handed_over = [row.notice_id for row in rows if row.told]
    if handed_over:
        _mark_told(session, handed_over, today)
    write_log(session, [(row.notice_id, row.status, row.reason) for row in rows if row.log], now)


def _settled_values(row: Settled, now: datetime) -> dict[str, Any]:
    settled_at = now if row.status in (NoticeStatus.SENT, NoticeStatus.FAILED, NoticeStatus.CANCELLED) else None
    return {"status": row.status, "reason": row.reason, "not_before": row.not_before, "settled_at": settled_at}


def cancel(session: Session, notice_ids: Sequence[int], *, reason: str, now: datetime) -> int:
    """Cancel those of these notices that have not gone out; their duties are released. Returns how many it were."""
    notice, told = table_of(Notice), table_of(Told)
    ids = sorted(lock_notices(session, notice_ids, UNSENT))
    release_rows = update(told).where(told.c.notice_id.in_(ids), told.c.state == ToldState.RESERVED)
    session.execute(release_rows.values(state=ToldState.RELEASED))
    values = {"status": NoticeStatus.CANCELLED, "reason": reason, "settled_at": now}
    session.execute(update(notice).where(notice.c.id.in_(ids)).values(**values))
    write_log(session, [(notice_id, NoticeStatus.CANCELLED, reason) for notice_id in ids], now)
    return len(ids)


def write_log(session: Session, lines: Sequence[tuple[int, str, str]], now: datetime) -> None:
    """Add (notice, status, detail) lines to the history of notices."""
    if not lines:
        return
    at = as_stored(session, now)
    rows = [(notice_id, at, str(status), detail) for notice_id, status, detail in lines]
    bulk_insert(session.connection(), NoticeLog, ("notice_id", "at", "status", "detail"), rows)
