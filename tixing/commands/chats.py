"""`tixing chats`: where a party can be reached besides its telephones; a group's robot or e-mail is added here."""

import sys
from importlib import import_module
from typing import Annotated

import typer
from sqlmodel import Session, col, or_, select

from actions.people.parties import bind_chat, drop_chat, holder_of_chat
from notifier.channels.base import PermanentError
from notifier.mails import is_email
from notifier.masking import mask_address
from store.parties import Chat, Contact, Party
from tixing.commands.options import open_store, print_json
from tixing.errors import TixingError, UsageError

GROUP, EMAIL, ASK = "group", "email", "-"


def chats(
    party: Annotated[str, typer.Argument(help="Its name, or its stable name (ref) as in rehearse.")],
    group: Annotated[
        str | None,
        typer.Option(
            help="Add a group's robot: the address that WeCom, DingTalk or Feishu gave it; - reads it from stdin."
        ),
    ] = None,
    email: Annotated[str | None, typer.Option(help="Add an address of e-mail; - reads it from stdin.")] = None,
    role: Annotated[
        str | None, typer.Option(help="Whose it is, such as unit_contact; the first contact if not set.")
    ] = None,
    remove: Annotated[int | None, typer.Option(help="Remove the chat of this number.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each.")] = False,
) -> None:
    """The chats, groups and e-mail of a party's contacts. What holds a key is never shown whole."""
    if sum(one is not None for one in (group, email, remove)) > 1:
        raise UsageError("give one of --group, --email and --remove")
    address = _read(group or email)
    if group is not None:
        _check_robot(address)
    if email is not None and not is_email(address):
        raise UsageError("--email is no address of e-mail, such as lifts@example.org")
    with open_store() as database:
        with database.write() as session:
            found = _party(session, party)
            if address:
                _add(session, found, _contact(session, found, role), GROUP if group else EMAIL, address)
            if remove is not None and (remove not in _numbers(session, found) or not drop_chat(session, remove)):
                raise TixingError(f"{party} has no chat {remove}")
        with database.read() as session:
            _show(session, _party(session, party), as_json=as_json)


def _read(given: str | None) -> str:
    return (sys.stdin.readline() if given == ASK else given or "").strip()


def _check_robot(address: str) -> None:
    try:
        groups = import_module("notifier.channels.groups")
    except ModuleNotFoundError as error:
        raise UsageError("--group needs Apprise: pip install 'tixing[groups]'") from error
    try:
        groups.make_robot(address)
    except PermanentError as error:
        raise UsageError(
            f"--group: {error}; such as wecombot://KEY, dingtalk://SECRET@TOKEN, feishu://TOKEN"
        ) from error


def _add(session: Session, party: Party, contact_id: int, channel: str, address: str) -> None:
    """An address tells the people of one party; another one gets it only when that has let it go."""
    holder = holder_of_chat(session, channel, address)
    if holder is not None and holder.id != party.id:
        shown = mask_address(channel, address)
        raise TixingError(
            f"{shown} is where {holder.name} is told; remove it there first (`tixing chats {holder.ref}` shows its "
            "number, `--remove NUMBER` removes it)"
        )
    bind_chat(session, channel=channel, address=address, contact_id=contact_id)


def _party(session: Session, named: str) -> Party:
    parties = session.exec(select(Party).where(or_(Party.ref == named, Party.name == named))).all()
    if len(parties) != 1:
        raise TixingError(f"{len(parties) or 'no'} parties are called {named!r}; `tixing rehearse` shows their refs")
    return parties[0]


def _contact(session: Session, party: Party, role: str | None) -> int:
    query = (
        select(Contact.id).where(Contact.party_id == party.id, col(Contact.to_on).is_(None)).order_by(col(Contact.id))
    )
    found = session.exec(query.where(Contact.role == role) if role is not None else query).first()
    if found is None:
        raise TixingError(f"{party.name} has no contact" + (f" who is {role}" if role else ""))
    return found


def _chats(session: Session, party: Party) -> list[tuple[Chat, str]]:
    query = (
        select(Chat, Contact.role)
        .join(Contact, col(Contact.id) == Chat.contact_id)
        .where(Contact.party_id == party.id, col(Contact.to_on).is_(None), col(Chat.active))
        .order_by(col(Chat.id))
    )
    return [(chat, role) for chat, role in session.exec(query)]


def _numbers(session: Session, party: Party) -> set[int]:
    return {chat.id for chat, _ in _chats(session, party)}


def _show(session: Session, party: Party, *, as_json: bool) -> None:
    for chat, role in _chats(session, party):
        shown = mask_address(chat.channel, chat.address)
        if as_json:
            print_json({"chat": chat.id, "role": role, "channel": chat.channel, "address": shown})
        else:
            typer.echo(f"{chat.id:>6} {role:<18} {chat.channel:<9} {shown}")
