"""What is done for records when a day is over: it is closed, its anchor leaves the house, and a backup is made."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy.exc import DBAPIError

from store.backups import Backup
from store.database import Database, StoreError
from tixing.backups.making import is_due, make_backup
from tixing.errors import TixingError
from tixing.records.anchors import anchor_file, held_root, write_anchors
from tixing.records.closing import close_days, closed_days, closed_on
from tixing.records.keys import load_signer
from tixing.settings import Settings
from tixing.times import business_day

log = structlog.get_logger(__name__)


def keep_records(database: Database, settings: Settings, *, now: datetime) -> list[Backup]:
    """Close the days that are over, write the anchors that are missing, back up where it is due; the backups.

    Each is done whatever becomes of the others, and nothing of it keeps anybody from being told.
    """
    made: list[Backup] = []
    for part in (_close, _anchor, partial(_back_up, made)):
        _try(part, database, settings, now)
    return made


def _try(
    part: Callable[[Database, Settings, datetime], None], database: Database, settings: Settings, now: datetime
) -> None:
    try:
        part(database, settings, now)
    except (OSError, TixingError, StoreError, DBAPIError, ValueError) as error:
        log.error("records are not kept as they should be", why=str(getattr(error, "orig", None) or error))


def _close(database: Database, settings: Settings, now: datetime) -> None:
    folder = settings.records_anchors
    held = partial(held_root, folder) if folder is not None else lambda _: None
    close_days(database, load_signer(settings.records_key), today=business_day(now), now=now, held=held)


def _anchor(database: Database, settings: Settings, now: datetime) -> None:
    folder = settings.records_anchors
    if folder is not None:
        missing = [day for day in closed_days(database) if not anchor_file(folder, day).exists()]
        write_anchors(folder, closed_on(database, missing))


def _back_up(made: list[Backup], database: Database, settings: Settings, now: datetime) -> None:
    how = settings.backups
    made += make_backup(database, how, now=now) if is_due(database, how, now) else []
    for one in made:
        if one.error:
            log.error("no backup", place=one.place, why=one.error)
