"""A maintenance record as people read it, what they say to it, and the records of a lift back in time (`/records`)."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.actors import MAINTAINER, UNIT
from actions.lifts.mine import LONGEST_WORD, Choice, my_lifts
from actions.records.answering import (
    note_on_maintenance,
    object_to_maintenance,
    remark_on_maintenance,
    sign_maintenance,
)
from actions.records.content import LONGEST_NOTE
from actions.records.reading import PAGE, records_of_lift
from actions.records.rights import SIGNERS
from actions.records.showing import RecordShown, record_photo, record_shown
from actions.registry import may_use
from bot.fitting import fitted
from bot.handing_out import give_file, give_picture
from bot.states import Lifts, Menu
from bot.subject import Subject
from bot.texts import LONGEST, label, say
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, column_of, home, leave, visit_of
from bot.written import read_written
from store.plain_words import without_marks
from store.records import RecordState

ITEMS, REMARKS, PHOTOS = 10, 6, 10  # of a record that are shown at once
CAPTION = 200  # characters
NAME = 50  # characters of an item
HEAD, PER_ITEM, PER_REMARK = 1_200, NAME + 50, 140  # characters of the window beside what people have written
OBJECT, REMARK, NOTE = "object", "remark", "note"  # what is written
TAG = re.compile(r"</?b>")
VERBS = {OBJECT: object_to_maintenance, REMARK: remark_on_maintenance, NOTE: note_on_maintenance}


class Records(StatesGroup):
    """One record, what is said to it, and those of a lift."""

    one = State()
    write = State()
    lift = State()


def make_dialog() -> Dialog:
    """One record → what is said to it. And the records of a lift."""
    return Dialog(_one(), _write(), _lift(), on_start=remember)


def _one() -> Window:
    return Window(
        Say("records.one"),
        Commit(Label("records.sign_one"), "sign", sign, when="may_sign", getter=get_one),
        Button(Label("records.object"), id=OBJECT, on_click=begin_writing, when="may_object"),
        Button(Label("records.remark"), id=REMARK, on_click=begin_writing, when="may_remark"),
        Button(Label("records.note"), id=NOTE, on_click=begin_writing, when="may_note"),
        Button(Label("records.more_items"), id="more_items", on_click=turn_items, when="has_more"),
        Row(
            Button(Label("records.whole"), id="whole", on_click=give_whole, when="is_cut_short"),
            Button(Label("records.photos"), id="photos", on_click=show_photos, when="photos"),
            Button(Label("records.of_lift"), id="of_lift", on_click=open_lift, when="has_lift"),
        ),
        Row(leave(), home()),
        state=Records.one,
        getter=get_one,
    )


def _write() -> Window:
    return Window(
        Say("records.write"),
        MessageInput(take_words),
        Commit(Label("records.send"), "send", send, when="words", getter=get_one),
        Row(SwitchTo(Label("everyone.back"), id="write_back", state=Records.one), home("write_home")),
        state=Records.write,
        getter=get_one,
    )


def _lift() -> Window:
    return Window(
        Say("records.lift"),
        column_of(choice("record", "lines", open_record)),
        Button(Label("records.earlier"), id="earlier", on_click=go_back_in_time, when="has_earlier"),
        Row(leave("lift_leave"), home("lift_home")),
        state=Records.lift,
        getter=get_lift,
    )


async def remember(start_data: Any, manager: DialogManager) -> None:
    """`{"record_id": …}` or `{"lift_id": …}`."""
    manager.dialog_data.update(start_data)


async def get_one(dialog_manager: DialogManager, visit: Visit, is_whole: bool = False, **_: Any) -> dict[str, Any]:
    """One record with all that was said to it, and what this person may say. `is_whole`: however long it is."""
    known = dialog_manager.dialog_data
    shown: RecordShown = await look(dialog_manager, record_shown, record_id=known["record_id"])
    known.update(shown_lift=shown.line.lift_id)
    role, state = (visit.actor.role if visit.actor else None), shown.line.state
    party_id = visit.actor.party_id if visit.actor else None
    is_unit = role in UNIT and shown.unit_id == party_id
    answered = state == RecordState.OBJECTED and shown.is_answered
    is_open = state == RecordState.PENDING or answered
    odd = [one for one in shown.items if one.result != "ok"]
    before = known.get("items_before", 0)
    known["items_after"] = before + ITEMS if before + ITEMS < len(shown.items) else 0
    return {
        "shown": [state, len(shown.remarks)],
        "one": shown,
        "line": shown.line,
        **(_all_said(shown) if is_whole else _said_in_short(shown, before)),
        "is_unit": is_unit,
        "in_order": max(0, shown.count - len(odd)),
        "signs": role in SIGNERS,
        "may_sign": is_unit and is_open,
        "may_object": is_unit and is_open,
        "may_remark": is_unit and state in (RecordState.SIGNED, RecordState.SIGNED_BY_DEFAULT),
        "may_note": role in MAINTAINER and shown.maintainer_id == party_id,
        "photos": shown.photos,
        "has_lift": "lift_id" not in known,
        "what": known.get("what", ""),
        "words": known.get("words", ""),
        "now": visit.now,
        "today": visit.today,
    }


def _all_said(shown: RecordShown) -> dict[str, Any]:
    """What people have written in it and to it."""
    said = {"items": list(shown.items), "note": shown.note, "remarks": list(shown.remarks)}
    return {**said, "longest_name": LONGEST, "has_more": False, "is_cut_short": False}


def _said_in_short(shown: RecordShown, before: int) -> dict[str, Any]:
    """As much of it as a message holds; of the items those of one page."""
    items, remarks = shown.items[before : before + ITEMS], shown.remarks[-REMARKS:]
    room = LONGEST - HEAD - PER_ITEM * len(items) - PER_REMARK * len(remarks)
    texts = [*(one.reason for one in items), *(one.text for one in remarks), shown.note]
    short = fitted(texts, room)
    return {
        "items": [replace(one, reason=text) for one, text in zip(items, short, strict=False)],
        "remarks": [replace(one, text=text) for one, text in zip(remarks, short[len(items) :], strict=False)],
        "note": short[-1],
        "longest_name": NAME,
        "has_more": len(shown.items) > ITEMS,
        "first": before + 1,
        "last": before + len(items),
        "listed": len(shown.items),
        "is_cut_short": len(shown.remarks) > REMARKS or short != texts,
    }


async def get_lift(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """A page of the records of a lift, the newest first."""
    known = dialog_manager.dialog_data
    after = known.get("after")
    lines = await look(dialog_manager, records_of_lift, lift_id=known["lift_id"], after=after, limit=PAGE + 1)
    known["last"] = lines[PAGE - 1].record_id if len(lines) > PAGE else None
    of_this_lift = [replace(line, place="") for line in lines[:PAGE]]  # it stands above them
    return {
        "lines": rows_of(of_this_lift, visit),
        "place": lines[0].place if lines else "",
        "has_earlier": known["last"],
    }


def rows_of(lines: Any, visit: Visit, name: str = "records.line") -> list[dict[str, str]]:
    """Buttons for records."""
    return [
        {"id": str(one.record_id), "text": label(name, visit.language, one=one, today=visit.today)} for one in lines
    ]


async def open_record(callback: CallbackQuery, widget: Any, manager: DialogManager, record_id: str) -> None:
    """One record."""
    await manager.start(Records.one, {"record_id": int(record_id)})


async def turn_items(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The next of its items; after the last the first again."""
    manager.dialog_data["items_before"] = manager.dialog_data.get("items_after", 0)


async def open_lift(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """All records of its lift."""
    await manager.start(Records.lift, {"lift_id": manager.dialog_data["shown_lift"]})


async def go_back_in_time(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Those before."""
    manager.dialog_data["after"] = manager.dialog_data.get("last")


async def sign(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Sign this one; of a contact the word is kept."""
    done = await use(manager, sign_maintenance, record_ids=[manager.dialog_data["record_id"]])
    if done is not None and done.kept:
        await answer(manager, "records.word_kept")


async def begin_writing(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """An objection, a remark or a note."""
    manager.dialog_data.update(what=widget.widget_id, words="")
    await manager.switch_to(Records.write)


async def take_words(message: Message, widget: Any, manager: DialogManager) -> None:
    """What is to be said; it is shown before it is sent."""
    found = await read_written(message, manager, most=LONGEST_NOTE)
    if found is not None:
        manager.dialog_data["words"] = found.words


async def send(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Say it."""
    known = manager.dialog_data
    done = await use(manager, VERBS[known["what"]], record_id=known["record_id"], text=known["words"])
    if done is not None:
        known["words"] = ""
        await manager.switch_to(Records.one)


async def give_whole(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """All of it as a file, where a message is too short."""
    found = await get_one(**manager.middleware_data, is_whole=True)
    text = unescape(TAG.sub("", say("records.one", manager.middleware_data["visit"].language, **found)))
    await give_file(manager, without_marks(text).encode(), f"{manager.dialog_data['record_id']}.txt")


async def show_photos(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Its photos."""
    record_id = manager.dialog_data["record_id"]
    shown = await look(manager, record_shown, record_id=record_id)
    for number in range(1, min(shown.photos, PHOTOS) + 1):
        name, content = await look(manager, record_photo, record_id=record_id, number=number)
        if content:
            await give_picture(manager, content, name, _caption(shown, number, visit_of(manager).language))


def _caption(shown: RecordShown, number: int, language: str) -> str:
    """Which items a photo shows; only its number where it shows none by name."""
    items = [one.name if language == "zh" else one.english for one in shown.items if number in one.photos]
    return f"{number}. {' / '.join(items)}"[:CAPTION] if items else f"{number}."


def make_router() -> Router:
    """`/records`."""
    router = Router(name="records")
    router.message.register(find_records, Command("records"))
    return router


async def find_records(message: Message, command: CommandObject, visit: Visit, dialog_manager: DialogManager) -> None:
    """`/records 3栋1梯`: the records of this lift; where the name fits several, those to choose from."""
    word = (command.args or "").strip()[:LONGEST_WORD]
    await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    if visit.actor is None or not may_use(visit.actor, "records_of_lift"):
        await dialog_manager.show(ShowMode.SEND)
        return
    lines, found = await look(dialog_manager, my_lifts, choice=Choice(word=word), offset=0, limit=1)
    if found == 1:
        await dialog_manager.start(Records.lift, {"lift_id": lines[0].lift_id}, show_mode=ShowMode.SEND)
    else:
        await dialog_manager.start(Lifts.listed, {"word": word}, show_mode=ShowMode.SEND)


SUBJECT = Subject(dialogs=(make_dialog,), routers=(make_router,))
