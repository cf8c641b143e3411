"""What a maintainer has to do: by kind, papers that end, and the number that is answered day and night."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.actors import Role
from actions.alerts.numbers import emergency_phone, set_emergency_phone
from actions.lifts.upkeep import PAGE, due_by_kind, due_of_kind, papers_that_end
from bot.states import Upkeep
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Label, Say, choice, column_of, home, leave

NUMBER_GIVERS = (Role.MAINTAINER_ADMIN, Role.DISPATCHER)


def make_dialog() -> Dialog:
    """Kinds → duties of one; papers; the emergency number."""
    return Dialog(_kinds(), _listed(), _papers(), _phone())


def _kinds() -> Window:
    return Window(
        Say("upkeep.kinds"),
        column_of(choice("kind", "kinds", open_kind)),
        SwitchTo(Label("upkeep.papers"), id="papers", state=Upkeep.papers),
        SwitchTo(Label("upkeep.phone"), id="phone", state=Upkeep.phone),
        Row(leave(), home()),
        state=Upkeep.kinds,
        getter=get_kinds,
    )


def _listed() -> Window:
    return Window(
        Say("upkeep.listed"),
        Row(
            Button(Label("upkeep.before"), id="before", on_click=turn_back, when="has_before"),
            Button(Label("upkeep.after"), id="after", on_click=turn_on, when="has_after"),
        ),
        Row(SwitchTo(Label("everyone.back"), id="to_kinds", state=Upkeep.kinds), home("home_of_kind")),
        state=Upkeep.listed,
        getter=get_list,
    )


def _papers() -> Window:
    return Window(
        Say("upkeep.papers"),
        Row(SwitchTo(Label("everyone.back"), id="from_papers", state=Upkeep.kinds), home("home_of_papers")),
        state=Upkeep.papers,
        getter=get_papers,
    )


def _phone() -> Window:
    return Window(
        Say("upkeep.phone"),
        MessageInput(take_number),
        Row(SwitchTo(Label("everyone.back"), id="from_phone", state=Upkeep.kinds), home("home_of_phone")),
        state=Upkeep.phone,
        getter=get_phone,
    )


async def get_kinds(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What is overdue or due within 30 days, by kind."""
    counts = await look(dialog_manager, due_by_kind)
    rows = [{"id": one.kind, "text": label("upkeep.kind", visit.language, one=one)} for one in counts]
    return {"kinds": rows, "overdue": sum(one.overdue for one in counts), "soon": sum(one.soon for one in counts)}


async def get_list(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """A page of one kind."""
    known = dialog_manager.dialog_data
    page = known.get("page", 0)
    found = await look(dialog_manager, due_of_kind, kind=known["kind"], page=page)
    return {
        "kind": known["kind"],
        "lines": found.lines,
        "total": found.total,
        "today": visit.today,
        "has_before": page > 0,
        "has_after": (page + 1) * PAGE < found.total,
    }


async def get_papers(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Policies and certificates."""
    found = await look(dialog_manager, papers_that_end)
    return {"lines": found.lines, "total": found.total, "today": visit.today}


async def get_phone(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The number, and whether this person may give another."""
    number = await look(dialog_manager, emergency_phone)
    return {"number": number or "", "may_set": visit.actor is not None and visit.actor.role in NUMBER_GIVERS}


async def open_kind(callback: CallbackQuery, widget: Any, manager: DialogManager, kind: str) -> None:
    """The duties of this kind."""
    manager.dialog_data.update(kind=kind, page=0)
    await manager.switch_to(Upkeep.listed)


async def turn_on(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The next page."""
    manager.dialog_data["page"] = manager.dialog_data.get("page", 0) + 1


async def turn_back(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The page before."""
    manager.dialog_data["page"] = max(0, manager.dialog_data.get("page", 0) - 1)


async def take_number(message: Message, widget: Any, manager: DialogManager) -> None:
    """Another number."""
    await use(manager, set_emergency_phone, phone=message.text or "")


SUBJECT = Subject(dialogs=(make_dialog,), entries=(Entry("upkeep.menu", Upkeep.kinds, "due_by_kind", row=25),))
