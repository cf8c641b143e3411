"""Signing in to the web chat: a number, the code that was sent there, and a browser that is known from then on.

Whoever asks for a code sends it after the commit, so that nothing is sent of which the store knows nothing.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, String, cast, func, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from actions.identity.bindings import bind_people, is_lost, people_with, read_phone, unbind
from actions.identity.codes import CodeAsked, make_code, use_code
from actions.identity.following import follow_people
from actions.identity.invitations import accept_invitations, is_invited
from actions.refusals import Refused
from store.database import table_of
from store.doors import WEBCHAT, WebAccount, WebSession
from store.doubted import reaches_still
from store.identity import LostPhone
from store.locks import hold
from store.parties import Chat, Contact

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


def check_code(
    session: Session, phone_text: str, code: str, from_address: str, now: datetime, *, key: bytes
) -> int | None:
    """The account of whoever has this number, if that is the code; its chat belongs to them from now on.

    None for a wrong code, an old one, a stranger. To be committed in any case: the tries are counted.
    """
    phone = read_phone(phone_text)
    about = {"purpose": SIGN_IN, "code": code, "asked_from": from_address}
    if phone is None or not use_code(session, key, number=phone, now=now, **about):
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
    people, invited = people_with(session, phone, now), is_invited(session, phone, now)
    lost = is_lost(session, phone, now)
    return (bool(people) or invited) and not lost


def admit(session: Session, phone: str, now: datetime) -> int:
    """The account of a number that was proved, with its chat bound to everybody who has the number.

    Where none of those for whom it was opened has the number any more, somebody else has it now: the account is ended,
    with all browsers, and whoever comes gets an inbox of their own.
    """
    hold(session, f"account/{phone}")
    accept_invitations(session, phone, now)
    account = find_account(session, phone)
    if account is not None and _is_of_others(session, account, now):
        _end(session, account, now)
        account = None
    if account is None:
        account = WebAccount(phone=phone, created_at=now)
        session.add(account)
        session.flush()
    else:
        _revoke_before_loss(session, account, now)
    bind_people(session, channel=WEBCHAT, address=str(account.id), phone=phone, now=now)
    return account.id


def find_account(session: Session, phone: str) -> WebAccount | None:
    """The account that this number opens at present."""
    return session.exec(select(WebAccount).where(WebAccount.phone == phone, col(WebAccount.ended_at).is_(None))).first()


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
    """Whose browser this is; None where nobody is signed in, or the inbox is nobody's who is present.

    That the number is registered again does not open it: it has to be proved by whoever has it now.
    """
    query = (
        select(WebAccount)
        .join(WebSession, col(WebSession.account_id) == WebAccount.id)
        .where(WebSession.digest == _digest(token), col(WebSession.revoked_at).is_(None), WebSession.expires_at > now)
        .where(col(WebAccount.ended_at).is_(None), has_somebody())
    )
    return session.exec(query).first()


def has_somebody() -> ColumnElement[bool]:
    """The condition, of an account, that its inbox is that of somebody who is present."""
    chat, contact = table_of(Chat).c, table_of(Contact).c
    bound = (chat.channel == WEBCHAT, chat.address == cast(table_of(WebAccount).c.id, String), chat.active)
    theirs = select_columns(chat.id).join(table_of(Contact), contact.id == chat.contact_id).where(*bound)
    theirs = theirs.where(contact.to_on.is_(None), reaches_still())
    return theirs.correlate(table_of(WebAccount)).exists()


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


def end_session(session: Session, token: str, now: datetime) -> None:
    """Sign this browser out, whoever is in it."""
    table = table_of(WebSession)
    mine = (table.c.digest == _digest(token), table.c.revoked_at.is_(None))
    session.execute(update(table).where(*mine).values(revoked_at=now))


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


def _is_of_others(session: Session, account: WebAccount, now: datetime) -> bool:
    """Whether the inbox was opened for people none of whom has its number any more."""
    opened_for, present = _opened_for(session, account), {*people_with(session, account.phone, now)}
    if not opened_for or opened_for & present:
        return False
    follow_people(session)  # whom a register has only written anew is still who they were
    return not _opened_for(session, account) & present


def _opened_for(session: Session, account: WebAccount) -> set[int]:
    shown = (Chat.channel == WEBCHAT, Chat.address == str(account.id), Chat.phone == account.phone)
    return {*session.exec(select(Chat.contact_id).where(*shown))}


def _end(session: Session, account: WebAccount, now: datetime) -> None:
    account.ended_at = now
    session.add(account)
    revoke_sessions(session, account.id, now)
    unbind(session, WEBCHAT, str(account.id))


def _revoke_before_loss(session: Session, account: WebAccount, now: datetime) -> None:
    """A browser that was open when a party called the telephone lost must not come back with its owner."""
    last = select(func.max(LostPhone.since_at)).where(LostPhone.phone == account.phone, LostPhone.since_at <= now)
    lost_at = session.exec(last).one()
    if lost_at is not None:
        table = table_of(WebSession)
        before = (table.c.account_id == account.id, table.c.revoked_at.is_(None), table.c.created_at <= lost_at)
        session.execute(update(table).where(*before).values(revoked_at=now))


def _digest(token: str) -> str:
    """A token has 256 bits of chance in it: its digest needs no secret."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
