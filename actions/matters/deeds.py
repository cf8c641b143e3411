"""Reporting a hazard or a special reason, and what is done about it until it is settled.

hazard: reported ─removed─▶ removed ─verified─▶ closed (not removed: reported again)
reason: reported ─approved─▶ approved ─inspected─▶ closed; returned ─reported again─▶ reported
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, REGULATORS, Actor, Asked, Role
from actions.matters.notices import tell_deed
from actions.matters.said import said_of
from actions.matters.tasks import end_reported
from actions.photos import is_their_photo, keep_photo
from actions.refusals import Refused
from actions.registry import their_lifts, verb
from actions.regulator.cases import LONGEST_NOTE, MOST_PHOTOS
from actions.regulator.glance import rules_of_kinds
from actions.regulator.scope import bureau_of
from actions.sight import is_at_desk
from schedules.tasks import desk_of_lift
from store.duties import INSPECTIONS, Duty
from store.lifts import Lift
from store.locks import lock_lifts
from store.matters import Matter, MatterDeed, MatterKind, MatterState, MatterStep, SpecialReason

INSPECTORS = frozenset({Role.INSPECTOR})
D, S = MatterDeed, MatterState
LEADS_TO: dict[MatterDeed, tuple[MatterKind, frozenset[MatterState], MatterState]] = {
    D.REMOVED: (MatterKind.HAZARD, frozenset({S.REPORTED}), S.REMOVED),
    D.VERIFIED: (MatterKind.HAZARD, frozenset({S.REPORTED, S.REMOVED}), S.CLOSED),
    D.NOT_REMOVED: (MatterKind.HAZARD, frozenset({S.REMOVED}), S.REPORTED),
    D.APPROVED: (MatterKind.SPECIAL_REASON, frozenset({S.REPORTED}), S.APPROVED),
    D.RETURNED: (MatterKind.SPECIAL_REASON, frozenset({S.REPORTED, S.APPROVED}), S.RETURNED),
    D.REPORTED_AGAIN: (MatterKind.SPECIAL_REASON, frozenset({S.RETURNED}), S.REPORTED),
}


@dataclass(frozen=True)
class MatterDone:
    """What became of it. `repeated`: the same tap came before."""

    matter_id: int
    state: MatterState
    repeated: bool = False


def is_departments(session: Session, actor: Actor, matter_id: Any) -> bool:
    """A guard: what the own department reported, or another about a lift for which the own one answers now."""
    matter = session.get(Matter, matter_id)
    if matter is None:
        return False
    return matter.department_id == actor.party_id or is_at_desk(session, actor, [matter.lift_id])


def is_offices(session: Session, actor: Actor, matter_id: Any) -> bool:
    """A guard: what was reported to the own office."""
    matter = session.get(Matter, matter_id)
    return matter is not None and matter.office_id == actor.party_id


@verb(DEPARTMENT)
def keep_hazard_photo(session: Session, asked: Asked, *, content: bytes) -> int:
    """Keep a photo of a hazard; its id. The same one again is the same."""
    return keep_photo(session, asked, content)


@verb(DEPARTMENT, lift_id=their_lifts, photos=is_their_photo)
def report_hazard(session: Session, asked: Asked, *, lift_id: int, note: str, photos: Sequence[int] = ()) -> MatterDone:
    """A hazard of a lift was found; its district hears of it at once (000 五3)."""
    return _open(session, asked, lift_id, MatterKind.HAZARD, note=note, photos=photos)


@verb(DEPARTMENT, lift_id=their_lifts)
def report_reason(session: Session, asked: Asked, *, lift_id: int, reason: SpecialReason, note: str = "") -> MatterDone:
    """Why a lift cannot be inspected in time; its district hears of it at once (000 五4). The reminders go on.

    With what the unit has said of it in the chat, words where there are no others and photos.
    """
    if reason == SpecialReason.OTHER and not note.strip():
        raise Refused("matters.say_why")
    if (before := _by_key(session, asked.key)) is not None:
        return _repeated(session, before)
    lock_lifts(session, [lift_id])
    rules = rules_of_kinds(*INSPECTIONS)
    duties = select(Duty).where(Duty.lift_id == lift_id, col(Duty.rule).in_(rules), col(Duty.closed_on).is_(None))
    duty = session.exec(duties.where(col(Duty.withdrawn_at).is_(None)).order_by(col(Duty.due), col(Duty.id))).first()
    if duty is None:
        raise Refused("matters.nothing_due")
    present = select(Matter).where(Matter.lift_id == lift_id, Matter.kind == MatterKind.SPECIAL_REASON)
    if session.exec(present.where(col(Matter.closed_on).is_(None))).first() is not None:
        raise Refused("matters.reported_already")
    words, photos = said_of(session, session.get_one(Lift, lift_id))
    kind, note = MatterKind.SPECIAL_REASON, note or words
    return _open(session, asked, lift_id, kind, note=note, photos=photos, reason=reason, duty_id=duty.id)


@verb(DEPARTMENT, matter_id=is_departments, photos=is_their_photo)
def report_removed(
    session: Session, asked: Asked, *, matter_id: int, note: str, photos: Sequence[int] = ()
) -> MatterDone:
    """A hazard was removed, as somebody says; an inspector verifies it."""
    return _act(session, asked, matter_id, D.REMOVED, _required(note), photos)


@verb(INSPECTORS, matter_id=is_departments)
def verify_removal(session: Session, asked: Asked, *, matter_id: int, removed: bool, note: str) -> MatterDone:
    """Whether a hazard is removed, as an inspector has seen; the district hears of it."""
    return _act(session, asked, matter_id, D.VERIFIED if removed else D.NOT_REMOVED, _required(note))


@verb(REGULATORS, matter_id=is_offices)
def answer_reason(session: Session, asked: Asked, *, matter_id: int, approved: bool, note: str = "") -> MatterDone:
    """Approve a special reason, or return it with why; either way the lift stays due, and its notices go on."""
    return _act(
        session, asked, matter_id, D.APPROVED if approved else D.RETURNED, note if approved else _required(note)
    )


@verb(DEPARTMENT, matter_id=is_departments)
def report_reason_again(session: Session, asked: Asked, *, matter_id: int, note: str) -> MatterDone:
    """Report a reason that was returned once more, with what the district asked for."""
    return _act(session, asked, matter_id, D.REPORTED_AGAIN, _required(note))


def _open(
    session: Session,
    asked: Asked,
    lift_id: int,
    kind: MatterKind,
    *,
    note: str,
    photos: Sequence[int] = (),
    reason: SpecialReason | None = None,
    duty_id: int | None = None,
) -> MatterDone:
    if (before := _by_key(session, asked.key)) is not None:
        return _repeated(session, before)
    note = _required(note) if kind is MatterKind.HAZARD else note
    lift = session.get_one(Lift, lift_id)
    matter = Matter(
        city_id=asked.actor.city_id,
        kind=kind,
        lift_id=lift_id,
        duty_id=duty_id,
        reason=reason,
        department_id=asked.actor.party_id,
        office_id=bureau_of(session, asked.actor.city_id, lift.district_code),
        opened_on=asked.today,
        since=asked.today,
    )
    session.add(matter)
    session.flush()
    done = _note(session, asked, matter, D.REPORTED, note, photos)
    if kind is MatterKind.SPECIAL_REASON:
        end_reported(session, lift, asked.today)
    return done


def _act(
    session: Session, asked: Asked, matter_id: int, deed: MatterDeed, note: str, photos: Sequence[int] = ()
) -> MatterDone:
    matter = session.get_one(Matter, matter_id, with_for_update=True, populate_existing=True)
    if (before := _by_key(session, asked.key)) is not None:
        return _repeated(session, before)
    kind, states, leads_to = LEADS_TO[deed]
    if matter.kind != kind or matter.state not in states:
        raise Refused("matters.stands_otherwise")
    matter.department_id = desk_of_lift(session, matter.lift_id) or matter.department_id
    matter.state, matter.since = leads_to, asked.today
    matter.closed_on = asked.today if leads_to is S.CLOSED else None
    return _note(session, asked, matter, deed, note, photos)


def _note(
    session: Session, asked: Asked, matter: Matter, deed: MatterDeed, note: str, photos: Sequence[int]
) -> MatterDone:
    if len(photos) > MOST_PHOTOS:
        raise Refused("case.too_many_photos", most=MOST_PHOTOS)
    said = " ".join(note.split())[:LONGEST_NOTE]
    session.add(matter)
    session.add(
        MatterStep(
            matter_id=matter.id,
            deed=deed,
            at=asked.now,
            on_date=asked.today,
            contact_id=asked.actor.contact_id,
            note=said,
            photos=list(photos),
            key=asked.key,
        )
    )
    session.flush()
    tell_deed(session, matter, deed, said, asked.today, asked.now)
    return MatterDone(matter.id, MatterState(matter.state))


def _by_key(session: Session, key: str) -> MatterStep | None:
    return session.exec(select(MatterStep).where(MatterStep.key == key)).first()


def _repeated(session: Session, before: MatterStep) -> MatterDone:
    matter = session.get_one(Matter, before.matter_id)
    return MatterDone(matter.id, MatterState(matter.state), repeated=True)


def _required(note: str) -> str:
    if not note.strip():
        raise Refused("matters.say_why")
    return note
