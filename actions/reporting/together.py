"""What is issued for one unit within a minute is told in one message: 60 reports are not 60 SMS.

The first leaves at once. What follows within a minute waits until that minute is over, and what is issued meanwhile
joins it, in the transaction of its report: nothing is kept anywhere else, so a kill loses nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from actions.waiting_notices import last_tried, not_left
from notifier.outbox import cancel
from store.ledger import lock_notices
from store.notices import NAMED_IN_SMS, OTHERS, REPORT, Notice, NoticeStatus

MINUTE = timedelta(minutes=1)
MOST = 20  # lifts that the message in the chat names, each with its report
OF_ONE = ("report", "number", "ended_on", "valid_until", "mark")  # what each report says for itself


def each_report(matter: dict[str, Any]) -> list[dict[str, Any]]:
    """What a notice says of each of its reports, in the order of its lifts."""
    return [matter, *matter.get(OTHERS, ())]


def put_together(session: Session, notice: Notice, now: datetime, *, every_name: bool) -> None:
    """Add a notice about one report to one like it that has not left, else plan it as one of its own.

    `every_name`: nothing but an SMS says it, so it names each lift, holds few, and one validity for all.
    """
    most = NAMED_IN_SMS if every_name else MOST
    for waiting in not_left(session, notice):
        joined = _join(_matter(waiting), _matter(notice))
        if joined is not None and len(joined["lifts"]) <= most and not (every_name and _differ(joined)):
            waiting.facts = (waiting.facts or {}) | {REPORT: joined}
            session.add(waiting)
            return
    last = last_tried(session, notice)
    if last is not None and last + MINUTE > now:
        notice.not_before = last + MINUTE
    session.add(notice)


def take_out(session: Session, notices: Sequence[Notice], report_id: int, now: datetime) -> None:
    """What has not left says nothing more of this report; where it is about no other, it is cancelled."""
    alone = [one.id for one in notices if len(each_report(_matter(one))) == 1]
    cancel(session, alone, reason="overtaken", now=now)
    shared = [one.id for one in notices if one.id not in alone]
    for notice_id in sorted(lock_notices(session, shared, (NoticeStatus.PLANNED, NoticeStatus.NO_CONTACT))):
        notice = session.get_one(Notice, notice_id, populate_existing=True)
        notice.facts = (notice.facts or {}) | {REPORT: _without(_matter(notice), report_id)}
        session.add(notice)


def _matter(notice: Notice) -> dict[str, Any]:
    return (notice.facts or {}).get(REPORT) or {}


def _join(matter: dict[str, Any], more: dict[str, Any]) -> dict[str, Any] | None:
    """Both; None where they have more to say apart than what each report says for itself."""
    apart = {"lifts", OTHERS, *OF_ONE}
    if {name: matter[name] for name in matter.keys() - apart} != {name: more[name] for name in more.keys() - apart}:
        return None
    reports = [*matter.get(OTHERS, ()), {name: more[name] for name in OF_ONE}]
    return matter | {"lifts": [*matter["lifts"], *more["lifts"]], OTHERS: reports}


def _differ(matter: dict[str, Any]) -> bool:
    return len({one["valid_until"] for one in each_report(matter)}) > 1


def _without(matter: dict[str, Any], report_id: int) -> dict[str, Any]:
    pairs = zip(each_report(matter), matter["lifts"], strict=True)
    (first, place), *others = [(one, lift) for one, lift in pairs if one["report"] != report_id]
    return (
        matter
        | {name: first[name] for name in OF_ONE}
        | {
            "lifts": [place, *(lift for _, lift in others)],
            OTHERS: [one for one, _ in others],
        }
    )
