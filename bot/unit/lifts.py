"""My lifts: by place or by date, by any name; one with its dates, and why."""

from functools import partial
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.lifts.mine import LONGEST_WORD, Choice, Line, lift_groups, lift_story, my_lifts
from actions.paperless.waivers import paper_of_lift
from actions.registry import may_use
from actions.visits.to_book import bookable_from
from bot.pages import PAGE
from bot.records import Records
from bot.states import Bookings, Faults, Lifts
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import look
from bot.visit import Visit
from bot.widgets import Label, Say, choice, column_of, home, leave, pages_of
from store.duties import INSPECTIONS


def make_dialog() -> Dialog:
    """Places → list → one → why."""
    return Dialog(_groups(), _listed(), _one(), _why(), _searching(), on_start=show_what_was_asked)


def _groups() -> Window:
    return Window(
        Say("lifts.groups"),
        pages_of(choice("group", "groups", open_group), "group_pages"),
        Row(
            Button(Label("lifts.by_date"), id="by_date", on_click=open_by_date),
            SwitchTo(Label("lifts.search"), id="search", state=Lifts.searching),
            when="groups",
        ),
        Row(leave(), home()),
        state=Lifts.groups,
        getter=get_groups,
    )


def _listed() -> Window:
    return Window(
        Say("lifts.listed"),
        column_of(choice("lift", "lifts", open_lift)),
        Row(
            Button(Label("lifts.before"), id="before", on_click=turn_back, when="has_before"),
            Button(Label("lifts.after"), id="after", on_click=turn_on, when="has_after"),
        ),
        Row(SwitchTo(Label("everyone.back"), id="to_groups", state=Lifts.groups), home("home_of_list")),
        state=Lifts.listed,
        getter=get_list,
    )


def _one() -> Window:
    return Window(
        Say("lifts.one"),
        Button(Label("lifts.book"), id="book", on_click=book_it, when="may_book"),
        Row(
            Button(Label("lifts.broken"), id="broken", on_click=report_it, when="may_report"),
            Button(Label("lifts.shut_in"), id="shut_in", on_click=call_for_it, when="may_report"),
        ),
        Row(
            SwitchTo(Label("lifts.why"), id="why", state=Lifts.why),
            Button(Label("lifts.records"), id="records", on_click=show_records, when="may_read_records"),
        ),
        Row(SwitchTo(Label("everyone.back"), id="to_list", state=Lifts.listed), home("home_of_one")),
        state=Lifts.one,
        getter=get_one,
    )


def _why() -> Window:
    return Window(
        Say("lifts.why"),
        Row(SwitchTo(Label("everyone.back"), id="to_one", state=Lifts.one), home("home_of_why")),
        state=Lifts.why,
        getter=get_one,
    )


def _searching() -> Window:
    return Window(
        Say("lifts.searching"),
        MessageInput(search),
        Row(SwitchTo(Label("everyone.back"), id="not_searching", state=Lifts.groups), home("home_of_search")),
        state=Lifts.searching,
    )


async def show_what_was_asked(start_data: Any, manager: DialogManager) -> None:
    """`{"lift_id": …}` opens this lift at once, `{"word": …}` what is found by it."""
    if isinstance(start_data, dict):
        manager.dialog_data.update(start_data)


async def get_groups(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The places, each with its number of lifts and the earliest date."""
    places = await look(dialog_manager, lift_groups)
    dialog_manager.dialog_data["places"] = [[group.compound, group.building] for group in places.groups]
    rows = [
        {"id": str(number), "text": partial(label, "lifts.group", visit.language, group=group, today=visit.today)}
        for number, group in enumerate(places.groups)
    ]
    return {
        "groups": rows,
        "more": places.more,
        "lifts": places.lifts,
        "late": places.late,
        "today": visit.today,
        "is_office": visit.is_office,
    }


async def get_list(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """A page of lifts with their next dates."""
    known = dialog_manager.dialog_data
    offset = known.get("offset", 0)
    lines, total = await look(dialog_manager, my_lifts, choice=_choice(known), offset=offset, limit=PAGE)
    return {
        "lines": lines,
        "lifts": [{"id": str(line.lift_id), "text": _line_text(line, visit)} for line in lines],
        "total": total,
        "first": offset + 1,
        "last": offset + len(lines),
        "has_before": offset > 0,
        "has_after": offset + len(lines) < total,
        "word": known.get("word", ""),
        "today": visit.today,
    }


async def get_one(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One lift with everything that is due for it."""
    lift_id, actor = dialog_manager.dialog_data["lift_id"], visit.actor
    story = await look(dialog_manager, lift_story, lift_id=lift_id)
    waits = [duty for duty in story["duties"] if duty["duty"] in INSPECTIONS and not duty["closed_on"]]
    to_book = any(not duty["booked_on"] and not duty["withdrawn"] for duty in waits)
    asks = to_book and actor is not None and may_use(actor, "book_visit")
    since = await look(dialog_manager, bookable_from, lift_id=lift_id) if asks else None
    return {
        "lift": story,
        "today": visit.today,
        "may_book": since is not None and since <= visit.today,
        "bookable_from": since if since is not None and since > visit.today else None,
        "may_report": actor is not None and may_use(actor, "report_fault"),
        "may_read_records": actor is not None and may_use(actor, "records_of_lift"),
        "paper": await look(dialog_manager, paper_of_lift, lift_id=lift_id),
    }


async def open_group(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """The lifts of a place."""
    compound, building = manager.dialog_data["places"][int(number)]
    _list_only(manager, {"compound": compound, "building": building})
    await manager.switch_to(Lifts.listed)


async def open_by_date(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """All lifts, the next date first."""
    _list_only(manager, {"by_date": True})
    await manager.switch_to(Lifts.listed)


async def search(message: Message, widget: Any, manager: DialogManager) -> None:
    """The lifts that are known by this word."""
    _list_only(manager, {"word": (message.text or "").strip()[:LONGEST_WORD]})
    await manager.switch_to(Lifts.listed)


async def open_lift(callback: CallbackQuery, widget: Any, manager: DialogManager, lift_id: str) -> None:
    """One lift."""
    manager.dialog_data["lift_id"] = int(lift_id)
    await manager.switch_to(Lifts.one)


async def book_it(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Book this one."""
    await manager.start(Bookings.day, {"lift_ids": [manager.dialog_data["lift_id"]], "from_list": False})


async def report_it(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Something is wrong with this one."""
    await manager.start(Faults.what, {"lift_id": manager.dialog_data["lift_id"]})


async def show_records(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Its maintenance records."""
    await manager.start(Records.lift, {"lift_id": manager.dialog_data["lift_id"]})


async def call_for_it(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Somebody is shut in in this one."""
    await manager.start(Faults.confirm, {"lift_id": manager.dialog_data["lift_id"]})


async def turn_on(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The next page."""
    manager.dialog_data["offset"] = manager.dialog_data.get("offset", 0) + PAGE


async def turn_back(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The page before."""
    manager.dialog_data["offset"] = max(0, manager.dialog_data.get("offset", 0) - PAGE)


def _list_only(manager: DialogManager, which: dict[str, Any]) -> None:
    for name in ("compound", "building", "word", "by_date", "offset"):
        manager.dialog_data.pop(name, None)
    manager.dialog_data.update(which)


def _choice(known: dict[str, Any]) -> Choice:
    return Choice(known.get("compound"), known.get("building"), known.get("word", ""), known.get("by_date", False))


def _line_text(line: Line, visit: Visit) -> str:
    return label("lifts.line", visit.language, line=line, today=visit.today)


SUBJECT = Subject(dialogs=(make_dialog,), entries=(Entry("lifts.menu", Lifts.groups, "my_lifts", row=20),))
