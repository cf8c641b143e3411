"""The counter: a unit or a lift by any of its names, and a booking on its behalf."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.desk.day import find_at_counter
from actions.lifts.mine import LONGEST_WORD
from actions.visits.bookings import open_days
from bot.desk_states import Counter
from bot.states import Bookings
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Label, Say, choice, home, leave, pages_of


def make_dialog() -> Dialog:
    """A word → what is called so → booking."""
    return Dialog(_asked(), _found())


def _asked() -> Window:
    return Window(Say("desk.counter"), MessageInput(search), Row(leave(), home()), state=Counter.asked)


def _found() -> Window:
    return Window(
        Say("desk.found"),
        pages_of(choice("found", "rows", open_found), "found_pages"),
        MessageInput(search),
        Row(SwitchTo(Label("everyone.back"), id="to_asked", state=Counter.asked), home()),
        state=Counter.found,
        getter=get_found,
    )


async def get_found(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Units, then lifts."""
    word = dialog_manager.dialog_data["word"]
    found = await look(dialog_manager, find_at_counter, word=word)
    dialog_manager.dialog_data["units"] = {str(one.party_id): one.name for one in found.units}
    units = [
        {"id": f"u{one.party_id}", "text": label("desk.found_unit", visit.language, unit=one)} for one in found.units
    ]
    lifts = [
        {"id": f"l{one.lift_id}", "text": label("desk.found_lift", visit.language, lift=one)} for one in found.lifts
    ]
    return {"rows": units + lifts, "count": len(units) + len(lifts), "more": found.more, "word": word}


async def search(message: Message, widget: Any, manager: DialogManager) -> None:
    """What is called so."""
    word = (message.text or "").strip()[:LONGEST_WORD]
    if await use(manager, find_at_counter, word=word) is not None:
        manager.dialog_data["word"] = word
        await manager.switch_to(Counter.found)


async def open_found(callback: CallbackQuery, widget: Any, manager: DialogManager, name: str) -> None:
    """Book for this unit, or this lift."""
    number = int(name[1:])
    if name.startswith("u"):
        unit = manager.dialog_data["units"].get(name[1:], "")
        await manager.start(Bookings.choose, data={"unit_id": number, "unit": unit})
    elif await use(manager, open_days, lift_ids=[number]) is not None:
        await manager.start(Bookings.day, data={"lift_ids": [number], "from_list": False})


SUBJECT = Subject(
    dialogs=(make_dialog,), entries=(Entry("desk.counter_menu", Counter.asked, "find_at_counter", row=11),)
)
