"""Faults that a maintenance record names: each item has its case, open until a later record finds it fine.

The case is known by its item and the record that opened it (`Alert.key`), so that an upload that is repeated opens
none. What is dangerous is told at once, however the record comes; of the rest the unit reads where it is asked to sign.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, text
from sqlmodel import Session, col, select

from actions.alerts.news import after_step
from actions.alerts.notes import LONGEST_IN_ALL
from actions.alerts.report import LONGEST_WORDS, Saying, open_alert
from actions.alerts.rungs import Rung, Side
from actions.alerts.tell import Telling, tell, told_of
from actions.alerts.together import values_of_step
from actions.records.content import RecordContent, Result
from schedules.items import KINDS, item_table, items_of
from store.alerts import OPEN, Alert, AlertKind, AlertState, AlertTold
from store.database import in_chunks
from store.records import MaintenanceRecord, VisitKind
from store.upkeep import LiftClass
from store.zone import SHANGHAI

ITEM = "item"
STOPPED = Rung("stopped", Side.UNIT, "unit_head", "sms_always", "alert.fault.danger")
FINE = (Result.OK, Result.FIXED)


@dataclass(frozen=True)
class Named:
    """A record that was uploaded just now, with what it says and, where it was written here, whose it is."""

    record: MaintenanceRecord
    content: RecordContent
    by: int | None


def item_key(code: str, record_key: str) -> str:
    """By what the case of an item is known that this record opens."""
    return f"{ITEM}:{code.replace(':', '：')}:{record_key}"


def open_danger(session: Session, said: Saying, lift_id: int, what: str) -> Alert:
    """A dangerous fault: the lift is to stand still, the maintainer's people and the unit are told at once, once."""
    alert, _ = open_alert(session, said, AlertKind.FAULT, lift_id, what[:LONGEST_WORDS])
    if STOPPED.name not in told_of(session, alert.id):
        told = [Telling(STOPPED.name, STOPPED)]
        tell(session, alert, told, lifts=[], waited=timedelta(0), now=said.now, today=said.today)
    return alert


def holds_up_the_lift() -> ColumnElement[bool]:
    """Of an alert: residents hear of it. A lift with an item that is to be repaired goes on, unless it is dangerous."""
    stopped = select(AlertTold.alert_id).where(AlertTold.alert_id == Alert.id, AlertTold.rung == STOPPED.name)
    return or_(col(Alert.key).is_(None), ~col(Alert.key).startswith(f"{ITEM}:"), stopped.exists())


def follow_faults(session: Session, named: Sequence[Named], *, now: datetime, today: date) -> None:
    """End the cases of items that these records find fine, open or join those of what is not."""
    known = _open_ones(session, {one.record.lift_id for one in named})
    for one in sorted(named, key=lambda one: (one.record.lift_id, one.record.completed_at)):
        record, faults = one.record, _faults(one.content)
        cases = known[record.lift_id]
        fine = _fine(one.content) if cases else set()
        for alert in [alert for alert in cases if _is_over(alert, record, fine)]:
            _end(session, alert, one, now, today)
            cases.remove(alert)
        if faults and not _is_overtaken(session, record):
            cases += _open(session, one, faults, cases, now, today)


def _open_ones(session: Session, lift_ids: Iterable[int]) -> dict[int, list[Alert]]:
    """The open cases of items, held until the transaction ends."""
    found: dict[int, list[Alert]] = defaultdict(list)
    of_items = select(Alert).where(text(OPEN), col(Alert.key).startswith(f"{ITEM}:"))
    for ids in in_chunks(sorted(lift_ids)):
        query = of_items.where(col(Alert.lift_id).in_(ids)).order_by(col(Alert.id)).with_for_update()
        for alert in session.exec(query.execution_options(populate_existing=True)):
            found[alert.lift_id or 0].append(alert)
    return found


def _code(alert: Alert) -> str:
    return (alert.key or "").split(":")[1]


def _faults(content: RecordContent) -> dict[str, tuple[str, str]]:
    """What is not mended, by code: its name, and the worker's words."""
    table = item_table().by_code
    found = {
        code: (table[code].name if code in table else code, one.reason)
        for code, one in content.items.items()
        if one.result is Result.FAULT
    }
    return found | {f"+{one.item}": (one.item, one.reason) for one in content.extra if one.result is Result.FAULT}


def _fine(content: RecordContent) -> set[str]:
    """The items that were looked at and are fine, as they stand in keys."""
    codes = {one.code for one in items_of(LiftClass(content.lift_class), content.kind)}
    fine = {code for code in codes if code not in content.items or content.items[code].result in FINE}
    fine |= {f"+{one.item}".replace(":", "：") for one in content.extra if one.result in FINE}
    return fine


def _is_over(alert: Alert, record: MaintenanceRecord, fine: set[str]) -> bool:
    """Whether this record finds fine what an earlier one, or itself before it was signed, called a fault."""
    is_later = alert.reported_at <= record.completed_at or (alert.key or "").endswith(f":{record.key}")
    return is_later and _code(alert) in fine


def _is_overtaken(session: Session, record: MaintenanceRecord) -> bool:
    """Whether a later record is there already that looked at the same items: this one came late."""
    kinds = [kind.value for kind in KINDS[KINDS.index(VisitKind(record.kind)) :]]
    later = select(MaintenanceRecord.id).where(
        MaintenanceRecord.lift_id == record.lift_id, MaintenanceRecord.completed_at > record.completed_at
    )
    return session.exec(later.where(col(MaintenanceRecord.kind).in_(kinds)).limit(1)).first() is not None


def _end(session: Session, alert: Alert, one: Named, now: datetime, today: date) -> None:
    values = values_of_step(alert, AlertState.DONE, by=one.by, said_at=one.record.completed_at, now=now)
    for name, value in values.items():
        setattr(alert, name, value)
    session.add(alert)
    session.flush()
    after_step(session, alert, by=one.by, now=now, today=today)


def _open(
    session: Session,
    one: Named,
    faults: dict[str, tuple[str, str]],
    cases: Sequence[Alert],
    now: datetime,
    today: date,
) -> list[Alert]:
    """The new cases. Of a platform's record nobody knows which of its faults is the dangerous one: one tells of all."""
    record = one.record
    keys = {code: item_key(code, record.key) for code in faults}
    before = set(session.exec(select(Alert.key).where(col(Alert.key).in_(keys.values()))))
    tells = one.content.dangerous and not before  # in the chat it was told when the worker said so
    opened: list[Alert] = []
    for code, (name, reason) in faults.items():
        key = keys[code]
        if key in before:
            continue
        mine = [alert for alert in cases if _code(alert) == key.split(":")[1]]
        said = Saying(record.city_id, key, one.by, record.completed_at, now, today, record.maintainer_id)
        if tells:
            tells = False
            what = "；".join(f"{name}：{reason}" for name, reason in faults.values())
            asking = Saying(record.city_id, key, one.by, record.completed_at, now, today)
            opened.append(open_danger(session, asking, record.lift_id, what))
        elif mine:
            _join(session, mine[0], record, reason)
        else:
            what = f"{name}：{reason}"[:LONGEST_WORDS]
            opened.append(open_alert(session, said, AlertKind.FAULT, record.lift_id, what)[0])
    return opened


def _join(session: Session, alert: Alert, record: MaintenanceRecord, reason: str) -> None:
    """It is still so: the case that is open has the words of this record too."""
    what = f"{alert.what}\n{record.completed_at.astimezone(SHANGHAI):%m-%d %H:%M} {' '.join(reason.split())}"
    if len(what) <= LONGEST_IN_ALL:
        alert.what = what
        session.add(alert)
        session.flush()
