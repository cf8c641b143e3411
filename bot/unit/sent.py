"""What was sent to us, and what became of it."""

from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.told.sent import attempts_of, sent_to_us
from bot.states import Sent
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import look
from bot.visit import Visit
from bot.widgets import Label, Say, choice, column_of, home, leave
from bot.words import name_of
from store.zone import SHANGHAI

LONGEST_BODY = 600  # characters of a message that are shown again
SHOWN = 5


def make_dialog() -> Dialog:
    """The notices → the messages of one."""
    return Dialog(
        Window(
            Say("sent.listed"),
            column_of(choice("notice", "notices", open_notice)),
            Row(
                Button(Label("sent.newer"), id="newer", on_click=to_newest, when="is_older"),
                Button(Label("sent.older"), id="older", on_click=turn_on, when="has_older"),
            ),
            Row(leave(), home()),
            state=Sent.listed,
            getter=get_list,
        ),
        Window(
            Say("sent.one"),
            Row(SwitchTo(Label("everyone.back"), id="to_sent", state=Sent.listed), home("home_of_sent")),
            state=Sent.one,
            getter=get_one,
        ),
    )


async def get_list(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """A page, newest first."""
    known = dialog_manager.dialog_data
    page = await look(dialog_manager, sent_to_us, before=known.get("before"))
    known["older"] = page.next_before
    rows = [
        {
            "id": str(line.notice_id),
            "text": label("sent.line", visit.language, line=line, state=_state(line.status, visit), today=visit.today),
        }
        for line in page.lines
    ]
    return {
        "notices": rows,
        "has_older": page.next_before is not None,
        "is_older": known.get("before") is not None,
    }


async def get_one(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Every message of one notice."""
    attempts = await look(dialog_manager, attempts_of, notice_id=dialog_manager.dialog_data["notice_id"])
    rows = [
        {
            "who": one.who,
            "channel": name_of("channel", one.channel, visit.language),
            "state": _state(one.status, visit),
            "at": f"{one.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
            "body": one.body[:LONGEST_BODY],
        }
        for one in attempts[-SHOWN:]
    ]
    return {"attempts": rows}


async def open_notice(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One notice."""
    manager.dialog_data["notice_id"] = int(number)
    await manager.switch_to(Sent.one)


async def turn_on(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Older ones."""
    manager.dialog_data["before"] = manager.dialog_data.get("older")


async def to_newest(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The newest again."""
    manager.dialog_data["before"] = None


def _state(status: str, visit: Visit) -> str:
    return name_of("status", status, visit.language)


SUBJECT = Subject(dialogs=(make_dialog,), entries=(Entry("sent.menu", Sent.listed, "sent_to_us", row=50),))
