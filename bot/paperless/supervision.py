"""What a bureau sees of maintenance without paper: figures, who is late, contractors with their paper, platforms."""

from datetime import date, timedelta
from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.actors import Role
from actions.paperless.figures import paperless_figures
from actions.paperless.late import late_workers
from actions.paperless.opinions import LONGEST, draft_opinion, opinion_due
from actions.paperless.register import file_maintainer
from actions.paperless.waivers import (
    LONGEST_REASON,
    confirm_paperless,
    lifts_to_waive,
    revoke_paperless,
    waivers_listed,
)
from bot.handing_out import give_file, give_picture
from bot.paperless.opinions import Opinions
from bot.paperless.platforms import Platforms
from bot.paperless.sheets import draw_figures, figures_sheet, sheet_name
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, leave, pages_of, visit_of
from bot.written import read_written
from store.supervision import OpinionKind

SHOWN = 3  # names in a list; all of them stand in the xlsx
NAMED = 60  # lifts that are named before paper is given up


class Supervision(StatesGroup):
    """A bureau's view."""

    figures = State()
    late = State()
    contractors = State()
    one = State()
    reason = State()
    file = State()


def make_dialog() -> Dialog:
    """Figures → who is late; contractors → one → why."""
    return Dialog(
        Window(
            Say("paperless.figures"),
            Row(
                Button(Label("paperless.before"), id="before", on_click=turn_back),
                Button(Label("paperless.after"), id="after", on_click=turn_on, when="has_after"),
            ),
            Row(
                Button(Label("paperless.picture"), id="picture", on_click=show_picture),
                Button(Label("paperless.sheet"), id="sheet", on_click=give_sheet),
                Commit(Label("paperless.late"), "late", show_late),
            ),
            Row(
                SwitchTo(Label("paperless.contractors"), id="to_contractors", state=Supervision.contractors),
                Button(Label("paperless.platforms"), id="to_platforms", on_click=open_platforms),
            ),
            Row(leave(), home()),
            state=Supervision.figures,
            getter=get_figures,
        ),
        Window(Say("paperless.late"), _back("late", Supervision.figures), state=Supervision.late, getter=get_late),
        Window(
            Say("paperless.contractors"),
            pages_of(choice("contractor", "contractors", open_contractor), "contractor_pages"),
            SwitchTo(Label("paperless.file"), id="to_file", state=Supervision.file, when="is_city"),
            _back("contractors", Supervision.figures),
            state=Supervision.contractors,
            getter=get_contractors,
        ),
        Window(
            Say("paperless.contractor"),
            Commit(Label("paperless.confirm"), "confirm", confirm, when="may_confirm", getter=get_contractor),
            Row(
                SwitchTo(Label("paperless.why"), id="to_reason", state=Supervision.reason),
                when="is_city",
            ),
            _back("one", Supervision.contractors),
            state=Supervision.one,
            getter=get_contractor,
        ),
        Window(
            Say("paperless.reason"),
            MessageInput(take_reason),
            Commit(Label("paperless.revoke"), "revoke", revoke, when="may_revoke"),
            Row(
                Commit(Label("paperless.rectify"), "rectify", draft_rectification),
                Commit(Label("paperless.suspend"), "suspend", draft_suspension),
            ),
            _back("reason", Supervision.one),
            state=Supervision.reason,
            getter=get_contractor,
        ),
        Window(
            Say("paperless.file"),
            MessageInput(take_filing),
            _back("file", Supervision.contractors),
            state=Supervision.file,
        ),
    )


def _back(name: str, state: State) -> Row:
    return Row(SwitchTo(Label("everyone.back"), id=f"back_of_{name}", state=state), home(f"home_of_{name}"))


async def get_figures(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """A month of one's own districts."""
    found = await look(dialog_manager, paperless_figures, month=_month(dialog_manager))
    slow, silent = ([one.name for one in found.contractors if one.late], [u.name for u in found.units if u.never_signs])
    return {
        "it": found,
        "whole": found.coverage[0],
        "parts": found.coverage[1:] if len(found.coverage) > 2 else [],
        "slow": slow[:SHOWN],
        "more_slow": max(0, len(slow) - SHOWN),
        "silent": silent[:SHOWN],
        "more_silent": max(0, len(silent) - SHOWN),
        "idle": found.idle[:SHOWN],
        "more_idle": max(0, len(found.idle) - SHOWN),
        "has_after": found.month < visit.today.replace(day=1),
    }


async def get_late(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The workers who were late, as they were asked for; not read again when the window is drawn again."""
    return {"lines": dialog_manager.dialog_data.get("late", []), "month": _month(dialog_manager) or visit.today}


async def get_contractors(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Those of the city, with the lifts that need no paper; first where something can be confirmed."""
    lines = sorted(await look(dialog_manager, waivers_listed), key=lambda one: one.uploaded <= one.waived)
    rows = [
        {"id": str(one.party_id), "text": label("paperless.contractor_line", visit.language, one=one)} for one in lines
    ]
    return {"contractors": rows, "count": len(rows), "is_city": _is_city(visit)}


async def get_contractor(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One of them."""
    known = dialog_manager.dialog_data
    lines = await look(dialog_manager, waivers_listed)
    one = next((one for one in lines if one.party_id == known["party_id"]), None)
    is_city = _is_city(visit)
    to_waive = await look(dialog_manager, lifts_to_waive, party_id=one.party_id) if is_city and one else None
    places, objected = (to_waive.places, to_waive.objected) if to_waive is not None else ([], [])
    return {
        "one": one,
        "shown": list(places),
        "places": places[:NAMED],
        "more": max(0, len(places) - NAMED),
        "objected": objected[:NAMED],
        "reason": known.get("reason", ""),
        "due": await look(dialog_manager, opinion_due) if is_city else visit.today,
        "today": visit.today,
        "is_city": is_city,
        "may_confirm": bool(places) and one is not None and not one.suspended,
        "may_revoke": is_city and one is not None and one.waived > 0,
    }


async def turn_back(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The month before."""
    first = (_month(manager) or visit_of(manager).today).replace(day=1)
    manager.dialog_data["month"] = (first - timedelta(days=1)).replace(day=1).isoformat()


async def turn_on(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The next one."""
    first = (_month(manager) or visit_of(manager).today).replace(day=1)
    manager.dialog_data["month"] = (first + timedelta(days=31)).replace(day=1).isoformat()


async def show_picture(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """As a picture."""
    visit = visit_of(manager)
    found = await look(manager, paperless_figures, month=_month(manager))
    name = visit.actor.party_name if visit.actor is not None else ""
    await give_picture(manager, draw_figures(found, name, visit.language), "paperless.png")


async def give_sheet(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """As xlsx: coverage, contractors, units."""
    visit = visit_of(manager)
    found = await look(manager, paperless_figures, month=_month(manager))
    await give_file(manager, figures_sheet(found, visit.today, visit.language), sheet_name(found, visit.language))


async def show_late(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Names of workers: that they were read is logged."""
    found = await use(manager, late_workers, month=_month(manager))
    if found is not None:
        manager.dialog_data["late"] = [[one.name, one.contractor, one.late] for one in found]
        await manager.switch_to(Supervision.late)


async def open_platforms(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The list of platforms."""
    await manager.start(Platforms.listed)


async def open_contractor(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One of them."""
    manager.dialog_data.update(party_id=int(number), reason="")
    await manager.switch_to(Supervision.one)


async def confirm(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """No paper for the lifts whose records come in."""
    await use(manager, confirm_paperless, party_id=manager.dialog_data["party_id"])


async def take_reason(message: Message, widget: Any, manager: DialogManager) -> None:
    """Why, or what is asked."""
    found = await read_written(message, manager, most=min(LONGEST, LONGEST_REASON))
    if found is not None:
        manager.dialog_data["reason"] = found.words


async def revoke(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Paper again."""
    known = manager.dialog_data
    if await use(manager, revoke_paperless, party_id=known["party_id"], reason=known.get("reason", "")) is not None:
        await manager.switch_to(Supervision.one)


async def draft_rectification(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """A draft; it is sent from its own window."""
    await _draft(manager, OpinionKind.RECTIFICATION)


async def draft_suspension(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The same of a suspension."""
    await _draft(manager, OpinionKind.SUSPENSION)


async def take_filing(message: Message, widget: Any, manager: DialogManager) -> None:
    """Number and name of a maintainer, in one line."""
    found = await read_written(message, manager, most=160)
    if found is None:
        return
    number, _, name = found.words.partition(" ")
    if not name.strip():
        await answer(manager, "paperless.filing_form")
        return
    today = visit_of(manager).today
    if await use(manager, file_maintainer, name=name, number=number, filed_on=today) is not None:
        await manager.switch_to(Supervision.contractors)


async def _draft(manager: DialogManager, kind: OpinionKind) -> None:
    known, due = manager.dialog_data, await look(manager, opinion_due)
    text = known.get("reason", "")
    done = await use(manager, draft_opinion, party_id=known["party_id"], kind=kind, text=text, due_on=due)
    if done is not None:
        await manager.start(Opinions.listed)


def _month(manager: DialogManager) -> date | None:
    known = manager.dialog_data
    return date.fromisoformat(known["month"]) if "month" in known else None


def _is_city(visit: Visit) -> bool:
    return visit.actor is not None and visit.actor.role is Role.CITY_REGULATOR


SUBJECT = Subject(
    dialogs=(make_dialog,), entries=(Entry("paperless.figures_menu", Supervision.figures, "paperless_figures", row=21),)
)
