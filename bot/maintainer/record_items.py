"""The items of a record: those that are not simply fine are picked by number; values, reasons, photos, extra items."""

import re
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.maintaining.findings import ItemLine
from actions.maintaining.sign import Page, visit_page
from actions.maintaining.words import LONGEST_EXTRA
from actions.maintaining.writing import (
    LONGEST_WORDS,
    add_extra_item,
    drop_extra_items,
    measure_item,
    say_item,
    show_item,
    stop_for_item,
)
from actions.records.content import Result
from bot.states import Writing
from bot.texts import label
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, CommitChoice, Label, Say, choice, column_of, home, pages_of
from bot.written import read_written

LONGEST_LIST = 60  # characters of numbers
SHORT = 60  # characters of an item in a sentence about several


async def remembered(start_data: Any, manager: DialogManager) -> None:
    """`{"visit_id": …}`: which record."""
    if isinstance(start_data, dict):
        manager.dialog_data.update(start_data)


def name_item(line: ItemLine, language: str) -> str:
    """An item as people name it: its number and its words."""
    return f"{line.number}. {line.item.name if language == 'zh' else line.item.english}"


def short_name(line: ItemLine, language: str) -> str:
    """The same where several are named in one sentence: without what stands in brackets."""
    name = re.split(r"\s*[(（]", name_item(line, language), maxsplit=1)[0]
    return name if len(name) <= SHORT else name[: SHORT - 1] + "…"


def describe(line: ItemLine, language: str) -> dict[str, Any]:
    """An item with what is said of it."""
    measure = line.item.measure
    return {
        "name": name_item(line, language),
        "result": line.finding.result.value,
        "words": line.finding.words,
        "value": str(line.finding.value) if line.finding.value is not None else "",
        "unit": measure.unit if measure is not None else "",
        "least": str(measure.least) if measure is not None and measure.least is not None else "",
        "most": str(measure.most) if measure is not None and measure.most is not None else "",
        "photos": len(line.finding.photos),
        "alert": line.finding.alert_id is not None,
    }


def items_window() -> Window:
    """All items; a number that is written opens it, several one after the other."""
    return Window(
        Say("writing.items"),
        MessageInput(pick),
        pages_of(choice("item", "items", open_item), "item_pages"),
        Row(SwitchTo(Label("everyone.back"), id="from_items", state=Writing.form), home("home_of_items")),
        state=Writing.items,
        getter=get_items,
    )


def item_window() -> Window:
    """One item: how it is, why, its value, photos."""
    return Window(
        Say("writing.item"),
        MessageInput(take),
        column_of(CommitChoice("result", "results", say_result)),
        SwitchTo(Label("writing.danger"), id="to_stop", state=Writing.stop, when="may_stop"),
        Button(Label("writing.next_item"), id="next_item", on_click=open_next, when="more"),
        Row(
            SwitchTo(Label("writing.to_items"), id="item_items", state=Writing.items),
            SwitchTo(Label("writing.to_form"), id="item_form", state=Writing.form),
        ),
        state=Writing.item,
        getter=get_item,
    )


def stop_window() -> Window:
    """Whether the fault is dangerous."""
    return Window(
        Say("writing.stop"),
        Commit(Label("writing.stop"), "stop", stop),
        Row(SwitchTo(Label("everyone.back"), id="from_stop", state=Writing.item), home("home_of_stop")),
        state=Writing.stop,
        getter=get_item,
    )


def extra_window() -> Window:
    """What was done beside the table."""
    return Window(
        Say("writing.extra"),
        MessageInput(take_extra),
        Commit(Label("writing.no_extra"), "no_extra", drop_extra, when="extra"),
        Row(SwitchTo(Label("everyone.back"), id="from_extra", state=Writing.form), home("home_of_extra")),
        state=Writing.extra,
        getter=get_extra,
    )


async def get_items(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """All items with their numbers."""
    page = await _page(dialog_manager)
    items = [
        {
            "id": line.item.code,
            "text": label("writing.item", visit.language, item=describe(line, visit.language), line=line),
        }
        for line in page.lines
    ]
    return {"items": items, "count": len(items), "place": page.place, "exceptions": len(page.exceptions)}


async def get_item(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One of them."""
    known = dialog_manager.dialog_data
    page = await _page(dialog_manager)
    line = next(one for one in page.lines if one.item.code == known["code"])
    zh = visit.language == "zh"
    now = line.finding.result
    return {
        "item": describe(line, visit.language),
        "requirement": line.item.requirement if zh else line.item.english_requirement,
        "line": line,
        "season": line.item.season or "",
        "is_test": line.item.is_test,
        "results": [
            {"id": one.value, "text": label(f"writing.result_{one.value}", visit.language, chosen=one == now)}
            for one in Result
        ],
        "may_stop": now is Result.FAULT and line.finding.alert_id is None,
        "more": bool(known.get("queue")),
        "place": page.place,
    }


async def get_extra(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    """Those that were added."""
    return {"extra": list((await _page(dialog_manager)).extra)}


async def open_item(callback: CallbackQuery, widget: Any, manager: DialogManager, code: str) -> None:
    """One item."""
    manager.dialog_data.update(code=code, queue=[])
    await manager.switch_to(Writing.item)


async def open_next(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The next of those whose numbers were written."""
    code, *rest = manager.dialog_data["queue"]
    manager.dialog_data.update(code=code, queue=rest)


async def pick(message: Message, widget: Any, manager: DialogManager) -> None:
    """Numbers of items: 5, or 5 12 29."""
    found = await read_written(message, manager, most=LONGEST_LIST)
    if found is None:
        return
    numbers = re.split(r"[\s,，、]+", found.words)
    page = await _page(manager)
    codes = {str(line.number): line.item.code for line in page.lines}
    if not numbers or any(number not in codes for number in numbers):
        await answer(manager, "upkeep.which_numbers", most=len(page.lines))
        return
    first, *rest = list(dict.fromkeys(codes[number] for number in numbers))
    manager.dialog_data.update(code=first, queue=rest)
    await manager.switch_to(Writing.item)


async def take(message: Message, widget: Any, manager: DialogManager) -> None:
    """A photo, the value where the item is measured, else words."""
    found = await read_written(message, manager, most=LONGEST_WORDS, keeps_photos=True)
    if found is None:
        return
    about = {"visit_id": manager.dialog_data["visit_id"], "code": manager.dialog_data["code"]}
    if found.photo is not None:
        await use(manager, show_item, photo=found.photo, **about)
    if not found.words:
        return
    line = next(one for one in (await _page(manager)).lines if one.item.code == about["code"])
    if line.item.measure is not None and found.words[:1] in "0123456789０１２３４５６７８９-－+＋":
        await use(manager, measure_item, value=found.words, **about)
    else:
        await use(manager, say_item, words=found.words, **about)


async def say_result(callback: CallbackQuery, widget: Any, manager: DialogManager, name: str) -> None:
    """How it is."""
    known = manager.dialog_data
    await use(manager, say_item, visit_id=known["visit_id"], code=known["code"], result=Result(name))


async def stop(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The lift is to stand still, and everybody is told."""
    known = manager.dialog_data
    await use(manager, stop_for_item, visit_id=known["visit_id"], code=known["code"])
    await manager.switch_to(Writing.item)


async def take_extra(message: Message, widget: Any, manager: DialogManager) -> None:
    """One more."""
    found = await read_written(message, manager, most=LONGEST_EXTRA)
    if found is not None:
        await use(manager, add_extra_item, visit_id=manager.dialog_data["visit_id"], words=found.words)


async def drop_extra(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """None of them."""
    await use(manager, drop_extra_items, visit_id=manager.dialog_data["visit_id"])


async def _page(manager: DialogManager) -> Page:
    return await look(manager, visit_page, visit_id=manager.dialog_data["visit_id"])
