"""The record of a visit while it is written: all fine but these. Items have windows of their own (record_items)."""

from typing import Any

from aiogram import F
from aiogram.types import CallbackQuery, KeyboardButton, Message, ReplyKeyboardMarkup
from aiogram_dialog import Dialog, DialogManager, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, Start, SwitchTo

from actions.maintaining.begin import check_in, drop_visit
from actions.maintaining.findings import Finding, is_value
from actions.maintaining.second import confirm_second, fellow_workers, name_second
from actions.maintaining.sign import Page, sign_visit, visit_page
from actions.maintaining.writing import LONGEST_WORDS, measure_item, note_visit, say_item, say_when_done, show_item
from bot.maintainer.record_items import (
    describe,
    extra_window,
    item_window,
    items_window,
    remembered,
    short_name,
    stop_window,
)
from bot.states import Work, Writing
from bot.subject import Subject
from bot.texts import label, say
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, CommitChoice, Label, Say, home, pages_of
from bot.written import read_written

NOBODY = "0"
LISTED = 12  # items that are named one by one: exceptions, and fine ones of which something is said
EXTRA_LISTED = 8
FEWEST_FINE = 5  # that are named however many are not
NAMED = 3  # tests of which a photo is asked


def make_dialog() -> Dialog:
    """The form, its items, what else belongs to it, the signature."""
    windows = (_form(), items_window(), item_window(), stop_window(), _more(), extra_window(), _when(), _second())
    return Dialog(*windows, _sign(), _done(), on_start=remembered)


def _form() -> Window:
    return Window(
        Say("writing.form"),
        MessageInput(take_place, filter=F.location),
        MessageInput(take_words),
        SwitchTo(Label("writing.to_sign"), id="to_sign", state=Writing.sign, when="can_write"),
        SwitchTo(Label("writing.to_items"), id="to_items", state=Writing.items, when="can_write"),
        Button(Label("writing.where"), id="where", on_click=ask_place, when="asks_place"),
        SwitchTo(Label("writing.to_more"), id="to_more", state=Writing.more, when="can_write"),
        Commit(Label("writing.was_there"), "was_there", say_was_there, when="asks_second"),
        Commit(Label("writing.was_not"), "was_not", say_was_not, when="asks_second"),
        Row(Start(Label("everyone.back"), id="to_work", state=Work.listed, mode=StartMode.RESET_STACK), home()),
        state=Writing.form,
        getter=get_form,
    )


def _more() -> Window:
    return Window(
        Say("writing.more"),
        SwitchTo(Label("writing.extra"), id="to_extra", state=Writing.extra),
        SwitchTo(Label("writing.second"), id="to_second", state=Writing.second),
        SwitchTo(Label("writing.when"), id="to_when", state=Writing.when),
        Commit(Label("writing.drop"), "drop", drop),
        Row(SwitchTo(Label("everyone.back"), id="from_more", state=Writing.form), home("home_of_more")),
        state=Writing.more,
        getter=get_form,
    )


def _when() -> Window:
    return Window(
        Say("writing.when"),
        MessageInput(take_time),
        Row(SwitchTo(Label("everyone.back"), id="from_when", state=Writing.form), home("home_of_when")),
        state=Writing.when,
        getter=get_form,
    )


def _second() -> Window:
    return Window(
        Say("writing.second"),
        pages_of(CommitChoice("second", "colleagues", choose_second), "second_pages"),
        Row(SwitchTo(Label("everyone.back"), id="from_second", state=Writing.form), home("home_of_second")),
        state=Writing.second,
        getter=get_colleagues,
    )


def _sign() -> Window:
    return Window(
        Say("writing.sign"),
        MessageInput(take_words),
        Commit(Label("writing.sign"), "sign", sign, when="can_sign", getter=get_form),
        SwitchTo(Label("writing.to_items"), id="sign_items", state=Writing.items),
        Row(SwitchTo(Label("everyone.back"), id="from_sign", state=Writing.form), home("home_of_sign")),
        state=Writing.sign,
        getter=get_form,
    )


def _done() -> Window:
    return Window(
        Say("writing.done"),
        Start(Label("writing.next"), id="next", state=Work.listed, mode=StartMode.RESET_STACK),
        Row(home("home_of_done")),
        state=Writing.done,
        getter=get_form,
    )


async def get_form(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The record as it is so far."""
    page = await look(dialog_manager, visit_page, visit_id=dialog_manager.dialog_data["visit_id"])
    language, can_write = visit.language, page.state == "under_way" and not page.is_second
    exceptions = [describe(line, language) for line in page.exceptions]
    measured = [describe(line, language) for line in page.measured]
    fine_listed = max(FEWEST_FINE, LISTED - len(exceptions))
    return {
        "page": page,
        "count": len(page.lines),
        "fine": len(page.lines) - len(page.exceptions),
        "exceptions": exceptions[:LISTED],
        "hidden": max(0, len(exceptions) - LISTED),
        "measured": measured[:fine_listed],
        "more_said": max(0, len(measured) - fine_listed),
        "extra": page.extra[:EXTRA_LISTED],
        "more_extra": max(0, len(page.extra) - EXTRA_LISTED),
        "values": [describe(line, language) for line in page.values_to_ask],
        "wordless": [describe(line, language) for line in page.words_to_ask],
        "untried": [short_name(line, language) for line in page.untried][:NAMED],
        "untried_count": len(page.untried),
        "faults": sum(line.finding.result == "fault" for line in page.exceptions),
        "completed": page.completed_at,
        "today": visit.today,
        "can_write": can_write,
        "asks_place": can_write and not page.located,
        "asks_second": page.is_second and not page.second_confirmed and page.state == "under_way",
        "can_sign": can_write and not page.lacking,
        "shown": _version(page),
    }


async def get_colleagues(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Who could have been there too; nobody takes the name away."""
    found = await look(dialog_manager, fellow_workers)
    colleagues = [{"id": str(one.contact_id), "text": one.name or str(one.contact_id)} for one in found]
    nobody = {"id": NOBODY, "text": label("writing.nobody", visit.language)}
    return {"colleagues": [*colleagues, nobody], "count": len(colleagues)}


async def take_place(message: Message, widget: Any, manager: DialogManager) -> None:
    """Where the worker is."""
    if message.location is not None:
        place = {"latitude": message.location.latitude, "longitude": message.location.longitude}
        await use(manager, check_in, visit_id=manager.dialog_data["visit_id"], **place)


async def take_words(message: Message, widget: Any, manager: DialogManager) -> None:
    """A number is the value that is asked for, or a better one; a photo is of the first test without one; words are the
    reason that is asked for, else a note."""
    found = await read_written(message, manager, most=LONGEST_WORDS, keeps_photos=True)
    if found is None:
        return
    visit_id = manager.dialog_data["visit_id"]
    page = await look(manager, visit_page, visit_id=visit_id)
    if found.photo is not None:
        target = page.untried or page.exceptions
        if not target:
            await answer(manager, "upkeep.photo_of_what")
            return
        await use(manager, show_item, visit_id=visit_id, code=target[0].item.code, photo=found.photo)
    if found.words and page.values_to_ask and found.words[:1] in "0123456789０１２３４５６７８９-－+＋":
        await use(manager, measure_item, visit_id=visit_id, code=page.values_to_ask[0].item.code, value=found.words)
    elif found.words and page.with_value and is_value(found.words):
        await _measure_anew(manager, page, found.words)
    elif found.words and page.words_to_ask:
        await use(manager, say_item, visit_id=visit_id, code=page.words_to_ask[0].item.code, words=found.words)
    elif found.words:
        await use(manager, note_visit, visit_id=visit_id, words=found.words)


async def _measure_anew(manager: DialogManager, page: Page, words: str) -> None:
    """A number that nothing asks for is no note: it corrects the one value that there is."""
    if len(page.with_value) > 1:
        await answer(manager, "upkeep.value_of_what")
        return
    await use(manager, measure_item, visit_id=page.visit_id, code=page.with_value[0].item.code, value=words)


async def ask_place(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """A button below the lines that sends where one is."""
    visit: Visit = manager.middleware_data["visit"]
    if isinstance(callback.message, Message):
        button = KeyboardButton(text=label("writing.send_place", visit.language), request_location=True)
        keyboard = ReplyKeyboardMarkup(keyboard=[[button]], resize_keyboard=True, one_time_keyboard=True)
        await callback.message.answer(say("writing.where", visit.language), reply_markup=keyboard)


async def take_time(message: Message, widget: Any, manager: DialogManager) -> None:
    """When the work was done."""
    found = await read_written(message, manager, most=LONGEST_WORDS)
    visit_id = manager.dialog_data["visit_id"]
    if found is not None and await use(manager, say_when_done, visit_id=visit_id, words=found.words) is not None:
        await manager.switch_to(Writing.form)


async def choose_second(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """This colleague was there too."""
    contact_id = int(number) if number != NOBODY else None
    await use(manager, name_second, visit_id=manager.dialog_data["visit_id"], contact_id=contact_id)
    await manager.switch_to(Writing.form)


async def say_was_there(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The second worker says so."""
    await use(manager, confirm_second, visit_id=manager.dialog_data["visit_id"], was_there=True)


async def say_was_not(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """They were not; the record is not theirs any more."""
    await use(manager, confirm_second, visit_id=manager.dialog_data["visit_id"], was_there=False)
    await manager.start(Work.listed, mode=StartMode.RESET_STACK)


async def drop(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """It was begun by mistake."""
    await use(manager, drop_visit, visit_id=manager.dialog_data["visit_id"])
    await manager.start(Work.listed, mode=StartMode.RESET_STACK)


async def sign(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Signed and uploaded."""
    if await use(manager, sign_visit, visit_id=manager.dialog_data["visit_id"]) is not None:
        await manager.switch_to(Writing.done)


def _version(page: Page) -> list[Any]:
    """What is signed is what was shown."""
    found = [[line.item.code, line.finding.stored()] for line in page.lines if line.finding != Finding()]
    done = page.completed_at.isoformat() if page.completed_at is not None else ""
    return [page.kind.value, done, found, list(page.extra), page.note, page.second, page.second_confirmed]


SUBJECT = Subject(dialogs=(make_dialog,))
