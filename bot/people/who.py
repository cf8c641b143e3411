"""Who are you: one's own contact shared in Telegram, a number and the code that goes there, or a link on paper.

Whoever asks hears the same, whether or not anybody is registered so.
"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from aiogram import F, Router
from aiogram.enums import ContentType
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import (
    CallbackQuery,
    Contact,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiogram_dialog import Dialog, DialogManager, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from sqlmodel import Session

from actions.actors import current_actor, find_actors
from actions.identity.codes import CodeAsked
from actions.identity.doors import (
    ask_to_bind,
    ask_to_bind_by_link,
    bind_by_contact,
    bind_by_link,
    check_to_bind,
    is_bound,
)
from actions.identity.links import phone_of_link
from actions.refusals import Refused
from bot.commands import offer_commands
from bot.services import Services
from bot.states import Menu, Who
from bot.subject import Subject
from bot.texts import label, refusal, say
from bot.using import PATIENCE, say_to, sentence_of, tell
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, home, visit_of
from bot.written import read_written
from store.doors import TELEGRAM

LINK = "k_"  # begins what /start brings along from a link on paper
LONGEST = 60  # characters of what somebody writes as a number or a code

SENT, TOO_OFTEN = "", "sign_in.too_often"  # of the latter the code that was asked for before is still good

R = TypeVar("R")


def make_dialog() -> Dialog:
    """Number → code → in."""
    return Dialog(
        Window(Say("who.number"), MessageInput(take_number), home(), state=Who.number),
        Window(
            Say("who.code"),
            MessageInput(take_code, ContentType.TEXT),
            Commit(Label("who.again"), "again", ask_again),
            home("home_of_code"),
            state=Who.code,
        ),
        on_start=offer_to_share,
    )


def make_router() -> Router:
    """A shared contact and a link are taken whatever is open."""
    router = Router(name="who")
    router.message.register(take_contact, F.contact)
    router.message.register(open_link, CommandStart(deep_link=True, magic=F.args.startswith(LINK)))
    return router


async def offer_to_share(start_data: Any, manager: DialogManager) -> None:
    """In Telegram one's own contact says it all; `{"token": …}` comes from a link on paper, which knows the number."""
    visit = visit_of(manager)
    if isinstance(start_data, dict):
        manager.dialog_data.update(start_data)
    elif visit.channel == TELEGRAM and isinstance(manager.event, CallbackQuery) and manager.event.message is not None:
        button = KeyboardButton(text=label("who.share", visit.language), request_contact=True)
        keyboard = ReplyKeyboardMarkup(keyboard=[[button]], resize_keyboard=True, one_time_keyboard=True)
        await manager.event.message.answer(say("who.share", visit.language), reply_markup=keyboard)


async def take_number(message: Message, widget: Any, manager: DialogManager) -> None:
    """Somebody says which number is theirs."""
    found = await read_written(message, manager, most=LONGEST)
    if found is None:
        return
    manager.dialog_data["number"] = found.words
    if await _ask(manager) in (SENT, TOO_OFTEN):
        await manager.switch_to(Who.code)


async def ask_again(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Another code."""
    if await _ask(manager) == SENT:
        visit = visit_of(manager)
        await tell(manager, refusal("sign_in.sent_again", visit.language))


async def take_code(message: Message, widget: Any, manager: DialogManager) -> None:
    """Right or not: the tries are counted, so the transaction is committed either way.

    A code that was taken before the process died has let them in, and is good no more when it comes again.
    """
    visit, known, code = visit_of(manager), manager.dialog_data, (message.text or "")[:LONGEST]
    where: dict[str, Any] = {
        "channel": visit.channel,
        "address": visit.address,
        "now": visit.now,
        "key": _services(visit).code_key,
    }

    def check(session: Session) -> bool:
        if "token" in known:
            fits = bind_by_link(session, token=known["token"], code=code, **where)
            phone = phone_of_link(session, known["token"])
        else:
            phone = known["number"]
            fits = check_to_bind(session, phone=phone, code=code, **where)
        return bool(fits) or is_bound(session, channel=visit.channel, address=visit.address, phone=phone)

    if not await _write(visit, check):
        await tell(manager, refusal("sign_in.wrong_code", visit.language))
        return
    await _welcome(visit, message, manager)


async def take_contact(message: Message, visit: Visit, dialog_manager: DialogManager) -> None:
    """Only one's own contact says who one is."""
    shared, sender = message.contact, message.from_user
    if shared is None or sender is None:
        return
    if await _write(visit, lambda session: _bind(session, visit, sender.id, shared)):
        await _welcome(visit, message, dialog_manager)
        return
    await message.answer(say("who.not_known", visit.language), reply_markup=ReplyKeyboardRemove())


async def open_link(message: Message, command: CommandObject, visit: Visit, dialog_manager: DialogManager) -> None:
    """A link on paper asks for the code that goes to the number on file."""
    token = (command.args or "").removeprefix(LINK)[:LONGEST]
    try:
        asked = await _write(visit, lambda session: _ask_by_link(session, visit, token))
        await _post(visit, asked)
    except Refused as refused:
        await say_to(visit, message, sentence_of(refused, visit.language))
        if refused.name != TOO_OFTEN:
            return
    await dialog_manager.start(Who.code, data={"token": token}, mode=StartMode.RESET_STACK)


async def _ask(manager: DialogManager) -> str:
    """Ask for a code and send it, where there is somebody to send it to; a refusal is told, and its name returned."""
    visit, known = visit_of(manager), manager.dialog_data

    def ask(session: Session) -> CodeAsked:
        if "token" in known:
            return _ask_by_link(session, visit, known["token"])
        return ask_to_bind(
            session,
            channel=visit.channel,
            address=visit.address,
            phone=known["number"],
            now=visit.now,
            key=_services(visit).code_key,
        )

    try:
        asked = await _write(visit, ask)
    except Refused as refused:
        await tell(manager, sentence_of(refused, visit.language))
        return refused.name
    await _post(visit, asked)
    return SENT


async def _welcome(visit: Visit, message: Message, manager: DialogManager) -> None:
    """They are known from here on."""
    visit.actors, visit.actor = await asyncio.to_thread(_who_is_here, visit)
    parties = [actor.party_name for actor in visit.actors]
    text = say("who.welcome", visit.language, parties=parties)
    await message.answer(text, reply_markup=ReplyKeyboardRemove() if visit.channel == TELEGRAM else None)
    await manager.start(Menu.main, mode=StartMode.RESET_STACK)
    await offer_commands(message.bot, visit, message.chat.id)


def _who_is_here(visit: Visit) -> tuple[list[Any], Any]:
    with visit.database.read() as session:
        where = (visit.channel, visit.address)
        return find_actors(session, *where), current_actor(session, *where)


def _bind(session: Session, visit: Visit, sender_id: int, shared: Contact) -> bool:
    return bool(
        bind_by_contact(
            session,
            channel=visit.channel,
            address=visit.address,
            user_id=sender_id,
            contact_user_id=shared.user_id,
            phone=shared.phone_number,
            now=visit.now,
        )
    )


def _ask_by_link(session: Session, visit: Visit, token: str) -> CodeAsked:
    where: dict[str, Any] = {"channel": visit.channel, "address": visit.address, "now": visit.now}
    return ask_to_bind_by_link(session, token=token, key=_services(visit).code_key, **where)


async def _post(visit: Visit, asked: CodeAsked) -> None:
    if asked.to_send is not None and asked.code is not None:
        await _services(visit).post(asked.to_send, asked.code, visit.language)


async def _write(visit: Visit, do: Callable[[Session], R]) -> R:
    def run() -> R:
        with visit.database.write(waits=PATIENCE) as session:
            return do(session)

    return await asyncio.to_thread(run)


def _services(visit: Visit) -> Services:
    if visit.services is None:
        raise LookupError("this process makes no codes")
    return visit.services


SUBJECT = Subject(dialogs=(make_dialog,), routers=(make_router,))
