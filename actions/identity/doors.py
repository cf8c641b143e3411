"""A chat and whose it is: found out by a shared contact or a code, given to another party, closed, forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_
from sqlmodel import Session, col, select

from actions.actors import EVERYONE, Actor, Asked, choose_actor, find_actors
from actions.identity.bindings import bind_people, is_lost, proved_number, read_phone, unbind
from actions.identity.browsers import browser_name
from actions.identity.codes import CodeAsked, make_code, use_code
from actions.identity.invitations import accept_invitations
from actions.identity.links import ask_by_link, use_link
from actions.identity.sign_in import (
    find_account,
    is_somebody,
    list_sessions,
    require_phone,
    revoke_session,
    revoke_sessions,
)
from actions.refusals import Refused
from actions.registry import verb
from store.doors import TELEGRAM, WEBCHAT, WebAccount
from store.parties import Chat


@dataclass(frozen=True)
class OpenDoor:
    """A chat or a browser in which this person is known. `id`: of the browser's session, or of the chat's row."""

    kind: str
    id: int
    what: str
    since: datetime | None
    is_this: bool


def bind_by_contact(
    session: Session,
    *,
    channel: str,
    address: str,
    user_id: int,
    contact_user_id: int | None,
    phone: str,
    now: datetime,
) -> list[Actor]:
    """The contact that somebody shares is their own, as Telegram has verified it: for whom they may act now.

    Another person's contact, one without a user, and any that does not come from Telegram prove nothing; neither does
    a telephone that was lost, or a number that nobody has: then nothing is changed.
    """
    number = read_phone(f"+{phone.lstrip('+')}")
    if channel != TELEGRAM or contact_user_id != user_id or number is None or is_lost(session, number, now):
        return []
    bound = bind_people(session, channel=channel, address=address, phone=number, now=now)
    return find_actors(session, channel, address) if bound else []


def ask_to_bind(session: Session, *, channel: str, address: str, phone: str, now: datetime, key: bytes) -> CodeAsked:
    """Somebody in this chat says which number is theirs. Raises Refused, for whomever alike.

    An inbox of the web chat is that of one number: with another one signs in anew, to an inbox of its own.
    """
    number = require_phone(phone)
    if not _may_open(session, channel, address, number):
        raise Refused("sign_in.other_number")
    is_sent = is_somebody(session, number, now)
    where = f"{channel}:{address}"
    return make_code(session, key, number=number, purpose=f"bind:{where}", asked_from=where, is_sent=is_sent, now=now)


def check_to_bind(
    session: Session, *, channel: str, address: str, phone: str, code: str, now: datetime, key: bytes
) -> list[Actor]:
    """For whom they may act now, if that was the code; nobody otherwise. To be committed in any case."""
    number = read_phone(phone)
    where = f"{channel}:{address}"
    about = {"purpose": f"bind:{where}", "code": code, "asked_from": where}
    if number is None or not _may_open(session, channel, address, number):
        return []
    if not use_code(session, key, number=number, now=now, **about):
        return []
    return _bind_proved(session, channel, address, number, now)


def ask_to_bind_by_link(
    session: Session, *, channel: str, address: str, token: str, now: datetime, key: bytes
) -> CodeAsked:
    """The same by a link on paper, in Telegram; in a browser it signs in (`check_by_link`). Raises Refused."""
    if channel == WEBCHAT:
        raise Refused("sign_in.other_number")
    return ask_by_link(session, token, f"{channel}:{address}", now, key=key)


def bind_by_link(
    session: Session, *, channel: str, address: str, token: str, code: str, now: datetime, key: bytes
) -> list[Actor]:
    """The same by a link on paper and the code that it asked for."""
    if channel == WEBCHAT:
        return []
    number = use_link(session, token, code, f"{channel}:{address}", now, key=key)
    return _bind_proved(session, channel, address, number, now) if number is not None else []


def is_bound(session: Session, *, channel: str, address: str, phone: str) -> bool:
    """Whether this chat is already that of whoever has the number, by having proved it."""
    here = (Chat.channel == channel, Chat.address == address, Chat.phone == read_phone(phone))
    proved = session.exec(select(Chat).where(*here, col(Chat.active), col(Chat.phone).is_not(None))).first()
    return proved is not None and bool(find_actors(session, channel, address))


def for_whom_they_act(session: Session, actor: Actor, contact_id: Any) -> bool:
    """A guard: somebody for whom the person at this door may act."""
    return contact_id in [one.contact_id for one in find_actors(session, actor.channel, actor.address)]


@verb(EVERYONE, reads=True)
def my_parties(session: Session, asked: Asked) -> list[Actor]:
    """Everybody for whom the person at this door may act."""
    return find_actors(session, asked.actor.channel, asked.actor.address)


@verb(EVERYONE, contact_id=for_whom_they_act)
def act_for(session: Session, asked: Asked, *, contact_id: int) -> Actor:
    """Act for this party from now on."""
    channel, address = asked.actor.channel, asked.actor.address
    choose_actor(session, channel, address, contact_id)
    return next(one for one in find_actors(session, channel, address) if one.contact_id == contact_id)


@verb(EVERYONE, reads=True)
def my_doors(session: Session, asked: Asked) -> list[OpenDoor]:
    """The chats and browsers in which the person is known by their number, this one first."""
    actor = asked.actor
    here = (actor.channel, actor.address)
    chats = [
        OpenDoor(chat.channel, chat.id, "", None, (chat.channel, chat.address) == here)
        for chat in _chats(session, actor)
        if chat.channel != WEBCHAT
    ]
    account = _account(session, actor)
    browsers = list_sessions(session, account.id, asked.now) if account is not None else []
    found = chats + [OpenDoor(WEBCHAT, one.id, browser_name(one.browser), one.seen_at, False) for one in browsers]
    return sorted(found, key=lambda one: not one.is_this)


@verb(EVERYONE)
def close_door(session: Session, asked: Asked, *, kind: str, door_id: int) -> bool:
    """Sign out of a chat or a browser of one's own; False where it is none of theirs, or closed already."""
    if kind == WEBCHAT:
        account = _account(session, asked.actor)
        return account is not None and revoke_session(session, account.id, door_id, asked.now)
    chat = next((one for one in _chats(session, asked.actor) if one.id == door_id), None)
    return chat is not None and bool(unbind(session, chat.channel, chat.address))


@verb(EVERYONE)
def forget_me_here(session: Session, asked: Asked) -> int:
    """This chat is nobody's from now on, and nothing more is sent here; what is due by law goes to the telephone.

    In the web chat every browser of the inbox is signed out, so that none comes back with the next who signs in.
    """
    if asked.actor.channel == WEBCHAT:
        revoke_sessions(session, int(asked.actor.address), asked.now)
    return unbind(session, asked.actor.channel, asked.actor.address)


def _bind_proved(session: Session, channel: str, address: str, number: str, now: datetime) -> list[Actor]:
    if is_lost(session, number, now):
        return []
    accept_invitations(session, number, now)
    bound = bind_people(session, channel=channel, address=address, phone=number, now=now)
    return find_actors(session, channel, address) if bound else []


def _may_open(session: Session, channel: str, address: str, number: str) -> bool:
    account = find_account(session, number) if channel == WEBCHAT else None
    return channel != WEBCHAT or (account is not None and str(account.id) == address)


def _account(session: Session, actor: Actor) -> WebAccount | None:
    phone = proved_number(session, actor)
    return find_account(session, phone) if phone is not None else None


def _chats(session: Session, actor: Actor) -> Sequence[Chat]:
    """One row for each chat that was bound by the number that was shown here; else this one alone."""
    phone = proved_number(session, actor)
    here = and_(col(Chat.channel) == actor.channel, col(Chat.address) == actor.address)
    query = select(Chat).where(Chat.phone == phone if phone is not None else here, col(Chat.active))
    query = query.order_by(col(Chat.id))
    rows = {(chat.channel, chat.address): chat for chat in reversed(session.exec(query).all())}
    return sorted(rows.values(), key=lambda chat: chat.id)
