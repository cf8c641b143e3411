"""The records that wait for a unit: what was not in order first, the others signed together; what silence signed."""

from datetime import datetime
from typing import Any

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.actors import UNIT
from actions.records.answering import sign_maintenance
from actions.records.reading import Waiting, records_of_notice, signed_by_silence, waiting_records
from bot.maintainer.records import MaintainerRecords
from bot.notices import UnderNotice
from bot.places import say_once
from bot.records import Records, open_record, rows_of
from bot.states import Menu
from bot.subject import Entry, Subject
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, pages_of, way_out

NAMED = 60  # lifts that are named before they are signed together


class UnitRecords(StatesGroup):
    """What waits, all in order, and what silence has signed."""

    waiting = State()
    plain = State()
    silence = State()


def make_dialog() -> Dialog:
    """What waits → all in order, together. And what silence has signed."""
    return Dialog(
        Window(
            Say("records.waiting"),
            SwitchTo(Label("records.all_plain"), id="to_plain", state=UnitRecords.plain, when="several"),
            pages_of(choice("record", "lines", open_record), "record_pages"),
            SwitchTo(Label("records.silence"), id="to_silence", state=UnitRecords.silence, when="silent"),
            way_out(),
            state=UnitRecords.waiting,
            getter=get_waiting,
        ),
        Window(
            Say("records.plain"),
            Commit(Label("records.sign_plain"), "sign_plain", sign_plain, when="plain", getter=get_waiting),
            Row(SwitchTo(Label("everyone.back"), id="plain_back", state=UnitRecords.waiting), home("plain_home")),
            state=UnitRecords.plain,
            getter=get_waiting,
        ),
        Window(
            Say("records.silence"),
            pages_of(choice("silent_record", "lines", open_record), "silent_pages"),
            Row(SwitchTo(Label("everyone.back"), id="silence_back", state=UnitRecords.waiting), home("silence_home")),
            state=UnitRecords.silence,
            getter=get_silence,
        ),
    )


async def get_waiting(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """All that waits, the worst first."""
    waiting: Waiting = await look(dialog_manager, waiting_records)
    compound, lines = say_once(list(waiting.lines))
    plain, signed = waiting.plain, dialog_manager.dialog_data.get("signed", {})
    once, named = say_once(plain)
    ends = [line.sign_day for line in [*waiting.notable, *plain] if line.sign_by > visit.now]
    return {
        "shown": [line.record_id for line in plain],
        "lines": rows_of(lines, visit),
        "compound": compound,
        "count": len(waiting.notable) + len(plain),
        "with_maintainer": sum(line.is_with_maintainer for line in waiting.lines),
        "notable": len(waiting.notable),
        "plain": len(plain),
        "several": len(plain) > 1,
        "by": min(ends, default=None),
        "today": visit.today,
        "once": once,
        "places": [line.place for line in named[:NAMED]],
        "more": max(0, len(plain) - NAMED),
        "signs": waiting.signs,
        "signed": signed.get("count", 0),
        "signed_at": datetime.fromisoformat(signed["at"]) if signed else None,
        "silent": len(await look(dialog_manager, signed_by_silence)),
    }


async def get_silence(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What silence has signed in the last month."""
    compound, lines = say_once(await look(dialog_manager, signed_by_silence))
    return {"lines": rows_of(lines, visit), "compound": compound, "count": len(lines)}


async def sign_plain(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Sign those in which all was in order, as the window named them."""
    found = await get_waiting(**manager.middleware_data)
    done = await use(manager, sign_maintenance, record_ids=found["shown"])
    if done is None:
        return
    if done.kept:
        await answer(manager, "records.word_kept")
    visit: Visit = manager.middleware_data["visit"]
    manager.dialog_data["signed"] = {"count": done.signed, "at": visit.now.isoformat()}
    await manager.switch_to(UnitRecords.waiting)


def make_router() -> Router:
    """The buttons under notices about records."""
    router = Router(name="unit_records")
    router.callback_query.register(show_waiting, UnderNotice("records"))
    router.callback_query.register(show_notes, UnderNotice("record_notes"))
    return router


async def show_waiting(callback: CallbackQuery, dialog_manager: DialogManager, notice_id: int) -> None:
    """The record of the notice, or all that waits."""
    await _open(dialog_manager, notice_id, UnitRecords.waiting)


async def show_notes(callback: CallbackQuery, dialog_manager: DialogManager, visit: Visit, notice_id: int) -> None:
    """The record of the notice; of several what silence has signed, or what a maintainer has to answer."""
    is_unit = visit.actor is not None and visit.actor.role in UNIT
    await _open(dialog_manager, notice_id, UnitRecords.silence if is_unit else MaintainerRecords.listed)


async def _open(manager: DialogManager, notice_id: int, otherwise: State) -> None:
    records = await look(manager, records_of_notice, notice_id=notice_id)
    await manager.start(Menu.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    if len(records) == 1:
        await manager.start(Records.one, {"record_id": records[0]}, show_mode=ShowMode.SEND)
    else:
        await manager.start(otherwise, show_mode=ShowMode.SEND)
    await manager.answer_callback()


SUBJECT = Subject(
    dialogs=(make_dialog,),
    entries=(Entry("records.menu", UnitRecords.waiting, "waiting_records", row=21),),
    routers=(make_router,),
)
