"""What people of a unit have said of its lifts: what became of it, what waits for an answer, and taking it back."""

from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.checks.own_sayings import saying_of_unit, sayings_of_unit, take_back_saying
from bot.notices import UnderNotice
from bot.states import Menu, SaidHere
from bot.subject import Subject
from bot.texts import SHOWN, label
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, pages_of, way_out

LISTED = 12


def make_router() -> Router:
    """The button under a notice about what came of it."""
    router = Router(name="own_sayings")
    router.callback_query.register(show_list, UnderNotice("said"))
    return router


def make_dialog() -> Dialog:
    """List → one → taken back."""
    return Dialog(_listed(), _one(), _sure())


def _listed() -> Window:
    return Window(
        Say("sayings.listed"),
        pages_of(choice("saying", "sayings", open_saying), "saying_pages"),
        way_out(),
        state=SaidHere.listed,
        getter=get_sayings,
    )


def _one() -> Window:
    return Window(
        Say("sayings.one"),
        SwitchTo(Label("sayings.take_back"), id="to_sure", state=SaidHere.sure, when="mine"),
        Row(SwitchTo(Label("everyone.back"), id="to_sayings", state=SaidHere.listed), home()),
        state=SaidHere.one,
        getter=get_saying,
    )


def _sure() -> Window:
    return Window(
        Say("sayings.sure"),
        Commit(Label("sayings.yes_take_back"), "take_back", take_back),
        Row(SwitchTo(Label("everyone.back"), id="from_sure", state=SaidHere.one), home()),
        state=SaidHere.sure,
        getter=get_saying,
    )


async def get_sayings(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What waits for an answer, then what is settled."""
    found = await look(dialog_manager, sayings_of_unit)
    rows = [
        {"id": str(one.task_id), "text": label("sayings.line", visit.language, one=one, today=visit.today)}
        for one in found
    ]
    waiting = [one for one in found if one.result == "open"]
    longest = max((one.days for one in waiting), default=0)
    return {"sayings": rows, "count": len(found), "waiting": len(waiting), "longest": longest}


async def get_saying(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One of them."""
    one = await look(dialog_manager, saying_of_unit, task_id=dialog_manager.dialog_data["task_id"])
    return {"one": one, "mine": one.mine, "listed": LISTED, "most": SHOWN, "today": visit.today}


async def open_saying(callback: CallbackQuery, widget: Any, manager: DialogManager, task_id: str) -> None:
    """One of them."""
    manager.dialog_data["task_id"] = int(task_id)
    await manager.switch_to(SaidHere.one)


async def take_back(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """It was said by mistake."""
    await use(manager, take_back_saying, task_id=manager.dialog_data["task_id"])
    await manager.switch_to(SaidHere.one)


async def show_list(callback: CallbackQuery, dialog_manager: DialogManager, notice_id: int) -> None:
    """Below the notice, so that it stays as it is."""
    await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    await dialog_manager.start(SaidHere.listed, show_mode=ShowMode.SEND)
    await dialog_manager.answer_callback()


SUBJECT = Subject(dialogs=(make_dialog,), routers=(make_router,))
