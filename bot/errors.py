"""What fails while an update is answered: one sentence for the person, the rest for the log."""

from typing import Any

import structlog
from aiogram import Dispatcher
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import ExceptionTypeFilter
from aiogram.types import ErrorEvent
from aiogram_dialog import DialogManager, ShowMode, StartMode
from aiogram_dialog.api.exceptions import OutdatedIntent, UnknownIntent, UnknownState, UnregisteredWindowError

from actions.permissions import NotAllowedError
from actions.visits.inspections import RefusedError
from bot.people_inside import CALLING, with_help
from bot.second_tap import DoneUnseen
from bot.stale_buttons import StaleButton
from bot.states import Menu
from bot.texts import refusal
from bot.using import say_to, sentence_of
from bot.visit import Visit
from store.database import SILENCE, BusyError

STALE = (UnknownIntent, OutdatedIntent, UnknownState, UnregisteredWindowError, StaleButton)

log = structlog.get_logger(__name__)


def register_errors(dispatcher: Dispatcher) -> None:
    """The first that fits answers."""
    dispatcher.errors.register(leave_for_later, ExceptionTypeFilter(*SILENCE))
    dispatcher.errors.register(show_where_we_are, ExceptionTypeFilter(*STALE, DoneUnseen))
    dispatcher.errors.register(say_that_it_is_busy, ExceptionTypeFilter(BusyError))
    dispatcher.errors.register(say_why_not, ExceptionTypeFilter(RefusedError, NotAllowedError))
    dispatcher.errors.register(note_undelivered, ExceptionTypeFilter(TelegramAPIError))
    dispatcher.errors.register(say_that_it_failed)


async def leave_for_later(event: ErrorEvent) -> Any:
    """Not answered: the desk keeps it."""
    return UNHANDLED


async def show_where_we_are(event: ErrorEvent, visit: Visit, dialog_manager: DialogManager) -> None:
    """The button is of a window that is gone, or has done what it says: say so, and show what is open, or the menu."""
    is_done = isinstance(event.exception, DoneUnseen)
    sentence = refusal("everyone.done_already" if is_done else "everyone.stale", visit.language)
    await _say(event, visit, sentence if is_done else with_help(sentence, visit))
    if is_done:
        visit.notes.note_unseen(False)
    if dialog_manager.has_context():
        try:
            await dialog_manager.show(ShowMode.SEND)
            return
        except (RefusedError, NotAllowedError) as refused:  # what is open may be seen no more
            log.info("refused", reason=type(refused).__name__)
    await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def say_why_not(event: ErrorEvent, visit: Visit, dialog_manager: DialogManager) -> None:
    """Something that is shown may be seen no more: say so, and go to the menu."""
    log.info("refused", reason=type(event.exception).__name__)
    await _say(event, visit, _with_help(event, visit, dialog_manager))
    await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def say_that_it_is_busy(event: ErrorEvent, visit: Visit, dialog_manager: DialogManager) -> None:
    """Others hold what this needs: nothing was changed, and what is open stays open."""
    log.info("busy", channel=visit.channel, tap=visit.tap)
    await _say(event, visit, _with_help(event, visit, dialog_manager))


async def note_undelivered(event: ErrorEvent, visit: Visit) -> None:
    """What was done is done; only the answer did not get through."""
    log.warning("answer not delivered", channel=visit.channel, error=type(event.exception).__name__)
    if visit.done:
        visit.notes.note_unseen(True)


async def say_that_it_failed(event: ErrorEvent, visit: Visit) -> None:
    """Nobody foresaw this."""
    log.error("update failed", channel=visit.channel, tap=visit.tap, exc_info=event.exception)
    await _say(event, visit, refusal("everyone.failed", visit.language))


def _with_help(event: ErrorEvent, visit: Visit, manager: DialogManager) -> str:
    """Why it was not done; where help is called from, also whom to call."""
    calls = manager.has_context() and manager.current_context().state.group in CALLING
    return with_help(sentence_of(event.exception, visit.language), visit, calls=calls)


async def _say(event: ErrorEvent, visit: Visit, sentence: str) -> None:
    """A button that was pressed long ago takes no answer any more; what follows is shown all the same."""
    try:
        await say_to(visit, event.update.event, sentence)
    except TelegramAPIError as error:
        log.warning("answer not delivered", channel=visit.channel, error=type(error).__name__)
