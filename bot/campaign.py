"""A year's list of the regulator: how much is done of how much, whose it is, and what remains; for both sides."""

from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.campaign.rate import campaign_rate, campaign_remainder
from bot.campaign_sheets import remainder_sheet, say_state
from bot.handing_out import give_file
from bot.notices import UnderNotice
from bot.regulator.leaves import turn_back, turn_on
from bot.states import Campaign, Menu
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import answer, look
from bot.visit import Visit
from bot.widgets import Label, Say, choice, home, pages_of, visit_of, way_out

LEAF = 12  # lifts in the text
LINES = 12  # districts in the text; all of them are buttons


def make_dialog() -> Dialog:
    """The rate → what remains, of all or of a district."""
    return Dialog(_rate(), _left())


def _rate() -> Window:
    return Window(
        Say("campaign.rate"),
        Button(Label("campaign.left"), id="to_left", on_click=show_all, when="left"),
        pages_of(choice("part", "parts", open_part), "part_pages"),
        way_out(),
        state=Campaign.rate,
        getter=get_rate,
    )


def _left() -> Window:
    return Window(
        Say("campaign.left"),
        Row(
            Button(Label("campaign.before"), id="left_before", on_click=turn_back, when="has_before"),
            Button(Label("campaign.after"), id="left_after", on_click=turn_on, when="more"),
        ),
        Button(Label("campaign.sheet"), id="left_sheet", on_click=give_sheet, when="left"),
        Row(SwitchTo(Label("everyone.back"), id="to_rate", state=Campaign.rate), home()),
        state=Campaign.left,
        getter=get_left,
    )


async def get_rate(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The list that counts today, as far as it is theirs."""
    rate = await look(dialog_manager, campaign_rate)
    parts = rate.parts if rate is not None else ()
    rows = [
        {"id": part.code, "text": label("campaign.part", visit.language, part=part)}
        for part in parts
        if part.code and part.done < part.total
    ]
    return {
        "rate": rate,
        "left": rate.left if rate is not None else 0,
        "lines": parts[:LINES],
        "more": max(0, len(parts) - LINES),
        "parts": rows if len(rows) > 1 else [],
        "today": visit.today,
    }


async def get_left(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """A leaf of what remains, what falls due first on the first."""
    rate = await look(dialog_manager, campaign_rate, district_code=_code(dialog_manager))
    left = rate.left if rate is not None else 0
    begin = min(dialog_manager.dialog_data.get("leaf", 0), max(0, (left - 1) // LEAF)) * LEAF
    found = await look(
        dialog_manager, campaign_remainder, district_code=_code(dialog_manager), offset=begin, limit=LEAF
    )
    return {
        "rows": [(one, say_state(one.state, visit.language)) for one in found],
        "district": rate.parts[0].name if rate is not None and rate.parts and _code(dialog_manager) else "",
        "left": left,
        "begin": begin,
        "has_before": begin > 0,
        "more": left - begin - len(found),
        "today": visit.today,
    }


async def show_all(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """What remains of all."""
    manager.dialog_data.update(code=None, leaf=0)
    await manager.switch_to(Campaign.left)


async def open_part(callback: CallbackQuery, widget: Any, manager: DialogManager, code: str) -> None:
    """What remains of a district."""
    manager.dialog_data.update(code=code, leaf=0)
    await manager.switch_to(Campaign.left)


async def give_sheet(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """All that remains, as a file."""
    visit = visit_of(manager)
    found = await look(manager, campaign_remainder, district_code=_code(manager))
    if not found:
        await answer(manager, "campaign.done")
        return
    name = label("campaign.file", visit.language, day=visit.today.isoformat())
    await give_file(manager, remainder_sheet(found, visit.today, visit.language), name)


def _code(manager: DialogManager) -> str | None:
    code: str | None = manager.dialog_data.get("code")
    return code


async def open_rate(callback: CallbackQuery, dialog_manager: DialogManager, notice_id: int) -> None:
    """From the notice to the list."""
    await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    await dialog_manager.start(Campaign.rate, show_mode=ShowMode.SEND)
    await dialog_manager.answer_callback()


def make_router() -> Router:
    """The button under the notice of a list."""
    router = Router(name="campaign")
    router.callback_query.register(open_rate, UnderNotice("campaign"))
    return router


SUBJECT = Subject(
    dialogs=(make_dialog,),
    entries=(Entry("campaign.menu", Campaign.rate, "campaign_rate", row=18),),
    routers=(make_router,),
)
