"""Attempts of which nobody knows whether they left: after a crash, or when a provider did not answer.

The channel is asked first. Where it cannot tell, an attempt cut off by a crash becomes `unknown` and waits ten minutes
for a receipt; then a statutory notice is sent again, marked in its history as a possible repeat.
Issue 4 adds the matching with the provider's own list of messages (at 30 s, 2 min and 10 min, counting equal ones).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session

from notifier.channels.base import CannotTell, Channel, ChannelError, EarlierAttempt
from notifier.deliveries import settle_attempts
from notifier.outbox import Settled, give_back, write_log
from notifier.settling import MAYBE_REPEAT, REPEAT_AFTER, Outcome, Result
from store.notices import NoticeStatus

CUT_OFF = "cut off before its outcome was known"
NEVER_ARRIVED = "the channel never got it"


@dataclass
class Findings:
    """What asking brought: results of earlier attempts, notices that must wait, and those that may be repeats."""

    outcomes: list[Outcome] = field(default_factory=list)
    waiting: set[int] = field(default_factory=set)
    repeats: set[int] = field(default_factory=set)


async def ask_channels(attempts: Sequence[EarlierAttempt], channels: Mapping[str, Channel]) -> Findings:
    """Ask each attempt's channel whether it left."""
    findings = Findings()
    for attempt in attempts:
        channel = channels.get(attempt.channel)
        try:
            if channel is None:
                raise CannotTell("the channel is not configured any more")
            provider_id = await channel.find(attempt)
        except ChannelError:
            _note_unknown(findings, attempt)
            continue
        result = Result.TEMPORARY if provider_id is None else Result.SENT
        error = NEVER_ARRIVED if provider_id is None else ""
        findings.outcomes.append(Outcome(attempt.delivery_id, attempt.notice_id, result, provider_id, error))
    return findings


def _note_unknown(findings: Findings, attempt: EarlierAttempt) -> None:
    if not attempt.was_sending:
        findings.repeats.add(attempt.notice_id)
        return
    findings.outcomes.append(Outcome(attempt.delivery_id, attempt.notice_id, Result.UNKNOWN, error=CUT_OFF))
    findings.waiting.add(attempt.notice_id)


def settle_findings(session: Session, findings: Findings, *, owner: str, today: date, now: datetime) -> None:
    """Record what was found; notices that must wait are given back until then."""
    settle_attempts(session, findings.outcomes, now)
    give_back(
        session,
        [Settled(notice_id, NoticeStatus.UNKNOWN, CUT_OFF, now + REPEAT_AFTER) for notice_id in findings.waiting],
        owner=owner,
        today=today,
        now=now,
    )
    repeats = findings.repeats - findings.waiting
    write_log(session, [(notice_id, NoticeStatus.SENDING, MAYBE_REPEAT) for notice_id in sorted(repeats)], now)
