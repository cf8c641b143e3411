"""Choosing lifts, for every window that begins with it: by place, a page at a time, or by a word that is written."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from aiogram.fsm.state import State
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Cancel, Row, SwitchTo

from actions.lifts.mine import LONGEST_WORD, Choice, lift_groups, my_lifts
from bot.pages import PAGE
from bot.texts import label
from bot.unit.still_theirs import keep_theirs
from bot.using import answer, look
from bot.widgets import Label, Say, choice, column_of, home, leave, visit_of
from store.place_names import as_read

MOST = 60  # lifts that are chosen at once
FEW = 2 * PAGE  # so many are shown at once, without asking for the place first
Next = Callable[[DialogManager], Awaitable[None]]


@dataclass(frozen=True)
class Chooser:
    """A window in which lifts are chosen: `name` is that of its template and the beginning of its widgets' ids.

    `one`: a press goes on with this lift, `dialog_data["lift_id"]`. Else several are marked, `dialog_data["chosen"]`,
    and a button goes on with them. `dialog_data["visits_before"]`: only lifts whose next visit is due before that day.
    """

    name: str
    state: State
    go_on: Next
    one: bool = False
    back: State | None = None  # the window before this one, where there is one in its dialog

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
            column_of(choice(f"{key}_place", "places", _open_place)),
            column_of(choice(f"{key}_lift", "lifts", self._press)),
            Row(
                Button(Label("choosing.before"), id=f"{key}_before", on_click=_turn_back, when="has_before"),
                Button(Label("choosing.after"), id=f"{key}_after", on_click=_turn_on, when="has_after"),
            ),
            Button(Label("choosing.places"), id=f"{key}_places", on_click=_show_places, when="has_place"),
            *(() if self.one else (several,)),
            MessageInput(_search),
            Row(self._back(key), home()),
            state=self.state,
            getter=self._get,
        )

    def _back(self, key: str) -> Cancel | SwitchTo:
        if self.back is None:
            return leave()
        return SwitchTo(Label("everyone.back"), id=f"{key}_back", state=self.back)

    async def _get(self, dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
        known, visit = dialog_manager.dialog_data, visit_of(dialog_manager)
        await keep_theirs(dialog_manager, "chosen")
        offset, chosen = known.get("offset", 0), known.get("chosen", [])
        common = {
            "word": known.get("word", ""),
            "chosen": len(chosen),
            "has_place": "place" in known or bool(known.get("word")),
        }
        if "place" not in known and not known.get("word"):
            places = await look(dialog_manager, lift_groups, choice=self._which(dialog_manager, {}))
            if places.lifts > FEW and len(places.groups) > 1:
                groups = sorted(places.groups, key=lambda group: as_read(f"{group.compound} {group.building}"))
                known["places"] = [[group.compound, group.building] for group in groups]
                items = [
                    {"id": str(number), "text": label("choosing.place", visit.language, group=group)}
                    for number, group in enumerate(groups)
                ]
                shown = items[offset : offset + PAGE]
                after = offset + len(shown) < len(items)
                return {**common, **_page(places=shown, before=offset > 0, after=after), "total": places.lifts}
        lines, total = await look(
            dialog_manager, my_lifts, choice=self._which(dialog_manager, known), offset=offset, limit=PAGE
        )
        items = [
            {
                "id": str(line.lift_id),
                "text": label("choosing.lift", visit.language, line=line, marked=line.lift_id in chosen),
            }
            for line in lines
        ]
        after = offset + len(lines) < total
        return {**common, **_page(lifts=items, before=offset > 0, after=after), "total": total}

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
        which = self._which(manager, manager.dialog_data)
        lines, total = await look(manager, my_lifts, choice=which, offset=0, limit=MOST)
        before = manager.dialog_data.get("chosen", [])
        all_of_them = [*before, *(line.lift_id for line in lines if line.lift_id not in before)]
        manager.dialog_data["chosen"] = all_of_them[:MOST]
        if len(all_of_them) > MOST or total > MOST:
            await answer(manager, "choosing.too_many", most=MOST)

    async def _go(self, callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
        is_less = await keep_theirs(manager, "chosen")
        if manager.dialog_data.get("chosen"):
            await self.go_on(manager)
        elif not is_less:
            await answer(manager, "choosing.none")

    def _which(self, manager: DialogManager, known: dict[str, Any]) -> Choice:
        compound, building = known.get("place", (None, None))
        said = known.get("visits_before")
        before = date.fromisoformat(said) if said else None
        return Choice(compound, building, known.get("word", ""), visit_before=before)


def _page(
    *, places: list[dict[str, str]] | None = None, lifts: list[dict[str, str]] | None = None, before: bool, after: bool
) -> dict[str, Any]:
    return {
        "places": places or [],
        "lifts": lifts or [],
        "has_lifts": bool(places or lifts),
        "has_before": before,
        "has_after": after,
    }


async def _open_place(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    manager.dialog_data["place"] = manager.dialog_data["places"][int(number)]
    manager.dialog_data["offset"] = 0


async def _show_places(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    for name in ("place", "word", "offset"):
        manager.dialog_data.pop(name, None)


async def _search(message: Message, widget: Any, manager: DialogManager) -> None:
    manager.dialog_data["word"] = (message.text or "").strip()[:LONGEST_WORD]
    manager.dialog_data["offset"] = 0
    manager.dialog_data.pop("place", None)


async def _turn_on(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    manager.dialog_data["offset"] = manager.dialog_data.get("offset", 0) + PAGE


async def _turn_back(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    manager.dialog_data["offset"] = max(0, manager.dialog_data.get("offset", 0) - PAGE)
