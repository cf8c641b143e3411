"""What is followed by itself: a reason ends with the inspection, and what stays open for long is reminded of."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from actions.matters.notices import TO_BUREAU, TO_DEPARTMENT, WAITING, name_office, tell
from actions.matters.tasks import end_settled
from store.duties import Duty
from store.matters import Matter, MatterDeed, MatterKind, MatterState, MatterStep
from store.settings import Setting

REPORTS = (MatterDeed.REPORTED, MatterDeed.NOT_REMOVED, MatterDeed.REPORTED_AGAIN)
WORDS_OF = {MatterKind.HAZARD: "gz.hazard.reg", MatterKind.SPECIAL_REASON: "gz.reason.reg"}
AFTER, DAYS = "matter_days", 7  # setting, ours and not law: after how many days in one state somebody is reminded


def follow_matters(session: Session, *, today: date, now: datetime) -> int:
    """End the reasons of lifts that are inspected, reported or said, and remind of what waits; how many reminders."""
    setting, count = session.get(Setting, AFTER), 0
    days = timedelta(days=int(setting.value) if setting is not None else DAYS)
    query = select(Matter, Duty).outerjoin(Duty, col(Duty.id) == Matter.duty_id)
    for matter, duty in session.exec(query.where(col(Matter.closed_on).is_(None)).order_by(col(Matter.id))).all():
        if duty is not None and (duty.closed_on is not None or duty.withdrawn_at is not None):
            _settle(session, matter, today, now)
            continue
        if matter.office_id is None and name_office(session, matter) is not None:
            _tell_now(session, matter, today)
        if max(matter.since, matter.reminded_on or matter.since) + days <= today:
            audience = TO_BUREAU if _waits_for_bureau(matter) else TO_DEPARTMENT
            tell(session, matter, audience, WAITING, step="matter_waiting", deed=matter.state, note="", today=today)
            matter.reminded_on = today
            session.add(matter)
            count += 1
    end_settled(session, today)
    return count


def _waits_for_bureau(matter: Matter) -> bool:
    is_theirs = matter.kind == MatterKind.SPECIAL_REASON and matter.state == MatterState.REPORTED
    return is_theirs and matter.office_id is not None


def _tell_now(session: Session, matter: Matter, today: date) -> None:
    """An office answers for the district only now: it hears what was reported before."""
    steps = select(MatterStep).where(MatterStep.matter_id == matter.id, col(MatterStep.deed).in_(REPORTS))
    last = session.exec(steps.order_by(col(MatterStep.id).desc())).first()
    if last is not None:
        template = WORDS_OF[MatterKind(matter.kind)]
        tell(session, matter, TO_BUREAU, template, step=matter.kind, deed=last.deed, note=last.note, today=today)


def _settle(session: Session, matter: Matter, today: date, now: datetime) -> None:
    matter.state, matter.since, matter.closed_on = MatterState.CLOSED, today, today
    session.add(matter)
    session.add(
        MatterStep(
            matter_id=matter.id, deed=MatterDeed.SETTLED, at=now, on_date=today, key=f"matter/{matter.id}/settled"
        )
    )
