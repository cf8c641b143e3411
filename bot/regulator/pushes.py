"""Overdue notices and notices of stop-use orders: chosen, shown, sent as shown; and what became of them."""

from datetime import date, timedelta
from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.regulator.overdue_units import overdue_units
from actions.regulator.push_previews import PushPreview
from actions.regulator.push_states import push_states, pushes_sent
from actions.regulator.pushes import LONGEST_NUMBER, LONGEST_REASON, draft_push, draft_stop_order, send_push, show_push
from bot.regulator.found_lifts import find_lifts, mark, marked_ids, rows_of
from bot.regulator.leaves import leaf_of, leaf_row
from bot.subject import Subject
from bot.texts import label
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, column_of, home, leave, pages_of, visit_of
from bot.words import say_day, say_weekday
from bot.written import read_written

DAYS = 6  # days on which the document of an order may be served, to choose from
LATER = "later"


class Pushes(StatesGroup):
    """What an office sends itself."""

    menu = State()
    units = State()
    lifts = State()
    preview = State()
    states = State()
    find = State()
    order_lifts = State()
    number = State()
    reason = State()
    served = State()


def make_dialog() -> Dialog:
    """Choose → preview → sent; or an order's lift → number → reason → day of service → preview."""
    return Dialog(_menu(), _units(), _lifts(), _preview(), _states(), *_order())


def _menu() -> Window:
    return Window(
        Say("pushes.menu"),
        SwitchTo(Label("pushes.overdue"), id="overdue", state=Pushes.units),
        SwitchTo(Label("pushes.stop"), id="stop", state=Pushes.find),
        pages_of(choice("sent", "sent", open_sent), "sent_pages", 6),
        Row(leave(), home()),
        state=Pushes.menu,
        getter=get_sent,
    )


def _units() -> Window:
    return Window(
        Say("pushes.units"),
        pages_of(choice("unit", "units", open_unit), "unit_pages"),
        Commit(Label("pushes.all"), "all_units", draft_all, when="lifts"),
        Row(SwitchTo(Label("everyone.back"), id="units_back", state=Pushes.menu), home()),
        state=Pushes.units,
        getter=get_units,
    )


def _lifts() -> Window:
    return Window(
        Say("pushes.lifts"),
        pages_of(choice("lift", "rows", mark_lift), "lift_pages"),
        Commit(Label("pushes.marked"), "draft_marked", draft_marked, when="marked"),
        Row(SwitchTo(Label("everyone.back"), id="lifts_back", state=Pushes.units), home()),
        state=Pushes.lifts,
        getter=get_marked,
    )


def _preview() -> Window:
    return Window(
        Say("pushes.preview"),
        leaf_row("shown"),
        Commit(Label("pushes.send"), "send", send, when="can_send"),
        Row(SwitchTo(Label("pushes.not_now"), id="preview_back", state=Pushes.menu), home()),
        state=Pushes.preview,
        getter=get_preview,
    )


def _states() -> Window:
    return Window(
        Say("pushes.states"),
        leaf_row("state"),
        SwitchTo(Label("pushes.refresh"), id="refresh", state=Pushes.states),
        Row(SwitchTo(Label("everyone.back"), id="states_back", state=Pushes.menu), home()),
        state=Pushes.states,
        getter=get_states,
    )


def _order() -> tuple[Window, ...]:
    def out(name: str, back: State) -> Row:
        return Row(SwitchTo(Label("everyone.back"), id=name, state=back), home())

    return (
        Window(Say("pushes.find"), MessageInput(find), out("find_back", Pushes.menu), state=Pushes.find),
        Window(
            Say("pushes.order_lifts"),
            pages_of(choice("order_lift", "rows", mark_lift), "order_pages"),
            Button(Label("pushes.on"), id="to_number", on_click=ask_number, when="marked"),
            out("order_lifts_back", Pushes.find),
            state=Pushes.order_lifts,
            getter=get_marked,
        ),
        Window(
            Say("pushes.number"), MessageInput(take_number), out("number_back", Pushes.order_lifts), state=Pushes.number
        ),
        Window(Say("pushes.reason"), MessageInput(take_reason), out("reason_back", Pushes.number), state=Pushes.reason),
        Window(
            Say("pushes.served"),
            column_of(choice("day", "days", take_day)),
            Commit(Label("pushes.preview"), "draft_order", draft_order, when="chosen"),
            out("served_back", Pushes.reason),
            state=Pushes.served,
            getter=get_days,
        ),
    )


async def get_sent(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What the office has sent."""
    sent = await look(dialog_manager, pushes_sent)
    rows = [
        {"id": str(one.push_id), "text": label("pushes.sent", visit.language, one=one, today=visit.today)}
        for one in sent
    ]
    return {"sent": rows}


async def get_units(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The units with overdue lifts."""
    units = await look(dialog_manager, overdue_units)
    rows = [
        {"id": str(unit.unit_id), "text": label("pushes.unit", visit.language, unit=unit, today=visit.today)}
        for unit in units
    ]
    return {"units": rows, "lifts": sum(len(unit.lifts) for unit in units), "today": visit.today}


async def get_marked(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    """The lifts, and which are marked."""
    return rows_of(dialog_manager) | {"unit": dialog_manager.dialog_data.get("unit", "")}


async def get_preview(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Who gets what by which clause; what has changed since it was shown."""
    known = dialog_manager.dialog_data
    shown: PushPreview = await look(dialog_manager, show_push, push_id=known["push_id"])
    return {
        "push": shown,
        **leaf_of(dialog_manager, shown.units),
        "changed": known.get("changed"),
        "can_send": shown.state == "draft" and shown.lifts > 0,
        "today": visit.today,
    }


async def get_states(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """How far it has come."""
    found = await look(dialog_manager, push_states, push_id=dialog_manager.dialog_data["push_id"])
    return {
        "found": found,
        **leaf_of(dialog_manager, found.units),
        "today": visit.today,
    }


async def get_days(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Days on which the document may be served."""
    chosen, language = dialog_manager.dialog_data.get("served"), visit.language
    days = [visit.today + timedelta(days=number) for number in range(DAYS)]
    texts = {day.isoformat(): f"{say_day(day, language, visit.today)} {say_weekday(day, language)}" for day in days}
    texts[LATER] = label("pushes.served_later", language)
    rows = [{"id": key, "text": f"{'● ' if key == chosen else ''}{text}"} for key, text in texts.items()]
    return {"days": rows, "chosen": chosen is not None}


async def open_sent(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """What became of one."""
    manager.dialog_data.update(push_id=int(number), leaf=0)
    await manager.switch_to(Pushes.states)


async def open_unit(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """The lifts of one unit, all of them marked."""
    units = await look(manager, overdue_units)
    unit = next((unit for unit in units if unit.unit_id == int(number)), None)
    if unit is None:
        await answer(manager, "push.nothing")
        return
    visit = visit_of(manager)
    manager.dialog_data["unit"] = unit.unit
    manager.dialog_data["found"] = [
        {"id": str(lift.lift_id), "text": f"{lift.place} · {say_day(lift.due, visit.language, visit.today)}"}
        for lift in unit.lifts
    ]
    manager.dialog_data["marked"] = [str(lift.lift_id) for lift in unit.lifts]
    await manager.switch_to(Pushes.lifts)


async def mark_lift(callback: CallbackQuery, widget: Any, manager: DialogManager, lift_id: str) -> None:
    """Mark or unmark."""
    await mark(manager, lift_id)


async def draft_all(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """All that are overdue in the own district."""
    await _show(manager, await use(manager, draft_push, lifts=None))


async def draft_marked(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The marked ones."""
    await _show(manager, await use(manager, draft_push, lifts=marked_ids(manager)))


async def draft_order(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The notice of the order."""
    known = manager.dialog_data
    served = None if known["served"] == LATER else date.fromisoformat(known["served"])
    order = {"number": known["number"], "reason": known["reason"], "served_on": served}
    await _show(manager, await use(manager, draft_stop_order, lifts=marked_ids(manager), **order))


async def _show(manager: DialogManager, shown: PushPreview | None) -> None:
    if shown is not None:
        manager.dialog_data.update(push_id=shown.push_id, leaf=0)
        manager.dialog_data.pop("changed", None)
        await manager.switch_to(Pushes.preview)


async def send(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Send it as it is shown; what has changed is shown instead."""
    done = await use(manager, send_push, push_id=manager.dialog_data["push_id"])
    if done is None:
        return
    manager.dialog_data["leaf"] = 0
    if done.sent:
        await manager.switch_to(Pushes.states)
    else:
        manager.dialog_data["changed"] = {"gone": len(done.gone), "come": len(done.come)}


async def find(message: Message, widget: Any, manager: DialogManager) -> None:
    """Lifts by any name."""
    if await find_lifts(message, manager):
        await manager.switch_to(Pushes.order_lifts)


async def ask_number(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """On to the number of the document."""
    await manager.switch_to(Pushes.number)


async def take_number(message: Message, widget: Any, manager: DialogManager) -> None:
    """The number of the document; the action judges it with the rest."""
    found = await read_written(message, manager, most=LONGEST_NUMBER)
    if found is not None:
        manager.dialog_data["number"] = found.words
        await manager.switch_to(Pushes.reason)


async def take_reason(message: Message, widget: Any, manager: DialogManager) -> None:
    """Why, in a few words."""
    found = await read_written(message, manager, most=LONGEST_REASON)
    if found is not None:
        manager.dialog_data["reason"] = found.words
        await manager.switch_to(Pushes.served)


async def take_day(callback: CallbackQuery, widget: Any, manager: DialogManager, day: str) -> None:
    """When the document is served."""
    manager.dialog_data["served"] = day


SUBJECT = Subject(dialogs=(make_dialog,))
