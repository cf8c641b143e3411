"""Why visits are not made in time, and by when they will be; read by the maintainer, the unit and the regulator."""

from datetime import date
from typing import Any

from aiogram.types import BufferedInputFile, CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.maintaining.delays import (
    LONGEST_WORDS,
    Delay,
    delay_days,
    delay_photo,
    delays_stated,
    keep_delay_photo,
    last_delay_day,
    state_delay,
)
from actions.permissions import NotAllowedError
from bot.states import Delays
from bot.subject import Entry, Subject
from bot.texts import label
from bot.unit.choosing import Chooser
from bot.unit.still_theirs import keep_theirs
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import CommitChoice, Label, Say, choice, column_of, home, leave, pages_of, visit_of
from bot.written import read_written
from store.upkeep import DelayReason


def make_dialog() -> Dialog:
    """Which lifts → why → words or a photo → by when; and what was stated."""
    return Dialog(
        Chooser("delays.lifts", Delays.lifts, ask_reason).window(),
        _reason(),
        _words(),
        _until(),
        _listed(),
        _one(),
        on_start=remember_lift,
    )


def _reason() -> Window:
    return Window(
        Say("delays.reason"),
        column_of(choice("reason", "reasons", choose_reason)),
        Row(leave("leave_reason"), home("home_of_reason")),
        state=Delays.reason,
        getter=get_reasons,
    )


def _words() -> Window:
    return Window(
        Say("delays.words"),
        MessageInput(take_words),
        SwitchTo(Label("delays.go_on"), id="to_until", state=Delays.until, when="may_go_on"),
        Row(SwitchTo(Label("everyone.back"), id="from_words", state=Delays.reason), home("home_of_words")),
        state=Delays.words,
        getter=get_statement,
    )


def _until() -> Window:
    return Window(
        Say("delays.until"),
        column_of(CommitChoice("until", "untils", state_it)),
        Row(SwitchTo(Label("everyone.back"), id="from_until", state=Delays.words), home("home_of_until")),
        state=Delays.until,
        getter=get_days,
    )


def _listed() -> Window:
    return Window(
        Say("delays.listed"),
        pages_of(choice("delay", "delays", open_one), "delay_pages"),
        Row(leave("leave_delays"), home("home_of_delays")),
        state=Delays.listed,
        getter=get_list,
    )


def _one() -> Window:
    return Window(
        Say("delays.one"),
        Button(Label("alerts.photo"), id="delay_photo", on_click=show_photo, when="has_photo"),
        Row(SwitchTo(Label("everyone.back"), id="to_delays", state=Delays.listed), home("home_of_delay")),
        state=Delays.one,
        getter=get_one,
    )


async def remember_lift(start_data: Any, manager: DialogManager) -> None:
    """`{"lift_id": …}` is chosen already; others only where a visit is due so soon that its delay can be stated."""
    last = await look(manager, last_delay_day)
    manager.dialog_data["visits_before"] = last.isoformat()
    if isinstance(start_data, dict):
        manager.dialog_data["chosen"] = [start_data["lift_id"]]


async def ask_reason(manager: DialogManager) -> None:
    """Why."""
    await manager.switch_to(Delays.reason)


async def get_reasons(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The reasons of the document, and others."""
    reasons = [{"id": one.value, "text": label(f"delays.reason_{one}", visit.language)} for one in DelayReason]
    return {"reasons": reasons, "count": len(dialog_manager.dialog_data.get("chosen", []))}


async def get_statement(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What is about to be stated."""
    known = dialog_manager.dialog_data
    reason, words = known["reason"], known.get("words", "")
    return {
        "reason": label(f"delays.reason_{reason}", visit.language),
        "needs_words": reason == DelayReason.OTHER,
        "words": words,
        "photos": len(known.get("photos", [])),
        "may_go_on": bool(words) or reason != DelayReason.OTHER,
        "count": len(known.get("chosen", [])),
    }


async def get_days(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The same, and the days that can be said."""
    days = await look(dialog_manager, delay_days, lift_ids=dialog_manager.dialog_data.get("chosen", []))
    untils = [
        {"id": day.isoformat(), "text": label("delays.by", visit.language, day=day, today=visit.today)} for day in days
    ]
    return {**await get_statement(dialog_manager, visit), "untils": untils}


async def get_list(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The newest statements."""
    found = await look(dialog_manager, delays_stated)
    delays = [
        {"id": str(one.id), "text": label("delays.line", visit.language, delay=one, today=visit.today)} for one in found
    ]
    return {"delays": delays, "count": len(delays)}


async def get_one(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One of them."""
    delay = await _open_one(dialog_manager)
    reason = label(f"delays.reason_{delay.reason}", visit.language)
    return {"delay": delay, "reason": reason, "today": visit.today, "has_photo": delay.has_photo}


async def choose_reason(callback: CallbackQuery, widget: Any, manager: DialogManager, name: str) -> None:
    """Why."""
    await look(manager, delay_days, lift_ids=manager.dialog_data.get("chosen", []))  # refused before it is written
    manager.dialog_data["reason"] = name
    await manager.switch_to(Delays.words)


async def take_words(message: Message, widget: Any, manager: DialogManager) -> None:
    """Words, a photo, or both."""
    known = manager.dialog_data
    found = await read_written(message, manager, most=LONGEST_WORDS, keeps_photos=True)
    if found is None:
        return
    if found.words:
        known["words"] = found.words
    if found.photo is not None:
        kept = await use(manager, keep_delay_photo, content=found.photo)
        known["photos"] = [kept] if kept is not None else known.get("photos", [])


async def state_it(callback: CallbackQuery, widget: Any, manager: DialogManager, day: str) -> None:
    """It is stated; where lifts are left out first, what is left is shown once more."""
    known = manager.dialog_data
    if await keep_theirs(manager, "chosen"):
        return
    if not known.get("chosen"):
        await answer(manager, "choosing.none")
        return
    about = {"words": known.get("words", ""), "photos": known.get("photos", []), "until": date.fromisoformat(day)}
    done = await use(manager, state_delay, lift_ids=known["chosen"], reason=DelayReason(known["reason"]), **about)
    if done is not None:
        facts = {"until": about["until"], "today": visit_of(manager).today}
        await answer(manager, "upkeep.delay_stated", count=len(done), **facts)
        known.update(chosen=[], words="", photos=[])
        await manager.switch_to(Delays.listed)


async def open_one(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One statement."""
    manager.dialog_data["delay_id"] = int(number)
    await manager.switch_to(Delays.one)


async def show_photo(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The photo that was sent along."""
    delay = await _open_one(manager)
    content = await look(manager, delay_photo, lift_id=delay.lift_id, delay_id=delay.id)
    message = callback.message
    if content is not None and message is not None and callback.bot is not None:
        await callback.bot.send_photo(message.chat.id, BufferedInputFile(content, "delay.jpg"))


async def _open_one(manager: DialogManager) -> Delay:
    """The statement that is open; its lift may be another's by now."""
    found = await look(manager, delays_stated)
    delay = next((one for one in found if one.id == manager.dialog_data["delay_id"]), None)
    if delay is None:
        raise NotAllowedError("no statement of theirs any more")
    return delay


SUBJECT = Subject(dialogs=(make_dialog,), entries=(Entry("delays.menu", Delays.listed, "delays_stated", row=57),))
