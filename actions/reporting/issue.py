"""Issuing a report, and correcting one that was wrong: nothing is overwritten, and whoever was told is told again."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, Actor, Asked
from actions.refusals import Refused
from actions.registry import verb
from actions.reporting.notices import tell_correction, tell_report
from actions.reporting.overtaken import has_later_validity
from actions.reporting.owed import how_ended, is_owed_there
from actions.reporting.papers import is_own_paper
from actions.reporting.rights import acts_on_report
from actions.visits.inspections import ENDS_INSPECTION, Deed, act, renew_validity
from schedules.announcements import parties_of
from schedules.dates import add_months, month_end
from schedules.lift_facts import INSTEAD, VALIDITY_THEN
from schedules.regimes import rulebook_of
from store.duties import Duty
from store.events import Event, EventKind, was_taken_back
from store.lifts import Lift, LiftRole, Precision
from store.locks import hold, lock_lifts
from store.reports import Conclusion, Report, ReportAnswer

LONGEST_NUMBER, LONGEST_WHY = 24, 100  # characters
LONGEST_MONTHS = 36  # the longest that there is from one periodic inspection to the next (TSG T7001-2023, 4.1)


@dataclass(frozen=True)
class Paper:
    """What a report says. A pass has the next validity and a mark, a fail neither (附件1-1 三1)."""

    number: str
    conclusion: Conclusion
    file_id: int
    valid_until: date | None = None
    mark: str = ""


@dataclass(frozen=True)
class Issuer:
    """The department that issues it, by whom and when; `key` is one tap, however often it arrives."""

    party_id: int
    contact_id: int | None
    now: datetime
    today: date
    key: str

    @classmethod
    def of(cls, asked: Asked) -> "Issuer":
        """Somebody of the department."""
        actor: Actor = asked.actor
        return cls(actor.party_id, actor.contact_id, asked.now, asked.today, asked.key)


@verb(DEPARTMENT, duty_id=is_owed_there, file_id=is_own_paper)
def issue_report(
    session: Session,
    asked: Asked,
    *,
    duty_id: int,
    number: str,
    conclusion: Conclusion,
    file_id: int,
    valid_until: date | None = None,
    mark: str = "",
) -> Report:
    """Issue the report that is owed; the conclusion leaves at once, to the unit by SMS and chat, to the maintainer."""
    return issue(session, duty_id, Paper(number, conclusion, file_id, valid_until, mark), Issuer.of(asked))


@verb(DEPARTMENT, report_id=acts_on_report, file_id=is_own_paper)
def correct_report(
    session: Session,
    asked: Asked,
    *,
    report_id: int,
    number: str,
    conclusion: Conclusion,
    file_id: int,
    why: str,
    valid_until: date | None = None,
    mark: str = "",
) -> Report:
    """Issue another report in place of one that was wrong, also with the other conclusion; both stay."""
    return correct(session, report_id, Paper(number, conclusion, file_id, valid_until, mark), why, Issuer.of(asked))


def issue(session: Session, duty_id: int, paper: Paper, by: Issuer) -> Report:
    """The same for a department without a chat."""
    duty = session.get_one(Duty, duty_id)
    assert duty.lift_id is not None
    if (known := _hold(session, duty.lift_id, by)) is not None:
        return known
    session.refresh(duty)
    if duty.closed_on is not None or duty.withdrawn_at is not None:
        raise Refused("reports.not_owed")
    how, ended_on = how_ended(duty), date.fromisoformat(duty.cycle)
    if not how:
        raise Refused("reports.items_open")
    if (how == "failed") != (paper.conclusion == Conclusion.FAIL):
        raise Refused("reports.contradicts", how=how, on=ended_on)
    report = _write(session, duty.lift_id, ended_on, paper, by)
    _close(session, report, by)
    if report.valid_until is not None and not has_later_validity(session, report):
        _set_validity(session, report.lift_id, report.valid_until, by)
    tell_report(session, report)
    return report


def correct(session: Session, report_id: int, paper: Paper, why: str, by: Issuer) -> Report:
    """The same for a department without a chat."""
    wrong = session.get_one(Report, report_id)
    if (known := _hold(session, wrong.lift_id, by)) is not None:
        return known
    why = " ".join(why.split())
    if not why or len(why) > LONGEST_WHY:
        raise Refused("reports.why", longest=LONGEST_WHY)
    later = session.exec(select(Report).where(Report.corrects == wrong.id)).first()
    if later is not None:
        raise Refused("reports.corrected_already", number=later.number)
    report = _write(session, wrong.lift_id, wrong.ended_on, paper, by, wrong=wrong, why=why)
    _correct_inspection(session, wrong, report, by)
    _keep_answers(session, wrong, report)
    tell_correction(session, wrong, report)
    return report


def _keep_answers(session: Session, wrong: Report, report: Report) -> None:
    """What the unit has answered holds where number or file alone were wrong: the lift stands still, the mark hangs."""
    if any(getattr(wrong, name) != getattr(report, name) for name in ("conclusion", "mark", "valid_until", "party_id")):
        return
    for said in session.exec(select(ReportAnswer).where(ReportAnswer.report_id == wrong.id)).all():
        session.add(ReportAnswer(**said.model_dump() | {"report_id": report.id}))
    session.flush()


def _hold(session: Session, lift_id: int, by: Issuer) -> Report | None:
    """Nobody else changes this lift, or takes a number of the department; the report that this tap has issued."""
    hold(session, f"reports/{by.party_id}")
    lock_lifts(session, [lift_id])
    return session.exec(select(Report).where(Report.key == by.key)).first()


def _write(
    session: Session,
    lift_id: int,
    ended_on: date,
    paper: Paper,
    by: Issuer,
    *,
    wrong: Report | None = None,
    why: str = "",
) -> Report:
    number, mark = _word(paper.number, "reports.number"), paper.mark
    taken = select(Report).where(Report.department_id == by.party_id, Report.number == number)
    if session.exec(taken).first() is not None:
        raise Refused("reports.number_taken", number=number)
    passed = paper.conclusion == Conclusion.PASS
    if passed:
        mark = _word(mark, "reports.mark")
        after = by.today if wrong is None else ended_on
        _check_validity(session, lift_id, ended_on, paper.valid_until, by, after=after)
    elif mark or paper.valid_until is not None:
        raise Refused("reports.fail_is_bare")
    unit = parties_of(session, [lift_id], [LiftRole.USE_UNIT]).get((lift_id, LiftRole.USE_UNIT))
    report = Report(
        city_id=session.get_one(Lift, lift_id).city_id,
        department_id=by.party_id,
        lift_id=lift_id,
        party_id=unit,
        number=number,
        conclusion=paper.conclusion,
        ended_on=ended_on,
        issued_on=by.today,
        issued_at=by.now,
        issued_by=by.contact_id,
        valid_until=paper.valid_until,
        mark=mark,
        file_id=paper.file_id,
        corrects=wrong.id if wrong is not None else None,
        why=why,
        key=by.key,
    )
    session.add(report)
    session.flush()
    return report


def _word(stated: str, name: str) -> str:
    word = " ".join(stated.split())
    if not word or len(word) > LONGEST_NUMBER or not word.isprintable():
        raise Refused(name, longest=LONGEST_NUMBER)
    return word


def _check_validity(
    session: Session, lift_id: int, ended_on: date, stated: date | None, by: Issuer, *, after: date
) -> None:
    """A pass begins the next cycle: a validity that lay too near the former one would count as a correction of that,
    which the pass has closed, and never come due. 四2 lets a validity be shortened, not be lost. What the register
    has said by now of the next cycle is right in any case.
    """
    if stated is None:
        raise Refused("reports.validity_missing")
    lift = session.get_one(Lift, lift_id)
    numbers = rulebook_of(session, lift.city_id, by.today).numbers
    if stated == lift.valid_until and stated > max(after, add_months(ended_on, numbers.closes_from_months)):
        return
    before = validity_before(session, lift_id, ended_on)
    first = after
    if before is not None:
        first = max(first, add_months(before, numbers.renewal_months))
    last = add_months(max(before or ended_on, ended_on), LONGEST_MONTHS)
    if not first <= stated <= last or stated <= after:
        raise Refused("reports.validity", first=first, last=last)


def validity_before(session: Session, lift_id: int, ended_on: date) -> date | None:
    """The validity that the lift had when its inspection ended, as the event says; None where none was known."""
    query = select(Event).where(Event.lift_id == lift_id, Event.on_date == ended_on, ~was_taken_back())
    events = session.exec(query.where(col(Event.kind).in_(ENDS_INSPECTION)).order_by(col(Event.id))).all()
    stated = next((then for one in events if (then := (one.payload or {}).get(VALIDITY_THEN))), None)
    return date.fromisoformat(stated) if stated else None


def _close(session: Session, report: Report, by: Issuer) -> None:
    payload = {"on": by.today, "inspected_on": report.ended_on}
    act(session, _deed(report.lift_id, by, "issued"), EventKind.REPORT_ISSUED, by.today, payload)


def _correct_inspection(session: Session, wrong: Report, report: Report, by: Issuer) -> None:
    """With the other conclusion the inspection ended otherwise than was recorded: what rests on it is taken back."""
    if wrong.conclusion != report.conclusion:
        payload = {"on": report.ended_on, "conclusion": report.conclusion, INSTEAD: True}
        act(session, _deed(report.lift_id, by, "ended"), EventKind.INSPECTION_ENDED, report.ended_on, payload)
    _close(session, report, by)
    given = wrong.valid_until or validity_before(session, report.lift_id, report.ended_on)
    stands = session.get_one(Lift, report.lift_id, populate_existing=True).valid_until
    if stands != given or has_later_validity(session, report):
        return  # the register, or the report of another inspection, has said since what holds
    if report.valid_until is not None:
        _set_validity(session, report.lift_id, report.valid_until, by)
    elif wrong.valid_until is not None:
        before = validity_before(session, report.lift_id, report.ended_on) or report.ended_on
        _set_validity(session, report.lift_id, before, by)
        lift = session.get_one(Lift, report.lift_id)
        lift.cycle = before  # the cycle that the pass had begun there never was
        session.add(lift)


def _set_validity(session: Session, lift_id: int, valid_until: date, by: Issuer) -> None:
    lift = session.get_one(Lift, lift_id, populate_existing=True)
    if lift.valid_until == valid_until:
        return
    if valid_until != month_end(valid_until):
        lift.valid_precision = Precision.DAY
    session.add(lift)
    renew_validity(
        session,
        lift_id=lift_id,
        valid_until=valid_until,
        by=by.party_id,
        now=by.now,
        today=by.today,
        key=f"{by.key}:validity",
    )


def _deed(lift_id: int, by: Issuer, what: str) -> Deed:
    return Deed([lift_id], by.party_id, by.now, by.today, f"{by.key}:{what}")
