"""Which pushes an officer gets."""

from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.regulator.subscriptions import subscribe, subscriptions
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, column_of, home, leave
from store.pushes import Subject as About


class Subscriptions(StatesGroup):
    """What an officer is told of."""

    listed = State()
    one = State()


def make_dialog() -> Dialog:
    """All subjects; one is switched on or off."""
    return Dialog(
        Window(
            Say("subscriptions.listed"),
            column_of(choice("subject", "subjects", open_subject)),
            Row(leave(), home()),
            state=Subscriptions.listed,
            getter=get_subjects,
        ),
        Window(
            Say("subscriptions.one"),
            Commit(Label("subscriptions.leave_it"), "leave_it", leave_it, when="wanted"),
            Commit(Label("subscriptions.take_it"), "take_it", take_it, when="unwanted"),
            Row(SwitchTo(Label("everyone.back"), id="one_back", state=Subscriptions.listed), home()),
            state=Subscriptions.one,
            getter=get_subject,
        ),
    )


async def get_subjects(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Each with whether it comes."""
    found = await look(dialog_manager, subscriptions)
    rows = [{"id": one.subject.value, "text": label("subscriptions.line", visit.language, one=one)} for one in found]
    return {"subjects": rows}


async def get_subject(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    """One of them."""
    found = await look(dialog_manager, subscriptions)
    one = next(one for one in found if one.subject == dialog_manager.dialog_data["subject"])
    return {"one": one, "wanted": one.wanted, "unwanted": not one.wanted}


async def open_subject(callback: CallbackQuery, widget: Any, manager: DialogManager, name: str) -> None:
    """One subject."""
    manager.dialog_data["subject"] = name
    await manager.switch_to(Subscriptions.one)


async def leave_it(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Leave it to colleagues."""
    await _switch(manager, wanted=False)


async def take_it(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Be told of it again."""
    await _switch(manager, wanted=True)


async def _switch(manager: DialogManager, *, wanted: bool) -> None:
    subject = About(manager.dialog_data["subject"])
    if await use(manager, subscribe, subject=subject, wanted=wanted) is not None:
        await manager.switch_to(Subscriptions.listed)


SUBJECT = Subject(
    dialogs=(make_dialog,), entries=(Entry("subscriptions.menu", Subscriptions.listed, "subscriptions", row=80),)
)
