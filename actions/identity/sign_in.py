"""Signing in to the web chat: a number, the code that was sent there, and a browser that is known from then on.

Whoever asks for a code sends it after the commit, so that nothing is sent of which the store knows nothing.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import update
from sqlmodel import Session, col, select

from actions.identity.bindings import bind_people, is_lost, people_with, read_phone
from actions.identity.codes import CodeAsked, make_code, use_code
from actions.identity.invitations import accept_invitations, is_invited
from actions.refusals import Refused
from store.database import insert_new, table_of
from store.doors import WEBCHAT, WebAccount, WebSession

SIGN_IN = "sign_in"
LASTS = timedelta(days=90)
SEEN_AGAIN = timedelta(hours=1)
LONGEST_BROWSER = 200


def ask_code(session: Session, phone_text: str, from_address: str, now: datetime, *, key: bytes) -> CodeAsked:
    """Somebody at this address in the network wants to sign in with this number.

    Raises Refused where it is no number, or was asked for too often; for whomever alike.
    """
    phone = require_phone(phone_text)
    return make_code(
        session,
        key,
        number=phone,
        purpose=SIGN_IN,
        asked_from=from_address,
        is_sent=is_somebody(session, phone, now),
        now=now,
    )


def check_code(session: Session, phone_text: str, code: str, now: datetime, *, key: bytes) -> int | None:
    """The account of whoever has this number, if that is the code; its chat belongs to them from now on.

    None for a wrong code, an old one, a stranger. To be committed in any case: the tries are counted.
    """
    phone = read_phone(phone_text)
    if phone is None or not use_code(session, key, number=phone, purpose=SIGN_IN, code=code, now=now):
        return None
    if not is_somebody(session, phone, now):
        return None
    return admit(session, phone, now)


def require_phone(stated: str) -> str:
    """The number as E.164; raises Refused."""
    phone = read_phone(stated)
    if phone is None:
        raise Refused("sign_in.no_phone")
    return phone


def is_somebody(session: Session, phone: str, now: datetime) -> bool:
    """Whether somebody present has this number, or is invited, and has not lost the telephone."""
    people, invited = people_with(session, phone), is_invited(session, phone, now)
    lost = is_lost(session, phone, now)
    return (bool(people) or invited) and not lost


def admit(session: Session, phone: str, now: datetime) -> int:
    """The account of a number that was proved, with its chat bound to everybody who has the number."""
    insert_new(session, WebAccount, {"phone": phone, "created_at": now, "read_to": 0})
    account = session.exec(select(WebAccount).where(WebAccount.phone == phone)).one()
    accept_invitations(session, phone, now)
    bind_people(session, channel=WEBCHAT, address=str(account.id), phone=phone)
    return account.id


def open_session(session: Session, account_id: int, browser: str, now: datetime) -> str:
    """Remember this browser; what its cookie holds is returned, and not kept."""
    token = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            account_id=account_id,
            digest=_digest(token),
            browser=browser[:LONGEST_BROWSER],
            created_at=now,
            seen_at=now,
            expires_at=now + LASTS,
        )
    )
    session.flush()
    return token


def account_of(session: Session, token: str, now: datetime) -> WebAccount | None:
    """Whose browser this is; None where nobody is signed in, or nobody present has the number any more."""
    query = (
        select(WebAccount)
        .join(WebSession, col(WebSession.account_id) == WebAccount.id)
        .where(WebSession.digest == _digest(token), col(WebSession.revoked_at).is_(None), WebSession.expires_at > now)
    )
    account = session.exec(query).first()
    return account if account is not None and is_somebody(session, account.phone, now) else None


def note_seen(session: Session, token: str, now: datetime) -> None:
    """The browser is used: it stays signed in for longer. Writes at most once an hour."""
    table = table_of(WebSession)
    row = table.c
    mine = (row.digest == _digest(token), row.revoked_at.is_(None), row.expires_at > now)
    seen = update(table).where(*mine, row.seen_at < now - SEEN_AGAIN)
    session.execute(seen.values(seen_at=now, expires_at=now + LASTS))


def list_sessions(session: Session, account_id: int, now: datetime) -> Sequence[WebSession]:
    """The browsers that are signed in, last used first."""
    query = select(WebSession).where(WebSession.account_id == account_id, col(WebSession.revoked_at).is_(None))
    query = query.where(WebSession.expires_at > now)
    return session.exec(query.order_by(col(WebSession.seen_at).desc(), col(WebSession.id).desc())).all()


def session_of(session: Session, token: str) -> int | None:
    """The number of this browser's own session in the list."""
    return session.exec(select(WebSession.id).where(WebSession.digest == _digest(token))).first()


def revoke_session(session: Session, account_id: int, session_id: int, now: datetime) -> bool:
    """Sign one browser of this account out; False where it is no session of theirs, or ended already."""
    return bool(_revoke(session, now, account_id, session_id=session_id))


def revoke_sessions(session: Session, account_id: int, now: datetime, *, but: str = "") -> int:
    """Sign every browser of this account out, except the one with the token `but`; how many."""
    return _revoke(session, now, account_id, but=but)


def _revoke(session: Session, now: datetime, account_id: int, *, session_id: int | None = None, but: str = "") -> int:
    table = table_of(WebSession)
    row = table.c
    wanted = [row.account_id == account_id, row.revoked_at.is_(None), row.expires_at > now]
    wanted += [row.id == session_id] if session_id is not None else []
    wanted += [row.digest != _digest(but)] if but else []
    return len(session.execute(update(table).where(*wanted).values(revoked_at=now).returning(row.id)).all())


def _digest(token: str) -> str:
    """A token has 256 bits of chance in it: its digest needs no secret."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
