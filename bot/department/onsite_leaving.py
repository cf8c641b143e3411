"""How an inspector leaves lifts: passed, failed, with an opinion notice, or broken off."""

from datetime import date
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.inspecting.deeds import LONGEST_NOTE, MOST_ITEMS
from actions.inspecting.onsite import abort_inspections, fail_inspections, find_items, pass_inspections
from actions.inspecting.readers import LiftOnSite, lifts_on_site
from actions.refusals import Refused
from bot.days_written import read_day
from bot.desk_states import Onsite
from bot.using import attempt, look, say_why_not
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, home
from bot.written import read_written
from store.inspections import AbortReason, InspectionState

LONGEST_ITEMS = 2000  # characters of a message with items
SHOWN = 20
TO_DO = (None, InspectionState.UNDER_WAY)
MARKABLE = (*TO_DO, InspectionState.ABORTED)  # what was broken off can be taken up again, but passes with no others


def sure_window() -> Window:
    """The result, confirmed."""
    return Window(
        Say("onsite.sure"),
        Commit(Label("onsite.yes_pass"), "do_pass", do_pass, when="passing", getter=get_chosen),
        Commit(Label("onsite.yes_fail"), "do_fail", do_fail, when="failing", getter=get_chosen),
        *_ways_out("sure"),
        state=Onsite.sure,
        getter=get_chosen,
    )


def items_window() -> Window:
    """An opinion notice."""
    return Window(
        Say("onsite.items"),
        MessageInput(take_items),
        Commit(Label("onsite.issue"), "issue", issue, when="ready", getter=get_chosen),
        Button(Label("onsite.again"), id="again", on_click=forget_items, when="items"),
        *_ways_out("items"),
        state=Onsite.items,
        getter=get_chosen,
    )


def aborting_window() -> Window:
    """Broken off."""
    return Window(
        Say("onsite.aborting"),
        MessageInput(take_note),
        Row(
            Button(Label("onsite.conditions"), id=AbortReason.CONDITIONS.value, on_click=take_reason),
            Button(Label("onsite.danger"), id=AbortReason.DANGER.value, on_click=take_reason),
        ),
        Commit(Label("onsite.yes_abort"), "do_abort", do_abort, when="explained", getter=get_chosen),
        *_ways_out("abort"),
        state=Onsite.aborting,
        getter=get_chosen,
    )


def _ways_out(name: str) -> tuple[Any, ...]:
    """The way on where nobody expects an inspection, and the way back."""
    return (
        Button(Label("onsite.anyway"), id=f"{name}_anyway", on_click=inspect_anyway, when="unexpected"),
        Row(SwitchTo(Label("everyone.back"), id=f"{name}_back", state=Onsite.lifts), home(f"{name}_home")),
    )


async def get_chosen(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The lifts that are about to be left, and what was written of them."""
    known = dialog_manager.dialog_data
    lifts = await lifts_here(dialog_manager)
    chosen = [lift for lift in lifts if _is_chosen(known, lift)]
    items = known.get("items", [])
    return {
        "shown": [[lift.lift_id, lift.state] for lift in chosen],
        "chosen": [lift.place for lift in chosen],
        "listed": SHOWN,
        "count": len(chosen),
        "passing": known.get("deed") == "pass",
        "failing": known.get("deed") == "fail",
        "items": items,
        "deadline": known.get("deadline", ""),
        "ready": bool(items and known.get("deadline")),
        "reason": known.get("reason", ""),
        "note": known.get("note", ""),
        "explained": bool(known.get("reason") and known.get("note")),
        "unexpected": known.get("unexpected", False),
        "today": visit.today,
    }


async def lifts_here(manager: DialogManager) -> list[LiftOnSite]:
    """The lifts of the visit, or those that were looked for."""
    known = manager.dialog_data
    return await look(manager, lifts_on_site, visit_id=known.get("visit_id"), lift_ids=known.get("lift_ids"))


def _is_chosen(known: dict[str, Any], lift: LiftOnSite) -> bool:
    is_marked, deed = lift.lift_id in known.get("marked", []), known.get("deed")
    if deed == "pass":
        return lift.state in TO_DO and not is_marked
    return lift.state in MARKABLE and is_marked


async def take_items(message: Message, widget: Any, manager: DialogManager) -> None:
    """A line for each item; a message that is a day is the deadline."""
    found = await read_written(message, manager, most=LONGEST_ITEMS)
    if found is None:
        return
    visit: Visit = manager.middleware_data["visit"]
    day = read_day(found.words, visit.today)
    known = manager.dialog_data
    if day is not None:
        known["deadline"] = day.isoformat()
    else:
        items = [*known.get("items", []), *(line.strip() for line in found.words.splitlines() if line.strip())]
        if len(items) > MOST_ITEMS or any(len(item) > LONGEST_NOTE for item in items):
            await say_why_not(manager, Refused("onsite.too_many_items", most=MOST_ITEMS, longest=LONGEST_NOTE))
            return
        known["items"] = items


async def forget_items(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Write them anew."""
    manager.dialog_data.update(items=[], deadline="")


async def take_note(message: Message, widget: Any, manager: DialogManager) -> None:
    """What it is like on site."""
    found = await read_written(message, manager, most=LONGEST_NOTE)
    if found is not None:
        manager.dialog_data["note"] = found.words


async def take_reason(callback: CallbackQuery, widget: Button, manager: DialogManager) -> None:
    """Conditions, or danger."""
    manager.dialog_data["reason"] = widget.widget_id


async def inspect_anyway(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The inspector says so."""
    manager.dialog_data.update(anyway=True, unexpected=False)


async def do_pass(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """They have passed."""
    await _leave(manager, pass_inspections)


async def do_fail(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """They have failed."""
    await _leave(manager, fail_inspections)


async def issue(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Issue the opinion notice."""
    known = manager.dialog_data
    await _leave(manager, find_items, items=known["items"], deadline=date.fromisoformat(known["deadline"]))


async def do_abort(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Break it off."""
    known = manager.dialog_data
    await _leave(manager, abort_inspections, reason=AbortReason(known["reason"]), note=known["note"])


async def _leave(manager: DialogManager, verb: Any, **named: Any) -> None:
    known = manager.dialog_data
    chosen = await get_chosen(**manager.middleware_data)
    lift_ids = [lift_id for lift_id, _ in chosen["shown"]]
    try:
        await attempt(manager, verb, lift_ids=lift_ids, anyway=known.get("anyway", False), **named)
    except Refused as refused:
        known["unexpected"] = refused.name == "onsite.not_expected"
        await say_why_not(manager, refused)
        return
    forget(manager)
    await manager.switch_to(Onsite.lifts)


def forget(manager: DialogManager) -> None:
    """What was marked and written."""
    for name in ("marked", "deed", "items", "deadline", "reason", "note", "anyway", "unexpected"):
        manager.dialog_data.pop(name, None)
