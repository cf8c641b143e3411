"""Undoing several imports: a later undoing may make right what an earlier one had called a mistake."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import exists, update
from sqlmodel import Session, col, select

from actions.register.undo_rows import changes_of, chunks
from schedules.announcements import INTRODUCTION, Parties, parties_of
from schedules.corrections import told_last
from schedules.ladder import refresh_next
from schedules.retractions import ROLES, is_retraction, say_anew, what_was_said
from store.database import table_of
from store.duties import MISTAKEN, Duty, Told, ToldState
from store.imports import ChangeKind, ImportChange
from store.ledger import UNSENT, release_from
from store.lifts import LiftRole

Retracted = tuple[Duty, Told, Told | None, LiftRole]  # the duty, the retraction, what it takes back, to whom as what


def set_right(session: Session, duty_ids: Sequence[int], *, today: date, now: datetime) -> int:
    """Of these duties, whose lifts have just gone back: what their unit or maintainer was told to ignore, and is true.

    A retraction that has not left is not sent, and what was said before it stands; after one that has left the lifts
    are introduced again. How many notices that makes.
    """
    session.flush()
    retracted, parties = _retracted(session, duty_ids)
    if not retracted:
        return 0
    named = _units_named(session, [before for _, _, before, _ in retracted if before is not None])
    true_after_all = {
        (duty.id, last.party_id)
        for duty, last, before, role in retracted
        if role is LiftRole.USE_UNIT or _names_the_unit(duty, before, named, parties)
    }
    release_from(session, sorted(true_after_all), reason="listed_again", now=now, only=MISTAKEN, unsent=UNSENT)
    session.expire_all()
    _count_again(session, [one for one in retracted if one[3] is LiftRole.USE_UNIT])
    left, _ = _retracted(session, duty_ids)
    # to a maintainer one that has not left says whose the lifts are on the day that it leaves
    again = [one[0] for one in left if one[1].state == ToldState.TOLD or (one[0].id, one[1].party_id) in true_after_all]
    refresh_next(session, [one[0].id for one in retracted])
    return say_anew(session, list({duty.id: duty for duty in again}.values()), today)


def _retracted(session: Session, duty_ids: Sequence[int]) -> tuple[list[Retracted], Parties]:
    """What stands as a mistake to those who answer for the lifts, though the facts give it."""
    found: list[Retracted] = []
    said = [one for one in what_was_said(session, duty_ids) if is_retraction(told_last(one[1]))]
    parties = parties_of(session, {duty.lift_id for duty, *_ in said if duty.lift_id}, list(LiftRole))
    for duty, told, audience in said:
        last, role = told_last(told), ROLES.get(audience)
        is_open = duty.closed_on is None and duty.withdrawn_at is None and last.due == duty.due
        if is_open and role in tuple(LiftRole) and parties.get((duty.lift_id or 0, role)) == last.party_id:
            real = [row for row in told if not is_retraction(row)]
            found.append((duty, last, told_last(real) if real else None, LiftRole(role)))
    return found, parties


def _names_the_unit(duty: Duty, before: Told | None, named: dict[tuple[int, int], int], parties: Parties) -> bool:
    """Whether what a maintainer was told before the retraction names no other use unit than the present one."""
    unit = named.get((before.notice_id or 0, duty.lift_id or 0)) if before is not None else None
    return unit is None or unit == parties.get((duty.lift_id or 0, LiftRole.USE_UNIT))


def _units_named(session: Session, rows: Sequence[Told]) -> dict[tuple[int, int], int]:
    """By notice and lift: the use unit that the introduction of an import names."""
    notice_ids = sorted({row.notice_id or 0 for row in rows if row.step.startswith(INTRODUCTION)})
    found: dict[tuple[int, int], int] = {}
    for part in chunks(notice_ids):
        ours = col(ImportChange.row_id).in_(part), ImportChange.kind == ChangeKind.NOTICE_ADDED
        for import_id, notice_id in session.exec(select(ImportChange.import_id, ImportChange.row_id).where(*ours)):
            handed = changes_of(session, import_id, ChangeKind.USE_UNIT)
            found |= {(notice_id, lift_id): detail["party"][1] for lift_id, detail in handed}
    return found


def _count_again(session: Session, retracted: Sequence[Retracted]) -> None:
    """What a unit was told of its own lifts counts, where nothing else of that rung does (see `_make_copies`)."""
    told = table_of(Told)
    other = told.alias().c
    same = (other.duty_id == told.c.duty_id) & (other.due == told.c.due) & (other.step == told.c.step)
    counts = exists().where(same, other.is_copy.is_(False), other.state != ToldState.RELEASED)
    theirs: defaultdict[int, list[int]] = defaultdict(list)
    for duty, last, _, _ in retracted:
        theirs[last.party_id].append(duty.id)
    for party_id, duty_ids in theirs.items():
        for part in chunks(duty_ids):
            ours = told.c.duty_id.in_(part) & (told.c.party_id == party_id) & told.c.is_copy.is_(True)
            real = told.c.step.not_like(f"{MISTAKEN}%")
            session.execute(update(told).where(ours, real, ~counts).values(is_copy=False))
