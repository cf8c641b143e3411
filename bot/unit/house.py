"""Texts and pictures for the house: how it stands, for the residents' group chat, and notices for the lift's door."""

import asyncio
import re
from html import unescape
from typing import Any

from aiogram.types import BufferedInputFile, CallbackQuery
from aiogram_dialog import Dialog, DialogManager, ShowMode, Window
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.lifts.house import HouseText, house_text, reasons_to_stop, stop_notice
from bot.pictures import draw
from bot.states import House
from bot.subject import Entry, Subject
from bot.texts import label, say
from bot.unit.choosing import Chooser
from bot.unit.still_theirs import keep_theirs
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Label, Say, choice, column_of, home, visit_of
from store.plain_words import without_marks

DIGEST = "digest"
PLACES_ON_A_POSTER = 4
SHORT_LIST = (
    24  # rows up to which a list is drawn sharp: Telegram takes photos of 10,000 pixels, width and height together
)
DOT = "· "  # before each lift of a text
TAGS = re.compile(r"<[^>]+>")


def make_dialog() -> Dialog:
    """Lifts → what is to be written."""
    return Dialog(
        Chooser("house.lifts", House.lifts, ask_what).window(),
        Window(
            Say("house.made"),
            column_of(choice("text", "texts", write)),
            Row(SwitchTo(Label("everyone.back"), id="to_lifts", state=House.lifts), home("home_of_house")),
            state=House.made,
            getter=get_texts,
        ),
    )


async def ask_what(manager: DialogManager) -> None:
    """What is to be written about the lifts that were chosen."""
    await manager.switch_to(House.made)


async def get_texts(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What can truly be written about all of them."""
    await keep_theirs(dialog_manager, "chosen")
    chosen = dialog_manager.dialog_data["chosen"]
    if not chosen:
        return {"texts": [], "chosen": 0, "reasons": 0}
    reasons = await look(dialog_manager, reasons_to_stop, lift_ids=chosen)
    texts = [{"id": one, "text": label(f"house.{one}", visit.language)} for one in (DIGEST, *reasons)]
    return {"texts": texts, "chosen": len(chosen), "reasons": len(reasons)}


async def write(callback: CallbackQuery, widget: Any, manager: DialogManager, what: str) -> None:
    """A text that can be copied, and the same as a picture."""
    if await keep_theirs(manager, "chosen"):
        return
    chosen, visit = manager.dialog_data["chosen"], visit_of(manager)
    if what == DIGEST:
        found = await use(manager, house_text, lift_ids=chosen)
    else:
        found = await use(manager, stop_notice, lift_ids=chosen, why=what)
    if found is None or callback.message is None or callback.bot is None:
        return
    text = say(f"house.{what}.text", visit.language, house=found, today=visit.today)
    if what == DIGEST:
        picture = await asyncio.to_thread(draw_roll, text, visit.language)
    else:
        picture = await asyncio.to_thread(draw_poster, text, found, visit.language)
    await callback.bot.send_message(callback.message.chat.id, text)
    await callback.bot.send_photo(callback.message.chat.id, BufferedInputFile(picture, f"{what}.png"))
    manager.show_mode = ShowMode.SEND


def draw_poster(text: str, found: HouseText, language: str) -> bytes:
    """The text's own words on a sheet: its first line is the title, the last two are who signs it and when."""
    lines = _lines(text)
    listed = [line for line in lines if line.startswith(DOT)]
    body = [line for line in lines[1:-2] if line not in listed]
    places = [line.removeprefix(DOT) for line in listed[:PLACES_ON_A_POSTER]]
    if len(listed) > PLACES_ON_A_POSTER:
        places.append(label("house.more", language, more=len(found.lifts) + found.more - PLACES_ON_A_POSTER))
    return draw("poster", language, {"title": lines[0], "places": places, "body": body, "foot": lines[-2:]})


def draw_roll(text: str, language: str) -> bytes:
    """The same words as a list: each lift, and how it stands with it."""
    lines = _lines(text)
    rows = [line.removeprefix(DOT).replace("：", ": ", 1).partition(": ") for line in lines if line.startswith(DOT)]
    foot = [line for line in lines[1:] if not line.startswith(DOT)]
    data = {"title": lines[0], "rows": [(place, how) for place, _, how in rows], "foot": foot}
    return draw("roll", language, data, zoom=2 if len(rows) <= SHORT_LIST else 1)


def _lines(text: str) -> list[str]:
    return [line for line in without_marks(unescape(TAGS.sub("", text))).splitlines() if line.strip()]


SUBJECT = Subject(dialogs=(make_dialog,), entries=(Entry("house.menu", House.lifts, "house_text", row=45),))
