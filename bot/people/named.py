"""A name and a number as somebody writes them: what cannot be used is said at once, not at the end."""

from aiogram.types import Message
from aiogram_dialog import DialogManager

from actions.identity.bindings import read_phone
from actions.identity.staff import LONGEST_NAME
from bot.using import answer
from bot.written import read_written

LONGEST = 60  # characters of what somebody writes as a number


async def read_name(message: Message, manager: DialogManager) -> str | None:
    """A name of one line; None where it is none, which the person is told."""
    found = await read_written(message, manager, most=LONGEST_NAME)
    if found is None or found.words.isprintable():
        return found.words if found is not None else None
    await answer(manager, "people.one_line")
    return None


async def read_number(message: Message, manager: DialogManager) -> str | None:
    """One telephone number, however it is spaced; None where it is none, which the person is told."""
    found = await read_written(message, manager, most=LONGEST)
    if found is None:
        return None
    number = read_phone(found.words)
    if number is None:
        await answer(manager, "people.no_phone")
    return number
