"""A due date that moved after it was told: one notice that names the old one, and no rung told twice."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from schedules.announcements import Announced, Announcement, announce_all, parties_of
from schedules.ladder import is_reminder, ladder_of, refresh_next, supersede_all
from schedules.rulebook import Rulebook, notices_of, rule_named, rules_of
from store.duties import INSPECTIONS, RECTIFICATION, Duty, StepDate, Told, ToldState
from store.lifts import Lift, LiftRole

CORRECTED = "corrected"
CHUNK = 500
Groups = dict[tuple[str, date, date, str, bool], list[Duty]]  # by rule, old and new date, rung, and `_was_stopped`


@dataclass(frozen=True)
class MovedDue:
    """A duty whose due date changed in a rebuild."""

    duty_id: int
    old: date
    new: date


def correct_dues(session: Session, moved: Sequence[MovedDue], rulebook: Rulebook, *, today: date, now: datetime) -> int:
    """Announce the moved dates that somebody had been told. Returns how many notices that makes.

    Rungs that were told for an earlier date and are open or passed for the new one are covered by the correction;
    those still to come are told again on their days.
    """
    groups: Groups = defaultdict(list)
    ladders: dict[tuple[str, date], Sequence[StepDate]] = {}
    covered: list[tuple[Duty, Sequence[StepDate], int]] = []
    for start in range(0, len(moved), CHUNK):
        ids = [move.duty_id for move in moved[start : start + CHUNK]]
        for duty, told in _told_before(session, ids):
            last = told_last(told)
            if duty.due is None or duty.closed_on or duty.withdrawn_at or last.due == duty.due:
                continue
            if duty.kind == RECTIFICATION or not notices_of(duty.rule).corrected:
                # its new deadline stands in what tells of the return, or of the notice
                continue  # no words for it: the ladder of the new date is told as it stands
            step = _correction_step(told, duty.due)
            if (duty.rule, duty.due) not in ladders:
                ladders[duty.rule, duty.due] = ladder_of(session, duty.rule, duty.due)
            covered.append((duty, _covered(told, duty.due, ladders[duty.rule, duty.due], today), told[0].party_id))
            groups[(duty.rule, last.due, duty.due, step, _was_stopped(duty, last))].append(duty)
    supersede_all(session, covered, today)
    notices = announce_all(session, _announcements(session, groups, rulebook), today)
    refresh_next(session, [duty.id for duties in groups.values() for duty in duties])
    return len(notices)


def told_last(told: Sequence[Told]) -> Told:
    """The newest of these rows that bear a notice; of one day, only the notices say which that is."""
    return max(told, key=lambda row: row.notice_id or 0)


def _announcements(session: Session, groups: Groups, rulebook: Rulebook) -> list[Announced]:
    """One for each rule and pair of dates; all are of the one city whose duties were derived anew."""
    rules = {rule.id: rule for rule in rules_of(rulebook)}
    city_id = next((_city_of(session, duties[0]) for duties in groups.values()), "")
    return [
        Announced(
            Announcement(
                city_id,
                rules.get(rule_id) or rule_named(rule_id),
                step,
                {"old_due": old.isoformat(), "new_due": new.isoformat()} | ({"stopped": True} if stopped else {}),
            ),
            notices_of(rule_id).corrected,
            duties,
        )
        for (rule_id, old, new, step, stopped), duties in groups.items()
    ]


def _told_before(session: Session, duty_ids: list[int]) -> list[tuple[Duty, list[Told]]]:
    """What the present use unit was told, or is being told at this moment, about these duties.

    One table after the other: joined in one statement, a PostgreSQL without fresh statistics reads all of them.
    """
    said = select(Told).where(col(Told.duty_id).in_(duty_ids))
    rows = session.exec(said.where(col(Told.state).in_((ToldState.TOLD, ToldState.RESERVED)))).all()
    duties = session.exec(select(Duty).where(col(Duty.id).in_({row.duty_id for row in rows}))).all()
    units = parties_of(session, {duty.lift_id for duty in duties if duty.lift_id is not None}, [LiftRole.USE_UNIT])
    by_duty: dict[int, list[Told]] = defaultdict(list)
    for row in rows:
        by_duty[row.duty_id].append(row)
    told = [
        (duty, [row for row in by_duty[duty.id] if row.party_id == units.get((duty.lift_id or 0, LiftRole.USE_UNIT))])
        for duty in duties
    ]
    return [(duty, theirs) for duty, theirs in told if theirs]


def _correction_step(told: list[Told], due: date) -> str:
    """`corrected`; when the date comes back to one that was corrected before, `corrected.2` and so on."""
    times = sum(row.due == due and row.step.startswith(CORRECTED) for row in told)
    return CORRECTED if times == 0 else f"{CORRECTED}.{times + 1}"


def _was_stopped(duty: Duty, last: Told) -> bool:
    """Whether what was told last said that the validity has ended, and to stop the lift."""
    return duty.kind in INSPECTIONS and last.due < last.on_date


def _covered(told: list[Told], due: date, ladder: Sequence[StepDate], today: date) -> list[StepDate]:
    """The rungs of the new date's ladder that the correction stands for."""
    steps = {row.step for row in told if row.due != due}
    reached = max((rung.seq for rung in ladder if rung.step in steps), default=0)
    return [rung for rung in ladder if rung.seq <= reached and is_reminder(rung, opened_by=today)]


def _city_of(session: Session, duty: Duty) -> str:
    lift = session.get(Lift, duty.lift_id)
    assert lift is not None
    return lift.city_id
