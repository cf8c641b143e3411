"""A district, or the districts of a city, at a glance; lists; what the office was told; that everyone was warned."""

from datetime import date
from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.kbd import Button, Row, Start, SwitchTo

from actions.regulator.acknowledgements import ToAcknowledge, acknowledge, told_to_office
from actions.regulator.glance import Glance, district_glance
from actions.regulator.lists import LiftList, ListKind, district_list, list_of_notice
from actions.regulator.warned import warned
from bot.handing_out import give_file, give_picture
from bot.papers import UNBOOKED, paper_name, unbooked_paper
from bot.regulator.glance_picture import draw_glance, percent
from bot.regulator.pushes import Pushes
from bot.sheets import list_sheet, warned_sheet, words_of
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, column_of, home, leave, pages_of, visit_of

LIST = "list"  # the step of the un-booked lifts that are reported
LINES = 15  # streets or districts in the text; the picture has all


class District(StatesGroup):
    """What an officer sees of the own district."""

    glance = State()
    lists = State()
    office = State()
    notice = State()
    warned = State()


def make_dialog() -> Dialog:
    """The figures, and what lies behind them."""
    return Dialog(_glance(), _lists(), _office(), _notice(), _warned())


def _glance() -> Window:
    return Window(
        Say("district.glance"),
        Row(
            Button(Label("district.picture"), id="picture", on_click=show_picture),
            SwitchTo(Label("district.lists"), id="to_lists", state=District.lists),
        ),
        Row(
            SwitchTo(Label("district.office"), id="to_office", state=District.office),
            SwitchTo(Label("district.warned"), id="to_warned", state=District.warned),
        ),
        Start(Label("district.push"), id="to_pushes", state=Pushes.menu),
        pages_of(choice("part", "parts", open_part), "part_pages", 6),
        Row(
            Button(Label("district.month_before"), id="month_before", on_click=turn_back),
            Button(Label("district.whole"), id="whole", on_click=show_whole, when="is_part"),
            Button(Label("district.month_after"), id="month_after", on_click=turn_on),
        ),
        Row(leave(), home()),
        state=District.glance,
        getter=get_glance,
    )


def _lists() -> Window:
    return Window(
        Say("district.lists"),
        column_of(choice("kind", "kinds", give_list)),
        Button(Label("papers.unbooked"), id="unbooked_paper", on_click=give_unbooked, when="has_unbooked"),
        Row(SwitchTo(Label("everyone.back"), id="lists_back", state=District.glance), home()),
        state=District.lists,
        getter=get_lists,
    )


def _office() -> Window:
    return Window(
        Say("district.office"),
        pages_of(choice("told", "told", open_notice), "told_pages"),
        Row(SwitchTo(Label("everyone.back"), id="office_back", state=District.glance), home()),
        state=District.office,
        getter=get_told,
    )


def _notice() -> Window:
    return Window(
        Say("district.notice"),
        Commit(Label("district.acknowledge"), "acknowledge", take_note, when="is_open"),
        Button(Label("district.notice_sheet"), id="notice_sheet", on_click=give_notice, when="is_list"),
        Button(Label("papers.unbooked"), id="notice_paper", on_click=give_notice_paper, when="is_list"),
        Row(SwitchTo(Label("everyone.back"), id="notice_back", state=District.office), home()),
        state=District.notice,
        getter=get_notice,
    )


def _warned() -> Window:
    return Window(
        Say("district.warned"),
        Button(Label("district.warned_sheet"), id="warned_sheet", on_click=give_warned),
        Row(SwitchTo(Label("everyone.back"), id="warned_back", state=District.glance), home()),
        state=District.warned,
        getter=get_warned,
    )


async def get_glance(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The figures; a city's officer may open a district."""
    glance = await _look(dialog_manager)
    opens = [] if glance.by_street else [part for part in glance.parts if part.code]
    return {
        "glance": glance,
        "rate": "—" if glance.total.rate is None else percent(glance.total.rate),
        "lines": glance.parts[:LINES],
        "more": max(0, len(glance.parts) - LINES),
        "is_part": "code" in dialog_manager.dialog_data,
        "parts": [{"id": part.code, "text": label("district.part", visit.language, part=part)} for part in opens],
        "today": visit.today,
    }


async def get_lists(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Each list with its number of lifts."""
    glance = await _look(dialog_manager)
    names = words_of(visit.language)["list"]
    kinds = [
        {"id": kind.value, "text": f"{names[kind.value]} {getattr(glance.total, kind.value)}"} for kind in ListKind
    ]
    return {"kinds": kinds, "glance": glance, "has_unbooked": glance.total.unbooked}


async def get_told(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What the office was told, what nobody has acknowledged before the rest."""
    told = await look(dialog_manager, told_to_office)
    rows = [{"id": str(one.notice_id), "text": label("district.told", visit.language, one=one)} for one in told]
    return {"told": rows, "open": sum(not one.by for one in told)}


async def get_notice(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One of them."""
    told = await look(dialog_manager, told_to_office)
    one = next((one for one in told if one.notice_id == dialog_manager.dialog_data["notice_id"]), None)
    return {"one": one, "is_open": one is not None and not one.by, "is_list": _is_list(one), "today": visit.today}


async def get_warned(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """How many were warned, and of whom nobody has been reached."""
    found = await look(dialog_manager, warned, **_asked(dialog_manager))
    unwarned = found.unwarned
    return {
        "found": found,
        "waiting": len(found.waiting),
        "unwarned": unwarned[:LINES],
        "more": max(0, len(unwarned) - LINES),
        "missed": len(unwarned),
        "today": visit.today,
    }


async def show_picture(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The same as a picture, to be shown around."""
    glance = await _look(manager)
    await give_picture(manager, draw_glance(glance, visit_of(manager).language), "glance.png")


async def give_list(callback: CallbackQuery, widget: Any, manager: DialogManager, kind: str) -> None:
    """The list as a file."""
    found = await look(manager, district_list, kind=ListKind(kind), **_asked(manager))
    if not found.rows:
        await answer(manager, "district.empty")
        return
    language = visit_of(manager).language
    name = f"{words_of(language)['list'][kind]}-{found.today.isoformat()}.xlsx"
    await give_file(manager, list_sheet(found, language), name)


async def give_unbooked(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The lifts of the month that are not booked, as a list to stamp and sign for."""
    await _give_paper(manager, await look(manager, district_list, kind=ListKind.UNBOOKED, **_asked(manager)))


async def give_notice_paper(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The same of a list that the office was told of."""
    notice_id = manager.dialog_data["notice_id"]
    await _give_paper(manager, await look(manager, list_of_notice, notice_id=notice_id))


async def give_warned(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Who was told what and when, as a file."""
    found = await look(manager, warned, **_asked(manager))
    if not found.rows:
        await answer(manager, "district.empty")
        return
    language = visit_of(manager).language
    name = f"{words_of(language)['list']['warned']}-{found.today.isoformat()}.xlsx"
    await give_file(manager, warned_sheet(found, language), name)


async def open_part(callback: CallbackQuery, widget: Any, manager: DialogManager, code: str) -> None:
    """One district of the city."""
    manager.dialog_data["code"] = code


async def show_whole(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """All districts again."""
    manager.dialog_data.pop("code", None)


async def turn_back(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The month before."""
    _turn(manager, -1)


async def turn_on(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The month after."""
    _turn(manager, 1)


async def open_notice(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One of what the office was told."""
    manager.dialog_data["notice_id"] = int(number)
    await manager.switch_to(District.notice)


async def take_note(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Acknowledge it; the window shows who did and when."""
    await use(manager, acknowledge, notice_id=manager.dialog_data["notice_id"])


async def give_notice(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The lifts of a list that the office was told of."""
    visit = visit_of(manager)
    found = await look(manager, list_of_notice, notice_id=manager.dialog_data["notice_id"])
    name = f"{words_of(visit.language)['list'][found.kind]}-{visit.today.isoformat()}.xlsx"
    await give_file(manager, list_sheet(found, visit.language), name)


async def _give_paper(manager: DialogManager, found: LiftList) -> None:
    language = visit_of(manager).language
    name = paper_name(UNBOOKED, language, found.today.isoformat())
    await give_file(manager, unbooked_paper(found, language), name)


def _is_list(one: ToAcknowledge | None) -> bool:
    return one is not None and one.step == LIST


async def _look(manager: DialogManager) -> Glance:
    return await look(manager, district_glance, **_asked(manager))


def _asked(manager: DialogManager) -> dict[str, Any]:
    known = manager.dialog_data
    month = date.fromisoformat(known["month"]) if "month" in known else None
    return {"month": month, "district_code": known.get("code")}


def _turn(manager: DialogManager, months: int) -> None:
    known = manager.dialog_data
    first = date.fromisoformat(known["month"]) if "month" in known else visit_of(manager).today.replace(day=1)
    number = first.year * 12 + first.month - 1 + months
    known["month"] = date(number // 12, number % 12 + 1, 1).isoformat()


SUBJECT = Subject(dialogs=(make_dialog,), entries=(Entry("district.menu", District.glance, "district_glance", row=5),))
