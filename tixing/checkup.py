"""What `tixing doctor` looks for. Nothing is changed: the comparison of duties is rolled back."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from schedules.calendar import load_calendar
from schedules.dates import add_months
from schedules.duties import rebuild
from schedules.offices.duties import rebuild_offices
from schedules.regimes import rulebook_of
from schedules.register_doubts import doubts_of
from schedules.rulebook import has_cycle
from schedules.upkeep import AHEAD_MONTHS
from store.database import Database
from store.duties import Duty, StepDate
from store.held import misheld
from store.lifts import City, Lift
from store.locks import hold_all_cities
from store.notices import Notice, NoticeStatus, PlanRun
from store.slots import miscounted
from store.tasks import Task, TaskStatus
from tixing.stops import stops


@dataclass(frozen=True)
class Finding:
    """One line of the check-up."""

    GOOD: ClassVar[str] = "good"
    DOUBT: ClassVar[str] = "doubt"
    WRONG: ClassVar[str] = "wrong"

    level: str
    check: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


class _RolledBack(Exception):
    """Ends the comparison without keeping what it wrote."""


def check_up(database: Database, *, today: date, now: datetime) -> list[Finding]:
    """Every check, in the order in which a person would want to read them."""
    findings = _compare_derived(database, today, now)
    with database.read() as session:
        findings += [
            _check_slots(session),
            _check_calendar(session, today),
            _check_step_dates(session),
            _check_validities(session),
            *_check_base_dates(session, today),
            *_check_doubts(session, today),
            _check_plan(session, today),
            *_check_brakes(session),
            *_check_notices(session),
            *_count_tasks(session),
        ]
    return findings


def _compare_derived(database: Database, today: date, now: datetime) -> list[Finding]:
    """Derive every duty and every visit from the facts again and count what differs from the store."""
    differing = visits = 0
    try:
        with database.write() as session:
            for city_id in hold_all_cities(session):
                summary = rebuild(session, city_id=city_id, today=today, now=now)
                offices = rebuild_offices(session, city_id=city_id, today=today, now=now)
                differing += sum(part.inserted + part.updated + part.withdrawn for part in (summary, offices))
                visits += summary.visits
            raise _RolledBack
    except _RolledBack:
        pass
    wrong_duties = f"{differing} stored duties differ from what the facts give"
    wrong_visits = f"{visits} lifts are on another visit than their bookings say; `tixing slots --settle` puts it right"
    return [
        Finding(Finding.WRONG, "duties", wrong_duties)
        if differing
        else Finding(Finding.GOOD, "duties", "every stored duty is what the facts give"),
        Finding(Finding.WRONG, "visits", wrong_visits)
        if visits
        else Finding(Finding.GOOD, "visits", "every lift is on the visit that its bookings say"),
    ]


def _check_slots(session: Session) -> Finding:
    """What is taken of a half day is what the lifts on its visits hold."""
    if wrong := miscounted(session) + misheld(session):
        message = f"{wrong} half days have more or less taken or held than is so; `tixing slots --settle` counts anew"
        return Finding(Finding.WRONG, "slots", message)
    return Finding(Finding.GOOD, "slots", "of every half day as much is taken as lifts are booked")


def _check_calendar(session: Session, today: date) -> Finding:
    calendar = load_calendar(session)
    year = add_months(today, AHEAD_MONTHS).year
    if calendar.is_published(year):
        return Finding(Finding.GOOD, "calendar", f"holidays are known up to {year}")
    message = f"the holidays of {year} are not known; dates there are provisional until `tixing calendar import FILE`"
    return Finding(Finding.DOUBT, "calendar", message)


def _check_step_dates(session: Session) -> Finding:
    version = load_calendar(session).version()
    old = session.exec(select(func.count()).select_from(StepDate).where(StepDate.version != version)).one()
    if old:
        message = f"{old} stored rungs were worked out with another calendar; `tixing calendar import` renews them"
        return Finding(Finding.WRONG, "rungs", message)
    return Finding(Finding.GOOD, "rungs", "every stored rung was worked out with the present calendar")


def _check_validities(session: Session) -> Finding:
    stated = select(func.count()).select_from(Lift).where(col(Lift.withdrawn_on).is_(None))
    missing = session.exec(stated.where(col(Lift.valid_until).is_(None))).one()
    if missing:
        return Finding(Finding.DOUBT, "validities", f"{missing} lifts state no inspection validity and have no dates")
    return Finding(Finding.GOOD, "validities", "every lift states its inspection validity")


def _check_base_dates(session: Session, today: date) -> list[Finding]:
    """Where rules count years, a lift without the day of its first inspection is known only as far as its register."""
    findings = []
    for city_id in session.exec(select(City.id).order_by(City.id)).all():
        if not has_cycle(rulebook_of(session, city_id, today)):
            continue
        without = select(func.count()).select_from(Lift).where(Lift.city_id == city_id)
        count = session.exec(without.where(col(Lift.installed_pass_on).is_(None))).one()
        if count:
            message = f"{count} lifts of {city_id} state no supervisory inspection: their years can't be counted"
            findings.append(Finding(Finding.DOUBT, "years", message))
    return findings


def _check_doubts(session: Session, today: date) -> list[Finding]:
    """Where the register's next inspection is not what the clauses give, with the first few lifts."""
    findings = []
    for city_id in session.exec(select(City.id).order_by(City.id)).all():
        doubts = doubts_of(session, city_id, today)
        if doubts.lifts:
            named = "; ".join(f"{one.lift}: {one.duty} {one.due}, stated {one.stated}" for one in doubts.first[:3])
            message = (
                f"{doubts.lifts} lifts of {city_id} state a next inspection that the clauses don't give "
                f"(such as {named}): check installation, renovation and next inspection"
            )
            findings.append(Finding(Finding.DOUBT, "validities", message))
    return findings


def _check_plan(session: Session, today: date) -> Finding:
    last = session.exec(select(func.max(PlanRun.planned_on))).one()
    waiting = session.exec(select(func.count()).select_from(Duty).where(col(Duty.next_on) <= today)).one()
    said = f"last notices planned on {last}" if last else "no notice was planned yet"
    return Finding(
        Finding.GOOD if waiting == 0 else Finding.DOUBT, "plan", f"{said}; {waiting} duties have a rung open"
    )


def _check_brakes(session: Session) -> list[Finding]:
    said = stops(session)
    if not said:
        return [Finding(Finding.GOOD, "brakes", "nothing is paused and no plan is held")]
    return [Finding(Finding.DOUBT, "brakes", sentence) for sentence in said]


def _check_notices(session: Session) -> list[Finding]:
    levels = {
        NoticeStatus.FAILED: Finding.DOUBT,
        NoticeStatus.NO_CONTACT: Finding.DOUBT,
        NoticeStatus.UNKNOWN: Finding.DOUBT,
    }
    counts = session.exec(select(Notice.status, func.count()).group_by(Notice.status)).all()
    return [
        Finding(levels.get(NoticeStatus(status), Finding.GOOD), "notices", f"{count} {status}")
        for status, count in sorted(counts)
    ]


def _count_tasks(session: Session) -> list[Finding]:
    query = select(Task.kind, func.count()).where(Task.status == TaskStatus.OPEN).group_by(Task.kind)
    return [Finding(Finding.DOUBT, "tasks", f"{count} open: {kind}") for kind, count in sorted(session.exec(query))]
