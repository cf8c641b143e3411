"""Finding lifts by any of their names and marking some of them: part of an officer's windows."""

from typing import Any

from aiogram.types import Message
from aiogram_dialog import DialogManager

from actions.lifts.mine import Choice, my_lifts
from bot.using import answer, look

MOST, LONGEST_WORD = 40, 60


async def find_lifts(message: Message, manager: DialogManager) -> bool:
    """Keep what is known by this word as `found` in the dialog; False where it is nothing, and the person knows."""
    word = (message.text or "").strip()[:LONGEST_WORD]
    lines, _ = await look(manager, my_lifts, choice=Choice(word=word), offset=0, limit=MOST) if word else ([], 0)
    if not lines:
        await answer(manager, "district.not_found")
        return False
    manager.dialog_data["found"] = [
        {"id": str(line.lift_id), "text": f"{line.place} {line.certificate}".strip()[:LONGEST_WORD]} for line in lines
    ]
    manager.dialog_data["marked"] = [str(lines[0].lift_id)] if len(lines) == 1 else []
    return True


async def mark(manager: DialogManager, lift_id: str) -> None:
    """Mark a lift, or take the mark off."""
    marked = manager.dialog_data.get("marked", [])
    others = [one for one in marked if one != lift_id]
    manager.dialog_data["marked"] = others if lift_id in marked else [*marked, lift_id]


def rows_of(manager: DialogManager) -> dict[str, Any]:
    """The lifts as choices, with a sign before those that are marked."""
    known = manager.dialog_data
    marked = set(known.get("marked", []))
    rows = [
        {"id": row["id"], "text": f"{'☑' if row['id'] in marked else '☐'} {row['text']}"}
        for row in known.get("found", [])
    ]
    return {"rows": rows, "marked": len(marked), "all": len(rows)}


def marked_ids(manager: DialogManager) -> list[int]:
    """The marked lifts."""
    return [int(one) for one in manager.dialog_data.get("marked", [])]
