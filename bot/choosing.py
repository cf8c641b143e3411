"""Choosing lifts, for every window that begins with it: a page at a time, or by a word that is written."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiogram.fsm.state import State
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row

from actions.my_lifts import Choice, my_lifts
from bot.texts import label
from bot.using import answer, look
from bot.widgets import PAGE, Label, Say, choice, column_of, home, leave, visit_of

MOST = 60  # lifts that are chosen at once
LONGEST_WORD = 60
Next = Callable[[DialogManager], Awaitable[None]]


@dataclass(frozen=True)
class Chooser:
    """A window in which lifts are chosen: `name` is that of its template and the beginning of its widgets' ids.

    `one`: a press goes on with this lift, `dialog_data["lift_id"]`. Else several are marked, `dialog_data["chosen"]`,
    and a button goes on with them.
    """

    name: str
    state: State
    go_on: Next
    one: bool = False

    def window(self) -> Window:
        """The window."""
        key = self.name.replace(".", "_")
        several = Row(
            Button(Label("choosing.all"), id=f"{key}_all", on_click=self._mark_all),
            Button(Label("choosing.go_on"), id=f"{key}_go", on_click=self._go),
            when="has_lifts",
        )
        return Window(
            Say(self.name),
            column_of(choice(f"{key}_lift", "lifts", self._press)),
            Row(
                Button(Label("choosing.before"), id=f"{key}_before", on_click=_turn_back, when="has_before"),
                Button(Label("choosing.after"), id=f"{key}_after", on_click=_turn_on, when="has_after"),
            ),
            *(() if self.one else (several,)),
            MessageInput(_search),
            Row(leave(), home()),
            state=self.state,
            getter=self._get,
        )

    async def _get(self, dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
        known, visit = dialog_manager.dialog_data, visit_of(dialog_manager)
        which, offset = Choice(word=known.get("word", "")), known.get("offset", 0)
        lines, total = await look(dialog_manager, my_lifts, choice=which, offset=offset, limit=PAGE)
        chosen = known.get("chosen", [])
        items = [
            {
                "id": str(line.lift_id),
                "text": label("choosing.lift", visit.language, line=line, marked=line.lift_id in chosen),
            }
            for line in lines
        ]
        return {
            "lifts": items,
            "has_lifts": bool(lines),
            "total": total,
            "word": known.get("word", ""),
            "chosen": len(chosen),
            "has_before": offset > 0,
            "has_after": offset + len(lines) < total,
        }

    async def _press(self, callback: CallbackQuery, widget: Any, manager: DialogManager, lift_id: str) -> None:
        if self.one:
            manager.dialog_data["lift_id"] = int(lift_id)
            await self.go_on(manager)
            return
        chosen = list(manager.dialog_data.get("chosen", []))
        if int(lift_id) in chosen:
            chosen.remove(int(lift_id))
        elif len(chosen) >= MOST:
            await answer(manager, "choosing.too_many", most=MOST)
            return
        else:
            chosen.append(int(lift_id))
        manager.dialog_data["chosen"] = chosen

    async def _mark_all(self, callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
        which = Choice(word=manager.dialog_data.get("word", ""))
        lines, total = await look(manager, my_lifts, choice=which, offset=0, limit=MOST)
        manager.dialog_data["chosen"] = [line.lift_id for line in lines]
        if total > MOST:
            await answer(manager, "choosing.too_many", most=MOST)

    async def _go(self, callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
        if not manager.dialog_data.get("chosen"):
            await answer(manager, "choosing.none")
            return
        await self.go_on(manager)


async def _search(message: Message, widget: Any, manager: DialogManager) -> None:
    manager.dialog_data["word"] = (message.text or "").strip()[:LONGEST_WORD]
    manager.dialog_data["offset"] = 0


async def _turn_on(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    manager.dialog_data["offset"] = manager.dialog_data.get("offset", 0) + PAGE


async def _turn_back(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    manager.dialog_data["offset"] = max(0, manager.dialog_data.get("offset", 0) - PAGE)
