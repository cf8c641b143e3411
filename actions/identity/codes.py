"""One-time codes: six digits that go to a telephone, good for five minutes and five tries.

A number of nobody costs the same work and gets the same answer as one of the register, so that neither tells which it
is. Only digests are kept: of the code, of the number, and of who asked.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlmodel import Session

from actions.refusals import Refused
from store.database import table_of
from store.identity import TRIES, OneTimeCode
from store.locks import hold
from store.settings import Setting

DIGITS = 6
GOOD_FOR = timedelta(minutes=5)
AGAIN_AFTER = timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FOR_A_NUMBER = {HOUR: 5, DAY: 10}
FOR_AN_ADDRESS = {HOUR: 60, DAY: 200}  # a whole mobile network may come from one
KEY_SETTING = "code_key"


@dataclass(frozen=True)
class CodeAsked:
    """What is to be done now that somebody has asked: send `code` to `to_send`; for a stranger nothing."""

    to_send: str | None = None
    code: str | None = field(default=None, repr=False)


def code_key(session: Session, secret: str | None) -> bytes:
    """The key of all digests: derived from the deployment's secret; without one the store keeps its own."""
    if secret:
        return hmac.new(secret.encode(), b"one-time codes", sha256).digest()
    hold(session, KEY_SETTING)
    known = session.get(Setting, KEY_SETTING) or Setting(key=KEY_SETTING, value=secrets.token_hex(32))
    session.add(known)
    session.flush()
    return bytes.fromhex(known.value)


def make_code(
    session: Session, key: bytes, *, number: str, purpose: str, asked_from: str, is_sent: bool, now: datetime
) -> CodeAsked:
    """Make a code for this number (E.164); only the newest one for a purpose fits.

    `asked_from` is the address in the network, or the chat. Raises Refused when it was asked for too often.
    """
    hold(session, "one-time codes")  # two who ask at once are counted one after the other
    whose, who = _digest(key, "number", number), _digest(key, "from", asked_from)
    _forget_old(session, now)
    _require_seldom(session, whose, who, now)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    session.add(
        OneTimeCode(
            number=whose,
            purpose=purpose,
            asked_from=who,
            digest=_digest(key, "code", number, purpose, code),
            is_sent=is_sent,
            asked_at=now,
            expires_at=now + GOOD_FOR,
        )
    )
    session.flush()
    return CodeAsked(number, code) if is_sent else CodeAsked()


def use_code(session: Session, key: bytes, *, number: str, purpose: str, code: str, now: datetime) -> bool:
    """Whether this is the code that was sent; it is used then, and fits no second time. A wrong one is counted.

    The count must be kept, so this never raises for a wrong code: the caller commits.
    """
    table = table_of(OneTimeCode)
    row = table.c
    newest = (
        select(row.id)
        .where(row.number == _digest(key, "number", number), row.purpose == purpose)
        .order_by(row.asked_at.desc(), row.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    still = (row.id == newest, row.used_at.is_(None), row.tries < TRIES, row.expires_at > now)
    tried = update(table).where(*still).values(tries=row.tries + 1).returning(row.id, row.digest, row.is_sent)
    found = session.execute(tried).first()
    given = _digest(key, "code", number, purpose, "".join(code.split()))
    fits = hmac.compare_digest(given, found.digest if found is not None else "")
    if found is None or not fits or not found.is_sent:
        return False
    used = update(table).where(row.id == found.id, row.used_at.is_(None)).values(used_at=now).returning(row.id)
    return session.execute(used).first() is not None


def _digest(key: bytes, *parts: str) -> str:
    return hmac.new(key, "\0".join(parts).encode("utf-8", "surrogatepass"), sha256).hexdigest()


def _forget_old(session: Session, now: datetime) -> None:
    table = table_of(OneTimeCode)
    session.execute(delete(table).where(table.c.asked_at < now - DAY))


def _require_seldom(session: Session, number: str, asked_from: str, now: datetime) -> None:
    row = table_of(OneTimeCode).c
    _require_room(session, row.number == number, {AGAIN_AFTER: 1} | FOR_A_NUMBER, now)
    _require_room(session, row.asked_from == asked_from, FOR_AN_ADDRESS, now)


def _require_room(session: Session, whose: ColumnElement[bool], limits: dict[timedelta, int], now: datetime) -> None:
    row = table_of(OneTimeCode).c
    for time, most in limits.items():
        query = select(func.count(), func.min(row.asked_at)).where(whose, row.asked_at > now - time)
        count, first = session.execute(query).one()
        if count >= most:
            minutes = max(1, -int((now - time - first).total_seconds() // 60))
            raise Refused("sign_in.too_often", minutes=minutes)
