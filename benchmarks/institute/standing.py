"""The look at every lift at the end of a simulated day: by what the tables say, not by what the planner expects."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select as select_rows
from sqlmodel import Session, col, or_, select

from actions.summary.figures import summarise
from actions.summary.standing import standing
from institute.world import CITY, World
from schedules.calendar import WorkingCalendar
from store.database import in_chunks, table_of
from store.duties import INSPECTIONS, OVERDUE, REPORT, Duty, StepDate, Told, ToldState
from store.events import Event, EventKind
from store.inspections import OPEN_STATES, Inspection, InspectionState
from store.lifts import Lift, LiftStatus
from store.notices import REPORT as MATTER
from store.notices import Delivery, DeliveryStatus, Notice, NoticeStatus
from store.pushes import PushedResult
from store.reports import Report
from store.summaries import SummaryDay
from store.tasks import Task, TaskKind, TaskStatus

LIST = "list"
NOBODY = (NoticeStatus.NO_CONTACT, NoticeStatus.FAILED)
REGISTERED_WITHIN = timedelta(days=30)  # the register gives the validity of an inspection by another body
ON_ITS_WAY = timedelta(days=4)  # a notice of the day before a long week-end, or one that is tried again
IN_RECTIFICATION = (InspectionState.WITH_ITEMS, InspectionState.SUBMITTED, InspectionState.RETURNED)
ASKS_FOR_SOMEBODY = (TaskKind.NO_CONTACT, TaskKind.DELIVERY_FAILED, TaskKind.BAD_PHONE, TaskKind.CALL)


class Owed(NamedTuple):
    """An open inspection, and the lift that it is about."""

    id: int
    lift_id: int
    rule: str
    due: date | None
    held_until: date | None
    resume_on: date | None
    booked_on: date | None
    key: str
    district_code: str | None


class Line(NamedTuple):
    """A line of the ledger."""

    duty_id: int
    due: date
    step: str
    party_id: int
    state: str
    on_date: date


class Standing:
    """Looks at the whole register; `first` is the day from which anything was told at all."""

    def __init__(self, world: World, calendar: WorkingCalendar, first: date) -> None:
        self._world, self._calendar, self._first = world, calendar, first
        self._looked, self._closing = first - timedelta(days=1), Counter[Any]()
        self._days: list[date] = []

    def look(self, session: Session, day: date) -> Iterator[str]:
        """What does not hold today."""
        self._days.append(day)
        rows = self._open(session)
        yield from self._forgotten(session, rows, day)
        yield from self._one_each(session, rows)
        yield from self._lapses(session, rows, day)
        yield from self._results(session, day)
        yield from self._reports(session, day)
        yield from self._unsettled(session, day)
        yield from self._figures(session, day)
        self._looked = day

    def _open(self, session: Session) -> list[Owed]:
        duty, lift = table_of(Duty).c, table_of(Lift).c
        query = select_rows(
            *(duty.id, duty.lift_id, duty.rule, duty.due, duty.held_until, duty.resume_on, duty.booked_on),
            *(lift.key, lift.district_code),
        ).where(lift.id == duty.lift_id, lift.status == LiftStatus.IN_USE)
        query = query.where(duty.kind.in_(INSPECTIONS), duty.closed_on.is_(None), duty.withdrawn_at.is_(None))
        return [Owed(*row) for row in session.execute(query.order_by(duty.id))]

    def _forgotten(self, session: Session, rows: list[Owed], day: date) -> Iterator[str]:
        """Every lift owes an inspection or a report, and the last rung that has passed was told, or why it was not."""
        owing = {duty.lift_id for duty in rows}
        reports = select(Duty.lift_id).where(Duty.kind == REPORT, col(Duty.closed_on).is_(None))
        busy = select(Inspection.lift_id).where(col(Inspection.state).in_(OPEN_STATES))
        idle = select(Lift.id).where(Lift.status == LiftStatus.IN_USE, col(Lift.id).not_in(reports))
        elsewhere = select(Event.lift_id).where(
            Event.kind == EventKind.INSPECTION_ENDED,
            Event.known_on >= day - REGISTERED_WITHIN,
            col(Event.payload)["elsewhere"].as_boolean(),
        )
        idle = idle.where(col(Lift.id).not_in(elsewhere))
        for lift_id in session.exec(idle.where(col(Lift.id).not_in(busy))):
            if lift_id not in owing:
                yield f"lift {lift_id} owes nothing at all"
        rungs: dict[tuple[str, date], list[StepDate]] = defaultdict(list)
        for rung in session.exec(select(StepDate).where(StepDate.tell_by < day, StepDate.seq > 0)):
            rungs[rung.rule, rung.due].append(rung)
        passed = {
            duty.id: max(rungs[duty.rule, duty.due], key=lambda one: one.seq)
            for duty in rows
            if duty.due is not None and (duty.rule, duty.due) in rungs
        }
        told = self._ledger(session, list(passed))
        in_hand = set(session.exec(select(Inspection.lift_id).where(col(Inspection.state).in_(IN_RECTIFICATION))))
        named = set(session.exec(select(Task.lift_id).where(Task.status == TaskStatus.OPEN)))
        for duty in rows:
            rung = passed.get(duty.id)
            waits = duty.lift_id in in_hand or (duty.held_until is not None and duty.held_until >= day)
            booked = duty.resume_on is not None and duty.resume_on >= day
            if rung is None or waits or booked or duty.lift_id in named:
                continue
            if not any(one.due == duty.due and one.step == rung.step for one in told[duty.id]):
                stands = f"held {duty.held_until}, booked {duty.booked_on}"
                yield f"lift {duty.key} due {duty.due}: {rung.step} was to be told by {rung.tell_by}; {stands}"

    def _ledger(self, session: Session, duty_ids: list[int]) -> dict[int, list[Line]]:
        found: dict[int, list[Line]] = defaultdict(list)
        told = table_of(Told).c
        columns = (told.duty_id, told.due, told.step, told.party_id, told.state, told.on_date)
        for part in in_chunks(sorted(duty_ids)):
            query = select_rows(*columns).where(told.duty_id.in_(part), told.state != ToldState.RELEASED)
            for line in session.execute(query):
                found[line.duty_id].append(Line(*line))
        return found

    def _one_each(self, session: Session, rows: list[Owed]) -> Iterator[str]:
        """No lift has two open inspections, owed or on site."""
        owed = Counter(duty.lift_id for duty in rows)
        on_site = Counter(session.exec(select(Inspection.lift_id).where(col(Inspection.state).in_(OPEN_STATES))).all())
        for lift_id, count in (owed.items() | on_site.items()) if owed else ():
            if count > 1:
                yield f"lift {lift_id} has {count} open inspections"

    def _lapses(self, session: Session, rows: list[Owed], day: date) -> Iterator[str]:
        """What fell due, and what was not booked by the day of the list, reached the bureau by its date."""
        bureaus = {code: desk.bureau_id for code, desk in self._world.desks.items()}
        since = self._first + timedelta(days=1)
        query = select(StepDate).where(col(StepDate.step).in_((OVERDUE, LIST)), StepDate.tell_from >= since)
        dates = {(one.rule, one.due, one.step): one for one in session.exec(query.where(StepDate.tell_by <= day))}
        late = [duty for duty in rows if duty.due and (duty.rule, duty.due, LIST) in dates]
        told = self._ledger(session, [duty.id for duty in late])
        for duty in late:
            assert duty.due is not None
            bureau = bureaus[duty.district_code or ""]
            for step in (LIST, OVERDUE):
                rung = dates.get((duty.rule, duty.due, step))
                mine = [one for one in told[duty.id] if (one.step, one.party_id, one.due) == (step, bureau, duty.due)]
                if rung is None or (step == LIST and (duty.due < day or not self._was_unbooked(session, duty, rung))):
                    continue
                if not any(one.state == ToldState.TOLD for one in mine):
                    yield f"lift {duty.key} due {duty.due}: the bureau was not told ({step}) by {rung.tell_by}"
                elif all(one.on_date > self._lived(rung.tell_by) for one in mine) and self._stood(session, duty, rung):
                    yield f"lift {duty.key} due {duty.due}: the bureau was told ({step}) after {rung.tell_by}"

    def _lived(self, day: date) -> date:
        """The first day from that day on that was lived."""
        return next(one for one in self._days if one >= day)

    def _was_unbooked(self, session: Session, duty: Owed, rung: StepDate) -> bool:
        """Whether nothing has happened about the booking since before the day of the list, and there is none."""
        return duty.booked_on is None and duty.held_until is None and self._stood(session, duty, rung)

    def _stood(self, session: Session, duty: Owed, rung: StepDate) -> bool:
        """Whether nothing was learnt of the lift from ten days before the rung on: what came late is told late."""
        since = rung.tell_from - timedelta(days=40)
        query = select(Event.id).where(Event.lift_id == duty.lift_id, Event.known_on >= since)
        return session.exec(query.where(Event.kind != EventKind.URGING_ANSWERED)).first() is None

    def _results(self, session: Session, day: date) -> Iterator[str]:
        """What failed since the last look was pushed to its bureau, and what lapsed is a task of the department."""
        pushed = select(PushedResult.event_id)
        query = select(Event).where(Event.kind == EventKind.INSPECTION_ENDED, Event.known_on > self._looked)
        for event in session.exec(query.where(col(Event.id).not_in(pushed))):
            if (event.payload or {}).get("conclusion") == "fail":
                yield f"lift {event.lift_id} failed on {event.on_date}, and its bureau was not told"
        overdue = select(Inspection).where(
            col(Inspection.state).in_((InspectionState.WITH_ITEMS, InspectionState.RETURNED))
        )
        for one in session.exec(overdue.where(Inspection.deadline < day)):
            yield f"inspection {one.id}: its deadline {one.deadline} has passed, and it has not lapsed"
        tasks = set(
            session.exec(
                select(Task.key).where(Task.kind == TaskKind.RECTIFICATION_LAPSED, Task.status == TaskStatus.OPEN)
            )
        )
        for one in session.exec(select(Inspection).where(Inspection.state == InspectionState.LAPSED)):
            if f"inspection:{one.id}" not in tasks:
                yield f"inspection {one.id} has lapsed, and nobody is asked to conclude it"

    def _reports(self, session: Session, day: date) -> Iterator[str]:
        """Every report that was issued reached somebody of the unit, or somebody is asked to find them."""
        query = select(Report).where(Report.issued_on > self._looked, Report.issued_on <= day)
        notices: dict[tuple[int, str], list[Notice]] = defaultdict(list)
        of_reports = select(Notice).where(col(Notice.template).startswith("report."), Notice.planned_on > self._looked)
        for notice in session.exec(of_reports):
            for lift in (notice.facts or {}).get(MATTER, {}).get("lifts", ()):
                notices[notice.party_id, lift["key"]].append(notice)
        for report in session.exec(query):
            key = session.get_one(Lift, report.lift_id).key
            mine = notices[report.party_id or 0, key]
            if not any(self._arrived(session, one) or self._is_asked_for(session, one) for one in mine):
                yield f"report {report.number} of {key} was not pushed: {[(one.template, one.status) for one in mine]}"

    def _arrived(self, session: Session, notice: Notice) -> bool:
        query = select(Delivery.id).where(Delivery.notice_id == notice.id)
        got = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED)
        return session.exec(query.where(col(Delivery.status).in_(got))).first() is not None

    def _is_asked_for(self, session: Session, notice: Notice) -> bool:
        query = select(Task.id).where(col(Task.kind).in_(ASKS_FOR_SOMEBODY))
        about = or_(Task.notice_id == notice.id, Task.party_id == notice.party_id)
        return session.exec(query.where(about)).first() is not None

    def _unsettled(self, session: Session, day: date) -> Iterator[str]:
        """No notice lies about: it leaves soon, or somebody is asked to find whom it is for."""
        lies = select(Notice).where(Notice.status == NoticeStatus.PLANNED, Notice.send_on < day - ON_ITS_WAY)
        for notice in session.exec(lies):
            yield f"notice {notice.id} ({notice.template}) was to leave on {notice.send_on}: {notice.reason}"
        for notice in session.exec(
            select(Notice).where(col(Notice.status).in_(NOBODY), Notice.planned_on > self._looked)
        ):
            if not self._is_asked_for(session, notice):
                yield f"notice {notice.id} ({notice.template}) reached nobody ({notice.reason}), and nobody is asked"

    def _figures(self, session: Session, day: date) -> Iterator[str]:
        """Opening + new − cleared = closing, each opens with the closing before, and closes with what stands."""
        if session.exec(select(SummaryDay.id).where(SummaryDay.day == day)).first() is None:
            if self._calendar.is_working(day):
                yield "the day was not closed"
            return
        summary = summarise(session, CITY, day, day, today=day)
        closing: Counter[Any] = Counter()
        for part in summary.parts:
            for figure, row in part.rows.items():
                closing[part.department_id, figure] = row.closing
                before = self._closing[part.department_id, figure]
                if row.opening != before:
                    yield f"{figure} of {part.name} opens with {row.opening}, and closed with {before}"
        stands = Counter((one.department_id, figure) for (figure, _), one in standing(session, CITY, day).items())
        if +closing != stands:
            yield f"the figures close with {dict(+closing)}, and what stands is {dict(stands)}"
        self._closing = closing
