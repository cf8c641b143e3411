"""Why lifts cannot be inspected in time, such as owners who have not decided: for the department to report (GZ-20)."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.matters.said import keep_reason_photo, say_reason
from actions.regulator.cases import LONGEST_NOTE, MOST_PHOTOS
from bot.states import Reasons
from bot.subject import Subject
from bot.texts import label
from bot.unit.choosing import Chooser
from bot.unit.still_theirs import keep_theirs
from bot.using import answer, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, leave, pages_of
from bot.written import read_written
from store.matters import SpecialReason


def make_dialog() -> Dialog:
    """Which lifts → why → words and photos → said."""
    return Dialog(
        Chooser("reasons.lifts", Reasons.lifts, choose_reason).window(),
        Window(
            Say("reasons.what"),
            pages_of(choice("what", "whats", choose_what), "what_pages"),
            Row(SwitchTo(Label("everyone.back"), id="from_what", state=Reasons.lifts), home()),
            state=Reasons.what,
            getter=get_whats,
        ),
        Window(
            Say("reasons.write"),
            MessageInput(take_words),
            Commit(Label("reasons.say"), "say_reason", say_it),
            Row(SwitchTo(Label("everyone.back"), id="from_write", state=Reasons.what), home()),
            state=Reasons.write,
            getter=get_saying,
        ),
        Window(Say("reasons.said"), Row(leave(), home()), state=Reasons.said, getter=get_said),
        on_start=remember_lifts,
    )


async def remember_lifts(start_data: Any, manager: DialogManager) -> None:
    """`{"lift_ids": …}` are chosen already."""
    if isinstance(start_data, dict):
        manager.dialog_data["chosen"] = start_data["lift_ids"]


async def get_whats(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The reasons that there are."""
    count = len(dialog_manager.dialog_data.get("chosen", []))
    whats = [{"id": one.value, "text": label(f"matters.what_{one}", visit.language)} for one in SpecialReason]
    return {"whats": whats, "count": count}


async def get_saying(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What is about to be said."""
    known = dialog_manager.dialog_data
    what = label(f"matters.what_{known['what']}", visit.language)
    count, kept = len(known.get("chosen", [])), len(known.get("photos", []))
    return {"what": what, "count": count, "note": known.get("note", ""), "kept": kept}


async def get_said(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    """What becomes of it."""
    return {name: dialog_manager.dialog_data[name] for name in ("told", "left_out", "desks")}


async def choose_reason(manager: DialogManager) -> None:
    """Asks why."""
    await manager.switch_to(Reasons.what)


async def choose_what(callback: CallbackQuery, widget: Any, manager: DialogManager, name: str) -> None:
    """Why."""
    manager.dialog_data["what"] = name
    await manager.switch_to(Reasons.write)


async def take_words(message: Message, widget: Any, manager: DialogManager) -> None:
    """A sentence, or photos of a resolution, a seal, a site; a caption is the sentence."""
    known = manager.dialog_data
    found = await read_written(message, manager, most=LONGEST_NOTE, keeps_photos=True)
    if found is None:
        return
    if found.words:
        known["note"] = found.words
    number = await use(manager, keep_reason_photo, content=found.photo) if found.photo is not None else None
    if number is not None and number not in known.get("photos", []):
        known["photos"] = [*known.get("photos", []), number][-MOST_PHOTOS:]


async def say_it(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Say it; where lifts are left out first, what is left is shown once more."""
    known = manager.dialog_data
    if await keep_theirs(manager, "chosen"):
        return
    if not known.get("chosen"):
        await answer(manager, "choosing.none")
        return
    about = {"lift_ids": known["chosen"], "note": known.get("note", ""), "photos": known.get("photos", [])}
    done = await use(manager, say_reason, reason=SpecialReason(known["what"]), **about)
    if done is not None:
        known |= {"told": done.lifts, "left_out": done.left_out, "desks": list(done.desks)}
        await manager.switch_to(Reasons.said)


SUBJECT = Subject(dialogs=(make_dialog,))
