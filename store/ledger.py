"""The ledger of what was told: taking back what has not gone out yet."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, insert, literal, not_, or_, select, tuple_, update
from sqlmodel import Session

from store.database import table_of
from store.duties import Told, ToldState
from store.notices import Notice, NoticeLog, NoticeStatus

# What has not reached anybody. `unknown` may have; it is taken back too where the party itself is no longer concerned.
UNSENT = (NoticeStatus.PLANNED, NoticeStatus.NO_CONTACT, NoticeStatus.FAILED)
CHUNK = 500


def release(
    session: Session,
    duty_ids: Sequence[int],
    *,
    reason: str,
    now: datetime,
    party_id: int | None = None,
    keep: Sequence[str] = (),
    only: Sequence[str] = ("",),
) -> int:
    """Take these duties out of notices that have not gone out (only those to `party_id`, if given).

    Ledger rows of steps whose names begin with one of `keep`, or with none of `only`, stay. A notice shrinks, and is
    cancelled when nothing is left in it; its log says why. What is being sent at this moment is left alone: it will be
    told, and a correction follows. Returns how many ledger rows were released.
    """
    told = table_of(Told)
    unsent = UNSENT if party_id is None else (*UNSENT, NoticeStatus.UNKNOWN)
    conditions = [
        told.c.state == ToldState.RESERVED,
        _waits(unsent),
        *(not_(told.c.step.startswith(step)) for step in keep),
        or_(*(told.c.step.startswith(step) for step in only)),
    ]
    if party_id is not None:
        conditions.append(told.c.party_id == party_id)
    return sum(
        _release_chosen(
            session, and_(told.c.duty_id.in_(duty_ids[start : start + CHUNK]), *conditions), unsent, reason, now
        )
        for start in range(0, len(duty_ids), CHUNK)
    )


def release_from(
    session: Session,
    pairs: Sequence[tuple[int, int]],
    *,
    reason: str,
    now: datetime,
    only: str = "",
    unsent: Sequence[NoticeStatus] = (*UNSENT, NoticeStatus.UNKNOWN),
) -> int:
    """The same for pairs of a duty and the party that is concerned no longer, each with its own; `only` steps whose
    names begin so, of notices in the states `unsent`."""
    told, waiting = table_of(Told).c, _waits(unsent)
    released = 0
    for start in range(0, len(pairs), CHUNK):
        ours = tuple_(told.duty_id, told.party_id).in_(pairs[start : start + CHUNK])
        chosen = and_(ours, told.state == ToldState.RESERVED, told.step.startswith(only), waiting)
        released += _release_chosen(session, chosen, unsent, reason, now)
    return released


def _waits(unsent: Sequence[NoticeStatus]) -> ColumnElement[bool]:
    """Whether the notice of a ledger row has not gone out; asked row by row, lest SQLite read all notices."""
    told, notice = table_of(Told).c, table_of(Notice).c
    return exists().where(notice.id == told.notice_id, notice.status.in_(unsent))


def _release_chosen(
    session: Session, chosen: ColumnElement[bool], unsent: Sequence[NoticeStatus], reason: str, now: datetime
) -> int:
    told = table_of(Told)
    concerned = session.execute(select(told.c.notice_id).where(chosen).distinct()).scalars().all()
    notice_ids = lock_notices(session, concerned, unsent) if concerned else set()
    if not notice_ids:
        return 0
    taken = and_(chosen, told.c.notice_id.in_(notice_ids))
    result = session.execute(update(told).where(taken).values(state=ToldState.RELEASED))
    _log(session, notice_ids, NoticeStatus.PLANNED, reason, now)
    cancel_empty(session, notice_ids, reason=reason, now=now)
    return int(getattr(result, "rowcount", 0))


def lock_notices(session: Session, notice_ids: Sequence[int | None], statuses: Sequence[NoticeStatus]) -> set[int]:
    """Those of these notices that are in one of `statuses`; until the transaction ends no worker claims them."""
    notice = table_of(Notice).c
    query = select(notice.id).where(notice.id.in_(notice_ids), notice.status.in_(statuses)).order_by(notice.id)
    return set(session.execute(query.with_for_update(key_share=True)).scalars())


def settle_by_hand(session: Session, notice_id: int, *, reason: str, today: date, now: datetime) -> bool:
    """A person has told the party what this notice was to say: it does not go out any more, and counts as told.

    False where it has gone out, or is being sent at this moment.
    """
    ours = lock_notices(session, [notice_id], (*UNSENT, NoticeStatus.UNKNOWN))
    if not ours:
        return False
    told, notice = table_of(Told), table_of(Notice)
    mine = update(told).where(told.c.notice_id == notice_id, told.c.state == ToldState.RESERVED)
    session.execute(mine.values(state=ToldState.TOLD, on_date=today))
    values = {"status": NoticeStatus.CANCELLED, "reason": reason, "not_before": None, "settled_at": now}
    session.execute(update(notice).where(notice.c.id == notice_id).values(**values))
    _log(session, ours, NoticeStatus.CANCELLED, reason, now)
    return True


def cancel_empty(session: Session, notice_ids: set[int], *, reason: str, now: datetime) -> None:
    """Cancel those of these unsent notices in which no duty is left."""
    told, notice = table_of(Told), table_of(Notice)
    left = exists().where(and_(told.c.notice_id == notice.c.id, told.c.state != ToldState.RELEASED))
    empty = and_(notice.c.id.in_(notice_ids), notice.c.status.in_((*UNSENT, NoticeStatus.UNKNOWN)), ~left)
    emptied = set(session.execute(select(notice.c.id).where(empty)).scalars())
    if not emptied:
        return
    values = {"status": NoticeStatus.CANCELLED, "reason": reason, "settled_at": now}
    session.execute(update(notice).where(notice.c.id.in_(emptied)).values(**values))
    _log(session, emptied, NoticeStatus.CANCELLED, reason, now)


def _log(session: Session, notice_ids: set[int], status: NoticeStatus, detail: str, now: datetime) -> None:
    log, notice = table_of(NoticeLog), table_of(Notice)
    rows = select(notice.c.id, literal(now, log.c.at.type), literal(status.value), literal(detail))
    session.execute(
        insert(log).from_select(["notice_id", "at", "status", "detail"], rows.where(notice.c.id.in_(notice_ids)))
    )
