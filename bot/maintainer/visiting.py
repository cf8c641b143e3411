"""A worker at a lift: its data to check, the kind that is due, and the record begun. A label's QR code leads here."""

from typing import Any

from aiogram import F, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.actors import MAINTAINER
from actions.maintaining.begin import begin_visit, visit_to_begin
from actions.maintaining.labels import PREFIX
from actions.maintaining.words import LONGEST_NOTE
from actions.permissions import NotAllowedError
from actions.registry import may_use
from bot.states import Delays, Lifts, Menu, Visiting, Writing
from bot.subject import Subject
from bot.texts import label, refusal
from bot.unit.choosing import Chooser
from bot.using import look, say_to, use
from bot.visit import Visit
from bot.widgets import Commit, CommitChoice, Label, Say, column_of, home, leave
from bot.written import read_written
from store.records import VisitKind
from store.upkeep import LiftClass


def make_dialog() -> Dialog:
    """Which lift, where it was not chosen yet → what is due → begun."""
    chooser = Chooser("visiting.lifts", Visiting.lifts, show_lift, one=True)
    return Dialog(chooser.window(), _begin(), _kinds(), on_start=remember_lift)


def make_router() -> Router:
    """A label is read whatever is open."""
    router = Router(name="labels")
    router.message.register(read_label, CommandStart(deep_link=True, magic=F.args.startswith(PREFIX)))
    return router


def _begin() -> Window:
    return Window(
        Say("visiting.begin"),
        MessageInput(take_wrong),
        Commit(Label("visiting.go_on"), "go_on", go_on, when="under_way"),
        Commit(Label("visiting.begin"), "begin", begin, when="can_begin"),
        column_of(CommitChoice("as_class", "classes", begin_as)),
        SwitchTo(Label("visiting.other_kind"), id="to_kinds", state=Visiting.kinds, when="can_begin"),
        Button(Label("work.delay"), id="delay_it", on_click=state_delay, when="due"),
        Row(leave(), home()),
        state=Visiting.begin,
        getter=get_begin,
    )


def _kinds() -> Window:
    return Window(
        Say("visiting.kinds"),
        column_of(CommitChoice("kind", "kinds", choose_kind)),
        Row(SwitchTo(Label("everyone.back"), id="from_kinds", state=Visiting.begin), home("home_of_kinds")),
        state=Visiting.kinds,
        getter=get_begin,
    )


async def remember_lift(start_data: Any, manager: DialogManager) -> None:
    """`{"lift_id": …}` is chosen already; `by_label`: by the code on the lift."""
    if isinstance(start_data, dict):
        manager.dialog_data.update(start_data)


async def show_lift(manager: DialogManager) -> None:
    """What is due at it."""
    await manager.switch_to(Visiting.begin)


async def get_begin(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The lift's data, what is due, and by when the larger kinds are."""
    known = dialog_manager.dialog_data
    found = await look(dialog_manager, visit_to_begin, lift_id=known["lift_id"])
    asks_class = found.lift_class is None and found.under_way is None
    return {
        "lift": found,
        "kind": found.kind.kind.value,
        "count": found.items.get(found.kind.kind, 0),
        "latest": {kind.value: by for kind, by in found.kind.latest.items()},
        "unknown": [kind.value for kind in found.kind.unknown],
        "due": found.due,
        "days": (found.due - visit.today).days if found.due is not None else None,
        "today": visit.today,
        "wrong": known.get("wrong", ""),
        "by_label": known.get("by_label", False),
        "under_way": found.under_way is not None,
        "can_begin": found.under_way is None and not asks_class,
        "asks_class": asks_class,
        "classes": [
            {"id": one.value, "text": label(f"visiting.class_{one.name.lower()}", visit.language)}
            for one in LiftClass
            if asks_class
        ],
        "kinds": [
            {"id": one.value, "text": label("visiting.kind", visit.language, kind=one.value, count=count)}
            for one, count in found.items.items()
        ],
    }


async def take_wrong(message: Message, widget: Any, manager: DialogManager) -> None:
    """Which of the data are not so: it goes into the record."""
    found = await read_written(message, manager, most=LONGEST_NOTE)
    if found is not None:
        manager.dialog_data["wrong"] = found.words


async def go_on(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The record that was begun; begun once more it notes that the label was read."""
    await _begin_as(manager, VisitKind.HALF_MONTH)


async def begin(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The data are right, and the kind that is due is begun."""
    await _begin_as(manager, await _kind_due(manager))


async def begin_as(callback: CallbackQuery, widget: Any, manager: DialogManager, name: str) -> None:
    """The same, of a lift of which nobody knew the appendix."""
    await _begin_as(manager, await _kind_due(manager), LiftClass(name))


async def choose_kind(callback: CallbackQuery, widget: Any, manager: DialogManager, name: str) -> None:
    """Another kind of visit is begun."""
    await _begin_as(manager, VisitKind(name))


async def state_delay(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """This lift cannot be visited in time."""
    await manager.start(Delays.reason, {"lift_id": manager.dialog_data["lift_id"]})


async def read_label(message: Message, command: CommandObject, visit: Visit, dialog_manager: DialogManager) -> None:
    """The QR code of a lift: a worker begins there, others of its people see it; who is nobody here signs in first."""
    labels = visit.services.labels if visit.services is not None else None
    lift_id = labels.lift_of(command.args or "") if labels is not None else None
    if visit.actor is None:
        await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK)
        return
    if lift_id is None:
        await say_to(visit, message, refusal("upkeep.no_label", visit.language))
        await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK)
        return
    is_worker = may_use(visit.actor, "begin_visit")
    state, data = (Visiting.begin, {"by_label": True}) if is_worker else (Lifts.one, {"word": ""})
    try:
        await dialog_manager.start(state, {"lift_id": lift_id, **data}, mode=StartMode.RESET_STACK)
    except NotAllowedError:
        why = "upkeep.not_your_lift" if visit.actor.role in MAINTAINER else "upkeep.not_among_yours"
        await say_to(visit, message, refusal(why, visit.language))
        await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK)


async def _kind_due(manager: DialogManager) -> VisitKind:
    found = await look(manager, visit_to_begin, lift_id=manager.dialog_data["lift_id"])
    return found.kind.kind


async def _begin_as(manager: DialogManager, kind: VisitKind, as_class: LiftClass | None = None) -> None:
    known = manager.dialog_data
    said = {"by_label": known.get("by_label", False), "wrong": known.get("wrong", "")}
    visit_id = await use(manager, begin_visit, lift_id=known["lift_id"], kind=kind, as_class=as_class, **said)
    if visit_id is not None:
        await manager.start(Writing.form, {"visit_id": visit_id}, mode=StartMode.RESET_STACK)


SUBJECT = Subject(dialogs=(make_dialog,), routers=(make_router,))
