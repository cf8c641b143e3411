"""What is done for records when a day is over: it is closed, its anchor leaves the house, and a backup is made."""

from datetime import datetime

import structlog

from store.backups import Backup
from store.database import Database
from tixing.backups.making import is_due, make_backup
from tixing.errors import TixingError
from tixing.records.anchors import last_written, write_anchors
from tixing.records.closing import close_days, closed_after
from tixing.records.keys import load_signer
from tixing.settings import Settings
from tixing.times import business_day

log = structlog.get_logger(__name__)


def keep_records(database: Database, settings: Settings, *, now: datetime) -> list[Backup]:
    """Close the days that are over, write the anchors that are missing, back up where it is due; the backups."""
    try:
        signer = load_signer(settings.records_key)
        close_days(database, signer, today=business_day(now), now=now)
        if settings.records_anchors is not None:
            folder = settings.records_anchors
            write_anchors(folder, closed_after(database, last_written(folder)))
        how = settings.backups
        made = make_backup(database, how, now=now) if is_due(database, how, now) else []
    except (OSError, TixingError) as error:
        log.error("records are not kept as they should be", why=str(error))
        return []
    for one in made:
        if one.error:
            log.error("no backup", place=one.place, why=one.error)
    return made
