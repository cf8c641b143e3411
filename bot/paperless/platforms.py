"""Platforms beside the city's: the public list, and for the city's bureau how each stands."""

from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.actors import Role
from actions.paperless.platforms import (
    LONGEST_REASON,
    check_platform,
    list_platform,
    platforms_listed,
    remove_platform,
)
from bot.subject import Subject
from bot.texts import label
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, leave, pages_of
from bot.written import read_written


class Platforms(StatesGroup):
    """All of a city."""

    listed = State()
    one = State()


def make_dialog() -> Dialog:
    """All → one, with a sentence where one is needed."""
    return Dialog(
        Window(
            Say("paperless.platforms"),
            pages_of(choice("platform", "platforms", open_platform), "platform_pages"),
            Row(leave(), home()),
            state=Platforms.listed,
            getter=get_platforms,
        ),
        Window(
            Say("paperless.platform"),
            MessageInput(take_note),
            Commit(Label("paperless.platform_list"), "list", put_on_list, when="may_list"),
            Row(
                Commit(Label("paperless.check_good"), "check_good", check_good),
                Commit(Label("paperless.check_bad"), "check_bad", check_bad),
                when="is_listed",
            ),
            Commit(Label("paperless.platform_remove"), "remove", remove, when="may_remove"),
            Row(SwitchTo(Label("everyone.back"), id="to_platforms", state=Platforms.listed), home("home_of_platform")),
            state=Platforms.one,
            getter=get_platform,
        ),
    )


async def get_platforms(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The listed ones first."""
    lines = await look(dialog_manager, platforms_listed)
    rows = [
        {"id": str(one.platform_id), "text": label("paperless.platform_line", visit.language, one=one)} for one in lines
    ]
    return {"platforms": rows, "count": len(rows)}


async def get_platform(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One of them, and what the city may do about it."""
    known = dialog_manager.dialog_data
    lines = await look(dialog_manager, platforms_listed)
    one = next((one for one in lines if one.platform_id == known["platform_id"]), None)
    is_city = visit.actor is not None and visit.actor.role is Role.CITY_REGULATOR and one is not None
    state = one.state if one is not None else ""
    return {
        "one": one,
        "today": visit.today,
        "note": known.get("note", ""),
        "is_city": is_city,
        "may_list": is_city and state == "applied",
        "is_listed": is_city and state == "listed",
        "may_remove": is_city and state == "listed",
    }


async def open_platform(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One of them."""
    manager.dialog_data.update(platform_id=int(number), note="")
    await manager.switch_to(Platforms.one)


async def take_note(message: Message, widget: Any, manager: DialogManager) -> None:
    """What was found, or why."""
    found = await read_written(message, manager, most=LONGEST_REASON)
    if found is not None:
        manager.dialog_data["note"] = found.words


async def put_on_list(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """It passed its test."""
    await use(manager, list_platform, platform_id=manager.dialog_data["platform_id"])


async def check_good(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """A spot check found nothing."""
    await use(manager, check_platform, passed=True, **_said(manager))


async def check_bad(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """It found something."""
    await use(manager, check_platform, passed=False, **_said(manager))


async def remove(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """From the list, and why."""
    known = manager.dialog_data
    await use(manager, remove_platform, platform_id=known["platform_id"], reason=known.get("note", ""))


def _said(manager: DialogManager) -> dict[str, Any]:
    return {"platform_id": manager.dialog_data["platform_id"], "note": manager.dialog_data.get("note", "")}


SUBJECT = Subject(dialogs=(make_dialog,))
