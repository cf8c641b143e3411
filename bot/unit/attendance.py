"""Who comes to a visit: one of the people on file in one tap, or somebody by name and number."""

import re
from collections.abc import Sequence
from typing import Any
from unicodedata import normalize

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Row, Start

from actions.actors import UNIT
from actions.visits.attendance import confirm_attendance, visit_of_notice, who_may_come
from actions.visits.listing import VisitShown
from bot.notices import UnderNotice
from bot.states import Attend, Menu, Visits
from bot.subject import Subject
from bot.texts import label
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import CommitChoice, Label, Say, column_of, home, leave
from bot.words import say_weekday
from bot.written import read_written
from store.attendance import ASKED_AHEAD

LONGEST = 80  # a name and a number
NAME_AND_NUMBER = re.compile(r"(?P<name>.*?)[\s,，:：]*(?P<phone>\+?[\d\s().-]{7,})")


def make_router() -> Router:
    """Who comes, under a notice about a visit."""
    router = Router()
    router.callback_query.register(ask_under_notice, UnderNotice("attend"))
    return router


def make_dialog() -> Dialog:
    """Who → said."""
    return Dialog(
        Window(
            Say("attend.who"),
            column_of(CommitChoice("person", "people", name_one)),
            MessageInput(take_person),
            Row(leave(), home()),
            state=Attend.who,
            getter=get_people,
        ),
        Window(
            Say("attend.said"),
            Row(Start(Label("visits.menu"), id="to_visits", state=Visits.listed, mode=StartMode.NORMAL), home()),
            state=Attend.said,
            getter=get_people,
        ),
        on_start=remember_visit,
    )


async def remember_visit(start_data: Any, manager: DialogManager) -> None:
    """`{"visit_id": …}`."""
    manager.dialog_data.update(start_data)


async def get_people(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The people on file, oneself first."""
    found = await look(dialog_manager, who_may_come, visit_id=dialog_manager.dialog_data["visit_id"])
    rows = [
        {"id": str(one.contact_id), "text": label("attend.person", visit.language, person=one)} for one in found.people
    ]
    day = found.visit.day
    return {
        "people": rows,
        "named": found.named,
        "visit": found.visit,
        "others": [one for one in found.visit.coming if visit.actor and one.party_id != visit.actor.party_id],
        "weekday": say_weekday(day, visit.language),
        "today": visit.today,
    }


async def name_one(callback: CallbackQuery, widget: Any, manager: DialogManager, contact_id: str) -> None:
    """Somebody on file."""
    visit_id = manager.dialog_data["visit_id"]
    if await use(manager, confirm_attendance, visit_id=visit_id, contact_id=int(contact_id)) is not None:
        await manager.switch_to(Attend.said)


async def take_person(message: Message, widget: Any, manager: DialogManager) -> None:
    """A name, then a number."""
    written = await read_written(message, manager, most=LONGEST)
    if written is None:
        return
    read = NAME_AND_NUMBER.fullmatch(normalize("NFKC", written.words))
    if read is None:
        await answer(manager, "visits.name_and_number")
        return
    visit_id, name, phone = manager.dialog_data["visit_id"], read["name"], read["phone"]
    if await use(manager, confirm_attendance, visit_id=visit_id, name=name, phone=phone) is not None:
        await manager.switch_to(Attend.said)


def asks_who_comes(visit: Visit, booked: Sequence[VisitShown]) -> bool:
    """Whether somebody of the unit who has just booked is asked at once: it is near."""
    is_unit = visit.actor is not None and visit.actor.role in UNIT
    return is_unit and len(booked) == 1 and booked[0].day - visit.today <= ASKED_AHEAD


async def ask_after_booking(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Who comes to what was booked just now."""
    await manager.start(Attend.who, {"visit_id": manager.dialog_data["visit_ids"][0]})


async def ask_of_visit(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Who comes to the visit that is open."""
    await manager.start(Attend.who, {"visit_id": manager.dialog_data["visit_id"]})


async def ask_under_notice(callback: CallbackQuery, dialog_manager: DialogManager, notice_id: int) -> None:
    """Under a notice about a visit; where it is over, one's bookings."""
    visit_id = await look(dialog_manager, visit_of_notice, notice_id=notice_id)
    await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    if visit_id is None:
        await answer(dialog_manager, "bookings.gone")
        await dialog_manager.start(Visits.listed, show_mode=ShowMode.SEND)
        return
    await dialog_manager.start(Attend.who, {"visit_id": visit_id}, show_mode=ShowMode.SEND)
    await dialog_manager.answer_callback()


SUBJECT = Subject(dialogs=(make_dialog,), routers=(make_router,))
