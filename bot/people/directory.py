"""Who is to be spoken to: offices at every level and maintainers, as far as one's role goes; also by /who."""

from typing import Any

from aiogram import Router
from aiogram.filters import Command
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import Message
from aiogram_dialog import Dialog, DialogManager, StartMode, Window

from actions.people.directory import directory
from actions.registry import may_use
from bot.regulator.leaves import leaf_of, leaf_row
from bot.states import Menu
from bot.subject import Entry, Subject
from bot.using import look
from bot.visit import Visit
from bot.widgets import Say, way_out

PEOPLE = 4  # of one office in the text


class Directory(StatesGroup):
    """The contacts at every level."""

    listed = State()


def make_dialog() -> Dialog:
    """One window, in leaves."""
    return Dialog(
        Window(Say("directory.listed"), leaf_row("directory"), way_out(), state=Directory.listed, getter=get_places)
    )


def make_router() -> Router:
    """The command."""
    router = Router(name="directory")
    router.message.register(show_directory, Command("who"))
    return router


async def get_places(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    """A leaf of offices and maintainers."""
    places = await look(dialog_manager, directory)
    return {**leaf_of(dialog_manager, places), "people": PEOPLE}


async def show_directory(message: Message, visit: Visit, dialog_manager: DialogManager) -> None:
    """Below everything else; whoever is nobody, or has no such window, is led to the menu."""
    await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK)
    if visit.actor is not None and may_use(visit.actor, "directory"):
        await dialog_manager.start(Directory.listed)


SUBJECT = Subject(
    dialogs=(make_dialog,),
    entries=(Entry("directory.menu", Directory.listed, "directory", row=80),),
    routers=(make_router,),
)
