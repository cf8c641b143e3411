"""What a file of the bot brings: its dialogs, and what stands in whose menu."""

from collections.abc import Callable
from dataclasses import dataclass

from aiogram import Router
from aiogram.fsm.state import State
from aiogram_dialog import Dialog


@dataclass(frozen=True)
class Entry:
    """A line of the menu, for everybody whose role has the `verb`; `row` is its place, from the top."""

    label: str
    state: State
    verb: str
    row: int


@dataclass(frozen=True)
class Subject:
    """The dialogs and commands of one file. They are made anew for each dispatcher: aiogram includes one once.

    `routers` listen before any dialog: commands, and buttons that stand under notices.
    """

    dialogs: tuple[Callable[[], Dialog], ...] = ()
    entries: tuple[Entry, ...] = ()
    routers: tuple[Callable[[], Router], ...] = ()
