"""Records as people read them: what waits for the unit, what silence has signed, the records of a lift back in time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, and_, col, or_, select

from actions.actors import DEPARTMENT, MAINTAINER, REGULATORS, UNIT, Asked
from actions.lifts.explain import place_of
from actions.records.answering import AGREES, ANSWERS, OBJECTS, notes_after
from actions.records.pushing import records_of
from actions.records.rights import SIGNERS, is_their_record
from actions.records.said import Said, people_of, read_said
from actions.registry import their_lifts, verb
from actions.sight import in_their_places
from schedules.items import item_table
from schedules.moments import day_of
from store.chats import find_file
from store.consents import SigningConsent
from store.database import table_of
from store.lifts import Lift
from store.notices import Notice
from store.parties import party_name
from store.records import EntryKind, MaintenanceRecord, RecordEntry, RecordPhoto, RecordState

READERS = UNIT | MAINTAINER | DEPARTMENT | REGULATORS
MOST = 300  # records of one list
PAGE = 10  # records of a lift at a time
SAYINGS = (EntryKind.SIGNED, EntryKind.OBJECTED, EntryKind.DEFAULTED, EntryKind.NOTE)
LATELY = timedelta(days=31)  # for so long what silence has signed is listed


@dataclass(frozen=True)
class RecordLine:
    """A record in a list. `said`: what the last who spoke of it did (agrees, objects, answers), where anybody has."""

    record_id: int
    lift_id: int
    place: str
    kind: str
    done_on: date
    done_at: datetime
    state: str
    platform: str
    sign_by: datetime
    faults: int
    fixed: int
    dangerous: bool
    late: bool
    said: str = ""

    @property
    def sign_day(self) -> date:
        """The day at whose end the unit's time is over."""
        return day_of(self.sign_by - timedelta(seconds=1))

    @property
    def is_notable(self) -> bool:
        """Whether somebody should read it before it is signed."""
        was_objected = self.state == RecordState.OBJECTED or self.said in (OBJECTS, ANSWERS)
        return bool(self.faults or self.fixed or self.late or was_objected)

    @property
    def is_with_maintainer(self) -> bool:
        """Whether the unit has objected and waits for an answer."""
        return self.state == RecordState.OBJECTED and self.said != ANSWERS


@dataclass(frozen=True)
class Waiting:
    """What waits for the unit, what was not in order first; `signs`: whether this person's signature decides."""

    lines: Sequence[RecordLine]
    signs: bool

    @property
    def notable(self) -> list[RecordLine]:
        """Those that are read first."""
        return [line for line in self.lines if line.is_notable and not line.is_with_maintainer]

    @property
    def plain(self) -> list[RecordLine]:
        """Those in which all was in order, which are signed together."""
        return [line for line in self.lines if not line.is_notable]


@dataclass(frozen=True)
class ItemLine:
    """An item that was not simply in order, or that was measured."""

    name: str
    english: str
    result: str
    value: str = ""
    unit: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Remark:
    """What somebody has said to a record since: signed, objected, a note; by default nobody did."""

    what: str
    who: str
    party: str
    at: str
    text: str = ""


@dataclass(frozen=True)
class RecordShown:
    """A record as it is read."""

    line: RecordLine
    unit: str
    maintainer: str
    uploaded_at: datetime
    workers: Sequence[tuple[str, str]]
    count: int
    items: Sequence[ItemLine]
    note: str
    photos: int
    remarks: Sequence[Remark]
    is_cut: bool
    has_consent: bool

    @property
    def is_answered(self) -> bool:
        """Whether the maintainer has answered the last objection."""
        turns = [one.what for one in self.remarks if one.what in (EntryKind.OBJECTED, ANSWERS)]
        return bool(turns) and turns[-1] == ANSWERS


@verb(UNIT, reads=True)
def waiting_records(session: Session, asked: Asked) -> Waiting:
    """The records that wait for one's own unit, and those it objected to."""
    open_states = (RecordState.PENDING, RecordState.OBJECTED)
    query = select(MaintenanceRecord).where(
        MaintenanceRecord.unit_id == asked.actor.party_id, col(MaintenanceRecord.state).in_(open_states)
    )
    lines = sorted(_lines(session, _theirs(session, asked, query)), key=_worst_first)
    return Waiting(lines, asked.actor.role in SIGNERS)


@verb(UNIT, reads=True)
def signed_by_silence(session: Session, asked: Asked) -> list[RecordLine]:
    """What silence has signed for one's own unit in the last month, the newest first."""
    query = select(MaintenanceRecord).where(
        MaintenanceRecord.unit_id == asked.actor.party_id,
        MaintenanceRecord.state == RecordState.SIGNED_BY_DEFAULT,
        MaintenanceRecord.completed_at > asked.now - LATELY,
    )
    return _lines(session, _theirs(session, asked, query))


@verb(MAINTAINER, reads=True)
def records_to_answer(session: Session, asked: Asked) -> list[RecordLine]:
    """Of one's own company: what units object to, and what is unsigned after its day, objections first."""
    is_late = and_(col(MaintenanceRecord.state) == RecordState.PENDING, col(MaintenanceRecord.sign_by) <= asked.now)
    query = select(MaintenanceRecord).where(
        MaintenanceRecord.maintainer_id == asked.actor.party_id,
        or_(MaintenanceRecord.state == RecordState.OBJECTED, is_late),
    )
    found = session.exec(query.order_by(col(MaintenanceRecord.completed_at).desc()).limit(MOST)).all()
    return sorted(_lines(session, found), key=lambda line: (line.state != RecordState.OBJECTED, line.said == ANSWERS))


@verb(READERS, reads=True, lift_id=their_lifts)
def records_of_lift(
    session: Session, asked: Asked, *, lift_id: int, before: datetime | None = None, limit: int = PAGE
) -> list[RecordLine]:
    """The records of a lift, the newest first; `before`: those completed earlier."""
    query = select(MaintenanceRecord).where(MaintenanceRecord.lift_id == lift_id)
    if before is not None:
        query = query.where(MaintenanceRecord.completed_at < before)
    order = (col(MaintenanceRecord.completed_at).desc(), col(MaintenanceRecord.seq).desc())
    return _lines(session, session.exec(query.order_by(*order).limit(limit)).all())


@verb(READERS, reads=True, record_id=is_their_record)
def record_shown(session: Session, asked: Asked, *, record_id: int) -> RecordShown:
    """One record, with all that was said to it since."""
    record = session.get_one(MaintenanceRecord, record_id)
    entry = session.get_one(RecordEntry, record.entry_id)
    said, notes = read_said(entry), notes_after(session, record)
    people = people_of(session, [entry.id, *(one.id for one, _ in notes)])
    photos = session.exec(select(RecordPhoto.number).where(RecordPhoto.entry_id == entry.id)).all()
    return RecordShown(
        line=_line(record, session.get_one(Lift, record.lift_id), said, _last_said(notes)),
        unit=said.content.get("unit", {}).get("name") or party_name(session, record.unit_id),
        maintainer=said.content.get("maintainer", {}).get("name") or party_name(session, record.maintainer_id),
        uploaded_at=record.uploaded_at,
        workers=_workers(people[entry.id]),
        count=said.content.get("all", 0),
        items=[_item(one) for one in said.items],
        note=said.content.get("note", ""),
        photos=len(photos),
        remarks=[_remark(one, content, people[one.id]) for one, content in notes if one.kind in SAYINGS],
        is_cut=said.is_cut,
        has_consent=_silence_would_count(session, record),
    )


@verb(READERS, reads=True, record_id=is_their_record)
def record_photo(session: Session, asked: Asked, *, record_id: int, number: int) -> tuple[str, bytes]:
    """A photo of a record, from 1: its name and what it shows; nothing where it is kept no longer."""
    record = session.get_one(MaintenanceRecord, record_id)
    photo = session.get(RecordPhoto, (record.entry_id, number))
    kept = find_file(session, photo.file_id) if photo is not None else None
    return (kept.name, kept.content) if kept is not None else ("", b"")


@verb(UNIT | MAINTAINER, reads=True)
def records_of_notice(session: Session, asked: Asked, *, notice_id: int) -> list[int]:
    """The records of which a notice to one's own party speaks; none where it was another's."""
    notice = session.get(Notice, notice_id)
    return records_of(notice) if notice is not None and notice.party_id == asked.actor.party_id else []


def _theirs(session: Session, asked: Asked, query: Any) -> Sequence[MaintenanceRecord]:
    """Those in the places for which this person is there, the newest first."""
    lift = table_of(Lift).c
    here = select(lift.id).where(lift.id == MaintenanceRecord.lift_id, in_their_places(asked.actor)).exists()
    order = (col(MaintenanceRecord.completed_at).desc(), col(MaintenanceRecord.id).desc())
    found: Sequence[MaintenanceRecord] = session.exec(query.where(here).order_by(*order).limit(MOST)).all()
    return found


def _lines(session: Session, records: Sequence[MaintenanceRecord]) -> list[RecordLine]:
    lifts = _by_id(session, Lift, {one.lift_id for one in records})
    entries = _by_id(session, RecordEntry, {one.entry_id for one in records})
    lines = []
    for one in records:
        notes = notes_after(session, one) if one.state in (RecordState.PENDING, RecordState.OBJECTED) else []
        lines.append(_line(one, lifts[one.lift_id], read_said(entries[one.entry_id]), _last_said(notes)))
    return lines


def _by_id(session: Session, model: Any, ids: Iterable[int]) -> Mapping[int, Any]:
    return {one.id: one for one in session.exec(select(model).where(col(model.id).in_(set(ids))))}


def _line(record: MaintenanceRecord, lift: Lift, said: Said, last: str) -> RecordLine:
    return RecordLine(
        record_id=record.id,
        lift_id=record.lift_id,
        place=place_of(lift),
        kind=record.kind,
        done_on=day_of(record.completed_at),
        done_at=record.completed_at,
        state=record.state,
        platform=record.platform,
        sign_by=record.sign_by,
        faults=record.faults,
        fixed=said.fixed,
        dangerous=record.dangerous,
        late=record.late_upload,
        said=last,
    )


def _silence_would_count(session: Session, record: MaintenanceRecord) -> bool:
    consent = session.get(SigningConsent, record.consent_id) if record.consent_id is not None else None
    return consent is not None and consent.withdrawn_at is None


def _last_said(notes: Sequence[tuple[RecordEntry, dict[str, Any]]]) -> str:
    told = [OBJECTS if one.kind == EntryKind.OBJECTED else said.get("what", "") for one, said in notes]
    return next((what for what in reversed(told) if what in (AGREES, OBJECTS, ANSWERS)), "")


def _worst_first(line: RecordLine) -> tuple[bool, bool, bool, bool, int, int]:
    is_said = line.said in (OBJECTS, ANSWERS)
    return line.is_with_maintainer, not is_said, not line.dangerous, not line.is_notable, -line.faults, -line.fixed


def _workers(people: Mapping[str, str]) -> list[tuple[str, str]]:
    numbers = sorted({name.partition(".")[0] for name in people if name.startswith("worker")})
    return [(people.get(f"{one}.name", ""), people.get(f"{one}.certificate", "")) for one in numbers]


def _item(found: Mapping[str, Any]) -> ItemLine:
    code = str(found["item"])
    known = item_table().by_code.get(code)
    return ItemLine(
        name=known.name if known is not None else code,
        english=known.english if known is not None else code,
        result=found["result"],
        value=found.get("value", ""),
        unit=known.measure.unit if known is not None and known.measure is not None else "",
        reason=found.get("reason", ""),
    )


def _remark(entry: RecordEntry, said: Mapping[str, Any], people: Mapping[str, str]) -> Remark:
    what = said.get("what", entry.kind)
    return Remark(what, people.get("name", ""), said.get("party", ""), said.get("at", ""), said.get("text", ""))
