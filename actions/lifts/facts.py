"""Facts of a lift as people report them: a renovation, a stop, a test, a visit, a policy. Each becomes an event."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from actions.visits.inspections import Deed, Done, RefusedError, act
from schedules.facts import after_installation
from schedules.happenings import (
    Answered,
    DatedFact,
    InspectionEnded,
    Issued,
    OpinionNoticeIssued,
    OptIn,
    OptOut,
    OutOfUse,
    PilotExited,
    PilotPublished,
    RecordCompleted,
    RectificationConfirmed,
    SupervisoryInspectionPassed,
    day_of,
    in_order,
)
from store.events import EventKind
from store.lifts import Lift, LiftRole
from store.zone import SHANGHAI

Fact = (
    SupervisoryInspectionPassed
    | OutOfUse
    | OptIn
    | OptOut
    | InspectionEnded
    | RectificationConfirmed
    | OpinionNoticeIssued
    | DatedFact
    | Issued
    | PilotPublished
    | PilotExited
    | RecordCompleted
    | Answered
)
# What the maintainer of a lift may report of it as well as its use unit.
OF_MAINTAINERS = {
    EventKind.ONSITE_VISIT,
    EventKind.REMOTE_CHECK,
    EventKind.IOT_OUTAGE,
    EventKind.IOT_RESTORED,
    EventKind.RECORD_COMPLETED,
    EventKind.TEST_DONE,
    EventKind.TEST_UPLOADED,
    EventKind.POLICY_ISSUED,
    EventKind.CERTIFICATE_ISSUED,
}
BOTH = (LiftRole.USE_UNIT, LiftRole.MAINTAINER)


def record_fact(
    session: Session, *, lift_ids: Sequence[int], fact: Fact, by: int, now: datetime, today: date, key: str
) -> Done:
    """Write `fact` about each of these lifts and work out its dates anew.

    Raises RefusedError for something that has not happened yet or was before the lift was installed, NotAllowedError
    where the party may not report it.
    """
    kind = EventKind(fact.kind)
    latest = max(_days_of(fact, today))
    if latest > today:
        raise RefusedError(f"{latest} has not come yet; it is recorded when it has happened")
    _refuse_disorder(session, lift_ids, fact)
    on = _days_of(fact, today)[0]
    roles = BOTH if kind in OF_MAINTAINERS else (LiftRole.USE_UNIT,)
    payload = fact.model_dump(mode="json", by_alias=True, exclude={"kind"}, exclude_none=True)
    return act(session, Deed(lift_ids, by, now, today, key, roles), kind, on, payload)


def _days_of(fact: Fact, today: date) -> list[date]:
    """The day on which it happened, then the others that it speaks of and that must have come.

    A policy or a certificate becomes known today, whatever it covers; a restart may be foreseen.
    """
    days = [day_of(fact) or today]
    match fact:
        case OptIn(accepted_on=date() as accepted_on):
            days.append(accepted_on)
        case RecordCompleted(uploaded_at=datetime() as uploaded_at):
            days.append(uploaded_at.astimezone(SHANGHAI).date())
    return days


def _refuse_disorder(session: Session, lift_ids: Sequence[int], fact: Fact) -> None:
    try:
        in_order(fact)
        if isinstance(fact, SupervisoryInspectionPassed):
            for lift in session.exec(select(Lift).where(col(Lift.id).in_(list(lift_ids)))):
                after_installation((fact,), lift.installed_pass_on)
    except ValueError as error:
        raise RefusedError(str(error)) from error
