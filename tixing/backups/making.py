"""Making backups: packed, sealed, put into each place, restored to see that they are whole, and old ones removed."""

import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import file_digest
from pathlib import Path
from time import time

from sqlalchemy.exc import DBAPIError

from store.backups import Backup, last_backups
from store.database import Database, StoreError
from store.zone import SHANGHAI
from tixing.backups.packing import pack
from tixing.backups.restoring import driver_errors, may_not, scratch_store
from tixing.backups.sealing import SUFFIX, seal
from tixing.errors import TixingError
from tixing.records.verify import verify
from tixing.times import business_day, now_utc

NAME = re.compile(r"tixing-(\d{4})(\d{2})\d{2}T\d{6}Z\.tar\.gz(\.age)?")
FROM_HOUR = 2  # in the night, when little arrives
AGAIN = timedelta(hours=1)  # after one that failed
LEFT = timedelta(days=1)  # after so long nobody writes it any more
MONTHS = 13  # so long one of each month is kept, beside the newest


class DiffersError(TixingError):
    """A backup holds what the store holds, and that is not what was written."""


@dataclass(frozen=True)
class How:
    """Where backups go and how: `places`, the file of the key that seals them, how many are kept, whose roots count
    and since when (`since`: the day of the first key)."""

    places: Sequence[Path]
    key: Path | None = None
    keep: int = 30
    trusted: frozenset[str] = frozenset()
    tries: bool = True
    since: date | None = None


def is_due(database: Database, how: How, now: datetime) -> bool:
    """Once in each night, and again an hour after one that failed."""
    here = now.astimezone(SHANGHAI)
    if not how.places or here.hour < FROM_HOUR:
        return False
    with database.read() as session:
        for place in how.places:
            good, last = last_backups(session, str(place))
            is_done = good is not None and business_day(good.made_at) >= here.date()
            if not is_done and (last is None or now - last.made_at >= AGAIN):
                return True
    return False


def make_backup(database: Database, how: How, *, now: datetime) -> list[Backup]:
    """Make one backup and put it into each place; the lines of the log, of failures too."""
    name = f"tixing-{now:%Y%m%dT%H%M%SZ}.tar.gz{SUFFIX if how.key else ''}"
    with tempfile.TemporaryDirectory(prefix="tixing-backup-") as scratch:
        folder, log = Path(scratch), []
        try:
            packed = folder / "packed"
            entries = pack(database, packed, folder, now=now).entries
        except (OSError, StoreError, DBAPIError, driver_errors(database)) as error:
            failed = _why(error)
            log = [_line(now, place, name, error=failed) for place in how.places]
        else:
            for place in how.places:
                log.append(_put(database, how, packed, place / name, entries, folder, now))
        with database.write() as session:
            session.add_all(log)
    for place in how.places:
        remove_old(place, how.keep)
    return log


def try_backup(
    path: Path,
    key: Path | None,
    like: Database | None,
    trusted: frozenset[str],
    folder: Path,
    *,
    since: date | None = None,
) -> int:
    """Restore a backup elsewhere and check it; how many entries it holds. TixingError where it is not whole."""
    with scratch_store(path, key, like, folder) as (restored, manifest), restored.read() as session:
        verdict = verify(session, today=business_day(now_utc()), trusted=trusted, since=since)
        if verdict.entries != manifest.entries:
            raise TixingError(f"it holds {verdict.entries} entries of {manifest.entries}")
        if not verdict.is_good:
            raise DiffersError(f"it was restored, and is not what was written: {verdict.faults[0]}")
        return verdict.entries


def remove_old(place: Path, keep: int) -> list[Path]:
    """Remove what is neither among the newest nor the first of one of the last months; what was removed."""
    found = sorted(path for path in place.glob("tixing-*.tar.gz*") if NAME.fullmatch(path.name))
    first: dict[str, Path] = {}
    for path in found:
        first.setdefault("-".join(NAME.fullmatch(path.name).groups()[:2]), path)  # type: ignore[union-attr]
    monthly = [first[month] for month in sorted(first)[-MONTHS:]]
    gone = [path for path in found[:-keep] if path not in monthly]
    for path in gone:
        path.unlink()
    for part in place.glob("tixing-*.part"):  # of a machine that was killed
        if NAME.fullmatch(part.stem) and part.stat().st_mtime < time() - LEFT.total_seconds():
            part.unlink()
    return gone


def _put(database: Database, how: How, packed: Path, target: Path, entries: int, folder: Path, now: datetime) -> Backup:
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            if how.key is not None:
                seal(packed, file, how.key)
            else:
                with packed.open("rb") as source:
                    shutil.copyfileobj(source, file)
            file.flush()
            os.fsync(file.fileno())
        tried = how.tries and _tried(database, how, part, target.suffix, folder)
        part.replace(target)
        with target.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
    except (OSError, TixingError, StoreError, DBAPIError, driver_errors(database)) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        return _line(now, target.parent, target.name, error=_why(error))
    made = _line(now, target.parent, target.name)
    made.size, made.sha256, made.entries = target.stat().st_size, digest, entries
    made.sealed, made.tried = how.key is not None, tried
    return made


def _tried(database: Database, how: How, part: Path, suffix: str, folder: Path) -> bool:
    """Whether it was restored and is good. Not so: the server gives no database to try it in, or the store itself is
    not what was written, of which a backup is kept all the more.
    """
    named = folder / f"tried.tar.gz{suffix if suffix == SUFFIX else ''}"
    named.symlink_to(part.absolute())
    try:
        try_backup(named, how.key, database, how.trusted, folder, since=how.since)
    except DiffersError:
        return False
    except DBAPIError as error:
        if not may_not(error):
            raise
        return False
    finally:
        named.unlink()
    return True


def _line(now: datetime, place: Path, name: str, error: str = "") -> Backup:
    return Backup(made_at=now, finished_at=max(now, now_utc()), place=str(place), name=name, error=error)


def _why(error: Exception) -> str:
    said = str(getattr(error, "orig", None) or error)
    return f"{type(error).__name__}: {said}"[:300]
