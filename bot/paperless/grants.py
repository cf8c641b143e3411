"""Who else may read the records of lifts: authorized by unit and contractor together; and who has read whose names."""

from datetime import timedelta
from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.paperless.grants import LONGEST_PURPOSE, agree_to_grant, ask_grant, grants_listed, withdraw_grant
from actions.paperless.reads import reads_listed
from bot.subject import Entry, Subject
from bot.texts import label
from bot.unit.choosing import Chooser
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Commit, CommitChoice, Label, Say, choice, column_of, home, leave, pages_of, visit_of
from bot.written import read_written

LONGEST_PARTY, READS = 80, 12
TERMS = (30, 92, 365)  # days


class Grants(StatesGroup):
    """Authorizations of one's own unit or company."""

    listed = State()
    one = State()
    lift = State()
    to = State()
    purpose = State()
    until = State()
    reads = State()


def make_dialog() -> Dialog:
    """Those there are → one; a new one: lift → whom → what for → until when; who has read."""
    return Dialog(
        Window(
            Say("paperless.grants"),
            pages_of(choice("grant", "grants", open_grant), "grant_pages"),
            Row(
                SwitchTo(Label("paperless.grant_new"), id="to_lift", state=Grants.lift),
                SwitchTo(Label("paperless.reads"), id="to_reads", state=Grants.reads),
            ),
            Row(leave(), home()),
            state=Grants.listed,
            getter=get_grants,
        ),
        Window(
            Say("paperless.grant"),
            Commit(Label("paperless.grant_agree"), "agree", agree, when="may_agree"),
            Commit(Label("paperless.grant_withdraw"), "withdraw", withdraw, when="may_withdraw"),
            _back("one", Grants.listed),
            state=Grants.one,
            getter=get_grant,
        ),
        Chooser("paperless.grant_lift", Grants.lift, ask_whom, one=True, back=Grants.listed).window(),
        Window(Say("paperless.grant_to"), MessageInput(take_name), _back("to", Grants.lift), state=Grants.to),
        Window(
            Say("paperless.grant_purpose"),
            MessageInput(take_purpose),
            _back("purpose", Grants.to),
            state=Grants.purpose,
        ),
        Window(
            Say("paperless.grant_until"),
            column_of(CommitChoice("term", "terms", ask)),
            _back("until", Grants.purpose),
            state=Grants.until,
            getter=get_terms,
        ),
        Window(Say("paperless.reads"), _back("reads", Grants.listed), state=Grants.reads, getter=get_reads),
    )


def _back(name: str, state: State) -> Row:
    return Row(SwitchTo(Label("everyone.back"), id=f"back_of_{name}", state=state), home(f"home_of_{name}"))


async def get_grants(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Those that wait for one's own word first, then the newest."""
    lines = sorted(await look(dialog_manager, grants_listed), key=lambda one: not one.mine_to_agree)
    rows = [
        {"id": str(one.grant_id), "text": label("paperless.grant_line", visit.language, one=one, today=visit.today)}
        for one in lines
    ]
    return {"grants": rows, "count": len(rows)}


async def get_grant(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One of them."""
    lines = await look(dialog_manager, grants_listed)
    one = next((one for one in lines if one.grant_id == dialog_manager.dialog_data["grant_id"]), None)
    return {
        "one": one,
        "today": visit.today,
        "may_agree": one is not None and one.mine_to_agree,
        "may_withdraw": one is not None and one.may_withdraw,
    }


async def get_terms(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """For this lift or all lifts of the two, for how long."""
    terms = [
        {
            "id": f"{days}:{scope}",
            "text": label(
                f"paperless.term_{scope}",
                visit.language,
                days=days,
                until=visit.today + timedelta(days=days),
                today=visit.today,
            ),
        }
        for scope in ("one", "all")
        for days in TERMS
    ]
    return {"terms": terms, "to": dialog_manager.dialog_data["to"], "purpose": dialog_manager.dialog_data["purpose"]}


async def get_reads(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Who read personal data of one's own lifts and people."""
    found = await look(dialog_manager, reads_listed)
    return {"lines": found[:READS], "more": max(0, len(found) - READS)}


async def open_grant(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One of them."""
    manager.dialog_data["grant_id"] = int(number)
    await manager.switch_to(Grants.one)


async def ask_whom(manager: DialogManager) -> None:
    """Who is to read its records."""
    await manager.switch_to(Grants.to)


async def take_name(message: Message, widget: Any, manager: DialogManager) -> None:
    """Who may read."""
    found = await read_written(message, manager, most=LONGEST_PARTY)
    if found is not None:
        manager.dialog_data["to"] = found.words
        await manager.switch_to(Grants.purpose)


async def take_purpose(message: Message, widget: Any, manager: DialogManager) -> None:
    """What for."""
    found = await read_written(message, manager, most=LONGEST_PURPOSE)
    if found is not None:
        manager.dialog_data["purpose"] = found.words
        await manager.switch_to(Grants.until)


async def ask(callback: CallbackQuery, widget: Any, manager: DialogManager, chosen: str) -> None:
    """Until when; the other side is to agree."""
    known = manager.dialog_data
    days, _, scope = chosen.partition(":")
    done = await use(
        manager, ask_grant, lift_id=known["lift_id"], to_name=known["to"], purpose=known["purpose"],
        until=visit_of(manager).today + timedelta(days=int(days)), all_lifts=scope == "all",
    )  # fmt: skip
    if done is not None:
        await manager.switch_to(Grants.listed)


async def agree(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """From now on it holds."""
    await use(manager, agree_to_grant, grant_id=manager.dialog_data["grant_id"])


async def withdraw(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """From now on it does not."""
    await use(manager, withdraw_grant, grant_id=manager.dialog_data["grant_id"])


SUBJECT = Subject(
    dialogs=(make_dialog,), entries=(Entry("paperless.grants_menu", Grants.listed, "grants_listed", row=61),)
)
