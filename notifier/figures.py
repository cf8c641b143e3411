"""How the outbox fares: what waits and since when, what became of the last day's attempts, how long they took."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlmodel import Session, col
from sqlmodel import select as select_model

from store.database import table_of
from store.notices import Delivery, DeliveryStatus, Notice, NoticeStatus, PlanRun
from store.settings import DEMO, REAL_SINCE, SENT_AS, Setting

DAY = timedelta(days=1)
NEWEST = 5_000  # attempts whose times are measured
WAITING = (NoticeStatus.PLANNED, NoticeStatus.SENDING, NoticeStatus.UNKNOWN, NoticeStatus.NO_CONTACT)
TAKEN = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED)
LATER = "later"  # planned, but put off: to another day, a retry, the morning
KEYS = (SENT_AS, REAL_SINCE)
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


@dataclass(frozen=True)
class Times:
    """Seconds of a set of messages: how many there were, and within how long half, 95 and 99 of 100 were done."""

    count: int
    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, seconds: list[float]) -> "Times":
        """From at least one value."""
        ordered = sorted(seconds)
        found = {name: ordered[min(len(ordered) - 1, int(share * len(ordered)))] for name, share in SHARES.items()}
        return cls(len(ordered), **found)


@dataclass(frozen=True)
class OutcomeCount:
    """How many attempts of the last day came to this; `reason` is empty where nothing went wrong."""

    channel: str
    status: str
    reason: str
    attempts: int
    segments: int


@dataclass(frozen=True)
class Figures:
    """`waiting`: notices by state. `oldest`: seconds for which the longest waiting one has been due.

    `dwell` (from due to taken by the provider) and `sending` (from saved to taken) are by channel. `demo` are attempts
    of mode demo, which left for nobody: the other figures are without them.
    """

    waiting: dict[str, int] = field(default_factory=dict)
    oldest: float = 0
    outcomes: tuple[OutcomeCount, ...] = ()
    demo: tuple[OutcomeCount, ...] = ()
    dwell: dict[str, Times] = field(default_factory=dict)
    sending: dict[str, Times] = field(default_factory=dict)

    @property
    def segments(self) -> int:
        """SMS segments of the last day that a provider took."""
        return self._segments(*TAKEN)

    @property
    def segments_in_doubt(self) -> int:
        """Those of which it is not known whether a provider took them: it failed, or did not answer."""
        return self._segments(DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN)

    def _segments(self, *statuses: DeliveryStatus) -> int:
        return sum(one.segments for one in self.outcomes if one.channel == "sms" and one.status in statuses)


def load_figures(session: Session, *, now: datetime, today: date) -> Figures:
    """The outbox at this moment."""
    since = max(now - DAY, _real_since(session, now))
    dwell, sending = _times(session, since)
    return Figures(
        _waiting(session, now, today),
        _oldest(session, now, today),
        _outcomes(session, since, None),
        _outcomes(session, now - DAY, since),
        dwell,
        sending,
    )


def _real_since(session: Session, now: datetime) -> datetime:
    """Since when messages of this store leave; in mode demo they don't yet."""
    values = {row.key: row.value for row in session.exec(select_model(Setting).where(col(Setting.key).in_(KEYS)))}
    if values.get(SENT_AS) == DEMO:
        return now + DAY
    return datetime.fromisoformat(values[REAL_SINCE]) if REAL_SINCE in values else now - DAY


def _waiting(session: Session, now: datetime, today: date) -> dict[str, int]:
    notice = table_of(Notice).c
    put_off = or_(notice.send_on > today, notice.not_before > now)
    query = (
        select(notice.status, put_off.label("put_off"), func.count())
        .where(notice.status.in_(WAITING))
        .group_by(notice.status, put_off)
    )
    found: dict[str, int] = dict.fromkeys([*(state.value for state in WAITING), LATER], 0)
    for status, later, number in session.execute(query):
        found[LATER if later and status == NoticeStatus.PLANNED else status] += number
    return found


def _oldest(session: Session, now: datetime, today: date) -> float:
    """A notice is due from the plan that wrote it, or from the moment until which it was put off."""
    notice, run = table_of(Notice).c, table_of(PlanRun).c
    ready = (notice.status == NoticeStatus.PLANNED) & (notice.send_on <= today)
    planned = (
        select(func.min(run.finished_at))
        .select_from(table_of(Notice))
        .join(table_of(PlanRun), run.id == notice.run_id)
        .where(ready, notice.not_before.is_(None))
    )
    put_off = select(func.min(notice.not_before)).where(ready, notice.not_before <= now)
    moments = [session.execute(query).scalar() for query in (planned, put_off)]
    return max(((now - moment).total_seconds() for moment in moments if moment is not None), default=0)


def _outcomes(session: Session, since: datetime, until: datetime | None) -> tuple[OutcomeCount, ...]:
    delivery = table_of(Delivery).c
    names = (delivery.channel, delivery.status, delivery.error)
    query = (
        select(*names, func.count().label("attempts"), func.sum(delivery.segments).label("segments"))
        .where(delivery.attempted_at >= since, *([delivery.attempted_at < until] if until else []))
        .group_by(*names)
        .order_by(*names)
    )
    return tuple(OutcomeCount(*row) for row in session.execute(query))


def _times(session: Session, since: datetime) -> tuple[dict[str, Times], dict[str, Times]]:
    delivery = table_of(Delivery).c
    query = (
        select(delivery.channel, delivery.due_at, delivery.attempted_at, delivery.sent_at)
        .where(delivery.attempted_at >= since, delivery.sent_at.is_not(None))
        .order_by(delivery.attempted_at.desc())
        .limit(NEWEST)
    )
    dwell: dict[str, list[float]] = defaultdict(list)
    sending: dict[str, list[float]] = defaultdict(list)
    for row in session.execute(query):
        sending[row.channel].append((row.sent_at - row.attempted_at).total_seconds())
        if row.due_at is not None:
            dwell[row.channel].append((row.sent_at - row.due_at).total_seconds())
    return _by_channel(dwell), _by_channel(sending)


def _by_channel(seconds: dict[str, list[float]]) -> dict[str, Times]:
    return {channel: Times.of(values) for channel, values in sorted(seconds.items())}
