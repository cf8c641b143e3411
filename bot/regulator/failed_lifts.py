"""The lifts of a district that failed their inspection: whose unit has confirmed the stop, and which wait for it."""

from typing import Any

from aiogram_dialog import Dialog, DialogManager, Window

from actions.reporting.listing import failed_lifts
from bot.states import FailedLifts
from bot.subject import Entry, Subject
from bot.using import look
from bot.visit import Visit
from bot.widgets import Say, way_out

SHOWN = 20


def make_dialog() -> Dialog:
    """One window."""
    return Dialog(Window(Say("reports.failed"), way_out(), state=FailedLifts.listed, getter=get_failed))


async def get_failed(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Those that nobody has confirmed as stopped come first."""
    found = await look(dialog_manager, failed_lifts)
    waiting = sum(one.report.stopped is None for one in found)
    return {"listed": found[:SHOWN], "count": len(found), "waiting": waiting, "today": visit.today}


SUBJECT = Subject(
    dialogs=(make_dialog,), entries=(Entry("reports.failed_menu", FailedLifts.listed, "failed_lifts", row=19),)
)
