"""Which lifts are to be booked: those of the last notice, of a place, of a month, all, or one by one."""

from collections.abc import Iterable, Sequence
from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager

from actions.plans.answers import plan_rounds_of_unit
from actions.visits.bookings import open_days
from actions.visits.parts import booking_parts
from actions.visits.to_book import LiftToBook, lifts_at_counter, lifts_to_book
from bot.states import Bookings
from bot.texts import label
from bot.using import look, use
from bot.visit import Visit

NAMED = 3  # late lifts that are named


async def remember_start(start_data: Any, manager: DialogManager) -> None:
    """`{"lift_ids": …}` are chosen already, `{"unit_id": …}` is at the counter, `{"visit_id": …}` moves."""
    if not isinstance(start_data, dict):
        return
    manager.dialog_data.update(start_data)
    lift_ids = start_data.get("lift_ids", [])
    if len(lift_ids) > 1 and len(await look(manager, booking_parts, lift_ids=lift_ids)) > 1:
        manager.dialog_data["all_ids"] = lift_ids
        await manager.switch_to(Bookings.parts)


async def get_parts(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The lifts that were chosen, in parts that can be booked each on a day of its own."""
    lift_ids = dialog_manager.dialog_data["all_ids"]
    parts = await look(dialog_manager, booking_parts, lift_ids=lift_ids)
    dialog_manager.dialog_data["parts"] = [list(part.lift_ids) for part in parts]
    rows = [
        {"id": str(number), "text": label("bookings.part", visit.language, number=number + 1, part=part)}
        for number, part in enumerate(parts)
    ]
    return {"parts": parts, "rows": rows, "count": len(lift_ids), "named": NAMED, "today": visit.today}


async def get_choice(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """How many lifts there are to book, and by what they can be chosen."""
    lifts = await _lifts(dialog_manager)
    at_counter = "unit_id" in dialog_manager.dialog_data
    return {
        "lifts": len(lifts),
        "plans": 0 if at_counter else len(await look(dialog_manager, plan_rounds_of_unit)),
        "unit": dialog_manager.dialog_data.get("unit", ""),
        "told": sum(lift.told for lift in lifts),
        "first_due": lifts[0].due if lifts else None,
        "late": sum(lift.last < visit.today for lift in lifts),
        "several_places": len({_place(lift) for lift in lifts}) > 1,
        "several_months": len({_month(lift) for lift in lifts}) > 1,
        "today": visit.today,
    }


async def get_places(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The places with lifts to book, the one that is due first coming first."""
    places = _grouped(await _lifts(dialog_manager), _place)
    dialog_manager.dialog_data["places"] = [list(name) for name, _ in places]
    rows = [
        {"id": str(number), "text": label("bookings.place", visit.language, place="".join(name), lifts=lifts)}
        for number, (name, lifts) in enumerate(places)
    ]
    return {"places": rows}


async def get_months(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The months in which lifts are due."""
    rows = [
        {"id": name[0], "text": label("bookings.month", visit.language, due=lifts[0].due, lifts=lifts)}
        for name, lifts in _grouped(await _lifts(dialog_manager), lambda lift: (_month(lift),))
    ]
    return {"months": rows}


async def get_picked(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Every lift, and whether it is chosen."""
    chosen = set(dialog_manager.dialog_data.get("lift_ids", []))
    lifts = await _lifts(dialog_manager)
    rows = [
        {
            "id": str(lift.lift_id),
            "text": label("bookings.lift", visit.language, lift=lift, chosen=lift.lift_id in chosen, today=visit.today),
        }
        for lift in lifts
    ]
    return {"lifts": rows, "count": len(chosen), "total": len(lifts)}


async def choose_told(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The lifts of the last notice."""
    await _choose(manager, [lift for lift in await _lifts(manager) if lift.told])


async def choose_all(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """All of them."""
    await _choose(manager, await _lifts(manager))


async def choose_place(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """The lifts of a place."""
    wanted = tuple(manager.dialog_data["places"][int(number)])
    await _choose(manager, [lift for lift in await _lifts(manager) if _place(lift) == wanted])


async def choose_month(callback: CallbackQuery, widget: Any, manager: DialogManager, month: str) -> None:
    """The lifts that are due in a month."""
    await _choose(manager, [lift for lift in await _lifts(manager) if _month(lift) == month])


async def toggle_lift(callback: CallbackQuery, widget: Any, manager: DialogManager, lift_id: str) -> None:
    """Add a lift, or leave it out."""
    chosen = list(manager.dialog_data.get("lift_ids", []))
    if int(lift_id) in chosen:
        chosen.remove(int(lift_id))
    else:
        chosen.append(int(lift_id))
    manager.dialog_data["lift_ids"] = chosen


async def go_to_days(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """On to the days, if there is one for these lifts."""
    await _go_on(manager)


async def choose_part(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One part; the others are offered when it is booked."""
    known = manager.dialog_data
    lift_ids = known["parts"][int(number)]
    known.update(lift_ids=lift_ids, rest=[one for one in known["all_ids"] if one not in lift_ids])
    await _to_days(manager)


async def choose_rest(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """What was chosen and is not booked yet."""
    known = manager.dialog_data
    known["lift_ids"] = known.pop("rest")
    await _go_on(manager)


async def _go_on(manager: DialogManager) -> None:
    """To the days; where no day holds all, to the parts."""
    known = manager.dialog_data
    parts = await use(manager, booking_parts, lift_ids=known["lift_ids"])
    if parts is not None and len(parts) > 1:
        known["all_ids"] = known["lift_ids"]
        await manager.switch_to(Bookings.parts)
    elif parts is not None:
        known.pop("rest", None)
        await _to_days(manager)


async def _to_days(manager: DialogManager) -> None:
    if await use(manager, open_days, lift_ids=manager.dialog_data["lift_ids"]) is not None:
        manager.dialog_data.pop("month", None)
        await manager.switch_to(Bookings.day)


async def _choose(manager: DialogManager, lifts: Sequence[LiftToBook]) -> None:
    manager.dialog_data["lift_ids"] = [lift.lift_id for lift in lifts]
    await _go_on(manager)


async def _lifts(manager: DialogManager) -> list[LiftToBook]:
    """Of the own unit; at the counter of the one that was found."""
    unit_id = manager.dialog_data.get("unit_id")
    return await (look(manager, lifts_at_counter, unit_id=unit_id) if unit_id else look(manager, lifts_to_book))


def _grouped(lifts: Iterable[LiftToBook], key: Any) -> list[tuple[tuple[str, ...], list[LiftToBook]]]:
    found: dict[tuple[str, ...], list[LiftToBook]] = {}
    for lift in lifts:
        found.setdefault(key(lift), []).append(lift)
    return list(found.items())


def _place(lift: LiftToBook) -> tuple[str, ...]:
    return lift.compound, lift.building


def _month(lift: LiftToBook) -> str:
    return f"{lift.due:%Y-%m}"
