"""Why lifts cannot be inspected in time, as their unit says it: the department is asked to report it (000 五4).

What a unit says approves nothing and stops no notice: the department reports it, the bureau answers.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from actions.actors import UNIT, Asked
from actions.handovers.why import WHY
from actions.matters.tasks import LIFTS
from actions.photos import is_their_photo, keep_photo
from actions.refusals import Refused
from actions.registry import their_lifts, verb
from actions.regulator.cases import LONGEST_NOTE, MOST_PHOTOS
from actions.regulator.glance import rules_of_kinds
from schedules.tasks import desk_of
from store.duties import INSPECTIONS, Duty
from store.lifts import Lift
from store.locks import lock_lifts
from store.matters import Matter, MatterKind, SpecialReason
from store.parties import party_name
from store.task_list import open_once
from store.tasks import Task, TaskKind, TaskStatus

NOTE, PHOTOS, BY = "note", "photos", "by"  # in the detail of the task
IN_CHAT = "said:"  # begins the key of such a task


@dataclass(frozen=True)
class ReasonSaid:
    """`lifts`: how many the departments (`desks`) are asked to report; `left_out`: reported already, or nothing due."""

    lifts: int
    left_out: int
    desks: tuple[str, ...]


@verb(UNIT)
def keep_reason_photo(session: Session, asked: Asked, *, content: bytes) -> int:
    """Keep a photo of a resolution, a seal or a site; its id. The same one again is the same."""
    return keep_photo(session, asked, content)


@verb(UNIT, lift_ids=their_lifts, photos=is_their_photo)
def say_reason(
    session: Session,
    asked: Asked,
    *,
    lift_ids: Sequence[int],
    reason: SpecialReason,
    note: str = "",
    photos: Sequence[int] = (),
) -> ReasonSaid:
    """Say why lifts cannot be inspected in time; the department is asked to report it, and the reminders go on."""
    note = " ".join(note.split())[:LONGEST_NOTE]
    if reason == SpecialReason.OTHER and not note:
        raise Refused("matters.say_why")
    if len(photos) > MOST_PHOTOS:
        raise Refused("case.too_many_photos", most=MOST_PHOTOS)
    lock_lifts(session, lift_ids)
    mine = f"{IN_CHAT}{asked.key}:"
    known = session.exec(select(Task).where(Task.kind == TaskKind.SPECIAL_REASON, col(Task.key).startswith(mine))).all()
    if not known:
        known = _ask(session, asked, mine, _due(session, lift_ids), reason, note, photos)
    told = sum(len((task.detail or {})[LIFTS]) for task in known)
    if not told:
        raise Refused("matters.said_already")
    desks = tuple(party_name(session, task.owner_party_id) for task in known)
    return ReasonSaid(told, len(set(lift_ids)) - told, desks)


def _ask(
    session: Session,
    asked: Asked,
    mine: str,
    lifts: Sequence[Lift],
    reason: SpecialReason,
    note: str,
    photos: Sequence[int],
) -> list[Task]:
    by_desk: dict[int | None, list[str]] = defaultdict(list)
    for lift in lifts:
        by_desk[desk_of(session, lift.city_id, lift.district_code)].append(lift.key)
    actor, tasks = asked.actor, []
    for desk, keys in by_desk.items():
        about: dict[str, Any] = {LIFTS: keys, WHY: reason.value, NOTE: note, PHOTOS: list(photos)}
        task = Task(
            kind=TaskKind.SPECIAL_REASON,
            key=f"{mine}{desk or 0}",
            city_id=actor.city_id,
            owner_party_id=desk,
            party_id=actor.party_id,
            detail=about | {BY: actor.contact_id},
            opened_on=asked.today,
        )
        tasks.append(open_once(session, task))
    return tasks


def _due(session: Session, lift_ids: Sequence[int]) -> list[Lift]:
    """Those of them that owe an inspection, and of which nobody has said or reported a reason that stands."""
    rules = rules_of_kinds(*INSPECTIONS)
    owing = select(Duty.lift_id).where(col(Duty.rule).in_(rules), col(Duty.closed_on).is_(None))
    reported = select(Matter.lift_id).where(Matter.kind == MatterKind.SPECIAL_REASON, col(Matter.closed_on).is_(None))
    query = select(Lift).where(
        col(Lift.id).in_(lift_ids),
        col(Lift.id).in_(owing.where(col(Duty.withdrawn_at).is_(None))),
        col(Lift.id).not_in(reported),
    )
    lifts = session.exec(query.order_by(col(Lift.id))).all()
    said = {key for task in said_reasons(session) for key in (task.detail or {})[LIFTS]}
    return [lift for lift in lifts if lift.key not in said]


def said_reasons(session: Session) -> list[Task]:
    """What units have said in the chat and nobody has reported yet."""
    query = select(Task).where(Task.kind == TaskKind.SPECIAL_REASON, Task.status == TaskStatus.OPEN)
    return list(session.exec(query.where(col(Task.key).startswith(IN_CHAT)).order_by(col(Task.id))))


def said_of(session: Session, lift: Lift) -> tuple[str, list[int]]:
    """The words and photos with which the unit has said why of this lift, for the department's report."""
    for task in said_reasons(session):
        detail = task.detail or {}
        if task.city_id == lift.city_id and lift.key in detail[LIFTS]:
            return detail[NOTE], detail[PHOTOS]
    return "", []
