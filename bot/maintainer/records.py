"""What a maintainer has to see to of its records: objections to answer, and what is not signed."""

from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import Dialog, DialogManager, Window

from actions.records.answering import ANSWERS
from actions.records.reading import records_to_answer
from bot.places import say_once
from bot.records import open_record, rows_of
from bot.subject import Entry, Subject
from bot.using import look
from bot.visit import Visit
from bot.widgets import Say, choice, pages_of, way_out


class MaintainerRecords(StatesGroup):
    """Objections, and what is not signed."""

    listed = State()


def make_dialog() -> Dialog:
    """One list."""
    return Dialog(
        Window(
            Say("records.to_answer"),
            pages_of(choice("record", "lines", open_record), "answer_pages"),
            way_out(),
            state=MaintainerRecords.listed,
            getter=get_listed,
        )
    )


async def get_listed(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Objections first."""
    found = await look(dialog_manager, records_to_answer)
    compound, lines = say_once(found)
    objected = [line for line in found if line.is_objected]
    answered = sum(line.said == ANSWERS for line in objected)
    return {
        "lines": rows_of(lines, visit),
        "compound": compound,
        "objected": len(objected) - answered,
        "answered": answered,
        "unsigned": len(found) - len(objected),
    }


SUBJECT = Subject(
    dialogs=(make_dialog,),
    entries=(Entry("records.answer_menu", MaintainerRecords.listed, "records_to_answer", row=26),),
)
