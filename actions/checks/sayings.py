"""What a unit says of its lifts: not theirs, out of use, inspected elsewhere. Their department looks into it.

A saying is no proof: it closes nothing. That a lift was inspected, or is booked, elsewhere holds its reminders back
until the department has looked, for some working days at most.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from actions.actors import UNIT, Asked
from actions.checks.said import add_saying, open_check, standing
from actions.photos import is_their_photo, keep_photo
from actions.refusals import Refused
from actions.registry import their_lifts, verb
from actions.told.replies import Answer
from actions.visits.inspections import Deed, act, was_done
from schedules.calendar import load_calendar
from schedules.dates import add_months
from schedules.tasks import desk_of
from store.duties import INSPECTIONS, Duty
from store.events import EventKind
from store.lifts import Lift
from store.locks import lock_lifts
from store.parties import Contact, Party
from store.tasks import Task, TaskKind, TaskStatus

CHECKED_WITHIN = 5  # working days for which reminders wait, the day of the saying not counted
LONGEST_NOTE = 300
SAYINGS = (TaskKind.NOT_THEIR_LIFTS, TaskKind.SAID_OUT_OF_USE, TaskKind.SAID_INSPECTED)
BOOKED_ELSEWHERE, INSPECTED = "booked_elsewhere", "inspected"
ELSEWHERE_MONTHS = 12  # an inspection is at most so long ago, or so far ahead
STOPPED_MONTHS = 240  # nobody knows of an earlier day


class Length(StrEnum):
    """For how long a lift is to be out of use: under a year, a year or more, or nobody knows."""

    SHORT = "short"
    LONG = "long"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Said:
    """What becomes of it: `desks` look into it. `until`: reminders wait until that day, but those of `unheld` lifts
    do not: a lift's reminders wait once in a cycle."""

    lifts: int
    desks: Sequence[str]
    until: date | None = None
    repeated: bool = False
    unheld: int = 0


@verb(UNIT, lift_ids=their_lifts)
def say_not_ours(session: Session, asked: Asked, *, lift_ids: Sequence[int], note: str = "") -> Said:
    """These are not our lifts (any more); `note`: whose they are. The department looks into it, reminders go on."""
    return _say(session, asked, lift_ids, Answer.NOT_OURS, TaskKind.NOT_THEIR_LIFTS, note)


@verb(UNIT, lift_ids=their_lifts, photos=is_their_photo)
def say_out_of_use(
    session: Session,
    asked: Asked,
    *,
    lift_ids: Sequence[int],
    note: str = "",
    since: date | None = None,
    length: Length | None = None,
    photos: Sequence[int] = (),
) -> Said:
    """These lifts are out of use, with photos of seal and notice. The department looks into it, reminders go on: that
    the procedure was done is for the register to say."""
    if since is not None and not add_months(asked.today, -STOPPED_MONTHS) <= since <= asked.today:
        raise Refused("sayings.no_such_day", day=since)
    about = {"on": since.isoformat() if since else None, "length": length or "", "photos": list(photos)}
    return _say(session, asked, lift_ids, Answer.OUT_OF_USE, TaskKind.SAID_OUT_OF_USE, note, about)


@verb(UNIT)
def keep_stop_photo(session: Session, asked: Asked, *, content: bytes) -> int:
    """Keep a photo of the seal or the notice of a lift out of use; its id. The same one again is the same."""
    return keep_photo(session, asked, content)


@verb(UNIT, lift_ids=their_lifts)
def say_inspected(session: Session, asked: Asked, *, lift_ids: Sequence[int], on: date, note: str = "") -> Said:
    """These lifts were inspected elsewhere `on` that day, or are booked there for it; `note`: where.

    Their reminders stop at once and wait for the department; overdue and what goes to regulators does not. Said again
    in the same cycle it is looked into, and nothing waits. A colleague may say it too while it is looked into.
    """
    if not add_months(asked.today, -ELSEWHERE_MONTHS) <= on <= add_months(asked.today, ELSEWHERE_MONTHS):
        raise Refused("sayings.no_such_day", day=on)
    lift_ids = sorted(set(lift_ids))
    lock_lifts(session, lift_ids)
    until = load_calendar(session).add_working(asked.today, CHECKED_WITHIN)
    deed = _deed(asked, lift_ids)
    if not was_done(session, asked.key, lift_ids):
        _require_unsaid(session, asked, lift_ids)
    done = act(session, deed, EventKind.SAID_INSPECTED, asked.today, {"on": asked.today, "until": until})
    about = {"said": BOOKED_ELSEWHERE if on > asked.today else INSPECTED, "on": on.isoformat()}
    desks = [] if done.repeated else open_checks(session, asked, lift_ids, TaskKind.SAID_INSPECTED, note, about)
    held = _held(session, asked, lift_ids)
    return Said(len(lift_ids), desks, max(held.values(), default=None), done.repeated, len(lift_ids) - len(held))


def _say(
    session: Session,
    asked: Asked,
    lift_ids: Sequence[int],
    answer: Answer,
    kind: TaskKind,
    note: str,
    about: Mapping[str, Any] | None = None,
) -> Said:
    lift_ids = sorted(set(lift_ids))
    payload = {"answer": answer.value, "way": asked.actor.channel, "note": _short(note)}
    done = act(session, _deed(asked, lift_ids), EventKind.URGING_ANSWERED, asked.today, payload)
    if done.repeated:
        return Said(len(lift_ids), [], repeated=True)
    said = {"said": answer.value, **(about or {})}
    return Said(len(lift_ids), open_checks(session, asked, lift_ids, kind, note, said))


def open_checks(
    session: Session, asked: Asked, lift_ids: Sequence[int], kind: TaskKind, note: str, about: dict[str, Any]
) -> list[str]:
    """A task for each department, or what is said beside what stands in one; their names."""
    groups: dict[int | None, list[Lift]] = defaultdict(list)
    for lift in session.exec(select(Lift).where(col(Lift.id).in_(lift_ids)).order_by(col(Lift.id))):
        groups[desk_of(session, lift.city_id, lift.district_code)].append(lift)
    who = session.get_one(Contact, asked.actor.contact_id)
    said = {"way": asked.actor.channel, "note": _short(note), "contact": who.id, "who": who.name}
    for desk, lifts in groups.items():
        detail = about | said | {"number": who.phone or ""}
        if (known := _open_check(session, asked, kind, desk, {lift.key for lift in lifts})) is not None:
            add_saying(session, known, detail, asked.today)
            continue
        open_check(
            session,
            Task(
                kind=kind,
                key=f"said:{asked.key}:{desk or ''}",
                city_id=asked.actor.city_id,
                owner_party_id=desk,
                party_id=asked.actor.party_id,
                detail=detail | {"lifts": [lift.key for lift in lifts]},
                opened_on=asked.today,
            ),
        )
    named = select(Party.name).where(col(Party.id).in_([desk for desk in groups if desk])).order_by(col(Party.id))
    return list(session.exec(named))


def _open_check(session: Session, asked: Asked, kind: TaskKind, desk: int | None, keys: set[str]) -> Task | None:
    """The check of the same lifts that the unit waits for already: what is said now stands beside it."""
    query = select(Task).where(Task.kind == kind, Task.status == TaskStatus.OPEN, Task.owner_party_id == desk)
    tasks = session.exec(query.where(Task.party_id == asked.actor.party_id).with_for_update()).all()
    return next((task for task in tasks if set((task.detail or {}).get("lifts", [])) == keys), None)


def _require_unsaid(session: Session, asked: Asked, lift_ids: Sequence[int]) -> None:
    """Nobody need say it again while it is looked into; a colleague's word is another, and stands by itself."""
    held = _held(session, asked, lift_ids)
    said = keys_said(session, asked.actor.party_id, by=asked.actor.contact_id) if held else set()
    query = select(Lift.id).where(col(Lift.id).in_(held), col(Lift.key).in_(said), Lift.city_id == asked.actor.city_id)
    if again := session.exec(query).all():
        raise Refused("sayings.said_already", until=max(held[lift_id] for lift_id in again))


def keys_said(session: Session, party_id: int, *, by: int | None = None, but: int | None = None) -> set[str]:
    """Lifts of which this unit's people say that they were inspected elsewhere, and nobody has looked yet.

    `by`: as this person does; `but`: in other checks than this one.
    """
    query = select(Task).where(Task.kind == TaskKind.SAID_INSPECTED, Task.status == TaskStatus.OPEN)
    tasks = session.exec(query.where(Task.party_id == party_id, Task.id != but)).all()
    said = [task for task in tasks if any(by is None or one.contact_id == by for one in standing(task))]
    return {key for task in said for key in (task.detail or {}).get("lifts", [])}


def _held(session: Session, asked: Asked, lift_ids: Sequence[int]) -> dict[int, date]:
    """Those of these lifts whose reminders wait, and until when."""
    query = (
        select(Duty)
        .where(col(Duty.lift_id).in_(lift_ids), col(Duty.kind).in_(INSPECTIONS), col(Duty.closed_on).is_(None))
        .where(col(Duty.withdrawn_at).is_(None), col(Duty.held_until) > asked.today)
    )
    return {duty.lift_id: duty.held_until for duty in session.exec(query) if duty.lift_id and duty.held_until}


def _deed(asked: Asked, lift_ids: Sequence[int]) -> Deed:
    return Deed(lift_ids, asked.actor.party_id, asked.now, asked.today, asked.key)


def _short(note: str) -> str:
    return " ".join(note.split())[:LONGEST_NOTE]
