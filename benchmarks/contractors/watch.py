"""The look at the end of a day of maintenance: each lift visited, each record asked for, silence counted rightly."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from institute.door import Door, Handed
from sqlmodel import Session, col, select

from contractors.world import World
from schedules.dates import add_months
from schedules.moments import day_of
from store.consents import SigningConsent
from store.database import Database
from store.lifts import Lift
from store.notices import RECORDS, Notice
from store.records import MaintenanceRecord, PlatformRole, RecordState, VisitKind
from store.upkeep import DelayStatement
from store.zone import SHANGHAI
from tixing.records.faults import Fault, Wrong
from tixing.records.verify import verify

INTERVAL = timedelta(days=15)
MOST_A_DAY = 6  # messages to one unit about records
MONTHS = {VisitKind.QUARTER: 3, VisitKind.HALF_YEAR: 6, VisitKind.YEAR: 12}
KINDS = tuple(VisitKind)
ASKS = frozenset({"gp.sign", "gp.sign.noconsent"})
DEFAULTED, LATE_VISIT = "gp.default", "visit.late"


NOON = time(12, tzinfo=SHANGHAI)


def _noon(day: date, days: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=days), NOON)


class Watch:
    """Keeps what was told over the days; `look` says what does not hold, a sentence each."""

    def __init__(self, database: Database, world: World, door: Door) -> None:
        self._database, self._world, self._door = database, world, door
        self.messages: Counter[str] = Counter()
        self.records = 0
        self._seen = 0
        self._asked: dict[int, date] = {}
        self._told_default: set[int] = set()
        self._late_told: dict[str, date] = {}
        self._last: dict[int, date] = {}
        self._visits: dict[int, list[tuple[date, VisitKind]]] = defaultdict(list)

    def look(self, day: date) -> list[str]:
        """What does not hold today."""
        handed = self._door.look()
        self.messages.update(f"{one.channel} {one.template}" for one in handed)
        with self._database.read() as session:
            faults = [
                *self._heard(session, handed, day),
                *self._new_records(session, day),
                *self._answers(session, day),
                *self._visits_in_time(session, day),
            ]
        return [f"{day}: {fault}" for fault in faults]

    def end(self, today: date) -> list[str]:
        """What does not hold of the whole year: the kinds of visits, and the chains."""
        with self._database.read() as session:
            verdict = verify(session, today=today)
        if verdict.days < 2 or verdict.entries < self.records:
            verdict.faults.append(Fault(Wrong.MISSING, "days or entries are fewer than were played"))
        return [*self._kinds(), *map(str, verdict.faults)]

    def states(self) -> dict[str, int]:
        """How many records stand how."""
        with self._database.read() as session:
            return dict(Counter(session.exec(select(MaintenanceRecord.state))))

    def _heard(self, session: Session, handed: Sequence[Handed], day: date) -> Iterator[str]:
        """Each message about records goes to their unit or their contractor, and a unit gets only so many."""
        a_day: Counter[int] = Counter()
        for one in handed:
            if one.template.startswith(LATE_VISIT):
                self._late_told.update(dict.fromkeys(one.lifts, day))
            if not one.template.startswith("gp."):
                continue
            notice = session.get_one(Notice, one.notice_id)
            if one.party_id in self._world.units:
                a_day[one.party_id] += 1
            for said in ((notice.facts or {}).get(RECORDS) or {}).get("each", ()):
                record = session.get_one(MaintenanceRecord, said["record"])
                if one.party_id not in (record.unit_id, record.maintainer_id):
                    yield f"record {record.id} was told to {one.party_id}, whose it is not"
                if one.template in ASKS and one.party_id == record.unit_id:
                    if record.id in self._asked:
                        yield f"record {record.id} was asked for twice, on {self._asked[record.id]} and today"
                    self._asked[record.id] = day
                if one.template == DEFAULTED and one.party_id == record.unit_id:
                    self._told_default.add(record.id)
        for party, count in a_day.items():
            if count > MOST_A_DAY:
                yield f"unit {party} got {count} messages about records in a day"

    def _new_records(self, session: Session, day: date) -> Iterator[str]:
        """Of each record that was uploaded the unit was asked by the next day, unless it had answered before."""
        query = select(MaintenanceRecord).where(MaintenanceRecord.id > self._seen).order_by(col(MaintenanceRecord.id))
        for record in session.exec(query):
            self._seen = record.id
            self.records += 1
            on = day_of(record.completed_at)
            self._visits[record.lift_id].append((on, VisitKind(record.kind)))
            self._last[record.lift_id] = max(on, self._last.get(record.lift_id, date.min))
            if record.unit_id != self._world.unit_of[record.lift_id]:
                yield f"record {record.id} is of unit {record.unit_id}, which is not that of its lift"
            if record.id not in self._asked and record.state == RecordState.PENDING:
                yield f"record {record.id} was uploaded, and its unit not asked"

    def _answers(self, session: Session, day: date) -> Iterator[str]:
        """Silence counts with consent only, at midnight, on this platform; and then always. The unit hears of it."""
        yesterday = select(MaintenanceRecord).where(
            MaintenanceRecord.sign_by > _noon(day, -3), MaintenanceRecord.sign_by <= _noon(day)
        )
        for record in session.exec(yesterday):
            may, must = self._agreed(session, record)
            if record.state == RecordState.SIGNED_BY_DEFAULT:
                if not may:
                    yield f"record {record.id} was signed by silence without a consent that held"
                if record.decided_at is not None and record.decided_at < record.sign_by:
                    yield f"record {record.id} was signed by silence before its time was over"
                if record.id not in self._told_default and day_of(record.sign_by) < day:
                    yield f"record {record.id} was signed by silence, and its unit not told"
            elif record.state == RecordState.PENDING and must and not record.short_notice:
                yield f"record {record.id} still waits, though its unit agreed to silence"

    def _agreed(self, session: Session, record: MaintenanceRecord) -> tuple[bool, bool]:
        """Whether silence may count, and whether it must: what was agreed to in the minute of the upload is neither."""
        if record.platform != PlatformRole.CITY or record.unit_id is None:
            return False, False
        query = select(SigningConsent).where(SigningConsent.party_id == record.unit_id)
        held = [
            one.given_at
            for one in session.exec(query)
            if one.given_at <= record.uploaded_at and (one.withdrawn_at is None or one.withdrawn_at >= record.sign_by)
        ]
        return bool(held), any(given_at < record.uploaded_at for given_at in held)

    def _visits_in_time(self, session: Session, day: date) -> Iterator[str]:
        """No lift is over its fifteen days without its contractor knowing, or having said why."""
        over = [lift for lift, last in self._last.items() if last + INTERVAL < day]
        for lift_id in over:
            stated = session.exec(select(DelayStatement).where(DelayStatement.lift_id == lift_id)).all()
            if any(one.stated_on >= self._last[lift_id] and one.until_on >= day for one in stated):
                continue
            if self._late_told.get(session.get_one(Lift, lift_id).key, date.min) <= self._last[lift_id]:
                yield f"lift {lift_id} was last visited on {self._last[lift_id]}, and its contractor not told"

    def _kinds(self) -> Iterator[str]:
        """No item of a longer kind is older than its months, but by the days that a visit itself was late."""
        for lift_id, visits in self._visits.items():
            for kind, months in MONTHS.items():
                days = sorted(on for on, done in visits if KINDS.index(done) >= KINDS.index(kind))
                for before, after in pairwise(days):
                    if after > add_months(before, months) + timedelta(days=3):
                        yield f"lift {lift_id} had no {kind} visit between {before} and {after}"
