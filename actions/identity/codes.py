"""One-time codes: six digits that go to a telephone, good for five minutes and five tries.

The tries are counted by who makes them: whoever types at random from elsewhere uses up no more than the five that there
are for all others together, and who asked for the code still gets in. A number of nobody costs the same work and gets
the same answer as one of the register, so that neither tells which it is. Only digests are kept: of the code, of the
number, and of who asked.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, update
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
    """Make a code for this number (E.164); of those for a purpose only the newest one from each place fits.

    `asked_from` is the address in the network, or the chat. Raises Refused when it was asked for too often.
    """
    hold(session, "one-time codes")  # two who ask at once are counted one after the other
    whose, who = _digest(key, "number", number), _digest(key, "from", asked_from)
    forget_codes(session, now=now)
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


def use_code(
    session: Session, key: bytes, *, number: str, purpose: str, code: str, asked_from: str, now: datetime
) -> bool:
    """Whether this is the code that was sent; it is used then, and fits no second time. A wrong one is counted.

    `asked_from` is who tries, as in `make_code`. The newest code fits, and the newest that was asked for from here: so
    nobody ends another's by asking for one more. The count must be kept, so this never raises for a wrong code: the
    caller commits.
    """
    table = table_of(OneTimeCode)
    row = table.c
    theirs = (row.number == _digest(key, "number", number), row.purpose == purpose)
    is_here = row.asked_from == _digest(key, "from", asked_from)
    newest = select(row.id).where(*theirs).order_by(row.asked_at.desc(), row.id.desc()).limit(1)
    either = or_(row.id == newest.scalar_subquery(), row.id == newest.where(is_here).scalar_subquery())
    has_tries = or_(and_(is_here, row.tries < TRIES), and_(~is_here, row.tries_elsewhere < TRIES))
    counted = {
        "tries": row.tries + case((is_here, 1), else_=0),
        "tries_elsewhere": row.tries_elsewhere + case((is_here, 0), else_=1),
    }
    still = (either, row.used_at.is_(None), has_tries, row.expires_at > now)
    tried = update(table).where(*still).values(counted).returning(row.id, row.digest, row.is_sent)
    given = _digest(key, "code", number, purpose, "".join(code.split()))
    fitting = {
        found.id for found in session.execute(tried).all() if hmac.compare_digest(given, found.digest) and found.is_sent
    }
    if not fitting:
        return False
    unused = (*theirs, row.is_sent, row.used_at.is_(None))
    used = session.execute(update(table).where(*unused).values(used_at=now).returning(row.id)).scalars()
    return bool(fitting & {*used})


def forget_codes(session: Session, *, now: datetime) -> None:
    """Forget what no limit counts any more."""
    table = table_of(OneTimeCode)
    session.execute(delete(table).where(table.c.asked_at < now - DAY))


def _digest(key: bytes, *parts: str) -> str:
    return hmac.new(key, "\0".join(parts).encode("utf-8", "surrogatepass"), sha256).hexdigest()


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
