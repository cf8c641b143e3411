"""Under a notice: why it came. What else can be pressed there begins in other subjects, by `UnderNotice`."""

from typing import Any

from aiogram import Router
from aiogram.filters import BaseFilter, Command
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.kbd import Row, Start

from actions.told.stories import last_notice, lifts_of_notice, notice_story
from bot.desk_states import Waiting
from bot.states import Bookings, Inspections, Lifts, Menu, Sayings, Visits
from bot.subject import Subject
from bot.using import act_for_party_of, answer, look
from bot.visit import Visit
from bot.widgets import Label, Say, home

FEW = 12  # lifts that are named
MARK = "n"


class Notices(StatesGroup):
    """One notice."""

    why = State()


class UnderNotice(BaseFilter):
    """A button under a notice, by its name; hands on `notice_id`.

    A person of several parties acts for the one to which the notice went.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, callback: CallbackQuery, visit: Visit) -> bool | dict[str, Any]:
        """Its data is n:<number>:<name>."""
        mark, _, rest = (callback.data or "").partition(":")
        number, _, name = rest.partition(":")
        if mark != MARK or name != self.name or not number.isdecimal():
            return False
        await act_for_party_of(visit, int(number))
        return {"notice_id": int(number)}


def make_router() -> Router:
    """Buttons under notices work whatever dialog is open."""
    router = Router(name="notices")
    router.message.register(show_last, Command("why"))
    router.callback_query.register(show_why, UnderNotice("why"))
    router.callback_query.register(show_menu, UnderNotice("open"))
    router.callback_query.register(show_visits, UnderNotice("visits"))
    router.callback_query.register(show_inspections, UnderNotice("onsite"))
    router.callback_query.register(show_waiting, UnderNotice("onsite_desk"))
    router.callback_query.register(book_lifts, UnderNotice("book"))
    router.callback_query.register(say_otherwise, UnderNotice("say"))
    return router


def make_dialog() -> Dialog:
    """One window."""
    return Dialog(
        Window(
            Say("notices.why"),
            Row(Start(Label("lifts.menu"), id="lifts", state=Lifts.groups), home()),
            state=Notices.why,
            getter=get_story,
        )
    )


async def get_story(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The notice with its clause."""
    start: Any = dialog_manager.start_data
    story = await look(dialog_manager, notice_story, notice_id=start["notice_id"])
    return {"notice": story, "few": FEW, "today": visit.today}


async def show_why(callback: CallbackQuery, dialog_manager: DialogManager, notice_id: int) -> None:
    """Below everything else, so that the notice stays as it is."""
    await dialog_manager.start(
        Notices.why, {"notice_id": notice_id}, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND
    )
    await dialog_manager.answer_callback()


async def show_menu(callback: CallbackQuery, dialog_manager: DialogManager, notice_id: int) -> None:
    """Everything that can be done here."""
    await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)
    await dialog_manager.answer_callback()


async def show_visits(callback: CallbackQuery, dialog_manager: DialogManager, notice_id: int) -> None:
    """The visits to come, where one can be moved."""
    await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    await dialog_manager.start(Visits.listed, show_mode=ShowMode.SEND)
    await dialog_manager.answer_callback()


async def show_inspections(callback: CallbackQuery, dialog_manager: DialogManager, notice_id: int) -> None:
    """What was found on one's lifts, where papers are signed and evidence is handed in."""
    await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    await dialog_manager.start(Inspections.listed, show_mode=ShowMode.SEND)
    await dialog_manager.answer_callback()


async def show_waiting(callback: CallbackQuery, dialog_manager: DialogManager, notice_id: int) -> None:
    """The inspections that wait for the department."""
    await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    await dialog_manager.start(Waiting.listed, show_mode=ShowMode.SEND)
    await dialog_manager.answer_callback()


async def book_lifts(callback: CallbackQuery, dialog_manager: DialogManager, notice_id: int) -> None:
    """The days on which the lifts of the notice can be inspected; when nothing is left to book, one's bookings."""
    found = await look(dialog_manager, lifts_of_notice, notice_id=notice_id)
    if not found.to_book:
        await answer(dialog_manager, "notices.nothing_to_book")
        await dialog_manager.start(Visits.listed, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)
        return
    await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    chosen = {"lift_ids": found.to_book, "from_list": False}
    await dialog_manager.start(Bookings.day, chosen, show_mode=ShowMode.SEND)
    await dialog_manager.answer_callback()


async def say_otherwise(callback: CallbackQuery, dialog_manager: DialogManager, notice_id: int) -> None:
    """Not ours, out of use, inspected elsewhere: of the lifts of the notice."""
    found = await look(dialog_manager, lifts_of_notice, notice_id=notice_id)
    await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    await dialog_manager.start(Sayings.what, {"lift_ids": found.lift_ids}, show_mode=ShowMode.SEND)
    await dialog_manager.answer_callback()


async def show_last(message: Message, visit: Visit, dialog_manager: DialogManager) -> None:
    """Why the last notice came; without one, where the dates of one's lifts come from."""
    notice_id = await look(dialog_manager, last_notice) if visit.actor is not None else None
    if visit.actor is None:
        await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK)
    elif notice_id is None:
        await dialog_manager.start(Lifts.groups, mode=StartMode.RESET_STACK)
    else:
        await dialog_manager.start(Notices.why, {"notice_id": notice_id}, mode=StartMode.RESET_STACK)


SUBJECT = Subject(dialogs=(make_dialog,), routers=(make_router,))
