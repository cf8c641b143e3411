"""What the doctor asks of records: are their days closed and signed, is there a backup, is the database on guard."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session

from store.backups import last_backups
from store.database import Database, table_of
from store.records import RecordEntry, RecordRoot
from tixing.checkup import Finding
from tixing.records.days import AHEAD
from tixing.records.guards import check_guards
from tixing.records.storage import check_storage
from tixing.settings import Settings
from tixing.times import business_day

LONGEST = timedelta(days=2)  # without a backup
PLACES = 2  # 四(二)


def check_keeping(database: Database, settings: Settings, now: datetime) -> list[Finding]:
    """Nothing, where there are no records yet."""
    with database.read() as session:
        if session.execute(select(table_of(RecordEntry).c.id).limit(1)).scalar() is None:
            return []
        faults = [Finding(Finding.WRONG, "records", str(one)) for one in check_storage(session)]
        if faults:
            return faults  # the rest cannot even be read
        faults = [Finding(Finding.WRONG, "records", str(fault)) for fault in check_guards(session)]
        return [*faults, _check_days(session, settings, now), *_check_backups(session, settings, now)]


def _check_days(session: Session, settings: Settings, now: datetime) -> Finding:
    entry, root = table_of(RecordEntry).c, table_of(RecordRoot).c
    closed, last = (session.execute(select(func.max(one))).scalar() for one in (root.day, entry.day))
    if last is not None and last > business_day(now) + AHEAD:
        said = f"the last are of {last}: a clock ran ahead, and nothing since is under a root until then"
        return Finding(Finding.WRONG, "records", said)
    over = select(func.count(entry.day.distinct())).where(entry.day < business_day(now))
    late = session.execute(over.where(entry.day > closed) if closed else over).scalar_one()
    if late:
        return Finding(Finding.WRONG, "records", f"{late} days are over and not closed; the clock of `serve` does it")
    if settings.records_key is None:
        said = "what each day's records came to is not signed: `tixing records key --new FILE`, TIXING_RECORDS_KEY"
        return Finding(Finding.DOUBT, "records", said)
    if settings.records_anchors is None:
        said = "what each day's records came to stays in this store: TIXING_RECORDS_ANCHORS names a folder elsewhere"
        return Finding(Finding.DOUBT, "records", said)
    return Finding(Finding.GOOD, "records", f"days are closed and signed up to {closed or 'none'}")


def _check_backups(session: Session, settings: Settings, now: datetime) -> list[Finding]:
    places = [str(place) for place in settings.backup_to]
    if not places:
        return [
            Finding(Finding.WRONG, "backups", "records are kept twice by the rules: TIXING_BACKUP_TO names folders")
        ]
    findings = []
    for place in places:
        good, last = last_backups(session, place)
        if good is None or now - good.made_at > LONGEST:
            why = f"; the last try: {last.error}" if last and last.error else ""
            newest = f"the last is of {good.made_at:%Y-%m-%d %H:%M} UTC" if good else "there is none yet"
            findings.append(Finding(Finding.WRONG, "backups", f"{place}: {newest}{why}"))
        elif not good.tried:
            said = f"{place}: the last one was not found good when it was restored; `tixing records verify` says more"
            findings.append(Finding(Finding.DOUBT, "backups", said))
        else:
            said = f"{place}: {good.entries} entries on {good.made_at:%Y-%m-%d %H:%M} UTC, restored to try it"
            findings.append(Finding(Finding.GOOD, "backups", said))
    if len(places) < PLACES:
        findings.append(Finding(Finding.DOUBT, "backups", "they are in one place; the rules want two (四(二))"))
    if settings.backup_key is None:
        findings.append(Finding(Finding.DOUBT, "backups", "they are not sealed: `tixing backup --new-key FILE`"))
    return findings
