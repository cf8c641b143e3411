"""A chat and whose it is: found out by a shared contact or a code, given to another party, closed, forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from actions.actors import EVERYONE, Actor, Asked, choose_actor, find_actors
from actions.identity.bindings import bind_people, is_lost, read_phone, unbind
from actions.identity.codes import CodeAsked, make_code, use_code
from actions.identity.invitations import accept_invitations
from actions.identity.links import use_link
from actions.identity.sign_in import is_somebody, list_sessions, require_phone, revoke_session
from actions.registry import verb
from store.doors import TELEGRAM, WEBCHAT, WebAccount
from store.parties import Chat, Contact


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
    a telephone that was lost.
    """
    number = read_phone(f"+{phone.lstrip('+')}")
    if channel != TELEGRAM or contact_user_id != user_id or number is None or is_lost(session, number, now):
        return []
    bind_people(session, channel=channel, address=address, phone=number)
    return find_actors(session, channel, address)


def ask_to_bind(session: Session, *, channel: str, address: str, phone: str, now: datetime, key: bytes) -> CodeAsked:
    """Somebody in this chat says which number is theirs. Raises Refused, for whomever alike."""
    number = require_phone(phone)
    is_sent = is_somebody(session, number, now)
    where = f"{channel}:{address}"
    return make_code(session, key, number=number, purpose=f"bind:{where}", asked_from=where, is_sent=is_sent, now=now)


def check_to_bind(
    session: Session, *, channel: str, address: str, phone: str, code: str, now: datetime, key: bytes
) -> list[Actor]:
    """For whom they may act now, if that was the code; nobody otherwise. To be committed in any case."""
    number = read_phone(phone)
    purpose = f"bind:{channel}:{address}"
    if number is None or not use_code(session, key, number=number, purpose=purpose, code=code, now=now):
        return []
    return _bind_proved(session, channel, address, number, now)


def bind_by_link(
    session: Session, *, channel: str, address: str, token: str, code: str, now: datetime, key: bytes
) -> list[Actor]:
    """The same by a link on paper and the code that it asked for."""
    number = use_link(session, token, code, now, key=key)
    return _bind_proved(session, channel, address, number, now) if number is not None else []


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
    found = chats + [OpenDoor(WEBCHAT, one.id, one.browser, one.seen_at, False) for one in browsers]
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
    """This chat is nobody's from now on, and nothing more is sent here; what is due by law goes to the telephone."""
    return unbind(session, asked.actor.channel, asked.actor.address)


def _bind_proved(session: Session, channel: str, address: str, number: str, now: datetime) -> list[Actor]:
    if is_lost(session, number, now):
        return []
    accept_invitations(session, number, now)
    bind_people(session, channel=channel, address=address, phone=number)
    return find_actors(session, channel, address)


def _phone(session: Session, actor: Actor) -> str | None:
    return session.get_one(Contact, actor.contact_id).phone


def _account(session: Session, actor: Actor) -> WebAccount | None:
    phone = _phone(session, actor)
    return session.exec(select(WebAccount).where(WebAccount.phone == phone)).first() if phone is not None else None


def _chats(session: Session, actor: Actor) -> Sequence[Chat]:
    """One row for each chat that was bound by the person's number."""
    phone = _phone(session, actor)
    if phone is None:
        return []
    query = select(Chat).where(Chat.phone == phone, col(Chat.active)).order_by(col(Chat.id))
    rows = {(chat.channel, chat.address): chat for chat in reversed(session.exec(query).all())}
    return sorted(rows.values(), key=lambda chat: chat.id)
