"""What units say of their lifts, for their inspection department to look into."""

from datetime import date
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.checks.desk import check_of_desk, check_photos, checks_of_desk, confirm_saying, refute_saying
from actions.checks.outcomes import Becomes
from bot.days_written import read_day
from bot.desk_states import DeskChecks
from bot.handing_out import give_picture
from bot.subject import Entry, Subject
from bot.texts import SHOWN, label
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, pages_of, way_out

LISTED = 20
SETTLED = (Becomes.NOTHING, Becomes.BOOKING, Becomes.INSPECTION)  # what confirming does is known


def make_dialog() -> Dialog:
    """List → one → it is so, or it is not."""
    return Dialog(_listed(), _one(), _confirm(), _refute())


def _listed() -> Window:
    return Window(
        Say("desk.checks"),
        pages_of(choice("check", "checks", open_check), "check_pages"),
        way_out(),
        state=DeskChecks.listed,
        getter=get_checks,
    )


def _one() -> Window:
    return Window(
        Say("desk.check"),
        Row(
            SwitchTo(Label("desk.is_so"), id="to_confirm", state=DeskChecks.confirm),
            SwitchTo(Label("desk.is_not_so"), id="to_refute", state=DeskChecks.refute),
        ),
        Button(Label("desk.check_photos"), id="check_photos", on_click=show_photos, when="photos"),
        Row(SwitchTo(Label("everyone.back"), id="to_checks", state=DeskChecks.listed), home()),
        state=DeskChecks.one,
        getter=get_check,
    )


def _confirm() -> Window:
    return Window(
        Say("desk.confirm"),
        MessageInput(take_day),
        Commit(Label("desk.is_so"), "confirm", confirm, "is_settled", get_check),
        Row(
            Commit(Label("desk.passed"), "pass", confirm_result, "needs_result", get_check),
            Commit(Label("desk.failed"), "fail", confirm_result, "needs_result", get_check),
        ),
        Commit(Label("desk.not_held"), "not_held", refute, "needs_result", get_check),
        Row(SwitchTo(Label("everyone.back"), id="from_confirm", state=DeskChecks.one), home()),
        state=DeskChecks.confirm,
        getter=get_check,
    )


def _refute() -> Window:
    return Window(
        Say("desk.refute"),
        Commit(Label("desk.is_not_so"), "refute", refute, getter=get_check),
        Row(SwitchTo(Label("everyone.back"), id="from_refute", state=DeskChecks.one), home()),
        state=DeskChecks.refute,
        getter=get_check,
    )


async def get_checks(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What is to be looked into."""
    found = await look(dialog_manager, checks_of_desk)
    rows = [{"id": str(one.task_id), "text": label("desk.check_line", visit.language, check=one)} for one in found]
    return {"checks": rows, "count": len(rows)}


async def get_check(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One of them; `on`: the day that was entered, else the one that was said."""
    known = dialog_manager.dialog_data
    check = await look(dialog_manager, check_of_desk, task_id=known["task_id"], on=_typed_day(known))
    return {
        "shown": [check.on, check.sayings],  # somebody of the unit may say something else meanwhile
        "check": check,
        "on": check.on,
        "photos": sum(len(one.photos) for one in check.sayings),
        "listed": LISTED,
        "most": SHOWN,
        "is_settled": check.becomes in SETTLED,
        "needs_result": check.becomes == Becomes.NEEDS_RESULT,
        "today": visit.today,
    }


async def open_check(callback: CallbackQuery, widget: Any, manager: DialogManager, task_id: str) -> None:
    """One of them."""
    manager.dialog_data.update(task_id=int(task_id), on=None)
    await manager.switch_to(DeskChecks.one)


async def take_day(message: Message, widget: Any, manager: DialogManager) -> None:
    """Another day than was said."""
    here: Visit = manager.middleware_data["visit"]
    day = read_day(message.text or "", here.today)
    if day is None:
        await answer(manager, "sayings.no_day", today=here.today)
    else:
        manager.dialog_data["on"] = day.isoformat()


async def show_photos(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The photos that came with it."""
    for name, content in await look(manager, check_photos, task_id=manager.dialog_data["task_id"]):
        await give_picture(manager, content, name)


async def confirm(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """It is so."""
    await _confirm_it(manager)


async def confirm_result(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """It is so, and it went so."""
    await _confirm_it(manager, result=widget.widget_id)


async def refute(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """It is not so."""
    if await use(manager, refute_saying, task_id=manager.dialog_data["task_id"]) is not None:
        await manager.switch_to(DeskChecks.listed)


async def _confirm_it(manager: DialogManager, **more: Any) -> None:
    known = manager.dialog_data
    if await use(manager, confirm_saying, task_id=known["task_id"], on=_typed_day(known), **more) is not None:
        await manager.switch_to(DeskChecks.listed)


def _typed_day(known: dict[str, Any]) -> date | None:
    return date.fromisoformat(known["on"]) if known.get("on") else None


SUBJECT = Subject(
    dialogs=(make_dialog,), entries=(Entry("desk.checks_menu", DeskChecks.listed, "checks_of_desk", row=13),)
)
