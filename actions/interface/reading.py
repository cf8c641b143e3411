"""What a platform may look up: the lifts of its maintainer, the item table, its own records and how they stand."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, or_, select

from actions.interface.keys import Caller
from actions.interface.models import Act, ItemOut, ItemsOut, LiftOut, LiftPage, RecordOut, RecordPage
from actions.lifts.explain import place_of
from actions.paperless.rights import by_grant
from schedules.items import VERSION, Item, item_table, items_of, lift_class
from schedules.moments import day_of
from store.chain import read_content
from store.lifts import Lift, LiftName, LiftRole, Responsibility
from store.parties import Party
from store.records import EntryKind, MaintenanceRecord, RecordEntry, VisitKind
from store.upkeep import LiftClass, LiftUpkeep
from store.zone import SHANGHAI

PAGE = 100
EXACTLY = "%Y-%m-%dT%H:%M:%S.%fZ"  # a plus would be a blank in an address
ACTS = (EntryKind.SIGNED, EntryKind.OBJECTED, EntryKind.DEFAULTED, EntryKind.NOTE)
INNER = {"record", "people", "tap"}  # of an act: the place of its record, digests, the tap that did it


def lifts_page(session: Session, caller: Caller, after: int) -> LiftPage:
    """The lifts that the maintainer has now, those after this number."""
    query = (
        select(Lift)
        .join(Responsibility, col(Responsibility.lift_id) == Lift.id)
        .where(
            Responsibility.party_id == caller.party_id,
            Responsibility.role == LiftRole.MAINTAINER,
            col(Responsibility.to_on).is_(None),
            Lift.city_id == caller.city_id,
            col(Lift.id) > after,
        )
        .order_by(col(Lift.id))
        .limit(PAGE + 1)
    )
    lifts = session.exec(query).all()
    ids = [lift.id for lift in lifts[:PAGE]]
    names = session.exec(select(LiftName).where(col(LiftName.lift_id).in_(ids), col(LiftName.until_on).is_(None))).all()
    units = dict(
        session.exec(
            select(Responsibility.lift_id, Party.name)
            .join(Party, col(Party.id) == Responsibility.party_id)
            .where(
                col(Responsibility.lift_id).in_(ids),
                Responsibility.role == LiftRole.USE_UNIT,
                col(Responsibility.to_on).is_(None),
            )
        ).all()
    )
    said = dict(
        session.exec(select(LiftUpkeep.lift_id, LiftUpkeep.lift_class).where(col(LiftUpkeep.lift_id).in_(ids))).all()
    )
    shown = tuple(
        LiftOut(
            lift=lift.key,
            names=tuple(sorted(one.stated for one in names if one.lift_id == lift.id)),
            place=place_of(lift),
            unit=units.get(lift.id, ""),
            lift_class=lift_class(lift.kind) or said.get(lift.id),
        )
        for lift in lifts[:PAGE]
    )
    return LiftPage(lifts=shown, next=str(ids[-1]) if len(lifts) > PAGE else "")


def items_shown(which: LiftClass, kind: VisitKind) -> ItemsOut:
    """The table of a visit."""
    items = items_of(LiftClass(which.value), kind)
    table = item_table()
    return ItemsOut(
        table=VERSION,
        digest=table.digest,
        lift_class=which.value,
        kind=kind,
        count=len(items),
        items=tuple(_item(item) for item in items),
    )


def find_record(session: Session, caller: Caller, number: int, now: datetime) -> RecordOut | None:
    """A record that this platform uploaded for this maintainer, or may read by a grant today."""
    query = select(MaintenanceRecord).where(MaintenanceRecord.id == number)
    record = session.exec(query.where(or_(_uploaded_by(caller), by_grant(caller.source_id, day_of(now))))).first()
    return _for(caller, session, [record])[0] if record is not None else None


def records_page(
    session: Session, caller: Caller, *, lift_id: int | None, since: datetime | None, after: int, now: datetime
) -> RecordPage:
    """The records that this platform uploaded, completed since then, after this number; of one lift also those that it
    may read by a grant."""
    query = _theirs(caller).where(col(MaintenanceRecord.id) > after)
    if lift_id is not None:
        theirs = or_(_uploaded_by(caller), by_grant(caller.source_id, day_of(now)))
        query = select(MaintenanceRecord).where(MaintenanceRecord.lift_id == lift_id, theirs)
        query = query.where(col(MaintenanceRecord.id) > after)
    if since is not None:
        query = query.where(col(MaintenanceRecord.completed_at) >= since)
    found = session.exec(query.order_by(col(MaintenanceRecord.id)).limit(PAGE + 1)).all()
    return RecordPage(
        records=tuple(_for(caller, session, found[:PAGE])), next=str(found[PAGE - 1].id) if len(found) > PAGE else ""
    )


def decisions_page(session: Session, caller: Caller, *, since: datetime, after: int) -> RecordPage:
    """The records decided since then, in the order in which they were; `after` is the last of that very moment.

    `next` is the moment and the number of the last one, with which the following page is asked for.
    """
    decided_at, number = col(MaintenanceRecord.decided_at), col(MaintenanceRecord.id)
    query = _theirs(caller).where(or_(decided_at > since, (decided_at == since) & (number > after)))
    found = session.exec(query.order_by(decided_at, number).limit(PAGE + 1)).all()
    last = found[PAGE - 1] if len(found) > PAGE else None
    return RecordPage(
        records=tuple(shown(session, found[:PAGE])),
        next=f"{last.decided_at.astimezone(UTC):{EXACTLY}}/{last.id}"
        if last is not None and last.decided_at is not None
        else "",
    )


def shown(session: Session, records: Sequence[MaintenanceRecord]) -> list[RecordOut]:
    """Records as a platform sees them."""
    keys = _keys(session, {record.lift_id for record in records})
    entries = {
        entry.id: entry
        for entry in session.exec(select(RecordEntry).where(col(RecordEntry.id).in_([r.entry_id for r in records])))
    }
    acts = _acts(session, records)
    return [
        RecordOut(
            id=record.id,
            external_id=record.external_id,
            lift=keys[record.lift_id],
            kind=VisitKind(record.kind),
            state=record.state,
            completed_at=_local(record.completed_at),
            uploaded_at=_local(record.uploaded_at),
            sign_by=_local(record.sign_by),
            decided_at=_local(record.decided_at) if record.decided_at is not None else None,
            late=record.late_upload,
            faults=record.faults,
            dangerous=record.dangerous,
            sequence=record.seq,
            hash=bytes(entries[record.entry_id].hash).hex(),
            acts=tuple(acts.get((record.lift_id, record.seq), ())),
        )
        for record in records
    ]


def _for(caller: Caller, session: Session, records: Sequence[MaintenanceRecord]) -> list[RecordOut]:
    """What another platform calls its records is not said."""
    ours = {one.id for one in records if (one.source_id, one.maintainer_id) == (caller.source_id, caller.party_id)}
    found = shown(session, records)
    return [one if one.id in ours else one.model_copy(update={"external_id": None}) for one in found]


def _theirs(caller: Caller) -> Any:
    return select(MaintenanceRecord).where(_uploaded_by(caller))


def _uploaded_by(caller: Caller) -> ColumnElement[bool]:
    own = (
        col(MaintenanceRecord.source_id) == caller.source_id,
        col(MaintenanceRecord.maintainer_id) == caller.party_id,
    )
    return and_(*own)


def _keys(session: Session, lift_ids: set[int]) -> dict[int, str]:
    return dict(session.exec(select(Lift.id, Lift.key).where(col(Lift.id).in_(lift_ids))).all())


def _acts(session: Session, records: Sequence[MaintenanceRecord]) -> dict[tuple[int, int], list[Act]]:
    """What was done about records, by lift and place; it stands in the same chain."""
    found: dict[tuple[int, int], list[Act]] = {}
    query = select(RecordEntry).where(
        col(RecordEntry.lift_id).in_({record.lift_id for record in records}),
        col(RecordEntry.seq) > min((record.seq for record in records), default=0),
        col(RecordEntry.kind).in_(ACTS),
    )
    for entry in session.exec(query.order_by(col(RecordEntry.seq))):
        if entry.body is None:
            continue
        said = read_content(bytes(entry.body))
        plain = {name: value for name, value in said.items() if name not in INNER}
        act = Act(kind=EntryKind(entry.kind), on=entry.day, said=plain)
        found.setdefault((entry.lift_id, said.get("record", 0)), []).append(act)
    return found


def _item(item: Item) -> ItemOut:
    measure = item.measure
    limits = {} if measure is None else {"unit": measure.unit, "least": measure.least, "most": measure.most}
    return ItemOut(
        code=item.code,
        name=item.name,
        english=item.english,
        requirement=item.requirement,
        kind=item.kind,
        photo=item.is_test,
        **{name: str(value) if value is not None else None for name, value in limits.items()},
    )


def _local(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI)
