"""Reports of a department: owed, filled in word by word, issued; and those that were issued, to be corrected."""

from datetime import date
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.reporting.issue import LONGEST_WHY, correct_report, issue_report
from actions.reporting.listing import report_file, report_story, reports_issued
from actions.reporting.owed import OwedReport, report_owed, reports_owed
from actions.reporting.papers import keep_report_file
from bot.days_written import read_day
from bot.desk_states import DeskReports, Waiting
from bot.handing_out import give_file
from bot.notices import UnderNotice
from bot.paper_buttons import give_cover
from bot.places import say_once
from bot.states import Menu
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, pages_of, visit_of, way_out
from bot.written import fetch_photo, read_written
from store.place_names import as_read
from store.reports import Conclusion

WRITTEN = ("why", "number", "valid_until", "mark", "file_id")
ONLY_PASS = ("valid_until", "mark")
SHOWN = 10


def make_dialog() -> Dialog:
    """Owed → filled in → issued; issued → one → corrected."""
    return Dialog(_listed(), _paper(), _issued(), _one(), _done(), on_start=open_what_was_asked)


def _listed() -> Window:
    return Window(
        Say("reports.owed"),
        pages_of(choice("owed", "owed", open_owed), "owed_pages"),
        SwitchTo(Label("reports.issued_menu"), id="to_issued", state=DeskReports.issued),
        way_out(),
        state=DeskReports.listed,
        getter=get_owed,
    )


def _paper() -> Window:
    return Window(
        Say("reports.paper"),
        MessageInput(take_next),
        Commit(Label("reports.issue"), "issue", issue, when="complete"),
        Button(Label("papers.cover"), id="owed_cover", on_click=give_cover, when="ended_on"),
        Button(Label("onsite.take_back"), id="take_back", on_click=see_result, when="inspection_id"),
        Button(Label("reports.anew"), id="anew", on_click=begin_anew, when="begun"),
        Row(SwitchTo(Label("everyone.back"), id="to_owed", state=DeskReports.listed), home()),
        state=DeskReports.paper,
        getter=get_paper,
    )


def _issued() -> Window:
    return Window(
        Say("reports.issued"),
        pages_of(choice("report", "reports", open_report), "report_pages"),
        Row(SwitchTo(Label("everyone.back"), id="issued_back", state=DeskReports.listed), home()),
        state=DeskReports.issued,
        getter=get_issued,
    )


def _one() -> Window:
    return Window(
        Say("reports.desk_one"),
        Row(
            Button(Label("reports.file"), id="desk_file", on_click=show_file),
            Button(Label("papers.cover"), id="cover", on_click=give_cover, when="holds"),
        ),
        Row(
            Button(Label("reports.correct_pass"), id="as_pass", on_click=correct_as_pass),
            Button(Label("reports.correct_fail"), id="as_fail", on_click=correct_as_fail),
            when="holds",
        ),
        Row(SwitchTo(Label("everyone.back"), id="one_back", state=DeskReports.issued), home()),
        state=DeskReports.one,
        getter=get_report,
    )


def _done() -> Window:
    return Window(
        Say("reports.done"),
        Row(SwitchTo(Label("everyone.back"), id="done_back", state=DeskReports.listed), home()),
        state=DeskReports.done,
        getter=get_report,
    )


async def get_owed(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What is owed, late ones first."""
    found = sorted(await look(dialog_manager, reports_owed), key=lambda one: _in_order(one, visit.today))
    compound, lines = say_once(found)
    rows = [
        {"id": str(one.duty_id), "text": label("reports.owed_line", visit.language, one=one, today=visit.today)}
        for one in lines
    ]
    late = sum(one.is_late(visit.today) for one in found)
    return {"owed": rows, "compound": compound, "count": len(found), "late": late, "today": visit.today}


async def get_paper(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What is filled in by now, and what is asked next."""
    known = dialog_manager.dialog_data
    wrong, owed = None, None
    if "report_id" in known:
        wrong = await look(dialog_manager, report_story, report_id=known["report_id"])
    else:
        owed = await look(dialog_manager, report_owed, duty_id=known["duty_id"])
    about = wrong or owed
    return {
        "gone": about is None,
        "place": about.place if about else "",
        "ended_on": about.ended_on if about else None,
        "wrong": wrong,
        "owed": owed,
        "inspection_id": owed.inspection_id if owed else None,
        "passed": known["conclusion"] == Conclusion.PASS,
        **{name: known.get(name, "") for name in (*WRITTEN, "file_name")},
        "asks": _next_of(known) if about else "",
        "complete": about is not None and not _next_of(known),
        "begun": any(known.get(name) for name in WRITTEN),
        "today": visit.today,
    }


async def get_issued(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What was issued last."""
    found = await look(dialog_manager, reports_issued)
    rows = [
        {"id": str(one.report_id), "text": label("reports.line", visit.language, one=one, today=visit.today)}
        for one in found
    ]
    return {"reports": rows, "count": len(found)}


async def get_report(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One that was issued."""
    one = await look(dialog_manager, report_story, report_id=dialog_manager.dialog_data["report_id"])
    return {"one": one, "holds": one.holds, "today": visit.today}


async def open_owed(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """Fill in this one; its conclusion is how the inspection ended."""
    one = await look(manager, report_owed, duty_id=int(number))
    if one is None:
        await answer(manager, "reports.not_owed")
        return
    _begin(manager, {"duty_id": one.duty_id, "conclusion": one.conclusion.value})
    await manager.switch_to(DeskReports.paper)


async def open_what_was_asked(start_data: Any, manager: DialogManager) -> None:
    """`{"report_id": …}` opens this report at once."""
    if isinstance(start_data, dict):
        manager.dialog_data.update(start_data)


async def open_report(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One that was issued."""
    _begin(manager, {"report_id": int(number)})
    await manager.switch_to(DeskReports.one)


async def see_result(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """To the inspection, whose result can be taken back as long as the report has not gone out."""
    owed = await look(manager, report_owed, duty_id=manager.dialog_data["duty_id"])
    if owed is not None:
        await manager.start(Waiting.taking_back, data={"inspection_id": owed.inspection_id})


async def correct_as_pass(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Another report in its place: it passed."""
    manager.dialog_data["conclusion"] = Conclusion.PASS.value
    await manager.switch_to(DeskReports.paper)


async def correct_as_fail(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Another report in its place: it failed."""
    manager.dialog_data["conclusion"] = Conclusion.FAIL.value
    await manager.switch_to(DeskReports.paper)


async def begin_anew(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Nothing is filled in."""
    for name in (*WRITTEN, "file_name"):
        manager.dialog_data.pop(name, None)


async def take_next(message: Message, widget: Any, manager: DialogManager) -> None:
    """What is asked now: the file, a day, or words."""
    known = manager.dialog_data
    wanted = _next_of(known)
    if wanted == "file_id" or message.document is not None:
        await _take_file(message, manager)
    elif wanted:
        found = await read_written(message, manager, most=LONGEST_WHY)
        if found is not None:
            await _keep(manager, wanted, found.words)


async def _keep(manager: DialogManager, wanted: str, words: str) -> None:
    if wanted == "valid_until":
        day = read_day(words, visit_of(manager).today)
        if day is None:
            await answer(manager, "reports.no_day")
            return
        words = day.isoformat()
    manager.dialog_data[wanted] = words


async def _take_file(message: Message, manager: DialogManager) -> None:
    if message.document is None:
        await answer(manager, "reports.wrong_file")
        return
    content = await fetch_photo(message, manager, message.document)
    if content is None:
        return
    name = message.document.file_name or "report.pdf"
    kept = await use(manager, keep_report_file, name=name, content=content)
    if kept is not None:
        manager.dialog_data.update(file_id=kept, file_name=name)


async def issue(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Issue it, or the one that takes the place of another."""
    known = manager.dialog_data
    passed = known["conclusion"] == Conclusion.PASS
    paper = {
        "number": known["number"],
        "conclusion": Conclusion(known["conclusion"]),
        "file_id": known["file_id"],
        "valid_until": date.fromisoformat(known["valid_until"]) if passed else None,
        "mark": known["mark"] if passed else "",
    }
    if "report_id" in known:
        done = await use(manager, correct_report, report_id=known["report_id"], why=known["why"], **paper)
    else:
        done = await use(manager, issue_report, duty_id=known["duty_id"], **paper)
    if done is not None:
        _begin(manager, {"report_id": done.id})
        await manager.switch_to(DeskReports.done)


async def show_file(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The file, in the chat."""
    name, content = await look(manager, report_file, report_id=manager.dialog_data["report_id"])
    await give_file(manager, content, name)


def _in_order(one: OwedReport, today: date) -> tuple[bool, date, list[tuple[int, str]]]:
    return not one.is_late(today), one.by, as_read(one.place)


def _next_of(known: dict[str, Any]) -> str:
    """What is not filled in yet; empty where all is."""
    wanted = [name for name in WRITTEN if name != "why" or "report_id" in known]
    passed = known.get("conclusion") == Conclusion.PASS
    return next((name for name in wanted if not known.get(name) and (passed or name not in ONLY_PASS)), "")


def _begin(manager: DialogManager, about: dict[str, Any]) -> None:
    for name in (*WRITTEN, "file_name", "duty_id", "report_id", "conclusion"):
        manager.dialog_data.pop(name, None)
    manager.dialog_data.update(about)


def make_router() -> Router:
    """The button under the list that is sent to the department."""
    router = Router(name="desk_reports")
    router.callback_query.register(show_owed, UnderNotice("reports"))
    return router


async def show_owed(callback: CallbackQuery, dialog_manager: DialogManager, notice_id: int) -> None:
    """What is owed by now."""
    await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    await dialog_manager.start(DeskReports.listed, show_mode=ShowMode.SEND)
    await dialog_manager.answer_callback()


SUBJECT = Subject(
    dialogs=(make_dialog,),
    entries=(Entry("reports.desk_menu", DeskReports.listed, "reports_owed", row=16),),
    routers=(make_router,),
)
