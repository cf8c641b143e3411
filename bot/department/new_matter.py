"""A hazard or a special reason that is reported: which lift, what it is, a sentence and photos."""

from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, ContentType, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.desk.day import find_at_counter
from actions.lifts.mine import LONGEST_WORD
from actions.matters.deeds import keep_hazard_photo, report_hazard, report_reason
from actions.regulator.cases import LONGEST_NOTE
from bot.subject import Subject
from bot.texts import label
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, column_of, home, leave, pages_of
from bot.written import fetch_photo, read_written
from store.matters import SpecialReason

HAZARD = "hazard"


class NewMatter(StatesGroup):
    """A report that is being made."""

    search = State()
    found = State()
    what = State()
    write = State()


def make_dialog() -> Dialog:
    """A word → a lift → what → the report as it will be made."""
    return Dialog(
        Window(Say("matters.search"), MessageInput(search), Row(leave(), home()), state=NewMatter.search),
        Window(
            Say("matters.found"),
            pages_of(choice("lift", "lifts", choose_lift), "lift_pages"),
            MessageInput(search),
            Row(SwitchTo(Label("everyone.back"), id="to_search", state=NewMatter.search), home()),
            state=NewMatter.found,
            getter=get_found,
        ),
        Window(
            Say("matters.what"),
            column_of(choice("what", "whats", choose_what)),
            Row(SwitchTo(Label("everyone.back"), id="to_found", state=NewMatter.found), home()),
            state=NewMatter.what,
            getter=get_whats,
        ),
        Window(
            Say("matters.write"),
            MessageInput(take_matter_photo, content_types=[ContentType.PHOTO, ContentType.DOCUMENT]),
            MessageInput(take_words),
            Commit(Label("matters.report"), "report", report),
            Row(SwitchTo(Label("everyone.back"), id="to_what", state=NewMatter.what), home()),
            state=NewMatter.write,
            getter=get_report,
        ),
    )


async def search(message: Message, widget: Any, manager: DialogManager) -> None:
    """Lifts that are called so."""
    word = (message.text or "").strip()[:LONGEST_WORD]
    if await use(manager, find_at_counter, word=word) is not None:
        manager.dialog_data["word"] = word
        await manager.switch_to(NewMatter.found)


async def get_found(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The lifts of the word."""
    found = await look(dialog_manager, find_at_counter, word=dialog_manager.dialog_data["word"])
    dialog_manager.dialog_data["places"] = {str(one.lift_id): one.place for one in found.lifts}
    lifts = [
        {"id": str(one.lift_id), "text": label("desk.found_lift", visit.language, lift=one)} for one in found.lifts
    ]
    return {"lifts": lifts, "count": len(lifts), "more": found.more, "word": dialog_manager.dialog_data["word"]}


async def get_whats(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """A hazard, or one of the reasons."""
    names = [HAZARD, *SpecialReason]
    return {
        "place": _place(dialog_manager),
        "whats": [{"id": str(name), "text": label(f"matters.what_{name}", visit.language)} for name in names],
    }


async def get_report(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What will be reported."""
    known = dialog_manager.dialog_data
    return {
        "place": _place(dialog_manager),
        "is_hazard": known["what"] == HAZARD,
        "what": label(f"matters.what_{known['what']}", visit.language),
        "note": known.get("note", ""),
        "kept": len(known.get("photos", [])),
    }


async def choose_lift(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One lift."""
    manager.dialog_data["lift_id"] = int(number)
    await manager.switch_to(NewMatter.what)


async def choose_what(callback: CallbackQuery, widget: Any, manager: DialogManager, name: str) -> None:
    """What it is."""
    manager.dialog_data["what"] = name
    await manager.switch_to(NewMatter.write)


async def take_words(message: Message, widget: Any, manager: DialogManager) -> None:
    """A sentence on it."""
    found = await read_written(message, manager, most=LONGEST_NOTE)
    if found is not None:
        manager.dialog_data["note"] = found.words


async def take_matter_photo(message: Message, widget: Any, manager: DialogManager) -> None:
    """Keep a photo; its caption is the sentence, where there is none yet."""
    file = message.photo[-1] if message.photo else message.document
    content = await fetch_photo(message, manager, file) if file is not None else None
    number = await use(manager, keep_hazard_photo, content=content) if content is not None else None
    known = manager.dialog_data
    if number is not None and number not in known.get("photos", []):
        known["photos"] = [*known.get("photos", []), number]
    if message.caption and len(message.caption) > LONGEST_NOTE:
        await answer(manager, "everyone.too_long", length=len(message.caption), most=LONGEST_NOTE)
    elif message.caption:
        known["note"] = known.get("note") or message.caption


async def report(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Report it; the list shows it then."""
    known = manager.dialog_data
    said = {"lift_id": known["lift_id"], "note": known.get("note", "")}
    if known["what"] == HAZARD:
        done = await use(manager, report_hazard, photos=known.get("photos", []), **said)
    else:
        done = await use(manager, report_reason, reason=SpecialReason(known["what"]), **said)
    if done is not None:
        await manager.done()


def _place(manager: DialogManager) -> str:
    places: dict[str, str] = manager.dialog_data.get("places", {})
    return places.get(str(manager.dialog_data["lift_id"]), "")


SUBJECT = Subject(dialogs=(make_dialog,))
