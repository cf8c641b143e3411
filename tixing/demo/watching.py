"""The demo's watch: what `/healthz` says at the moment on the clock, and what arrives on the operator's phone.

A visitor may let the clock stop: the next day comes, nobody plans it, and twenty minutes after midnight it is missed.
"""

import asyncio
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, col, select

from actions.running.health import Health, check_health
from actions.running.incidents import Patience
from notifier.channels.webchat import WebChat
from portal.health import describe
from store.database import Database
from store.notices import ChatMessage
from store.settings import Setting
from store.watch import Incident
from store.zone import SHANGHAI
from tixing.watch.alarm import Operator, look
from tixing.watch.words import say_begun, say_over

STOPPED = "demo.stopped"
INBOX = "demo-operator"
OPERATOR = Operator((("webchat", INBOX),))
AT_ONCE = Patience(calm=timedelta(0), between=timedelta(0))  # in the demo an incident is over when the day is planned
MISSED_AT = time(0, 20, tzinfo=SHANGHAI)
LOOKED_AT = time(9, 5, tzinfo=SHANGHAI)


def stop_clock(database: Database, today: date) -> None:
    """The day after `today` begins, and nothing plans it: look at twenty past midnight, and tell the operator."""
    with database.write() as session:
        session.merge(Setting(key=STOPPED, value=today.isoformat()))
    _look(database, datetime.combine(today + timedelta(days=1), MISSED_AT))


def go_on(database: Database, today: date) -> None:
    """`today` was planned; if the clock had stopped, the operator is told that it goes on."""
    with database.write() as session:
        stopped = session.get(Setting, STOPPED)
        if stopped is None:
            return
        session.delete(stopped)
    _look(database, datetime.combine(today, LOOKED_AT))


def moment_of(session: Session, today: date) -> datetime:
    """The moment at which the demo's watch looks."""
    if session.get(Setting, STOPPED) is not None:
        return datetime.combine(today + timedelta(days=1), MISSED_AT)
    return datetime.combine(today, LOOKED_AT)


def read_health(session: Session, today: date) -> tuple[int, dict[str, Any]]:
    """Status and body of `/healthz` at that moment."""
    found = check_health(session, now=moment_of(session, today))
    return (503 if found.trouble else 200), describe(found)


def view_watch(session: Session, today: date, language: str) -> dict[str, Any]:
    """What the page shows of the watch.

    status, body: the answer of /healthz · at: the moment (in China) · plan: {day, time, notices} of the last one
    messages: [{on, time, text, translation}] to the operator, newest first
    """
    now = moment_of(session, today)
    found = check_health(session, now=now)
    return {
        "status": 503 if found.trouble else 200,
        "body": describe(found),
        "at": {"date": now.date().isoformat(), "time": f"{now:%H:%M}"},
        "plan": _plan(found),
        "messages": [_message(line, session, language) for line in _inbox(session)],
    }


def _look(database: Database, now: datetime) -> None:
    asyncio.run(look(database, OPERATOR, lambda: {"webchat": WebChat(database)}, now=now, patience=AT_ONCE))


def _plan(found: Health) -> dict[str, Any] | None:
    if found.plan is None:
        return None
    at = found.plan.first_at.astimezone(SHANGHAI)
    return {"day": found.plan.day.isoformat(), "time": f"{at:%H:%M}", "notices": found.plan.amount}


def _inbox(session: Session) -> list[ChatMessage]:
    query = select(ChatMessage).where(ChatMessage.address == INBOX).order_by(col(ChatMessage.id).desc())
    return list(session.exec(query))


def _message(line: ChatMessage, session: Session, language: str) -> dict[str, Any]:
    at = line.at.astimezone(SHANGHAI)
    translation = None if language == "zh" else _translate(line, session, language)
    return {"on": at.date().isoformat(), "time": f"{at:%H:%M}", "text": line.text, "translation": translation}


def _translate(line: ChatMessage, session: Session, language: str) -> str | None:
    """The same alarm said in another language, found again by the moment of its telling."""
    begun = session.exec(select(Incident).where(Incident.told_at == line.at)).first()
    if begun is not None:
        return say_begun(begun, language)
    ended = session.exec(select(Incident).where(Incident.end_told_at == line.at)).first()
    return say_over(ended, language) if ended else None
