"""The reminders of a day to offices. They are few: each is decided by itself, beside the sets of the lifts' plan."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from schedules.dates import add_months
from schedules.ladder import refresh_next, supersede_all
from schedules.offices.duties import duties_of_offices, rebuild_offices
from schedules.offices.rules import OfficeRule, find_office_rule
from schedules.regimes import rulebook_of
from store.duties import Duty, StepDate, Told, ToldState
from store.ledger import release
from store.notices import Notice, PlanRun
from store.parties import AreaRole, Jurisdiction, Party


@dataclass(frozen=True)
class OfficeRung:
    """A rung that is due to be told to an office, and the earlier ones that it stands for."""

    duty: Duty
    rule: OfficeRule
    rung: StepDate
    passed: tuple[StepDate, ...]


def plan_offices(session: Session, city_id: str, *, today: date, now: datetime) -> int:
    """Write the notices that are due to the city's offices on `today`; how many. Planning twice changes nothing.

    When the day itself has passed, the paper is overdue, and that is said once; of a day that passed longer ago than
    the rulebook still asks after, nothing is said: its rungs are set aside.
    """
    rebuild_offices(session, city_id=city_id, today=today, now=now)
    due = _due(session, city_id, today)
    if not due:
        return 0
    since = add_months(today, -rulebook_of(session, city_id, today).numbers.too_old_months)
    planned = [found for found in due if found.duty.due is not None and found.duty.due >= since]
    if planned:
        run = PlanRun(planned_on=today, finished_at=now, notices=len(planned), duties=len(planned))
        session.add(run)
        session.flush()
        release(session, [found.duty.id for found in planned], reason="overtaken", now=now)
        for found in planned:
            _tell(session, city_id, found, run.id, today)
    for found in due:
        _set_aside(session, found, today)
    refresh_next(session, [found.duty.id for found in due])
    return len(planned)


def _due(session: Session, city_id: str, today: date) -> list[OfficeRung]:
    duties = duties_of_offices(session, city_id)
    return [_rung(session, duty, today) for duty in duties if duty.next_on is not None and duty.next_on <= today]


def _rung(session: Session, duty: Duty, today: date) -> OfficeRung:
    """The latest rung whose day has come."""
    query = select(StepDate).where(StepDate.rule == duty.rule, StepDate.due == duty.due, StepDate.tell_from <= today)
    rungs = session.exec(query.where(col(StepDate.seq) > duty.told_seq).order_by(col(StepDate.seq))).all()
    rule = find_office_rule(duty.rule)
    assert rule is not None  # a duty whose rule is gone was withdrawn, and has no next rung
    return OfficeRung(duty, rule, rungs[-1], tuple(rungs[:-1]))


def _tell(session: Session, city_id: str, found: OfficeRung, run_id: int, today: date) -> None:
    rule, duty, rung = found.rule, found.duty, found.rung
    assert duty.due is not None
    assert duty.party_id is not None
    telling = rule.step_named(rung.step).tells[0]
    notice = Notice(
        city_id=city_id,
        run_id=run_id,
        planned_on=today,
        send_on=today,
        party_id=duty.party_id,
        duty=rule.duty,
        rule=rule.id,
        step=rung.step,
        audience=telling.audience,
        channel_class=telling.channel,
        template=telling.template,
        late=today > rung.tell_by,
        facts={
            "paper": rule.name.model_dump(),
            "due": duty.due.isoformat(),
            "to": _receiver(session, city_id, rule),
            "document": rule.document,
            "clause": rule.clause,
        },
    )
    session.add(notice)
    session.flush()
    session.merge(
        Told(
            duty_id=duty.id,
            due=duty.due,
            step=rung.step,
            party_id=duty.party_id,
            state=ToldState.RESERVED,
            notice_id=notice.id,
            on_date=today,
            late=notice.late,
        )
    )
    session.flush()


def _receiver(session: Session, city_id: str, rule: OfficeRule) -> str:
    """The name of the office to which the paper goes; empty where the document names none."""
    if rule.entry.to is None:
        return ""
    query = select(Party.name).join(Jurisdiction, col(Jurisdiction.party_id) == Party.id)
    query = query.where(Jurisdiction.city_id == city_id, Jurisdiction.role == AreaRole.CITY_REGULATOR)
    return session.exec(query.where(col(Jurisdiction.to_on).is_(None))).first() or ""


def _set_aside(session: Session, found: OfficeRung, today: date) -> None:
    assert found.duty.party_id is not None
    supersede_all(session, [(found.duty, (*found.passed, found.rung), found.duty.party_id)], today)
