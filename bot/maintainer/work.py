"""What a maintainer's people visit today; what comes in two weeks, day by day; which worker's a lift is."""

from datetime import date
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.kbd import Row, Start, SwitchTo

from actions.maintaining.day import DueVisit, assign_lifts, forget_places, plan_of_maintainer, work_of_day, workers_here
from actions.registry import may_use
from bot.notices import UnderNotice
from bot.places import say_once
from bot.states import Delays, Visiting, Work, Writing
from bot.subject import Entry, Subject
from bot.texts import label
from bot.unit.choosing import Chooser
from bot.unit.still_theirs import keep_theirs
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, CommitChoice, Label, Say, choice, home, leave, pages_of
from store.place_names import as_read

NOBODY = "0"


def make_dialog() -> Dialog:
    """Today; the lifts of colleagues; the plan; whose a lift is."""
    return Dialog(_listed(), _others(), _plan(), Chooser("work.lifts", Work.lifts, ask_worker).window(), _worker())


def make_router() -> Router:
    """A button under a reminder works whatever dialog is open."""
    router = Router(name="work")
    router.callback_query.register(show_work, UnderNotice("work"))
    return router


def _listed() -> Window:
    return Window(
        Say("work.listed"),
        pages_of(choice("work_confirm", "to_confirm", open_record), "work_confirm_pages"),
        pages_of(choice("work_left", "left", open_record), "work_left_pages"),
        pages_of(choice("work_visit", "visits", open_visit), "work_visit_pages"),
        SwitchTo(Label("work.others"), id="to_others", state=Work.others, when="others"),
        Start(Label("work.another"), id="another", state=Visiting.lifts, when="may_visit"),
        Row(
            SwitchTo(Label("work.plan"), id="to_plan", state=Work.plan),
            Start(Label("work.delay"), id="delay", state=Delays.lifts),
        ),
        Row(leave(), home()),
        state=Work.listed,
        getter=get_work,
    )


def _others() -> Window:
    return Window(
        Say("work.colleagues"),
        pages_of(choice("work_other", "visits", open_visit), "work_other_pages"),
        Row(SwitchTo(Label("everyone.back"), id="from_others", state=Work.listed), home("home_of_others")),
        state=Work.others,
        getter=get_others,
    )


def _plan() -> Window:
    return Window(
        Say("work.plan"),
        SwitchTo(Label("work.assign"), id="assign", state=Work.lifts, when="may_assign"),
        Row(SwitchTo(Label("everyone.back"), id="from_plan", state=Work.listed), home("home_of_plan")),
        state=Work.plan,
        getter=get_plan,
    )


def _worker() -> Window:
    return Window(
        Say("work.worker"),
        pages_of(CommitChoice("work_worker", "workers", assign), "work_worker_pages"),
        Commit(Label("work.forget_places"), "forget_places", forget),
        Row(SwitchTo(Label("everyone.back"), id="from_worker", state=Work.lifts), home("home_of_worker")),
        state=Work.worker,
        getter=get_workers,
    )


async def show_work(callback: CallbackQuery, dialog_manager: DialogManager, notice_id: int) -> None:
    """What is to be visited today, below everything else."""
    await dialog_manager.start(Work.listed, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)
    await dialog_manager.answer_callback()


async def get_work(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Today's lifts, those to confirm for colleagues first."""
    work = await look(dialog_manager, work_of_day)
    compound, lines = say_once(sorted(work.mine, key=_as_read))
    return {
        "compound": compound,
        "to_confirm": [
            {"id": str(number), "text": label("work.confirm", visit.language, place=place, who=who)}
            for number, place, who in work.to_confirm
        ],
        "left": [
            {"id": str(number), "text": label("work.left", visit.language, place=place)} for number, place in work.left
        ],
        "visits": [_line(one, visit) for one in lines],
        "today": visit.today,
        "count": len(work.mine),
        "late": sum(one.due < visit.today for one in work.mine),
        "begun": sum(one.under_way is not None for one in work.mine),
        "others": len(work.others),
        "later": work.later,
        "unknown": work.unknown,
        "may_visit": visit.actor is not None and may_use(visit.actor, "begin_visit"),
    }


async def get_others(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The lifts of colleagues that are for today."""
    work = await look(dialog_manager, work_of_day)
    compound, lines = say_once(sorted(work.others, key=_as_read))
    return {"visits": [_line(one, visit) for one in lines], "count": len(lines), "compound": compound}


async def get_plan(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Day by day, with who goes there."""
    days = await look(dialog_manager, plan_of_maintainer)
    may_assign = visit.actor is not None and may_use(visit.actor, "assign_lifts")
    compounds = {place.rpartition(" ")[0] for one in days for place in one.places}
    return {
        "compound": compounds.pop() if len(compounds) == 1 else "",
        "days": days,
        "total": sum(one.lifts for one in days),
        "today": visit.today,
        "may_assign": may_assign,
    }


async def get_workers(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The company's workers, and nobody in particular."""
    found = await look(dialog_manager, workers_here)
    workers = [{"id": str(one.id), "text": one.name or str(one.id)} for one in found]
    workers.append({"id": NOBODY, "text": label("work.nobody", visit.language)})
    return {"workers": workers, "count": len(dialog_manager.dialog_data.get("chosen", []))}


def _as_read(one: DueVisit) -> tuple[date, list[tuple[int, str]]]:
    """What is due first, and building 2 before building 10."""
    return one.due, as_read(one.place)


def _line(one: DueVisit, visit: Visit) -> dict[str, str]:
    days = (one.due - visit.today).days
    return {"id": str(one.lift_id), "text": label("work.line", visit.language, visit=one, days=days, today=visit.today)}


async def open_visit(callback: CallbackQuery, widget: Any, manager: DialogManager, lift_id: str) -> None:
    """A lift of the list; the record goes on where it was begun."""
    visit: Visit = manager.middleware_data["visit"]
    if visit.actor is None or not may_use(visit.actor, "begin_visit"):
        await answer(manager, "upkeep.workers_only")
        return
    await manager.start(Visiting.begin, {"lift_id": int(lift_id)})


async def open_record(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """A colleague's record on which one is named."""
    await manager.start(Writing.form, {"visit_id": int(number)}, mode=StartMode.RESET_STACK)


async def ask_worker(manager: DialogManager) -> None:
    """Whose the lifts are to be."""
    await manager.switch_to(Work.worker)


async def forget(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Where they stand is learned anew."""
    if await keep_theirs(manager, "chosen"):
        return
    done = await use(manager, forget_places, lift_ids=manager.dialog_data.get("chosen", []))
    if done is not None:
        await answer(manager, "upkeep.places_forgotten", count=done)


async def assign(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """They are this worker's from now on."""
    if await keep_theirs(manager, "chosen"):
        return
    worker_id = int(number) if number != NOBODY else None
    chosen = manager.dialog_data.get("chosen", [])
    if chosen and await use(manager, assign_lifts, lift_ids=chosen, worker_id=worker_id) is not None:
        manager.dialog_data["chosen"] = []
        await manager.switch_to(Work.plan)


SUBJECT = Subject(
    dialogs=(make_dialog,),
    entries=(Entry("work.menu", Work.listed, "work_of_day", row=9),),
    routers=(make_router,),
)
