"""Using a verb from a handler: the transaction, the key, and one sentence where it is refused."""

import asyncio
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from sqlmodel import Session

from actions.actors import Actor, Asked, choose_actor, choose_language
from actions.people.parties import drop_chats_at
from actions.permissions import NotAllowedError
from actions.refusals import Refused
from actions.registry import VERBS
from actions.told.stories import party_of_notice
from actions.visits.inspections import RefusedError
from bot.texts import refusal
from bot.visit import Visit
from store.database import BusyError

PATIENCE = 5.0  # seconds for which a person waits while others hold what their tap changes, such as a plan
POPUP = 200  # characters of the answer to a pressed button in Telegram

P = ParamSpec("P")
R = TypeVar("R")
Action = Callable[Concatenate[Session, Asked, P], R]

log = structlog.get_logger(__name__)


async def use(manager: DialogManager, action: Action[P, R], *args: P.args, **named: P.kwargs) -> R | None:
    """What the verb gives; None where it is refused, which the person has been told by then.

    Raises BusyError, which the dispatcher answers: the window stays, so that the same button can be pressed again.
    """
    try:
        return await attempt(manager, action, *args, **named)
    except (RefusedError, NotAllowedError) as refused:
        await say_why_not(manager, refused)
        return None


async def attempt(manager: DialogManager, action: Action[P, R], *args: P.args, **named: P.kwargs) -> R:
    """The same for whoever sees to a refusal themselves. Raises NotAllowedError and RefusedError too."""
    visit: Visit = manager.middleware_data["visit"]
    reads = VERBS[action.__name__].reads
    if isinstance(manager.event, CallbackQuery) and not visit.committed and not reads:
        raise TypeError(f"the button that leads to {action.__name__} must be a Commit: it changes something")
    try:
        done = await act(visit, action, *args, **named)
    except (RefusedError, NotAllowedError) as refused:
        log.info("refused", verb=action.__name__, reason=type(refused).__name__)
        raise
    if isinstance(done, Actor):
        visit.actor = done  # whoever chose another party acts for it at once
    visit.done |= not reads
    return done


async def say_why_not(manager: DialogManager, refused: Exception) -> None:
    """Tell the person why it was not done."""
    visit: Visit = manager.middleware_data["visit"]
    await tell(manager, sentence_of(refused, visit.language))


async def look(manager: DialogManager, action: Action[P, R], *args: P.args, **named: P.kwargs) -> R:
    """What a reading verb gives, or one that changes nothing but the log of who read.

    Raises NotAllowedError and Refused, which the dispatcher answers.
    """
    visit: Visit = manager.middleware_data["visit"]
    return await act(visit, action, *args, **named)


async def act(visit: Visit, action: Action[P, R], *args: P.args, **named: P.kwargs) -> R:
    """Use a verb in one transaction of its own, beside the event loop where it may take long."""
    asked = visit.asked(action.__name__)
    if asked is None:
        raise NotAllowedError("a stranger asks for nothing")
    if VERBS[action.__name__].reads and visit.database.is_sqlite and not visit.is_office:
        # of somebody's own lifts: the way to a thread costs more than the read; an office reads those of a city
        return _in_transaction(visit, action, asked, args, named)
    return await asyncio.to_thread(_in_transaction, visit, action, asked, args, named)


def _in_transaction(visit: Visit, action: Callable[..., R], asked: Asked, args: Any, named: Any) -> R:
    reads = VERBS[action.__name__].reads
    with visit.database.read() if reads else visit.database.write(waits=PATIENCE) as session:
        return action(session, asked, *args, **named)


def sentence_of(error: Exception, language: str) -> str:
    """Why something is not done, for a person."""
    if isinstance(error, Refused):
        return refusal(error.name, language, **error.facts)
    if isinstance(error, NotAllowedError):
        return refusal("everyone.not_allowed", language)
    if isinstance(error, BusyError):
        return refusal("everyone.busy", language)
    return refusal("everyone.makes_no_sense", language)


async def answer(manager: DialogManager, name: str, **facts: Any) -> None:
    """Tell the person one of the refusals."""
    visit: Visit = manager.middleware_data["visit"]
    await tell(manager, refusal(name, visit.language, **facts))


async def tell(manager: DialogManager, sentence: str) -> None:
    """Say one sentence: over the pressed button where there is one, else as a message."""
    visit: Visit = manager.middleware_data["visit"]
    await say_to(visit, manager.event, sentence)


async def say_to(visit: Visit, event: Any, sentence: str, *, in_passing: bool = False) -> None:
    """The same where no dialog is open. `in_passing`: it goes away by itself."""
    if isinstance(event, CallbackQuery) and len(sentence) <= POPUP and not visit.answered:
        visit.answered = True
        await event.answer(sentence, show_alert=not in_passing)
    elif isinstance(event, CallbackQuery | Message):
        message = event if isinstance(event, Message) else event.message
        if message is not None and message.bot is not None:
            await message.bot.send_message(message.chat.id, sentence, parse_mode=None)


async def set_language(visit: Visit, language: str) -> None:
    """Speak this language in this chat from now on, also with a stranger."""
    visit.language = language
    await asyncio.to_thread(_keep_language, visit)


def _keep_language(visit: Visit) -> None:
    with visit.database.write() as session:
        choose_language(session, visit.channel, visit.address, visit.language)


async def act_for_party_of(visit: Visit, notice_id: int) -> None:
    """Whoever serves several parties acts from now on for the one to which this notice went."""
    if len(visit.actors) > 1:
        visit.actor = await asyncio.to_thread(_choose_party_of, visit, notice_id)


def _choose_party_of(visit: Visit, notice_id: int) -> Actor | None:
    with visit.database.write() as session:
        party_id = party_of_notice(session, notice_id)
        if visit.actor is not None and visit.actor.party_id == party_id:
            return visit.actor  # also where they have another role there
        there = next((actor for actor in visit.actors if actor.party_id == party_id), None)
        if there is None:
            return visit.actor
        choose_actor(session, visit.channel, visit.address, there.contact_id)
        return there


async def close_chat(visit: Visit) -> None:
    """Nobody can be reached in this chat any more."""
    await asyncio.to_thread(_close_chat, visit)


def _close_chat(visit: Visit) -> None:
    with visit.database.write() as session:
        drop_chats_at(session, visit.channel, visit.address)
