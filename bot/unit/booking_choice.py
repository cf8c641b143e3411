"""Which lifts are to be booked: those of the last notice, of a place, of a month, all, or one by one."""

from collections.abc import Iterable, Sequence
from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager

from actions.plans.answers import plan_rounds_of_unit
from actions.visits.bookings import open_days
from actions.visits.parts import Part, booking_parts
from actions.visits.to_book import LiftToBook, lifts_at_counter, lifts_to_book
from bot.states import Bookings
from bot.texts import label, refusal
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import visit_of

NAMED = 3  # late lifts that are named
LISTED = 12  # lifts that are named where they were left out
LEAST_FOR_PARTS = 2


async def remember_start(start_data: Any, manager: DialogManager) -> None:
    """`{"lift_ids": …}` are chosen already, `{"unit_id": …}` is at the counter, `{"visit_id": …}` moves."""
    if not isinstance(start_data, dict):
        return
    manager.dialog_data.update(start_data)
    lift_ids = start_data.get("lift_ids", [])
    if len(lift_ids) < LEAST_FOR_PARTS:
        return
    parts = await look(manager, booking_parts, lift_ids=lift_ids)
    _remember_names(manager, parts)
    if len(parts) > 1:
        manager.dialog_data["all_ids"] = lift_ids
        await manager.switch_to(Bookings.parts)


async def get_parts(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The lifts that were chosen, in parts that can be booked each on a day of its own."""
    known = dialog_manager.dialog_data
    await _drop_lost(dialog_manager, "all_ids")
    parts = await look(dialog_manager, booking_parts, lift_ids=known["all_ids"]) if known["all_ids"] else []
    known["parts"] = [list(part.lift_ids) for part in parts]
    rows = [
        {"id": str(number), "text": label("bookings.part", visit.language, number=number + 1, part=part)}
        for number, part in enumerate(parts)
    ]
    return {
        "parts": parts,
        "rows": rows,
        "count": len(known["all_ids"]),
        "named": NAMED,
        **left_out_of(dialog_manager),
        "refused": "" if parts else refusal("bookings.none_left", visit.language),
        "today": visit.today,
    }


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
    lifts = await _lifts(dialog_manager)
    chosen = set(dialog_manager.dialog_data.get("lift_ids", [])) & {lift.lift_id for lift in lifts}
    _remember_names(dialog_manager, [lift for lift in lifts if lift.lift_id in chosen])
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
    manager.dialog_data.pop("left_out", None)
    await _go_on_with_what_is_left(manager)


async def choose_part(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One part, without what cannot be booked any more; the others are offered when it is booked."""
    known = manager.dialog_data
    part = known["parts"][int(number)]
    known.update(lift_ids=part, rest=[one for one in known["all_ids"] if one not in part])
    await leave_out(manager)
    if known["lift_ids"]:
        await _to_days(manager)
    else:
        await answer(manager, "bookings.none_left")


async def choose_rest(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """What was chosen and is not booked yet."""
    known = manager.dialog_data
    known["lift_ids"] = known.pop("rest")
    await _go_on_with_what_is_left(manager)


async def leave_out(manager: DialogManager) -> bool:
    """Take out of what was chosen what cannot be booked here any more, and say whether there was any.

    It is another's by now, it has been inspected, or a colleague has booked it; `left_out_of` names it.
    """
    known = manager.dialog_data
    is_less = await _drop_lost(manager, "lift_ids")
    if is_less:
        known["lifts"] = [one for one in known.get("lifts", []) if one[0] in known["lift_ids"]]
    return is_less


def left_out_of(manager: DialogManager) -> dict[str, Any]:
    """The lifts that were left out: what the first of them are called, and how many they are."""
    known = manager.dialog_data
    left_out = known.get("left_out", [])
    return {"left_out": [known["names"][str(one)] for one in left_out[:LISTED]], "left_out_count": len(left_out)}


async def _drop_lost(manager: DialogManager, which: str) -> bool:
    """The same for the lifts `which`: those that are chosen, or those of all parts."""
    known, here = manager.dialog_data, visit_of(manager)
    if "visit_id" in known or (here.is_office and "unit_id" not in known):
        return False  # a visit is moved as a whole, and the counter has found one lift
    to_book = {lift.lift_id for lift in await _lifts(manager)}
    lost = [one for one in known[which] if one not in to_book]
    if lost:
        named = [one for one in lost if str(one) in known.get("names", {})]
        known["left_out"] = list(dict.fromkeys([*known.get("left_out", []), *named]))
        known[which] = [one for one in known[which] if one in to_book]
    return bool(lost)


def _remember_names(manager: DialogManager, chosen: Iterable[LiftToBook | Part]) -> None:
    """What lifts are called: the person may ask which they were when they are not there any more."""
    names = manager.dialog_data.setdefault("names", {})
    for one in chosen:
        if isinstance(one, Part):
            names.update(zip(map(str, one.lift_ids), one.places, strict=True))
        else:
            names[str(one.lift_id)] = one.place


async def _go_on_with_what_is_left(manager: DialogManager) -> None:
    await leave_out(manager)
    if manager.dialog_data["lift_ids"]:
        await _go_on(manager)
    else:
        await answer(manager, "bookings.none_left")


async def _go_on(manager: DialogManager) -> None:
    """To the days; where no day holds all, to the parts."""
    known = manager.dialog_data
    parts = await use(manager, booking_parts, lift_ids=known["lift_ids"])
    _remember_names(manager, parts or [])
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
    manager.dialog_data.pop("left_out", None)
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
