"""Inspections of one's lifts, for units and maintainers: papers to sign, items, what is handed in, every step."""

from typing import Any

from aiogram.types import CallbackQuery, ContentType, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.actors import MAINTAINER, UNIT
from actions.inspecting.deeds import LONGEST_NOTE, MOST_PHOTOS
from actions.inspecting.machine import AFTER_LEAVING, WITH_UNIT
from actions.inspecting.papers import object_to_record, sign_notices, sign_records
from actions.inspecting.readers import inspection_photos, inspection_story, keep_evidence_photo, my_inspections
from actions.inspecting.rectify import WHOLE, add_evidence, mark_fixed, submit_rectification
from bot.handing_out import give_picture
from bot.paper_buttons import give_opinion
from bot.places import say_once
from bot.states import Bookings, Inspections
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, column_of, home, pages_of, way_out
from bot.written import fetch_photo, read_written
from store.inspections import InspectionState, Signature

STEPS = 8


def make_dialog() -> Dialog:
    """List → one → objected to, or the evidence of an item."""
    return Dialog(_listed(), _one(), _objecting(), _item())


def _listed() -> Window:
    return Window(
        Say("inspections.listed"),
        pages_of(choice("inspection", "lines", open_one), "inspection_pages"),
        Commit(Label("inspections.sign_passed"), "sign_passed", sign_passed, when="several", getter=get_listed),
        way_out(),
        state=Inspections.listed,
        getter=get_listed,
    )


def _one() -> Window:
    return Window(
        Say("inspections.one"),
        Commit(Label("inspections.sign"), "sign", sign, when="may_sign", getter=get_one),
        Commit(Label("inspections.sign_notice"), "sign_notice", sign_notice, when="may_sign_notice", getter=get_one),
        SwitchTo(Label("inspections.object"), id="to_object", state=Inspections.objecting, when="may_sign"),
        column_of(choice("item", "items", open_item)),
        Commit(Label("inspections.submit"), "submit", submit, when="may_submit", getter=get_one),
        Button(Label("inspections.rebook"), id="rebook", on_click=rebook, when="may_rebook"),
        Button(Label("papers.opinion"), id="opinion", on_click=give_opinion, when="has_notice"),
        Button(Label("inspections.photos"), id="photos", on_click=show_photos, when="photos"),
        Row(SwitchTo(Label("everyone.back"), id="one_back", state=Inspections.listed), home("one_home")),
        state=Inspections.one,
        getter=get_one,
    )


def _objecting() -> Window:
    return Window(
        Say("inspections.objecting"),
        MessageInput(take_note),
        Commit(Label("inspections.yes_object"), "do_object", do_object, when="note", getter=get_one),
        Row(SwitchTo(Label("everyone.back"), id="object_back", state=Inspections.one), home("object_home")),
        state=Inspections.objecting,
        getter=get_one,
    )


def _item() -> Window:
    return Window(
        Say("inspections.item"),
        MessageInput(take_photo, content_types=[ContentType.PHOTO, ContentType.DOCUMENT]),
        MessageInput(take_note),
        Commit(Label("inspections.send"), "send", send, when="written"),
        Commit(Label("inspections.fixed"), "fixed", fix, when="may_fix"),
        Row(SwitchTo(Label("everyone.back"), id="item_back", state=Inspections.one), home("item_home")),
        state=Inspections.item,
        getter=get_item,
    )


async def get_listed(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The inspections of a year, the open ones first."""
    lines = await look(dialog_manager, my_inspections)
    compound, shown = say_once(lines)
    rows = [
        {"id": str(line.inspection_id), "text": label("onsite.line", visit.language, line=line, today=visit.today)}
        for line in shown
    ]
    is_unit = visit.actor is not None and visit.actor.role in UNIT
    unsigned = [
        line.inspection_id
        for line in lines
        if line.state is InspectionState.PASSED
        and (line.by_unit if is_unit else line.by_maintainer) is Signature.UNSIGNED
    ]
    return {
        "shown": unsigned,
        "lines": rows,
        "compound": compound,
        "to_rectify": sum(line.state in WITH_UNIT for line in lines),
        "count": len(lines),
        "unsigned": len(unsigned),
        "several": len(unsigned) > 1,
    }


async def get_one(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One with its items and steps, and what this side may do with it."""
    known = dialog_manager.dialog_data
    story = await look(dialog_manager, inspection_story, inspection_id=known["inspection_id"])
    state, role = story.line.state, visit.actor.role if visit.actor else None
    is_unit, with_unit = role in UNIT, state in WITH_UNIT
    own = story.by_unit if is_unit else story.by_maintainer
    items = [
        {"id": str(item.number), "text": label("inspections.item_line", visit.language, item=item)}
        for item in story.items
    ]
    whole = {"id": str(WHOLE), "text": label("inspections.whole", visit.language)}
    return {
        "shown": [state, story.line.deadline, own],
        "story": story,
        "has_notice": story.line.deadline is not None,
        "steps": story.steps[-STEPS:],
        "own": own,
        "may_sign": state in AFTER_LEAVING and own != Signature.SIGNED,
        "may_sign_notice": is_unit
        and state in AFTER_LEAVING
        and bool(story.items)
        and story.notice_by_unit != Signature.SIGNED,
        "items": [*items, whole] if with_unit else [],
        "may_submit": is_unit and with_unit,
        "may_rebook": is_unit and state is InspectionState.ABORTED,
        "photos": story.photos,
        "note": known.get("note", ""),
        "today": visit.today,
    }


async def get_item(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """An item, and what was written for it."""
    known = dialog_manager.dialog_data
    story = await look(dialog_manager, inspection_story, inspection_id=known["inspection_id"])
    item = next((one for one in story.items if one.number == known["number"]), None)
    photos = known.get("photos", [])
    is_maintainer = visit.actor is not None and visit.actor.role in MAINTAINER
    return {
        "item": item,
        "note": known.get("note", ""),
        "photo_count": len(photos),
        "most": MOST_PHOTOS,
        "written": bool(known.get("note") or photos),
        "may_fix": is_maintainer and item is not None and not item.fixed,
    }


async def open_one(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One of them."""
    _forget(manager)
    manager.dialog_data["inspection_id"] = int(number)
    await manager.switch_to(Inspections.one)


async def open_item(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One of its items."""
    _forget(manager)
    manager.dialog_data["number"] = int(number)
    await manager.switch_to(Inspections.item)


async def sign_passed(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Sign the records of all that passed, as the window counted them."""
    listed = await get_listed(**manager.middleware_data)
    await use(manager, sign_records, inspection_ids=listed["shown"])


async def sign(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Sign the raw record."""
    await use(manager, sign_records, inspection_ids=[manager.dialog_data["inspection_id"]])


async def sign_notice(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Sign the opinion notice."""
    await use(manager, sign_notices, inspection_ids=[manager.dialog_data["inspection_id"]])


async def do_object(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Object to the raw record."""
    known = manager.dialog_data
    await _done(manager, await use(manager, object_to_record, inspection_id=known["inspection_id"], note=known["note"]))


async def submit(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Hand in the whole."""
    await use(manager, submit_rectification, inspection_id=manager.dialog_data["inspection_id"])


async def send(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Keep what was written for an item."""
    known = manager.dialog_data
    what = {"inspection_id": known["inspection_id"], "number": known["number"]}
    what |= {"note": known.get("note", ""), "photos": known.get("photos", [])}
    await _done(manager, await use(manager, add_evidence, **what))


async def fix(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The maintainer has rectified it."""
    known = manager.dialog_data
    await use(manager, mark_fixed, inspection_id=known["inspection_id"], number=known["number"])


async def take_note(message: Message, widget: Any, manager: DialogManager) -> None:
    """Words."""
    found = await read_written(message, manager, most=LONGEST_NOTE)
    if found is not None:
        manager.dialog_data["note"] = found.words


async def take_photo(message: Message, widget: Any, manager: DialogManager) -> None:
    """A photo; its caption goes to the words."""
    file = message.photo[-1] if message.photo else message.document
    content = await fetch_photo(message, manager, file) if file is not None else None
    number = await use(manager, keep_evidence_photo, content=content) if content is not None else None
    known = manager.dialog_data
    if number is not None and number not in known.get("photos", []):
        known["photos"] = [*known.get("photos", []), number]
    if message.caption:
        await take_note(message, widget, manager)


async def rebook(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The days on which it can be inspected."""
    story = await look(manager, inspection_story, inspection_id=manager.dialog_data["inspection_id"])
    await manager.start(Bookings.day, {"lift_ids": [story.line.lift_id], "from_list": False})


async def show_photos(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """All photos of it."""
    for name, content in await look(manager, inspection_photos, inspection_id=manager.dialog_data["inspection_id"]):
        await give_picture(manager, content, name)


async def _done(manager: DialogManager, done: Any) -> None:
    if done is not None:
        _forget(manager)
        await manager.switch_to(Inspections.one)


def _forget(manager: DialogManager) -> None:
    for name in ("note", "photos", "number"):
        manager.dialog_data.pop(name, None)


SUBJECT = Subject(
    dialogs=(make_dialog,), entries=(Entry("inspections.menu", Inspections.listed, "my_inspections", row=22),)
)
