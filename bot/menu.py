"""The menu: what somebody of this role can do here. A stranger is told who we are, and nothing else."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, LaunchMode, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Group, Start

from actions.lifts.mine import LONGEST_WORD, Choice, my_lifts
from actions.registry import may_use
from bot.people_inside import speaks_of_people_inside
from bot.states import Lifts, Menu, Who
from bot.subjects import entries
from bot.texts import label
from bot.using import answer, look
from bot.visit import Visit
from bot.widgets import Label, Say, choice, visit_of

WIDTH = 2  # buttons side by side


def make_dialog() -> Dialog:
    """One window, from which every other is reached."""
    choices = choice("entry", "entries", open_entry)
    return Dialog(
        Window(
            Say("menu.main", when="role"),
            Say("start.stranger", when=is_stranger),
            Group(choices, width=WIDTH),
            Start(Label("who.prove"), id="prove", state=Who.number, when=is_stranger),
            MessageInput(take_word),
            state=Menu.main,
            getter=get_menu,
        ),
        launch_mode=LaunchMode.ROOT,
    )


async def get_menu(visit: Visit, **_: Any) -> dict[str, Any]:
    """What stands in this person's menu."""
    offered = [entry for entry in entries() if visit.actor is not None and may_use(visit.actor, entry.verb)]
    return {
        "role": visit.actor.role.value if visit.actor else "",
        "person": visit.actor.name if visit.actor else "",
        "party": visit.actor.party_name if visit.actor else "",
        "parties": len({actor.party_id for actor in visit.actors}),
        "roles": len(visit.actors),
        "chat_id": visit.address,
        "entries": [
            {"id": entry.label, "text": label(entry.label, visit.language, is_office=visit.is_office)}
            for entry in offered
        ],
    }


def is_stranger(data: dict[str, Any], widget: Any, manager: DialogManager) -> bool:
    """Whether nothing is to be shown."""
    return not data["role"]


async def open_entry(callback: CallbackQuery, widget: Any, manager: DialogManager, name: str) -> None:
    """Go where the line leads."""
    entry = next((entry for entry in entries() if entry.label == name), None)
    if entry is not None:
        await manager.start(entry.state)


async def take_word(message: Message, widget: Any, manager: DialogManager) -> None:
    """The name of a lift opens it; after anything else the menu is shown again."""
    if await open_lifts_called(message, manager) or visit_of(manager).actor is None:
        return
    if not speaks_of_people_inside(message.text or ""):  # of that they have read whom to call
        await answer(manager, "everyone.not_known")


async def open_lifts_called(message: Message, manager: DialogManager) -> bool:
    """Open the lifts of theirs that are known by what was typed; whether there are any."""
    word, visit = (message.text or "").strip(), visit_of(manager)
    if visit.actor is None or not 0 < len(word) <= LONGEST_WORD or word.startswith("/"):
        return False
    lines, found = await look(manager, my_lifts, choice=Choice(word=word), offset=0, limit=1)
    if found == 1:
        await manager.start(Lifts.one, {"word": word, "lift_id": lines[0].lift_id}, mode=StartMode.RESET_STACK)
    elif found:
        await manager.start(Lifts.listed, {"word": word}, mode=StartMode.RESET_STACK)
    return found > 0
