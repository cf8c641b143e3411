"""Buttons that give a form as DOCX, to print and sign: of lifts, a visit, an inspection, a report."""

from collections.abc import Sequence
from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager

from actions.papers.forms import application_forms, opinion_notice, report_cover
from actions.reporting.listing import report_story
from actions.reporting.owed import report_owed
from actions.visits.bookings import visit_of as visit_shown
from bot.handing_out import give_file
from bot.papers import APPLICATION, COVER, OPINION, application_paper, cover_paper, opinion_paper, paper_name
from bot.using import look
from bot.widgets import visit_of


async def give_application(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The application form for the lifts that are chosen."""
    await _give_applications(manager, manager.dialog_data.get("lift_ids", []))


async def give_visit_application(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The application form for the lifts of a visit."""
    one = await look(manager, visit_shown, visit_id=manager.dialog_data["visit_id"])
    await _give_applications(manager, [lift.lift_id for lift in one.lifts])


async def give_opinion(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The opinion notice of an inspection."""
    here, number = visit_of(manager), manager.dialog_data["inspection_id"]
    found = await look(manager, opinion_notice, inspection_id=number)
    name = paper_name(OPINION, here.language, str(number))
    await give_file(manager, opinion_paper(found, here.language, here.today), name)


async def give_cover(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The cover of a report that is owed, or was issued."""
    here, known = visit_of(manager), manager.dialog_data
    if "report_id" in known:
        about: Any = await look(manager, report_story, report_id=known["report_id"])
    else:
        about = await look(manager, report_owed, duty_id=known["duty_id"])
    if about is not None:
        found = await look(manager, report_cover, lift_id=about.lift_id)
        await give_file(
            manager, cover_paper(found, here.language, here.today), paper_name(COVER, here.language, about.key)
        )


async def _give_applications(manager: DialogManager, lift_ids: Sequence[int]) -> None:
    here = visit_of(manager)
    for number, form in enumerate(await look(manager, application_forms, lift_ids=lift_ids), start=1):
        about = here.today.isoformat() + (f"-{number}" if number > 1 else "")
        await give_file(manager, application_paper(form, here.language), paper_name(APPLICATION, here.language, about))
