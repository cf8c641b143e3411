"""Who maintains which lift: a contractor claims one, the unit or a bureau decides where the register says otherwise."""

from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.actors import MAINTAINER
from actions.paperless.claims import LONGEST_NAME, claim_lift, claims_listed, decide_claim, withdraw_claim
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, leave, pages_of
from bot.written import read_written


class Claims(StatesGroup):
    """Claims that are open."""

    listed = State()
    one = State()
    name = State()


def make_dialog() -> Dialog:
    """The open ones → one; a lift by its name."""
    return Dialog(
        Window(
            Say("paperless.claims"),
            pages_of(choice("claim", "claims", open_claim), "claim_pages"),
            SwitchTo(Label("paperless.claim"), id="to_name", state=Claims.name, when="is_maintainer"),
            Row(leave(), home()),
            state=Claims.listed,
            getter=get_claims,
        ),
        Window(
            Say("paperless.claim"),
            Row(
                Commit(Label("paperless.claim_yes"), "claim_yes", accept),
                Commit(Label("paperless.claim_no"), "claim_no", refuse),
                when="decides",
            ),
            Commit(Label("paperless.claim_back"), "claim_back", take_back, when="is_mine"),
            Row(SwitchTo(Label("everyone.back"), id="claim_to_list", state=Claims.listed), home("home_of_claim")),
            state=Claims.one,
            getter=get_claim,
        ),
        Window(
            Say("paperless.claim_name"),
            MessageInput(take_name),
            Row(SwitchTo(Label("everyone.back"), id="name_to_list", state=Claims.listed), home("home_of_name")),
            state=Claims.name,
        ),
    )


async def get_claims(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The open ones, oldest first."""
    lines = await look(dialog_manager, claims_listed)
    is_maintainer = visit.actor is not None and visit.actor.role in MAINTAINER
    rows = [
        {
            "id": str(one.claim_id),
            "text": label("paperless.claim_line", visit.language, one=one, mine=one.mine and is_maintainer),
        }
        for one in lines
    ]
    return {"claims": rows, "count": len(rows), "is_maintainer": is_maintainer}


async def get_claim(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One of them, as long as it is open."""
    lines = await look(dialog_manager, claims_listed)
    one = next((one for one in lines if one.claim_id == dialog_manager.dialog_data["claim_id"]), None)
    is_maintainer = visit.actor is not None and visit.actor.role in MAINTAINER
    return {
        "one": one,
        "today": visit.today,
        "decides": one is not None and not is_maintainer,
        "is_mine": one is not None and one.mine and is_maintainer,
    }


async def open_claim(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One of them."""
    manager.dialog_data["claim_id"] = int(number)
    await manager.switch_to(Claims.one)


async def accept(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The claimant maintains it."""
    if await use(manager, decide_claim, claim_id=manager.dialog_data["claim_id"], accepted=True) is not None:
        await manager.switch_to(Claims.listed)


async def refuse(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """It does not."""
    if await use(manager, decide_claim, claim_id=manager.dialog_data["claim_id"], accepted=False) is not None:
        await manager.switch_to(Claims.listed)


async def take_back(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """It was a mistake."""
    await use(manager, withdraw_claim, claim_id=manager.dialog_data["claim_id"])
    await manager.switch_to(Claims.listed)


async def take_name(message: Message, widget: Any, manager: DialogManager) -> None:
    """A name that is on a lift."""
    found = await read_written(message, manager, most=LONGEST_NAME)
    done = await use(manager, claim_lift, name=found.words) if found is not None else None
    if done is not None:
        is_open = done.state == "open"
        await answer(manager, "paperless.claim_asked" if is_open else "paperless.claim_matched", place=done.place)
        await manager.switch_to(Claims.listed)


ENTRY = Entry("paperless.claims_menu", Claims.listed, "claims_listed", row=46)
SUBJECT = Subject(dialogs=(make_dialog,), entries=(ENTRY,))
