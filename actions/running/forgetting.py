"""What is kept no longer than it is of use: old lines and files of chats, codes, dialogs that nobody goes on with."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlmodel import Session

from actions.checks.said import sayings_of
from actions.identity.codes import forget_codes
from actions.matters.said import PHOTOS, said_reasons
from store.alerts import Alert
from store.cases import CaseStep
from store.chats import forget_files, forget_lines
from store.database import table_of
from store.dialogs import forget_dialogs
from store.doors import TELEGRAM, WEBCHAT, WebSession
from store.inspections import InspectionDeed, InspectionStep
from store.matters import MatterStep
from store.reports import Report, ReportAnswer
from store.settings import Setting
from store.tasks import Task, TaskKind
from store.updates import forget_updates
from store.upkeep import DelayStatement, UpkeepVisit, VisitState

DIALOGS = timedelta(days=60)  # a button that is older leads to the menu
UPDATES = timedelta(days=30)  # Telegram repeats an update for a day
BROWSERS = timedelta(days=30)  # after they were signed out
MOST_LINES, MOST_FILES = 5_000, 100  # at once: a plan must not take long because of them
FORGOTTEN_ON = "forgotten_on"  # setting: the day of the last look


@dataclass(frozen=True)
class Keeping:
    """For how long what people said in the web chat is kept, and the files that belong to no record."""

    lines: timedelta = timedelta(days=730)
    files: timedelta = timedelta(days=90)


def forget_daily(session: Session, *, today: date, now: datetime, keeping: Keeping | None = None) -> bool:
    """Forget what is too old, once a day and until nothing is left; whether it looked.

    Not with each plan: it looks through every record for the files that it must keep.
    """
    asked = session.get(Setting, FORGOTTEN_ON)
    if asked is not None and asked.value == today.isoformat():
        return False
    if not forget_old(session, now=now, keeping=keeping):
        session.merge(Setting(key=FORGOTTEN_ON, value=today.isoformat()))
    return True


def forget_old(session: Session, *, now: datetime, keeping: Keeping | None = None) -> bool:
    """Forget what is too old; nothing that was done depends on it. Whether there may be more.

    The photos of alerts, cases, hazards, inspections, marks and lifts out of use stay, and the reports: they are part
    of a record.
    """
    keeping = keeping or Keeping()
    forget_dialogs(session, before=now - DIALOGS)
    forget_updates(session, (TELEGRAM, WEBCHAT), before=now - UPDATES)
    forget_codes(session, now=now)
    lines = forget_lines(session, before=now - keeping.lines, most=MOST_LINES)
    files = forget_files(session, before=now - keeping.files, most=MOST_FILES, but=_of_records(session))
    browser = table_of(WebSession)
    session.execute(delete(browser).where(browser.c.expires_at < now - BROWSERS))
    session.execute(delete(browser).where(browser.c.revoked_at < now - BROWSERS))
    return lines == MOST_LINES or files == MOST_FILES


def _of_records(session: Session) -> set[int]:
    """The files that alerts, cases, hazards, inspections, reports and maintenance visits speak of."""
    alert, steps = table_of(Alert).c, (table_of(CaseStep).c, table_of(MatterStep).c)
    shown = table_of(InspectionStep).c
    evidence = select(shown.photos).where(shown.deed == InspectionDeed.EVIDENCE)
    photos = [some for step in steps for some in session.execute(select(step.photos)).scalars()]
    photos += session.execute(evidence).scalars()
    kept = {photo for some in photos for photo in some or ()}
    tasks = session.execute(select(Task).where(table_of(Task).c.kind == TaskKind.SAID_OUT_OF_USE)).scalars()
    report, answer = table_of(Report).c, table_of(ReportAnswer).c
    kept |= {*session.execute(select(report.file_id)).scalars()}
    kept |= {*session.execute(select(answer.photo_id).where(answer.photo_id.is_not(None))).scalars()}
    kept |= _of_visits(session)
    kept |= {photo for task in said_reasons(session) for photo in (task.detail or {})[PHOTOS]}
    kept |= {photo for task in tasks for saying in sayings_of(task) for photo in saying.photos}
    return kept | {*session.execute(select(alert.photo_id).where(alert.photo_id.is_not(None))).scalars()}


def _of_visits(session: Session) -> set[int]:
    """Of statements of delay, and of records that are still written; an uploaded one keeps its own."""
    delay, visit = table_of(DelayStatement).c, table_of(UpkeepVisit).c
    kept = {*session.execute(select(delay.photo_id).where(delay.photo_id.is_not(None))).scalars()}
    drafts = session.execute(select(visit.findings).where(visit.state == VisitState.UNDER_WAY)).scalars()
    return kept | {photo for found in drafts for said in found.values() for photo in said.get("photos", ())}
