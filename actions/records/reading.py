"""Records as people read them: what waits for the unit, what silence has signed, the records of a lift back in time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, and_, col, or_, select

from actions.actors import DEPARTMENT, MAINTAINER, REGULATORS, UNIT, Asked
from actions.lifts.explain import place_of
from actions.paperless.rights import readable
from actions.records.answering import AGREES, ANSWERS, OBJECTS, notes_after
from actions.records.pushing import records_of
from actions.records.rights import SIGNERS, has_records_for_them
from actions.records.said import Said, read_said
from actions.registry import verb
from actions.sight import in_their_places
from schedules.moments import day_of
from store.database import table_of
from store.lifts import Lift
from store.notices import Notice
from store.records import EntryKind, MaintenanceRecord, RecordEntry, RecordState

READERS = UNIT | MAINTAINER | DEPARTMENT | REGULATORS
MOST = 300  # records of one list
PAGE = 10  # records of a lift at a time
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
        return bool(self.faults or self.fixed or self.late or self.is_objected or self.said == ANSWERS)

    @property
    def is_objected(self) -> bool:
        """Whether somebody of the unit objects, be it answered or not."""
        return self.state == RecordState.OBJECTED or self.said == OBJECTS

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
    """Of one's own company: what units object to, and what is unsigned after its day, objections first.

    Also what a contact objects to whose word does not decide: the maintainer was asked to answer it too.
    """
    about = table_of(RecordEntry).c
    is_spoken_of = select(about.id).where(
        about.lift_id == MaintenanceRecord.lift_id, about.seq > MaintenanceRecord.seq, about.kind == EntryKind.NOTE
    )
    is_late = col(MaintenanceRecord.sign_by) <= asked.now
    is_waiting = and_(col(MaintenanceRecord.state) == RecordState.PENDING, or_(is_late, is_spoken_of.exists()))
    query = select(MaintenanceRecord).where(
        MaintenanceRecord.maintainer_id == asked.actor.party_id,
        or_(MaintenanceRecord.state == RecordState.OBJECTED, is_waiting),
    )
    found = session.exec(query.order_by(col(MaintenanceRecord.completed_at).desc()).limit(MOST)).all()
    lines = [one for one in _lines(session, found) if one.is_objected or one.sign_by <= asked.now]
    return sorted(lines, key=lambda line: (not line.is_objected, line.said == ANSWERS))


@verb(READERS, reads=True, lift_id=has_records_for_them)
def records_of_lift(
    session: Session, asked: Asked, *, lift_id: int, after: int | None = None, limit: int = PAGE
) -> list[RecordLine]:
    """The records of a lift that they may read, the newest first; `after`: those that follow this record there."""
    theirs = readable(session, asked.actor, lift_id, asked.today)
    query = select(MaintenanceRecord).where(MaintenanceRecord.lift_id == lift_id, theirs)
    last = session.get(MaintenanceRecord, after) if after is not None else None
    if last is not None:  # two workers may have ended in the same minute
        done = col(MaintenanceRecord.completed_at)
        same = and_(done == last.completed_at, col(MaintenanceRecord.seq) < last.seq)
        query = query.where(or_(done < last.completed_at, same))
    order = (col(MaintenanceRecord.completed_at).desc(), col(MaintenanceRecord.seq).desc())
    return _lines(session, session.exec(query.order_by(*order).limit(limit)).all())


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
        lines.append(line_of(one, lifts[one.lift_id], read_said(entries[one.entry_id]), last_said(notes)))
    return lines


def _by_id(session: Session, model: Any, ids: Iterable[int]) -> Mapping[int, Any]:
    return {one.id: one for one in session.exec(select(model).where(col(model.id).in_(set(ids))))}


def line_of(record: MaintenanceRecord, lift: Lift, said: Said, last: str) -> RecordLine:
    """A record in one line; `last` is what `last_said` found."""
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


def last_said(notes: Sequence[tuple[RecordEntry, dict[str, Any]]]) -> str:
    """What the last who spoke of it did."""
    told = [OBJECTS if one.kind == EntryKind.OBJECTED else said.get("what", "") for one, said in notes]
    return next((what for what in reversed(told) if what in (AGREES, OBJECTS, ANSWERS)), "")


def _worst_first(line: RecordLine) -> tuple[bool, bool, bool, bool, int, int]:
    is_said = line.said in (OBJECTS, ANSWERS)
    return line.is_with_maintainer, not is_said, not line.dangerous, not line.is_notable, -line.faults, -line.fixed
