"""The department's day and week: what it opened with, what came, what was cleared, what is left; picture and xlsx."""

from datetime import date, timedelta
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.kbd import Button, Row

from actions.summary.figures import Summary, summary_of_desk
from actions.summary.lifts import summary_lifts
from actions.summary.telling import week_of
from bot.desk_states import DeskSummary
from bot.handing_out import give_file, give_picture
from bot.notices import UnderNotice
from bot.papers import SUMMARY, paper_name, summary_paper
from bot.states import Menu
from bot.subject import Entry, Subject
from bot.summary_sheets import draw_summary, figure_names, name_of_sheet, summary_sheet
from bot.using import look
from bot.visit import Visit
from bot.widgets import Label, Say, visit_of, way_out
from store.summaries import Figure

PARTS = 8  # departments in the text; the xlsx has all


def make_dialog() -> Dialog:
    """One window: a day or a week."""
    return Dialog(
        Window(
            Say("summary.shown"),
            Row(
                Button(Label("summary.picture"), id="picture", on_click=show_picture),
                Button(Label("summary.sheet"), id="sheet", on_click=give_sheet),
                Button(Label("papers.summary"), id="paper", on_click=give_paper),
            ),
            Row(
                Button(Label("summary.before"), id="before", on_click=turn_back),
                Button(Label("summary.week"), id="week", on_click=show_week, when="is_day"),
                Button(Label("summary.day"), id="day", on_click=show_day, when="is_week"),
                Button(Label("summary.after"), id="after", on_click=turn_on, when="has_after"),
            ),
            way_out(),
            state=DeskSummary.shown,
            getter=get_summary,
        )
    )


def make_router() -> Router:
    """The button under a notice of figures."""
    router = Router(name="summary")
    router.callback_query.register(open_summary, UnderNotice("summary"))
    return router


async def get_summary(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The figures of the days that are shown."""
    summary = await look(dialog_manager, summary_of_desk, **_days(dialog_manager))
    names, total, is_week = figure_names(visit.language), summary.total, _is_week(dialog_manager)
    parts = [(part.name, part.rows[Figure.DUE], part.rows[Figure.OVERDUE]) for part in summary.parts]
    return {
        "summary": summary,
        "rows": [(names[figure], total[figure]) for figure in Figure],
        "done": total[Figure.DUE].done,
        "corrected": sum(row.corrected for row in total.values()),
        "parts": parts[:PARTS] if len(parts) > 1 else [],
        "more": max(0, len(parts) - PARTS),
        "is_week": is_week,
        "is_day": not is_week,
        "has_after": summary.last < visit.today,
        "today": visit.today,
    }


async def show_week(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The week of the day that is shown."""
    manager.dialog_data["week"] = True


async def show_day(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The last day of the week that is shown, or today."""
    manager.dialog_data.update(week=False, day=_days(manager)["last"].isoformat())


async def turn_back(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The day or week before."""
    _turn(manager, -1)


async def turn_on(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The next one."""
    _turn(manager, 1)


async def show_picture(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """As a picture."""
    visit = visit_of(manager)
    summary: Summary = await look(manager, summary_of_desk, **_days(manager))
    name = visit.actor.party_name if visit.actor is not None else ""
    await give_picture(manager, draw_summary(summary, name, visit.language), "summary.png")


async def give_sheet(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """As xlsx, with the lifts."""
    visit = visit_of(manager)
    summary, lines = await look(manager, summary_lifts, **_days(manager))
    content = summary_sheet(summary, lines, visit.today, visit.language)
    await give_file(manager, content, name_of_sheet(summary, visit.language))


async def give_paper(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """As a table to print."""
    visit = visit_of(manager)
    summary: Summary = await look(manager, summary_of_desk, **_days(manager))
    name = paper_name(SUMMARY, visit.language, summary.last.isoformat())
    await give_file(manager, summary_paper(summary, visit.language, visit.today), name)


async def open_summary(callback: CallbackQuery, dialog_manager: DialogManager, notice_id: int) -> None:
    """From the notice to the window."""
    await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    await dialog_manager.start(DeskSummary.shown, show_mode=ShowMode.SEND)
    await dialog_manager.answer_callback()


def _is_week(manager: DialogManager) -> bool:
    return bool(manager.dialog_data.get("week"))


def _days(manager: DialogManager) -> dict[str, date]:
    today = visit_of(manager).today
    day = min(date.fromisoformat(manager.dialog_data.get("day", today.isoformat())), today)
    first, last = week_of(day) if _is_week(manager) else (day, day)
    return {"first": first, "last": min(last, today)}


def _turn(manager: DialogManager, by: int) -> None:
    days = _days(manager)
    step = timedelta(days=7 * by if _is_week(manager) else by)
    manager.dialog_data["day"] = (days["first"] + step).isoformat()


SUBJECT = Subject(
    dialogs=(make_dialog,),
    entries=(Entry("summary.menu", DeskSummary.shown, "summary_of_desk", row=12),),
    routers=(make_router,),
)
