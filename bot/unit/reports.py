"""My reports: where that of each lift is, its file, and what the unit says to it. `/report` finds one by a name."""

from typing import Any

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.actors import UNIT
from actions.lifts.mine import LONGEST_WORD, Choice, my_lifts
from actions.registry import may_use
from actions.reporting.answers import confirm_posted, confirm_stopped
from actions.reporting.listing import LiftReports, my_reports, report_file, report_of_notice, reports_of_lift
from actions.reporting.lookup import LONGEST_CODE, query_report
from actions.reporting.papers import keep_mark_photo
from actions.visits.to_book import bookable_from
from bot.desk_states import DeskReports
from bot.handing_out import give_file
from bot.notices import UnderNotice
from bot.places import say_once
from bot.states import Bookings, Lifts, Menu, Reports
from bot.subject import Entry, Subject
from bot.texts import label, say
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, leave, pages_of, visit_of, way_out
from bot.written import fetch_photo
from store.place_names import as_read

SHOWN = 5  # reports of one lift that are written out


def make_dialog() -> Dialog:
    """List → one lift → what its unit says."""
    return Dialog(_listed(), _lift(), _mark(), on_start=remember_lift)


def _listed() -> Window:
    return Window(
        Say("reports.listed"),
        pages_of(choice("lift", "lifts", open_lift), "lift_pages"),
        way_out(),
        state=Reports.listed,
        getter=get_reports,
    )


def _lift() -> Window:
    return Window(
        Say("reports.lift"),
        Commit(Label("reports.stopped"), "stopped", say_stopped, when="may_stop", getter=get_lift),
        Button(Label("reports.book_again"), id="book_again", on_click=book_again, when="may_book"),
        SwitchTo(Label("reports.posted"), id="to_mark", state=Reports.mark, when="may_post"),
        Row(
            Button(Label("reports.file"), id="file", on_click=show_file, when="has_file"),
            Button(Label("reports.link"), id="link", on_click=show_link, when="has_link"),
        ),
        Button(Label("reports.see_to"), id="see_to", on_click=see_to, when="is_desk"),
        Row(leave(), home()),
        state=Reports.lift,
        getter=get_lift,
    )


def _mark() -> Window:
    return Window(
        Say("reports.mark"),
        MessageInput(take_photo),
        Row(SwitchTo(Label("everyone.back"), id="from_mark", state=Reports.lift), home()),
        state=Reports.mark,
        getter=get_lift,
    )


async def remember_lift(start_data: Any, manager: DialogManager) -> None:
    """`{"lift_id": …}` opens this lift at once."""
    if isinstance(start_data, dict):
        manager.dialog_data.update(start_data)


async def get_reports(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Each lift with a report, or that is to get one."""
    found = sorted(await look(dialog_manager, my_reports), key=_in_order)
    compound, lines = say_once(found)
    rows = [
        {"id": str(one.lift_id), "text": label("reports.lift_line", visit.language, one=one, today=visit.today)}
        for one in lines
    ]
    latest = [one.latest for one in found if one.latest is not None]
    return {
        "lifts": rows,
        "compound": compound,
        "passed": sum(not one.failed for one in latest),
        "failed": sum(one.failed for one in latest),
        "waiting": sum(one.owed is not None for one in found),
        "to_stop": sum(one.failed and one.stopped is None for one in latest),
    }


async def get_lift(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One lift: where its report is, why then, and what was said."""
    lift_id = dialog_manager.dialog_data["lift_id"]
    one: LiftReports = await look(dialog_manager, reports_of_lift, lift_id=lift_id)
    latest, actor = one.latest, visit.actor
    is_unit = actor is not None and actor.role in UNIT
    failed = latest is not None and latest.failed
    may_read = latest is not None and actor is not None and may_use(actor, "report_file")
    links = visit.services.links if visit.services is not None else None
    since = await look(dialog_manager, bookable_from, lift_id=lift_id) if failed and is_unit else None
    return {
        "one": one,
        "latest": latest,
        "shown": [latest.report_id if latest else 0, bool(latest and latest.stopped)],
        "listed": one.reports[:SHOWN],
        "may_stop": is_unit and failed and latest is not None and latest.stopped is None,
        "may_book": is_unit and failed and one.booked_on is None and since is not None,
        "may_post": is_unit and latest is not None and not failed and latest.posted is None,
        "is_desk": latest is not None and actor is not None and may_use(actor, "correct_report"),
        "has_file": may_read,
        "has_link": may_read and links is not None and bool(links.base),
        "today": visit.today,
    }


def _in_order(one: LiftReports) -> tuple[bool, bool, list[tuple[int, str]]]:
    """Failed ones first, then those to come."""
    return not (one.latest is not None and one.latest.failed), one.owed is None, as_read(one.place)


async def open_lift(callback: CallbackQuery, widget: Any, manager: DialogManager, lift_id: str) -> None:
    """One lift."""
    await manager.start(Reports.lift, {"lift_id": int(lift_id)})


async def say_stopped(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """It is stopped; the district sees it."""
    latest = await _latest(manager)
    if latest is not None and await use(manager, confirm_stopped, report_id=latest) is not None:
        await answer(manager, "reports.thanks_stopped")


async def see_to(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The same report where it is corrected: of the last ones of a department only some are listed there."""
    await manager.start(DeskReports.one, {"report_id": await _latest(manager)})


async def book_again(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The days on which it can be inspected again."""
    chosen = {"lift_ids": [manager.dialog_data["lift_id"]], "from_list": False}
    await manager.start(Bookings.day, chosen)


async def take_photo(message: Message, widget: Any, manager: DialogManager) -> None:
    """The mark hangs."""
    file = message.photo[-1] if message.photo else message.document
    if file is None:
        await answer(manager, "reports.no_photo")
        return
    content, latest = await fetch_photo(message, manager, file), await _latest(manager)
    kept = await use(manager, keep_mark_photo, content=content) if content is not None else None
    if kept is None or latest is None:
        return
    if await use(manager, confirm_posted, report_id=latest, photo_id=kept) is not None:
        await manager.switch_to(Reports.lift)


async def show_file(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The file, in the chat."""
    latest = await _latest(manager)
    if latest is not None:
        name, content = await look(manager, report_file, report_id=latest)
        await give_file(manager, content, name)


async def show_link(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """An address of the file that is good for some days, to be handed on."""
    visit, latest = visit_of(manager), await _latest(manager)
    if latest is None or visit.services is None or visit.services.links is None or callback.message is None:
        return
    await look(manager, report_file, report_id=latest)  # whoever may not read it gets no link
    address = visit.services.links.to(latest, visit.now)
    await callback.message.answer(say("reports.link", visit.language), parse_mode="HTML")
    await callback.message.answer(address, parse_mode=None)
    manager.show_mode = ShowMode.SEND


async def _latest(manager: DialogManager) -> int | None:
    one = await look(manager, reports_of_lift, lift_id=manager.dialog_data["lift_id"])
    return one.latest.report_id if one.latest is not None else None


def make_router() -> Router:
    """`/report`, `/query`, and the button under a conclusion."""
    router = Router(name="reports")
    router.message.register(query_code, Command("query"))
    router.message.register(find_report, Command("report"))
    router.callback_query.register(show_report, UnderNotice("report"))
    return router


async def find_report(message: Message, command: CommandObject, visit: Visit, dialog_manager: DialogManager) -> None:
    """`/report 3栋1梯`: where its report is; without a name, all that are one's own."""
    word = (command.args or "").strip()[:LONGEST_WORD]
    await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    if visit.actor is None or not may_use(visit.actor, "reports_of_lift"):
        await dialog_manager.show(ShowMode.SEND)
        return
    lines, found = await look(dialog_manager, my_lifts, choice=Choice(word=word), offset=0, limit=1)
    if word and found == 1:
        await dialog_manager.start(Reports.lift, {"lift_id": lines[0].lift_id}, show_mode=ShowMode.SEND)
    elif word or not may_use(visit.actor, "my_reports"):
        await dialog_manager.start(Lifts.listed, {"word": word}, show_mode=ShowMode.SEND)
    else:
        await dialog_manager.start(Reports.listed, show_mode=ShowMode.SEND)


async def query_code(message: Message, command: CommandObject, visit: Visit, dialog_manager: DialogManager) -> None:
    """`/query CODE`: what anybody may know of the last report of a lift."""
    if visit.actor is None:
        await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK)
        return
    code = (command.args or "").strip()
    found = await look(dialog_manager, query_report, code=code) if code else None
    await message.answer(say("reports.query", visit.language, code=code[:LONGEST_CODE], found=found, today=visit.today))


async def show_report(callback: CallbackQuery, dialog_manager: DialogManager, notice_id: int) -> None:
    """The lift of the notice, as long as it is theirs."""
    lift_id = await look(dialog_manager, report_of_notice, notice_id=notice_id)
    await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    state, data = (Reports.lift, {"lift_id": lift_id}) if lift_id is not None else (Reports.listed, None)
    await dialog_manager.start(state, data, show_mode=ShowMode.SEND)
    await dialog_manager.answer_callback()


SUBJECT = Subject(
    dialogs=(make_dialog,),
    entries=(Entry("reports.menu", Reports.listed, "my_reports", row=22),),
    routers=(make_router,),
)
