"""The record while it is written: what is said of items, extra items, a note, when the work was done."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from actions.actors import Asked
from actions.alerts.of_items import item_key, open_danger
from actions.alerts.report import Saying
from actions.maintaining.findings import (
    Finding,
    ItemLine,
    UnreadableValueError,
    lines_of,
    measured,
    read_finding,
    read_value,
)
from actions.maintaining.rights import WORKERS, began_visit, held_visit, record_key, writes_visit
from actions.maintaining.words import LONGEST_EXTRA, LONGEST_NOTE, read_words
from actions.maintaining.wrong import wrong_of
from actions.photos import keep_photo
from actions.records.content import Result
from actions.refusals import Refused
from actions.registry import verb
from schedules.dates import ONE_DAY
from schedules.items import ImpossibleValueError
from schedules.moments import day_of
from schedules.regimes import numbers_of
from store.upkeep import UpkeepVisit
from store.zone import SHANGHAI

LONGEST_WORDS = LONGEST_NOTE
MOST_EXTRA, MOST_PHOTOS = 20, 6
WHEN = re.compile(
    r"(?:(?P<before>今天|昨天|前天|today|yesterday)\s*|"
    r"(?:(?P<year>\d{4})[-/年.])?(?P<month>\d{1,2})[-/月.](?P<day>\d{1,2})日?\s*)?"
    r"(?P<hour>\d{1,2})[:：点时](?P<minute>\d{2})?分?",
    re.IGNORECASE,
)
DAYS_BEFORE = {"": 0, "今天": 0, "today": 0, "昨天": 1, "yesterday": 1, "前天": 2}


@verb(WORKERS, visit_id=writes_visit)
def say_item(
    session: Session,
    asked: Asked,
    *,
    visit_id: int,
    code: str,
    result: Result | None = None,
    words: str | None = None,
) -> ItemLine:
    """How an item is, or words about it. One that is outside its limits is a fault until it is measured anew."""
    visit = held_visit(session, asked, visit_id)
    line = _line(visit, code)
    found = line.finding
    if words is not None:
        found = replace(found, words=read_words(words, LONGEST_WORDS))
    if result is not None:
        if line.is_outside and result in (Result.OK, Result.FIXED):
            raise Refused("upkeep.outside", value=found.value, unit=line.item.measure.unit if line.item.measure else "")
        if found.alert_id is not None and result is not Result.FAULT:
            raise Refused("upkeep.reported_already")
        found = replace(found, result=result)
    return _keep(session, visit, line, found)


@verb(WORKERS, visit_id=writes_visit)
def measure_item(session: Session, asked: Asked, *, visit_id: int, code: str, value: str) -> ItemLine:
    """What was measured. Nonsense is refused; a value outside its limits makes the item a fault."""
    visit = held_visit(session, asked, visit_id)
    line = _line(visit, code)
    try:
        return _keep(session, visit, line, measured(line, read_value(value)))
    except UnreadableValueError as error:
        raise Refused("upkeep.no_number", value=value[:20]) from error
    except ImpossibleValueError as error:
        raise Refused("upkeep.impossible", value=value[:20]) from error


@verb(WORKERS, visit_id=writes_visit)
def show_item(session: Session, asked: Asked, *, visit_id: int, code: str, photo: bytes) -> ItemLine:
    """A photo of an item."""
    visit = held_visit(session, asked, visit_id)
    line = _line(visit, code)
    kept = keep_photo(session, asked, photo)
    photos = line.finding.photos
    if kept not in photos and len(photos) >= MOST_PHOTOS:
        raise Refused("upkeep.enough_photos", most=MOST_PHOTOS)
    return _keep(session, visit, line, replace(line.finding, photos=tuple(dict.fromkeys((*photos, kept)))))


@verb(WORKERS, visit_id=writes_visit)
def stop_for_item(session: Session, asked: Asked, *, visit_id: int, code: str) -> ItemLine:
    """The fault is dangerous: the lift is to stand still, the maintainer's people and the unit are told at once."""
    visit = held_visit(session, asked, visit_id)
    line = _line(visit, code)
    if line.finding.alert_id is not None:
        return line
    if not line.finding.words and not line.is_outside:
        raise Refused("upkeep.what_is_wrong")
    what = f"{line.item.name}：{line.finding.words or line.finding.value}"
    key = item_key(code, record_key(visit.id))
    said = Saying(asked.actor.city_id, key, asked.actor.contact_id, asked.said_at, asked.now, asked.today)
    alert = open_danger(session, said, visit.lift_id, what)
    return _keep(session, visit, line, replace(line.finding, result=Result.FAULT, alert_id=alert.id))


@verb(WORKERS, visit_id=writes_visit)
def add_extra_item(session: Session, asked: Asked, *, visit_id: int, words: str) -> Sequence[str]:
    """Something that was done beside the table (003 三(二)1(4)); all of them."""
    visit = held_visit(session, asked, visit_id)
    if len(visit.extra) >= MOST_EXTRA:
        raise Refused("upkeep.enough_extra", most=MOST_EXTRA)
    known = [one["name"] for one in visit.extra]
    said = read_words(words, LONGEST_EXTRA)
    if said not in known:
        visit.extra = [*visit.extra, {"name": said, "key": asked.key}]
        session.add(visit)
        session.flush()
    return [one["name"] for one in visit.extra]


@verb(WORKERS, visit_id=writes_visit)
def drop_extra_items(session: Session, asked: Asked, *, visit_id: int) -> None:
    """None of them."""
    visit = held_visit(session, asked, visit_id)
    visit.extra = []
    session.add(visit)
    session.flush()


@verb(WORKERS, visit_id=writes_visit)
def note_visit(session: Session, asked: Asked, *, visit_id: int, words: str) -> None:
    """A note to the whole record; the newest words hold, after what was found wrong in the lift's data."""
    visit = held_visit(session, asked, visit_id)
    visit.note = "；".join(filter(None, (wrong_of(session, visit), read_words(words, LONGEST_WORDS))))
    session.add(visit)
    session.flush()


@verb(WORKERS, visit_id=began_visit)
def say_when_done(session: Session, asked: Asked, *, visit_id: int, words: str) -> datetime:
    """When the work was done, where the shaft had no signal: never later than now, and not long ago."""
    visit = held_visit(session, asked, visit_id)
    oldest = timedelta(days=numbers_of(session, asked.actor.city_id).oldest_record_days)
    moment = read_moment(words, asked.said_at, oldest)
    if moment is None:
        raise Refused("upkeep.no_time")
    if moment > asked.said_at:
        raise Refused("upkeep.in_future")
    if asked.said_at - moment > oldest:
        raise Refused("upkeep.too_long_ago", days=oldest.days)
    visit.completed_at = moment
    session.add(visit)
    session.flush()
    return moment


def read_moment(words: str, now: datetime, oldest: timedelta) -> datetime | None:
    """A time as people write it: 14:30, 昨天14:30, 11-22 14:30, 2026年11月22日14点30分. Without a day it is today's."""
    found = WHEN.fullmatch(words.strip())
    if found is None:
        return None
    today = now.astimezone(SHANGHAI) - DAYS_BEFORE[(found["before"] or "").lower()] * ONE_DAY
    year, month, day = (int(found[name] or getattr(today, name)) for name in ("year", "month", "day"))
    try:
        moment = datetime(year, month, day, int(found["hour"]), int(found["minute"] or 0), tzinfo=SHANGHAI)
        if found["year"] is None and day_of(moment) > day_of(now) and moment - now > oldest:
            return moment.replace(year=year - 1)  # in January somebody speaks of December
    except ValueError:  # there is no such day, or there was none in the year before
        return None
    return moment


def _line(visit: UpkeepVisit, code: str) -> ItemLine:
    found = next((line for line in lines_of(visit) if line.item.code == code), None)
    if found is None:
        raise Refused("upkeep.no_such_item")
    return found


def _keep(session: Session, visit: UpkeepVisit, line: ItemLine, finding: Finding) -> ItemLine:
    rest = {code: said for code, said in visit.findings.items() if code != line.item.code}
    visit.findings = rest if finding == Finding() else rest | {line.item.code: finding.stored()}
    session.add(visit)
    session.flush()
    return replace(line, finding=read_finding(visit.findings.get(line.item.code)))
