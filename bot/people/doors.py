"""Me: for whom I act, where I am signed in, a lost telephone, days off, and goodbye."""

from datetime import timedelta
from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, StartMode, Window
from aiogram_dialog.widgets.kbd import Row, Start, SwitchTo

from actions.identity.doors import act_for, close_door, forget_me_here, my_doors, my_parties
from actions.identity.lost import lost_phone
from actions.identity.people import IN_THE_FIELD
from actions.identity.staff import set_away
from bot.states import Leaving, Menu, Who
from bot.subject import Entry, Subject
from bot.texts import label, refusal
from bot.using import look, tell, use
from bot.visit import Visit
from bot.widgets import Commit, CommitChoice, Label, Say, choice, column_of, home, pages_of, visit_of, way_out

AWAY_DAYS = (1, 3, 7, 14, 30)


class Mine(StatesGroup):
    """About oneself."""

    main = State()
    door = State()
    lost = State()
    forget = State()
    away = State()


def make_dialog() -> Dialog:
    """One window from which the others are reached."""
    return Dialog(_main(), _door(), _lost(), _forget(), _away())


def _main() -> Window:
    return Window(
        Say("doors.main"),
        column_of(CommitChoice("party", "others", switch_party)),
        pages_of(choice("door", "doors", open_door), "door_pages", height=4),
        Row(
            SwitchTo(Label("doors.away"), id="away", state=Mine.away),
            Start(Label("doors.successor"), id="successor", state=Leaving.name),
            when="in_the_field",
        ),
        Row(
            Start(Label("doors.prove"), id="prove", state=Who.number),
            SwitchTo(Label("doors.lost"), id="lost", state=Mine.lost),
        ),
        SwitchTo(Label("doors.forget"), id="forget", state=Mine.forget),
        way_out(),
        state=Mine.main,
        getter=get_main,
    )


def _door() -> Window:
    return Window(
        Say("doors.door"),
        Commit(Label("doors.close"), "close", close, when="closable"),
        _back("back_of_door"),
        state=Mine.door,
        getter=get_door,
    )


def _lost() -> Window:
    return Window(
        Say("doors.lost"),
        Commit(Label("doors.lost_sure"), "lost_sure", report_lost),
        _back("back_of_lost"),
        state=Mine.lost,
    )


def _forget() -> Window:
    return Window(
        Say("doors.forget"),
        Commit(Label("doors.forget_sure"), "forget_sure", forget),
        _back("back_of_forget"),
        state=Mine.forget,
    )


def _away() -> Window:
    return Window(
        Say("doors.away"),
        column_of(CommitChoice("days", "days", go_away)),
        Commit(Label("doors.present"), "present", come_back),
        _back("back_of_away"),
        state=Mine.away,
        getter=get_away,
    )


def _back(name: str) -> Row:
    return Row(SwitchTo(Label("everyone.back"), id=name, state=Mine.main), home(f"home_{name}"))


async def get_main(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Who I am here, for whom else I could act, and my chats and browsers."""
    parties = await look(dialog_manager, my_parties)
    doors = await look(dialog_manager, my_doors)
    me = visit.actor
    others = [one for one in parties if me is None or one.contact_id != me.contact_id]
    return {
        "party": me.party_name if me else "",
        "role": me.role.value if me else "",
        "others": [
            {
                "id": str(one.contact_id),
                "text": label("doors.act_for", visit.language, party=one.party_name, role=one.role.value),
            }
            for one in others
        ],
        "doors": [{"id": f"{one.kind}:{one.id}", "text": _door_text(one, visit)} for one in doors],
        "in_the_field": me is not None and me.role in IN_THE_FIELD,
    }


async def get_door(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One of them."""
    wanted = dialog_manager.dialog_data["door"]
    found = next((one for one in await look(dialog_manager, my_doors) if f"{one.kind}:{one.id}" == wanted), None)
    return {
        "text": _door_text(found, visit) if found is not None else "",
        "is_this": found is not None and found.is_this,
        "closable": found is not None and not found.is_this,
    }


async def get_away(visit: Visit, **_: Any) -> dict[str, Any]:
    """Until when one may be away."""
    return {
        "days": [
            {"id": str(days), "text": label("doors.until", visit.language, day=_last_day(visit, days))}
            for days in AWAY_DAYS
        ]
    }


async def switch_party(callback: CallbackQuery, widget: Any, manager: DialogManager, contact_id: str) -> None:
    """Act for another party."""
    actor = await use(manager, act_for, contact_id=int(contact_id))
    if actor is not None:
        visit_of(manager).actor = actor
        await manager.start(Menu.main, mode=StartMode.RESET_STACK)


async def open_door(callback: CallbackQuery, widget: Any, manager: DialogManager, door: str) -> None:
    """Look at one."""
    manager.dialog_data["door"] = door
    await manager.switch_to(Mine.door)


async def close(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Sign out there."""
    kind, _, number = manager.dialog_data["door"].partition(":")
    closed = await use(manager, close_door, kind=kind, door_id=int(number))
    if closed is not None:
        await tell(manager, refusal("people.door_closed", visit_of(manager).language))
        await manager.switch_to(Mine.main)


async def report_lost(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The telephone is gone."""
    closed = await use(manager, lost_phone)
    if closed is not None:
        await tell(manager, refusal("people.lost_done", visit_of(manager).language, closed=closed))
        await manager.switch_to(Mine.main)


async def forget(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Nobody stands here any more."""
    if await use(manager, forget_me_here) is None:
        return
    visit = visit_of(manager)
    visit.actor, visit.actors = None, []
    await manager.start(Menu.main, mode=StartMode.RESET_STACK)


async def go_away(callback: CallbackQuery, widget: Any, manager: DialogManager, days: str) -> None:
    """Away up to and with that day."""
    visit = visit_of(manager)
    until = visit.today + timedelta(days=int(days) - 1)
    await _set_away(manager, until)


async def come_back(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """There again."""
    await _set_away(manager, None)


async def _set_away(manager: DialogManager, until: Any) -> None:
    visit = visit_of(manager)
    if visit.actor is None:
        return
    contact_id = visit.actor.contact_id
    await use(manager, set_away, contact_id=contact_id, until=until)
    if not visit.answered:
        name = "people.away_done" if until is not None else "people.present_done"
        await tell(manager, refusal(name, visit.language, until=until))
    await manager.switch_to(Mine.main)


def _last_day(visit: Visit, days: int) -> Any:
    return visit.today + timedelta(days=days - 1)


def _door_text(door: Any, visit: Visit) -> str:
    return label("doors.door", visit.language, door=door)


SUBJECT = Subject(dialogs=(make_dialog,), entries=(Entry("doors.menu", Mine.main, "my_doors", row=90),))
