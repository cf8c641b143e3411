"""An inspector on site: the lifts of a visit, of which all pass but those that are marked; items, or broken off."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Group, Row, SwitchTo

from actions.desk.day import find_at_counter, visits_of_desk
from actions.inspecting.onsite import start_inspections
from bot.department.onsite_leaving import (
    MARKABLE,
    TO_DO,
    aborting_window,
    forget,
    items_window,
    lifts_here,
    sure_window,
)
from bot.desk_states import Onsite
from bot.places import say_once
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, leave, pages_of
from bot.written import read_written
from store.inspections import InspectionState


def make_dialog() -> Dialog:
    """Visits of today, or a lift by its name → its lifts → how the inspector leaves them."""
    return Dialog(_visits(), _lifts(), sure_window(), items_window(), aborting_window(), on_start=begin)


def _visits() -> Window:
    return Window(
        Say("onsite.visits"),
        pages_of(choice("onsite_visit", "visits", open_visit), "onsite_visit_pages"),
        pages_of(choice("onsite_found", "found", open_lift), "onsite_found_pages"),
        MessageInput(search),
        Row(leave("onsite_leave"), home("onsite_home")),
        state=Onsite.visits,
        getter=get_visits,
    )


def _lifts() -> Window:
    marked = Group(
        Button(Label("onsite.items"), id="to_items", on_click=to_items),
        Button(Label("onsite.abort"), id="to_abort", on_click=to_abort),
        Button(Label("onsite.fail"), id="to_fail", on_click=to_fail),
        when="marked",
    )
    return Window(
        Say("onsite.lifts"),
        pages_of(choice("onsite_lift", "lifts", mark), "onsite_lift_pages"),
        Commit(Label("onsite.resume"), "resume", resume, when="resumable", getter=get_lifts),
        Button(Label("onsite.pass_rest"), id="to_pass", on_click=to_pass, when="rest"),
        marked,
        Row(SwitchTo(Label("everyone.back"), id="lifts_back", state=Onsite.visits), home("lifts_home")),
        state=Onsite.lifts,
        getter=get_lifts,
    )


async def begin(start_data: Any, manager: DialogManager) -> None:
    """With lifts that another window names."""
    if isinstance(start_data, dict):
        manager.dialog_data.update(start_data)


async def get_visits(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The visits of today, and what was found of a name."""
    visits = await look(dialog_manager, visits_of_desk, first=visit.today, last=visit.today)
    word = dialog_manager.dialog_data.get("word", "")
    found = (await look(dialog_manager, find_at_counter, word=word)).lifts if word else []
    return {
        "visits": [
            {"id": str(one.visit_id), "text": label("onsite.visit_line", visit.language, visit=one)} for one in visits
        ],
        "found": [
            {"id": str(one.lift_id), "text": label("desk.found_lift", visit.language, lift=one)} for one in found
        ],
        "count": len(visits),
        "word": word,
        "today": visit.today,
    }


async def get_lifts(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The lifts with what was said of each; those that are left pass unless they are marked."""
    known = dialog_manager.dialog_data
    lifts = await lifts_here(dialog_manager)
    to_do = [lift.lift_id for lift in lifts if lift.state in TO_DO]
    markable = [lift.lift_id for lift in lifts if lift.state in MARKABLE]
    marked = [one for one in known.get("marked", []) if one in markable]
    rest = [one for one in to_do if one not in marked]
    compound, lines = say_once(lifts)
    return {
        "lifts": [
            {
                "id": str(lift.lift_id),
                "text": label("onsite.lift_line", visit.language, lift=lift, marked=lift.lift_id in marked),
            }
            for lift in lines
        ],
        "compound": compound,
        "total": len(lifts),
        "marked": len(marked),
        "rest": len(rest),
        "left": len(to_do),
        "aborted": len(markable) - len(to_do),
        "resumable": len(set(marked) - set(to_do)),
        "shown": [[lift.lift_id, lift.state] for lift in lifts if lift.lift_id in marked],
    }


async def search(message: Message, widget: Any, manager: DialogManager) -> None:
    """A lift by any of its names."""
    found = await read_written(message, manager, most=100)
    if found is not None and await use(manager, find_at_counter, word=found.words) is not None:
        manager.dialog_data["word"] = found.words


async def open_visit(callback: CallbackQuery, widget: Any, manager: DialogManager, visit_id: str) -> None:
    """Its lifts."""
    forget(manager)
    manager.dialog_data.update(visit_id=int(visit_id), lift_ids=None)
    await manager.switch_to(Onsite.lifts)


async def open_lift(callback: CallbackQuery, widget: Any, manager: DialogManager, lift_id: str) -> None:
    """One lift that was looked for."""
    forget(manager)
    manager.dialog_data.update(visit_id=None, lift_ids=[int(lift_id)])
    await manager.switch_to(Onsite.lifts)


async def mark(callback: CallbackQuery, widget: Any, manager: DialogManager, lift_id: str) -> None:
    """Mark a lift, or take the mark away."""
    marked = set(manager.dialog_data.get("marked", [])) ^ {int(lift_id)}
    manager.dialog_data.update(marked=sorted(marked), deed="")


async def resume(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Take up the marked ones that were broken off today."""
    shown = (await get_lifts(**manager.middleware_data))["shown"]
    broken_off = [lift_id for lift_id, state in shown if state is InspectionState.ABORTED]
    if await use(manager, start_inspections, lift_ids=broken_off, anyway=True) is not None:
        forget(manager)


async def to_pass(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """All but the marked ones."""
    manager.dialog_data["deed"] = "pass"
    await manager.switch_to(Onsite.sure)


async def to_fail(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The marked ones."""
    manager.dialog_data["deed"] = "fail"
    await manager.switch_to(Onsite.sure)


async def to_items(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Items of the marked ones."""
    manager.dialog_data["deed"] = "items"
    await manager.switch_to(Onsite.items)


async def to_abort(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The marked ones cannot be inspected."""
    manager.dialog_data["deed"] = "abort"
    await manager.switch_to(Onsite.aborting)


SUBJECT = Subject(dialogs=(make_dialog,), entries=(Entry("onsite.menu", Onsite.visits, "start_inspections", row=11),))
