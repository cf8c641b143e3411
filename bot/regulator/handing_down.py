"""Handing a case down: lifts of one unit → street office → about what → by when → done."""

from datetime import date, timedelta
from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.regulator.case_readers import case_story, street_offices_of
from actions.regulator.cases import LONGEST_NOTE, hand_down, open_case
from bot.regulator.found_lifts import find_lifts, mark, marked_ids, rows_of
from bot.subject import Subject
from bot.texts import label
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, column_of, home, leave, pages_of
from bot.words import say_day, say_weekday
from bot.written import read_written
from store.cases import CaseMatter

WITHIN = (1, 3, 7, 15, 30)  # days to choose from


class HandDown(StatesGroup):
    """A new case, or one that came back."""

    find = State()
    lifts = State()
    street = State()
    matter = State()
    due = State()
    confirm = State()
    done = State()


def make_dialog() -> Dialog:
    """One question a window."""
    return Dialog(
        Window(Say("cases.find"), MessageInput(find), Row(leave(), home()), state=HandDown.find),
        Window(
            Say("cases.lifts"),
            pages_of(choice("lift", "rows", mark_lift), "lift_pages"),
            Button(Label("pushes.on"), id="to_street", on_click=ask_street, when="marked"),
            _back("lifts_back", HandDown.find),
            state=HandDown.lifts,
            getter=get_lifts,
        ),
        Window(
            Say("cases.street"),
            pages_of(choice("street", "streets", take_street), "street_pages"),
            Row(leave("leave_street"), home()),
            state=HandDown.street,
            getter=get_streets,
        ),
        Window(
            Say("cases.matter"),
            column_of(choice("matter", "matters", take_matter)),
            _back("matter_back", HandDown.street),
            state=HandDown.matter,
            getter=get_matters,
        ),
        Window(
            Say("cases.due"),
            column_of(choice("due", "days", take_due)),
            _back("due_back", HandDown.street),
            state=HandDown.due,
            getter=get_days,
        ),
        Window(
            Say("cases.confirm"),
            MessageInput(take_note),
            Commit(Label("cases.hand_down"), "hand_down", confirm),
            _back("confirm_back", HandDown.due),
            state=HandDown.confirm,
            getter=get_all,
        ),
        Window(Say("cases.handed"), Row(leave("leave_done"), home()), state=HandDown.done, getter=get_all),
        on_start=begin,
    )


def _back(name: str, state: State) -> Row:
    return Row(SwitchTo(Label("everyone.back"), id=name, state=state), home())


async def begin(start_data: Any, manager: DialogManager) -> None:
    """`{"case_id": …}`: a case that came back; then its lifts and matter are known."""
    if isinstance(start_data, dict):
        manager.dialog_data.update(start_data)


async def get_lifts(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    """What was found."""
    return rows_of(dialog_manager)


async def get_streets(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    """The street offices below the bureau."""
    streets = await look(dialog_manager, street_offices_of)
    return {"streets": [{"id": str(street.party_id), "text": street.name} for street in streets]}


async def get_matters(visit: Visit, **_: Any) -> dict[str, Any]:
    """About what a case can be."""
    return {"matters": [{"id": one.value, "text": label(f"cases.{one.value}", visit.language)} for one in CaseMatter]}


async def get_days(visit: Visit, **_: Any) -> dict[str, Any]:
    """By when."""
    days = [visit.today + timedelta(days=number) for number in WITHIN]
    texts = [f"{say_day(day, visit.language, visit.today)} {say_weekday(day, visit.language)}" for day in days]
    return {"days": [{"id": day.isoformat(), "text": text} for day, text in zip(days, texts, strict=True)]}


async def get_all(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Everything that was chosen."""
    known = dialog_manager.dialog_data
    streets = await look(dialog_manager, street_offices_of)
    street = next((one.name for one in streets if one.party_id == known.get("street_id")), "")
    if "case_id" in known and "matter" not in known:
        known["matter"] = (await look(dialog_manager, case_story, case_id=known["case_id"])).line.matter
    named = {row["id"]: row["text"] for row in known.get("found", [])}
    return {
        "street": street,
        "matter": label(f"cases.{known['matter']}", visit.language),
        "due": known["due"],
        "note": known.get("note", ""),
        "lifts": [named[one] for one in known.get("marked", [])],
        "today": visit.today,
    }


async def find(message: Message, widget: Any, manager: DialogManager) -> None:
    """Lifts by any name."""
    if await find_lifts(message, manager):
        await manager.switch_to(HandDown.lifts)


async def mark_lift(callback: CallbackQuery, widget: Any, manager: DialogManager, lift_id: str) -> None:
    """Mark or unmark."""
    await mark(manager, lift_id)


async def ask_street(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """On to the street office."""
    await manager.switch_to(HandDown.street)


async def take_street(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """To whom."""
    manager.dialog_data["street_id"] = int(number)
    await manager.switch_to(HandDown.due if "case_id" in manager.dialog_data else HandDown.matter)


async def take_matter(callback: CallbackQuery, widget: Any, manager: DialogManager, matter: str) -> None:
    """About what."""
    manager.dialog_data["matter"] = matter
    await manager.switch_to(HandDown.due)


async def take_due(callback: CallbackQuery, widget: Any, manager: DialogManager, day: str) -> None:
    """By when."""
    manager.dialog_data["due"] = day
    await manager.switch_to(HandDown.confirm)


async def take_note(message: Message, widget: Any, manager: DialogManager) -> None:
    """A word to the street office."""
    found = await read_written(message, manager, most=LONGEST_NOTE)
    if found is not None:
        manager.dialog_data["note"] = found.words


async def confirm(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Hand it down."""
    known = manager.dialog_data
    given = {"street_id": known["street_id"], "due": date.fromisoformat(known["due"]), "note": known.get("note", "")}
    if "case_id" in known:
        done = await use(manager, hand_down, case_id=known["case_id"], **given)
    else:
        matter = CaseMatter(known["matter"])
        done = await use(manager, open_case, lifts=marked_ids(manager), matter=matter, **given)
    if done is not None:
        await manager.switch_to(HandDown.done)


SUBJECT = Subject(dialogs=(make_dialog,))
