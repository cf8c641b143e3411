"""Somebody else does it now: said by whoever has left, settled by the inspection department after a call."""

from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.identity.leaving import people_to_check, say_somebody_else, settle_successor
from bot.people.named import read_name, read_number
from bot.states import Leaving, Menu
from bot.subject import Entry, Subject
from bot.texts import label, refusal
from bot.using import look, tell, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, leave, one_back, pages_of, visit_of, way_out


class Checks(StatesGroup):
    """What the department is to look into."""

    listed = State()
    one = State()


def make_saying() -> Dialog:
    """Name → number → sure."""
    return Dialog(
        Window(Say("successors.name"), MessageInput(take_name), Row(leave(), home()), state=Leaving.name),
        Window(
            Say("successors.phone"),
            MessageInput(take_phone),
            Row(one_back("back_of_phone"), home("home_of_phone")),
            state=Leaving.phone,
        ),
        Window(
            Say("successors.sure"),
            Commit(Label("successors.say"), "say", say_so),
            Row(one_back("back_of_sure"), home("home_of_sure")),
            state=Leaving.sure,
            getter=get_said,
        ),
    )


def make_checking() -> Dialog:
    """All → one → true or not."""
    return Dialog(
        Window(
            Say("successors.listed"),
            pages_of(choice("check", "checks", open_check), "check_pages"),
            way_out(),
            state=Checks.listed,
            getter=get_checks,
        ),
        Window(
            Say("successors.one"),
            Row(
                Commit(Label("successors.is_true"), "is_true", confirm),
                Commit(Label("successors.not_true"), "not_true", deny),
                when="check",
            ),
            Row(SwitchTo(Label("everyone.back"), id="to_checks", state=Checks.listed), home("home_of_check")),
            state=Checks.one,
            getter=get_check,
        ),
    )


async def get_said(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    """What was said so far."""
    return {"who": dialog_manager.dialog_data["name"], "phone": dialog_manager.dialog_data["phone"]}


async def get_checks(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Who is said to have left."""
    checks = await look(dialog_manager, people_to_check)
    rows = [{"id": str(one.task_id), "text": label("successors.line", visit.language, check=one)} for one in checks]
    return {"checks": rows, "count": len(rows)}


async def get_check(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One of them; None where it was settled meanwhile."""
    checks = await look(dialog_manager, people_to_check)
    wanted = dialog_manager.dialog_data["task_id"]
    return {"check": next((one for one in checks if one.task_id == wanted), None), "today": visit.today}


async def take_name(message: Message, widget: Any, manager: DialogManager) -> None:
    """Who does it now."""
    name = await read_name(message, manager)
    if name is not None:
        manager.dialog_data["name"] = name
        await manager.switch_to(Leaving.phone)


async def take_phone(message: Message, widget: Any, manager: DialogManager) -> None:
    """Their number."""
    number = await read_number(message, manager)
    if number is not None:
        manager.dialog_data["phone"] = number
        await manager.switch_to(Leaving.sure)


async def say_so(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The department will call them."""
    known = manager.dialog_data
    task = await use(manager, say_somebody_else, name=known["name"], phone=known["phone"])
    if task is not None:
        await tell(manager, refusal("people.said", visit_of(manager).language))
        await manager.start(Menu.main, mode=StartMode.RESET_STACK)


async def open_check(callback: CallbackQuery, widget: Any, manager: DialogManager, task_id: str) -> None:
    """One of them."""
    manager.dialog_data["task_id"] = int(task_id)
    await manager.switch_to(Checks.one)


async def confirm(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """It is so."""
    await _settle(manager, is_true=True)


async def deny(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """It is not so."""
    await _settle(manager, is_true=False)


async def _settle(manager: DialogManager, *, is_true: bool) -> None:
    await use(manager, settle_successor, task_id=manager.dialog_data["task_id"], is_true=is_true)
    visit = visit_of(manager)
    if not visit.answered:
        await tell(manager, refusal("people.done", visit.language))
    await manager.switch_to(Checks.listed)


SUBJECT = Subject(
    dialogs=(make_saying, make_checking), entries=(Entry("successors.menu", Checks.listed, "people_to_check", row=60),)
)
