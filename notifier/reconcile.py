"""Attempts of which nobody knows whether they left: after a crash, or when a provider did not answer.

The channel is asked before anything is sent again: at once, and 30 seconds, 2 and 10 minutes after it was found that
nobody knows, because a provider's own list may show a message late; when the attempt was saved says little, as it may
have waited long for its turn. Equal messages are counted: each message there answers for one attempt. Where the
channel cannot tell, ten minutes are left for a receipt; then a statutory notice is sent again, marked in its history
as a possible repeat. Where it could tell but does not answer, nothing is sent before it does: it is asked ever more
seldom, for a day, and then a person is to look (`notifier.lost`).
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import select
from sqlmodel import Session

from notifier.channels.base import (
    CannotTell,
    Channel,
    ChannelError,
    EarlierAttempt,
    TemporaryError,
    UnknownOutcome,
)
from notifier.deliveries import settle_attempts
from notifier.lost import set_aside
from notifier.outbox import Settled, give_back, write_log
from notifier.settling import MAYBE_REPEAT, Outcome, Patience, Result
from store.database import table_of
from store.locks import hold
from store.notices import Delivery, NoticeStatus
from store.rowsets import among

CUT_OFF = "cut off before its outcome was known"
NEVER_ARRIVED = "the channel never got it"
AT_ONCE = 8
ASKED_FOR = timedelta(days=1)  # so long a provider is asked that does not answer
SELDOM = 6  # times as long as the last look, at most, lie between two questions

Ids = Sequence[str]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Answers:
    """What channels said of attempts: the messages that may be each of them; nothing of those they cannot tell of.

    `unasked`: attempts whose channel could tell, but gave no answer that could be read.
    """

    attempts: Sequence[EarlierAttempt]
    candidates: Mapping[int, Ids]  # by delivery
    unasked: frozenset[int]  # deliveries
    lags: Mapping[str, float]  # by channel, seconds in which its list may be behind


@dataclass
class Findings:
    """What asking brought: results of earlier attempts, notices that wait until a moment, those that may be repeats,
    and those of which no provider has told for a day."""

    outcomes: list[Outcome] = field(default_factory=list)
    waiting: dict[int, datetime] = field(default_factory=dict)
    repeats: set[int] = field(default_factory=set)
    lost: set[int] = field(default_factory=set)


async def ask_channels(attempts: Sequence[EarlierAttempt], channels: Mapping[str, Channel]) -> Answers:
    """Ask each attempt's channel whether it left. A fault in asking about one does not hold up the others.

    A channel that has not answered so many times running is left alone this time: each question may take its timeout.
    """
    slots = asyncio.Semaphore(AT_ONCE)
    unanswered: Counter[str] = Counter()

    async def ask(attempt: EarlierAttempt) -> Ids:
        channel = channels.get(attempt.channel)
        if channel is None:
            raise CannotTell("the channel is not configured any more")
        async with slots:
            if unanswered[channel.name] >= AT_ONCE:
                raise UnknownOutcome("not asked: the channel does not answer")
            try:
                found = await channel.find(attempt)
            except (TemporaryError, UnknownOutcome):
                unanswered[channel.name] += 1
                raise
            unanswered[channel.name] = 0
            return found

    answers = await asyncio.gather(*(ask(attempt) for attempt in attempts), return_exceptions=True)
    told: dict[int, Ids] = {}
    unasked: set[int] = set()
    for attempt, answer in zip(attempts, answers, strict=True):
        if not isinstance(answer, BaseException):
            told[attempt.delivery_id] = answer
        elif not isinstance(answer, CannotTell):
            unasked.add(attempt.delivery_id)
            _log_fault(attempt, answer)
    lags = {name: channel.list_lag.total_seconds() for name, channel in channels.items()}
    return Answers(attempts, told, frozenset(unasked), lags)


def _log_fault(attempt: EarlierAttempt, fault: BaseException) -> None:
    # what others say in their errors may hold personal data
    said = str(fault) if isinstance(fault, ChannelError) else type(fault).__name__
    log.warning("not told", delivery_id=attempt.delivery_id, channel=attempt.channel, error=said)


def settle_answers(
    session: Session, answers: Answers, patience: Patience, *, owner: str, today: date, now: datetime
) -> list[Settled]:
    """Record what was found. Returns the notices that are given back: they wait, or a person is to look."""
    hold(session, "reconcile")  # or two workers would take the same message for two attempts
    findings = _weigh(answers, _known_ids(session, answers), _doubted_since(session, answers), patience, now)
    settle_attempts(session, findings.outcomes, now)
    waiting = [Settled(one, NoticeStatus.UNKNOWN, CUT_OFF, until) for one, until in findings.waiting.items()]
    give_back(session, waiting, owner=owner, today=today, now=now)
    lost = set_aside(session, findings.lost - findings.waiting.keys(), owner=owner, today=today, now=now)
    repeats = findings.repeats - findings.waiting.keys() - findings.lost
    write_log(session, [(notice_id, NoticeStatus.SENDING, MAYBE_REPEAT) for notice_id in sorted(repeats)], now)
    return [*waiting, *lost]


def _weigh(
    answers: Answers, taken: dict[str, set[str]], doubted: Mapping[int, datetime], patience: Patience, now: datetime
) -> Findings:
    """The oldest attempt gets the oldest message that no other attempt has."""
    findings = Findings()
    for attempt in sorted(answers.attempts, key=lambda one: one.delivery_id):
        ids, since = answers.candidates.get(attempt.delivery_id), doubted.get(attempt.delivery_id, now)
        free = next((one for one in ids or () if one not in taken[attempt.channel]), None)
        if free is not None:
            taken[attempt.channel].add(free)
            findings.outcomes.append(Outcome(attempt.delivery_id, attempt.notice_id, Result.SENT, free))
        elif ids is not None and (now - since).total_seconds() >= answers.lags[attempt.channel]:
            gone = Outcome(attempt.delivery_id, attempt.notice_id, Result.TEMPORARY, error=NEVER_ARRIVED)
            findings.outcomes.append(gone)
        else:
            asked = attempt.delivery_id not in answers.unasked
            _note_unknown(findings, attempt, patience, since, now, asked=asked)
    return findings


def _note_unknown(
    findings: Findings, attempt: EarlierAttempt, patience: Patience, since: datetime, now: datetime, *, asked: bool
) -> None:
    notice_id = attempt.notice_id
    if attempt.was_sending:
        findings.outcomes.append(Outcome(attempt.delivery_id, notice_id, Result.UNKNOWN, error=CUT_OFF))
    look = patience.next_look(since, now)
    if look is None and not asked:
        look = _next_question(since, now, patience.repeat_after)
        if look is None:
            findings.lost.add(notice_id)
            return
    if look is None:
        findings.repeats.add(notice_id)
    else:
        findings.waiting[notice_id] = max(look, findings.waiting.get(notice_id, look))


def _next_question(since: datetime, now: datetime, shortest: timedelta) -> datetime | None:
    """When a provider is asked again that did not answer: the longer it is silent, the later. None after a day."""
    if now - since >= ASKED_FOR:
        return None
    return now + min(max(now - since, shortest), SELDOM * shortest)


def _doubted_since(session: Session, answers: Answers) -> dict[int, datetime]:
    """Since when it is known of attempts that nobody knows; not of those whose sender died and is found only now."""
    delivery = table_of(Delivery).c
    ids = [attempt.delivery_id for attempt in answers.attempts]
    query = select(delivery.id, delivery.settled_at).where(among(session, delivery.id, ids))
    return {row.id: row.settled_at for row in session.execute(query) if row.settled_at is not None}


def _known_ids(session: Session, answers: Answers) -> dict[str, set[str]]:
    """Of the messages that channels named, those that other attempts are known to be."""
    delivery = table_of(Delivery).c
    named: dict[str, set[str]] = defaultdict(set)
    for attempt in answers.attempts:
        named[attempt.channel].update(answers.candidates.get(attempt.delivery_id, ()))
    known: dict[str, set[str]] = defaultdict(set)
    for channel, ids in named.items():
        query = select(delivery.provider_id).where(delivery.channel == channel, delivery.provider_id.in_(sorted(ids)))
        known[channel] = _texts(session.execute(query).scalars())
    return known


def _texts(values: Iterable[str | None]) -> set[str]:
    return {value for value in values if value is not None}
