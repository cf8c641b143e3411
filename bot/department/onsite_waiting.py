"""What waits at the department: handed in, lapsed, begun and not left, records that nobody has signed."""

import re
from datetime import date
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.actors import Role
from actions.inspecting.deeds import LONGEST_NOTE
from actions.inspecting.lapses import conclude_lapsed
from actions.inspecting.readers import inspection_photos, inspection_story, inspections_at_desk
from actions.inspecting.rectify import confirm_items, return_items, take_in_papers
from actions.inspecting.taking_back import NO_RESULT
from bot.days_written import read_day
from bot.department.onsite_answers import answering_window, taking_back_window
from bot.desk_states import Onsite, Waiting
from bot.handing_out import give_picture
from bot.paper_buttons import give_opinion
from bot.subject import Entry, Subject
from bot.texts import SHOWN, label
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, pages_of, way_out
from bot.written import read_written
from store.inspections import InspectionDeed, InspectionState

STEPS, ITEMS = 8, 4
OF_ITEMS = (InspectionDeed.EVIDENCE, InspectionDeed.FIXED, InspectionDeed.RETURNED)
REASON = re.compile(r"^\s*(\d{1,2})\s*[.、:：)）]?\s*(\S.*)$")
TAKES_PAPERS = (InspectionState.WITH_ITEMS, InspectionState.RETURNED, InspectionState.LAPSED)


def make_dialog() -> Dialog:
    """List → one → confirmed, returned, concluded, answered, taken back, or its papers entered."""
    return Dialog(
        _listed(),
        _one(),
        _item(),
        _returning(),
        _papers(),
        answering_window(),
        taking_back_window(),
        on_start=take_over,
    )


def _listed() -> Window:
    return Window(
        Say("onsite.waiting"),
        pages_of(choice("waiting", "lines", open_one), "waiting_pages"),
        way_out(),
        state=Waiting.listed,
        getter=get_waiting,
    )


def _one() -> Window:
    return Window(
        Say("onsite.story"),
        Commit(Label("onsite.confirm"), "confirm", confirm, when="may_decide", getter=get_one),
        SwitchTo(Label("onsite.return"), id="to_return", state=Waiting.returning, when="may_decide"),
        Commit(Label("onsite.conclude_fail"), "conclude_fail", conclude_fail, when="may_conclude", getter=get_one),
        Commit(Label("onsite.conclude_pass"), "conclude_pass", conclude_pass, when="may_conclude", getter=get_one),
        SwitchTo(Label("onsite.answer"), id="to_answer", state=Waiting.answering, when="may_answer"),
        pages_of(choice("item", "items", open_item), "item_pages", height=ITEMS),
        SwitchTo(Label("onsite.papers"), id="to_papers", state=Waiting.papers, when="takes_papers"),
        Button(Label("onsite.go_on"), id="go_on", on_click=go_on, when="under_way"),
        Button(Label("papers.opinion"), id="opinion", on_click=give_opinion, when="has_notice"),
        Button(Label("onsite.photos"), id="photos", on_click=show_photos, when="photos"),
        SwitchTo(Label("onsite.take_back"), id="to_take_back", state=Waiting.taking_back, when="has_result"),
        Row(SwitchTo(Label("everyone.back"), id="one_back", state=Waiting.listed), home("one_home")),
        state=Waiting.one,
        getter=get_one,
    )


def _item() -> Window:
    return Window(
        Say("onsite.item"),
        Button(Label("onsite.photos"), id="item_photos", on_click=show_item_photos, when="photos"),
        Row(SwitchTo(Label("everyone.back"), id="item_back", state=Waiting.one), home("item_home")),
        state=Waiting.item,
        getter=get_item,
    )


def _returning() -> Window:
    return Window(
        Say("onsite.returning"),
        MessageInput(take_reasons),
        Commit(Label("onsite.yes_return"), "do_return", do_return, when="reasons", getter=get_one),
        Row(SwitchTo(Label("everyone.back"), id="return_back", state=Waiting.one), home("return_home")),
        state=Waiting.returning,
        getter=get_one,
    )


def _papers() -> Window:
    return Window(
        Say("onsite.papers"),
        MessageInput(take_note),
        Commit(Label("onsite.yes_papers"), "do_papers", do_papers, when="note", getter=get_one),
        Row(SwitchTo(Label("everyone.back"), id="papers_back", state=Waiting.one), home("papers_home")),
        state=Waiting.papers,
        getter=get_one,
    )


async def take_over(start_data: Any, manager: DialogManager) -> None:
    """`{"inspection_id": …}` opens that one."""
    if isinstance(start_data, dict):
        manager.dialog_data.update(start_data)


async def get_waiting(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What waits, the inspector's first."""
    desk = await look(dialog_manager, inspections_at_desk)
    rows = [
        {"id": str(line.inspection_id), "text": label("onsite.line", visit.language, line=line, today=visit.today)}
        for line in desk.lines
    ]
    return {
        "lines": rows,
        "submitted": desk.submitted,
        "lapsed": desk.lapsed,
        "objected": desk.objected,
        "count": desk.count,
        "more": desk.count - len(rows),
    }


async def get_one(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One with its items and steps, and what this person may do with it."""
    known = dialog_manager.dialog_data
    story = await look(dialog_manager, inspection_story, inspection_id=known["inspection_id"])
    state, is_inspector = story.line.state, visit.actor is not None and visit.actor.role is Role.INSPECTOR
    return {
        "shown": [state, story.line.deadline],
        "story": story,
        "items": [
            {"id": str(item.number), "text": label("onsite.item", visit.language, item=item)} for item in story.items
        ],
        "has_notice": story.line.deadline is not None,
        "steps": story.steps[-STEPS:],
        "may_decide": is_inspector and state is InspectionState.SUBMITTED,
        "may_conclude": is_inspector and state is InspectionState.LAPSED,
        "may_answer": story.line.objected_on is not None,
        "has_result": state not in NO_RESULT and not story.report,
        "takes_papers": state in TAKES_PAPERS,
        "under_way": is_inspector and state is InspectionState.UNDER_WAY,
        "photos": story.photos,
        "reasons": sorted(known.get("reasons", {}).items(), key=lambda reason: int(reason[0])),
        "note": known.get("note", ""),
        "day": known.get("day", ""),
        "today": visit.today,
    }


async def open_one(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One of them."""
    _forget(manager)
    manager.dialog_data["inspection_id"] = int(number)
    await manager.switch_to(Waiting.one)


async def get_item(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One item in full, with the last that was said and shown of it."""
    known = dialog_manager.dialog_data
    story = await look(dialog_manager, inspection_story, inspection_id=known["inspection_id"])
    steps = [step for step in story.steps if step.item == known["item"] and step.deed in OF_ITEMS]
    return {
        "story": story,
        "item": next(item for item in story.items if item.number == known["item"]),
        "steps": steps[-SHOWN:],
        "more": max(len(steps) - SHOWN, 0),
        "photos": sum(step.photos for step in steps),
        "today": visit.today,
    }


async def open_item(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One of its items."""
    manager.dialog_data["item"] = int(number)
    await manager.switch_to(Waiting.item)


async def confirm(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The items are rectified."""
    await use(manager, confirm_items, inspection_id=manager.dialog_data["inspection_id"])


async def conclude_fail(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """As is proposed."""
    await use(manager, conclude_lapsed, inspection_id=manager.dialog_data["inspection_id"], conclusion="fail")


async def conclude_pass(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The conclusion is the inspector's."""
    await use(manager, conclude_lapsed, inspection_id=manager.dialog_data["inspection_id"], conclusion="pass")


async def take_reasons(message: Message, widget: Any, manager: DialogManager) -> None:
    """Lines that begin with an item's number; a line that is a day is the new deadline."""
    found = await read_written(message, manager, most=LONGEST_NOTE)
    if found is None:
        return
    visit: Visit = manager.middleware_data["visit"]
    known = manager.dialog_data
    for line in found.words.splitlines():
        day, reason = read_day(line, visit.today), REASON.match(line)
        if day is not None:
            known["day"] = day.isoformat()
        elif reason is not None:
            known["reasons"] = {**known.get("reasons", {}), str(int(reason[1])): reason[2].strip()}


async def do_return(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Give it back."""
    known = manager.dialog_data
    reasons = {int(number): why for number, why in known.get("reasons", {}).items()}
    what = {"inspection_id": known["inspection_id"], "reasons": reasons, "deadline": _day(known)}
    await _done(manager, await use(manager, return_items, **what))


async def take_note(message: Message, widget: Any, manager: DialogManager) -> None:
    """What came on paper; a message that is a day says when."""
    found = await read_written(message, manager, most=LONGEST_NOTE)
    if found is None:
        return
    visit: Visit = manager.middleware_data["visit"]
    day = read_day(found.words, visit.today)
    manager.dialog_data.update({"day": day.isoformat()} if day is not None else {"note": found.words})


async def do_papers(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """It was handed in on paper."""
    known = manager.dialog_data
    what = {"inspection_id": known["inspection_id"], "note": known["note"], "received_on": _day(known)}
    await _done(manager, await use(manager, take_in_papers, **what))


async def go_on(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """To how the inspector leaves a lift that was begun with."""
    story = await look(manager, inspection_story, inspection_id=manager.dialog_data["inspection_id"])
    await manager.start(Onsite.lifts, data={"visit_id": None, "lift_ids": [story.line.lift_id]})


async def show_photos(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """All photos of it."""
    for name, content in await look(manager, inspection_photos, inspection_id=manager.dialog_data["inspection_id"]):
        await give_picture(manager, content, name)


async def show_item_photos(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Those of the item."""
    known = manager.dialog_data
    about = {"inspection_id": known["inspection_id"], "item": known["item"]}
    for name, content in await look(manager, inspection_photos, **about):
        await give_picture(manager, content, name)


async def _done(manager: DialogManager, done: Any) -> None:
    if done is not None:
        _forget(manager)
        await manager.switch_to(Waiting.one)


def _day(known: dict[str, Any]) -> date | None:
    return date.fromisoformat(known["day"]) if known.get("day") else None


def _forget(manager: DialogManager) -> None:
    for name in ("reasons", "note", "day"):
        manager.dialog_data.pop(name, None)


SUBJECT = Subject(
    dialogs=(make_dialog,), entries=(Entry("onsite.waiting_menu", Waiting.listed, "inspections_at_desk", row=12),)
)
