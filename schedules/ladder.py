"""The stored ladder: dates of rungs for each distinct due date, and the next rung of each duty."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Date, bindparam, text
from sqlalchemy import select as sql_select
from sqlmodel import Session, select

from schedules.calendar import WorkingCalendar
from schedules.rulebook import Ladder, told_by_themselves
from schedules.scratch import empty_scratch, ensure_scratch
from schedules.steps import FOREVER, step_dates
from store.database import fill_table, table_of
from store.duties import Duty, StepDate

# When a rung may be told to those who owe duty `d`: a booked visit puts it off to the day after, and what a booking may
# put off also waits while it is found out whether the inspection was elsewhere. The rung that opens a window, which may
# be shorter than the rule's where a scheme has just begun, is not told before it.
WAITS = "d.booked_on IS NOT NULL AND s.pause_if_booked_by >= d.booked_on AND s.tell_from < d.resume_on"
HELD = "d.held_until IS NOT NULL AND s.pause_if_booked_by IS NOT NULL AND s.tell_from < d.held_until"
EFFECTIVE = f"""CASE WHEN {WAITS} AND NOT ({HELD} AND d.held_until > d.resume_on) THEN d.resume_on
               WHEN {HELD} THEN d.held_until WHEN s.step = 'open' AND s.tell_from < d.window_start
               THEN d.window_start ELSE s.tell_from END"""
SCRATCH = "CREATE TEMPORARY TABLE IF NOT EXISTS touched (duty_id INTEGER PRIMARY KEY)"
REFRESH = f"""
UPDATE duty SET (next_step, next_on) = (
    SELECT s.step, {EFFECTIVE} FROM duty d JOIN step_date s ON s.rule = d.rule AND s.due = d.due AND s.seq > d.told_seq
    WHERE d.id = duty.id AND d.closed_on IS NULL AND d.withdrawn_at IS NULL
    ORDER BY {EFFECTIVE}, s.seq LIMIT 1)
WHERE {{which}}
"""
# How far the ladder has come for the present due date, read off the ledger; a copy to another party does not count.
RECOUNT = """
UPDATE duty SET told_seq = COALESCE((
    SELECT MAX(s.seq) FROM told t JOIN step_date s ON s.rule = duty.rule AND s.due = t.due AND s.step = t.step
    WHERE t.duty_id = duty.id AND t.due = duty.due AND t.state <> 'released' AND NOT t.is_copy), 0)
WHERE duty.id IN (SELECT duty_id FROM touched)
"""
# What stands in the ledger already stays.
SUPERSEDE = text(
    "INSERT INTO told (duty_id, due, step, party_id, state, on_date, late, is_copy)"
    " VALUES (:duty, :due, :step, :party, 'superseded', :today, false, false) ON CONFLICT DO NOTHING"
).bindparams(bindparam("due", type_=Date), bindparam("today", type_=Date))
# The same for every reminder (see `reminders_of`) of the duties in `touched` that has opened, for their use units.
SUPERSEDE_REMINDERS = """INSERT INTO told (duty_id, due, step, party_id, state, on_date, late, is_copy)
    SELECT d.id, d.due, s.step, r.party_id, 'superseded', :today, false, false
    FROM duty d JOIN step_date s ON s.rule = d.rule AND s.due = d.due
    JOIN responsibility r ON r.lift_id = d.lift_id AND r.role = 'use_unit' AND r.to_on IS NULL
    WHERE d.id IN (SELECT duty_id FROM touched) AND s.tell_from <= :today AND s.pause_if_booked_by = :always
        AND NOT (s.tell_by >= :today AND s.rule || '/' || s.step IN ({by_themselves}))
    ON CONFLICT DO NOTHING"""
STEP_COLUMNS = tuple(StepDate.model_fields)
ADD_STEP_DATE = text(
    f"INSERT INTO step_date ({', '.join(STEP_COLUMNS)}) VALUES ({', '.join(f':{name}' for name in STEP_COLUMNS)})"
    " ON CONFLICT DO NOTHING"
)
TOUCHED = "duty.id IN (SELECT duty_id FROM touched)"
OPEN = "duty.due IS NOT NULL AND duty.closed_on IS NULL AND duty.withdrawn_at IS NULL"


def touch(session: Session, duty_ids: Iterable[int]) -> None:
    """Fill the scratch table `touched`, over which the statements below work."""
    connection = session.connection()
    ensure_scratch(connection, "ladder", [SCRATCH])
    empty_scratch(connection, "touched")
    fill_table(connection, "touched", ("duty_id",), [(duty_id,) for duty_id in sorted(set(duty_ids))])


def refresh_next(session: Session, duty_ids: Iterable[int], *, fresh: bool = False) -> None:
    """Work out anew how far the ladder of these duties has come and what comes next.

    Of `fresh` duties nothing was told yet, so the ledger is not read.
    """
    session.flush()
    ids = set(duty_ids)
    if not ids:
        return
    touch(session, ids)
    if not fresh:
        session.execute(text(RECOUNT))
    session.execute(text(REFRESH.format(which=TOUCHED)))


def ensure_step_dates(
    session: Session, rules: Iterable[Ladder], dues: Iterable[tuple[str, date]], calendar: WorkingCalendar
) -> None:
    """Store the rungs of these (rule, due date) pairs where they are not stored yet."""
    wanted = set(dues)
    known = _known_dues(session, {rule for rule, _ in wanted}, {due for _, due in wanted})
    by_id = {rule.id: rule for rule in rules}
    rows = [row for rule_id, due in sorted(wanted - known) for row in _rows(by_id[rule_id], due, calendar)]
    if rows:  # another process may store the same ones at this moment
        session.connection().execute(ADD_STEP_DATE, [_plain(row) for row in rows])


def rewrite_step_dates(session: Session, rules: Iterable[Ladder], calendar: WorkingCalendar) -> int:
    """After a change of calendar or rulebook: work all rungs out again and refresh every open duty in one statement.

    Returns how many rungs moved.
    """
    by_id = {rule.id: rule for rule in rules}
    moved = 0
    for rule_id, due in sorted(_known_dues(session, set(by_id))):
        for row in _rows(by_id[rule_id], due, calendar):
            before = session.get(StepDate, (rule_id, due, row.seq))
            moved += before is None or before.model_dump() != row.model_dump()
            session.merge(row)
    session.flush()
    session.execute(text(REFRESH.format(which=OPEN)))
    return moved


def _plain(row: StepDate) -> dict[str, object]:
    """The row as the driver takes it: dates as text."""
    values = {name: getattr(row, name) for name in STEP_COLUMNS}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _known_dues(session: Session, rules: set[str], dues: set[date] | None = None) -> set[tuple[str, date]]:
    stored = table_of(StepDate).c
    query = sql_select(stored.rule, stored.due).where(stored.rule.in_(rules)).distinct()
    if dues is not None:
        query = query.where(stored.due.in_(dues))
    return {(row.rule, row.due) for row in session.execute(query)}


def _rows(rule: Ladder, due: date, calendar: WorkingCalendar) -> list[StepDate]:
    version = calendar.version()
    return [
        StepDate(
            rule=rule.id,
            due=due,
            seq=dates.seq,
            step=dates.step,
            version=version,
            opens_on=dates.opens_on,
            latest_on=dates.latest_on,
            practical_on=dates.practical_on,
            tell_from=dates.tell_from,
            tell_by=dates.tell_by,
            spread=dates.spread,
            pause_if_booked_by=dates.pause_if_booked_by,
            provisional=dates.provisional,
        )
        for dates in step_dates(rule, due, calendar)
        if dates.tell_from is not None and dates.tell_by is not None
    ]


def supersede_all(session: Session, covered: Iterable[tuple[Duty, Iterable[StepDate], int]], today: date) -> None:
    """Record for each duty's party that these rungs are not told by themselves: something else stands for them."""
    rows = [
        {"duty": duty.id, "due": rung.due, "step": rung.step, "party": party_id, "today": today}
        for duty, rungs, party_id in covered
        for rung in rungs
    ]
    if rows:
        session.flush()
        session.connection().execute(SUPERSEDE, rows)


def supersede_reminders(session: Session, duty_ids: Iterable[int], today: date) -> None:
    """Record for the use units that the reminders which are open by `today` are not told by themselves."""
    session.flush()
    touch(session, duty_ids)
    named = ", ".join(f"'{rule}/{step}'" for rule, step in sorted(told_by_themselves()))
    statement = text(SUPERSEDE_REMINDERS.format(by_themselves=named))
    kinds = (bindparam("today", type_=Date), bindparam("always", type_=Date))
    session.execute(statement.bindparams(*kinds), {"today": today, "always": FOREVER})


def ladder_of(session: Session, rule: str, due: date) -> Sequence[StepDate]:
    """The rungs of a rule for one due date."""
    return session.exec(select(StepDate).where(StepDate.rule == rule, StepDate.due == due)).all()


def reminders_of(session: Session, duty: Duty, *, opened_by: date) -> Sequence[StepDate]:
    """The rungs that remind those who owe the duty (any booking pauses them) and may be told by `opened_by`.

    Lists and overdue pushes are not among them: they are owed to a regulator, whatever the unit was told. Nor is what a
    clause asks for in a form of its own, before its last day (000 四5: a telephone call).
    """
    if duty.due is None:
        return []
    return [rung for rung in ladder_of(session, duty.rule, duty.due) if is_reminder(rung, opened_by=opened_by)]


def is_reminder(rung: StepDate, *, opened_by: date) -> bool:
    """See `reminders_of`."""
    if rung.tell_by >= opened_by and (rung.rule, rung.step) in told_by_themselves():
        return False
    return rung.tell_from <= opened_by and rung.pause_if_booked_by == FOREVER
