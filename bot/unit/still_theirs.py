"""Lifts that were chosen and are another's by now: left out by name, before the rest is used."""

from aiogram_dialog import DialogManager

from actions.lifts.mine import Choice, my_lifts
from bot.using import answer, look

LISTED = 12  # lifts that are named where they were left out


async def keep_theirs(manager: DialogManager, which: str) -> bool:
    """Cut `dialog_data[which]` to what is still theirs, and say in one sentence what was left out.

    Whether that was any. What is still theirs is kept by name: nobody may look a lift up that is another's.
    """
    known = manager.dialog_data
    chosen: list[int] = known.get(which, [])
    if not chosen:
        return False
    lines, _ = await look(manager, my_lifts, choice=Choice(among=tuple(chosen)), offset=0, limit=len(chosen))
    theirs = {line.lift_id: line.place for line in lines}
    lost = [one for one in chosen if one not in theirs]
    places = [known["names"][str(one)] for one in lost if str(one) in known.get("names", {})]
    known["names"] = {str(lift_id): place for lift_id, place in sorted(theirs.items())}
    if lost:
        known[which] = [one for one in chosen if one in theirs]
        await answer(manager, "choosing.left_out", places=places[:LISTED], count=len(lost), left=len(theirs))
    return bool(lost)
