"""Key 1 in a call about an alert, or 1 as an SMS: the maintainer has received it; from others it answers nothing."""

from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, select

from actions.alerts.call_off import call_off_repeats
from actions.alerts.matter import go_with, open_of_lift, says_the_same
from actions.alerts.news import after_step
from actions.alerts.tell import MATTER
from actions.alerts.together import ANSWERED, ORDER, hold_reports, take_along
from notifier.outbox import write_log
from store.alerts import ENDED, Alert, AlertKind, AlertState
from store.database import table_of
from store.notices import Delivery, Notice
from store.tasks import Task

# The sentences that answer it: to the maintainer; to anybody else while it is open; to all once it is over.
RECEIVED, CALL_THEM, IS_OVER = "received", "call_them", "is_over"
ON_IT = (AlertState.ACKNOWLEDGED, AlertState.ON_THE_WAY)  # in which they may say so again
BY_PERSON = "person"  # the way of an answer that was given to a clerk


def is_about_alert(notice: Notice) -> bool:
    """Whether this notice tells of an alert."""
    return MATTER in (notice.facts or {})


def receive_alert(
    session: Session, notice: Notice, contact_id: int | None, *, way: str, now: datetime, today: date
) -> None:
    """Acknowledge it for whoever was told, if they are the maintainer's and nobody was first; after that it says that
    they are on it, and the wait of that state begins anew.

    Who answers an emergency number is nobody in particular: then no name stands by it.
    """
    table, number = table_of(Alert), _meant(session, notice).id
    theirs = update(table).where(table.c.id == number, table.c.maintainer_party_id == notice.party_id)
    first = theirs.where(table.c.state == AlertState.REPORTED)
    values = {"state": AlertState.ACKNOWLEDGED.value, "acknowledged_at": now, "acknowledged_by": contact_id}
    is_first = session.execute(first.values(**values).returning(table.c.id)).first() is not None
    if is_first:
        alert = session.get_one(Alert, number, populate_existing=True)
        after_step(session, alert, by=contact_id, now=now, today=today)
        take_along(session, alert, by=contact_id, now=now, today=today)
    else:
        on_it = theirs.where(table.c.state.in_(ON_IT)).values(on_it_at=now).returning(table.c.id)
        if session.execute(on_it).first() is not None:
            alert = session.get_one(Alert, number, populate_existing=True)
            for one in (alert, *(other for other in go_with(session, alert) if other.state in ON_IT)):
                one.on_it_at = now
                session.add(one)
                call_off_repeats(session, one, now=now, today=today)
    write_log(session, [(notice.id, notice.status, f"{ANSWERED} {way}: {answer_to(session, notice)}")], now)


def hold_alert_of(session: Session, task_id: int) -> Notice | None:
    """The notice of a call about an alert; its alert is ours before the call is, as for whoever takes a step."""
    task = session.get(Task, task_id)
    return hold_alert_about(session, task.notice_id) if task is not None and task.notice_id is not None else None


def hold_alert_about(session: Session, notice_id: int) -> Notice | None:
    """This notice if it tells of an alert, which is ours before the notice and its attempts, as for whoever plans."""
    notice = session.get(Notice, notice_id)
    if notice is None or not is_about_alert(notice):
        return None
    number = (notice.facts or {})[MATTER]["id"]
    hold_reports(session, number)  # the other reports of the lift go along
    session.get_one(Alert, number, with_for_update=True, populate_existing=True)
    return notice


def reached_by_clerk(session: Session, notice: Notice, task_id: int, *, now: datetime, today: date) -> None:
    """A clerk has told somebody on the telephone: of the maintainer's people it is as if they had pressed 1."""
    theirs = select(Delivery.contact_id).where(Delivery.notice_id == notice.id, Delivery.provider_id == str(task_id))
    receive_alert(session, notice, session.exec(theirs).first(), way=BY_PERSON, now=now, today=today)


def answer_to(session: Session, notice: Notice) -> str:
    """The name of the sentence that says what 1 has done, or what is to be done instead."""
    alert = _meant(session, notice)
    if alert.state in ENDED:
        return IS_OVER
    return RECEIVED if alert.maintainer_party_id == notice.party_id else CALL_THEM


def _meant(session: Session, notice: Notice) -> Alert:
    """The alert that a notice tells of; where that was taken back because it was said twice, the report that stands.

    Of several the one that is least far.
    """
    alert = session.get_one(Alert, (notice.facts or {})[MATTER]["id"])
    if alert.state != AlertState.WITHDRAWN:
        return alert
    theirs = [one for one in open_of_lift(session, alert) if one.maintainer_party_id == alert.maintainer_party_id]
    stands = [one for one in theirs if one.kind == AlertKind.ENTRAPMENT or says_the_same(one, alert)]
    return min(stands, key=lambda one: ORDER.index(AlertState(one.state)), default=alert)
