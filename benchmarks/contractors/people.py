"""What workers and units do on a day of the trial, by the verbs of the chat or by the door of another platform."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from institute.hands import Hands
from institute.passes import Passes
from sqlmodel import Session, col, select

from actions.maintaining.begin import begin_visit, check_in, due_kind, visit_to_begin
from actions.maintaining.day import DueVisit, work_of_day
from actions.maintaining.delays import DelayReason, state_delay
from actions.maintaining.second import confirm_second, fellow_workers, name_second
from actions.maintaining.sign import sign_visit, visit_page
from actions.maintaining.writing import measure_item, say_item, say_when_done
from actions.people.consents import consent_text, give_consent, withdraw_consent
from actions.records.answering import (
    note_on_maintenance,
    object_to_maintenance,
    remark_on_maintenance,
    sign_maintenance,
)
from actions.records.content import Found, RecordContent, Result, Worker
from actions.records.upload import Origin, Upload, upload_records
from actions.refusals import Refused
from contractors.world import Contractor, Manner, Unit, World
from schedules.items import LiftClass, item_table, items_of
from schedules.items import lift_class as class_of
from store.lifts import Lift
from store.records import MaintenanceRecord, PlatformRole, RecordState, VisitKind

SKIPPED, FAULTY, LATE_UPLOAD, TWO, BY_CHAT = 0.02, 0.03, 0.02, 0.02, 0.06  # shares of visits
OBJECTED, WAVERED, SIGNED_ANYWAY = 0.05, 0.1, 0.5  # of days, or of records
STORM_DAYS = 3  # a year


class Workers:
    """Everybody who visits. A contractor on the city's platform writes in chat; to keep the trial short most of those
    records come by the same door as the chat's, without each of its taps."""

    def __init__(self, world: World, hands: Hands, passes: Passes, first: date) -> None:
        self._world, self._hands, self._passes, self._first = world, hands, passes, first
        self.done: Counter[str] = Counter()
        self.storms = {first + timedelta(days=world.between(20, 360, "storm", one)) for one in range(STORM_DAYS)}
        self.uploads = 0

    def live(self, day: date) -> None:
        """What is due today, contractor by contractor."""
        for contractor in self._world.contractors.values():
            work = self._hands.do(work_of_day, contractor.workers[0])
            due = [*work.mine, *work.others] if work is not None else []
            if day in self.storms:
                self._storm(contractor, due, day)
                continue
            lifts = [one.lift_id for one in due if one.held_until is None or one.held_until <= day]
            lifts = [one for one in lifts if self._world.chance("skip", one, day) >= SKIPPED]
            in_chat = contractor.platform == PlatformRole.CITY
            by_hand = [one for one in lifts if in_chat and self._world.chance("chat", one, day) < BY_CHAT]
            for lift_id in by_hand:
                self._in_chat(contractor, lift_id, day)
            self._at_the_door(contractor, [one for one in lifts if one not in by_hand], day)

    def _storm(self, contractor: Contractor, due: Sequence[DueVisit], day: date) -> None:
        """Nobody goes out; what is due today is stated (四(五))."""
        late = [visit.lift_id for visit in due if visit.due is not None and visit.due <= day + timedelta(days=1)]
        if late:
            until = day + timedelta(days=2)
            self._hands.do(
                state_delay, contractor.admin, lift_ids=late, reason=DelayReason.NATURAL_DISASTER, until=until
            )
            self.done["delayed"] += len(late)

    def _in_chat(self, contractor: Contractor, lift_id: int, day: date) -> None:
        worker = contractor.workers[self._world.between(0, len(contractor.workers) - 1, "worker", lift_id, day)]
        seen = self._hands.do(visit_to_begin, worker, lift_id=lift_id)
        visit_id = self._hands.do(
            begin_visit, worker, lift_id=lift_id, kind=seen.kind.kind, as_class=LiftClass.TRACTION
        )
        if visit_id is None:
            return
        self._hands.do(check_in, worker, visit_id=visit_id, latitude=23.1291, longitude=113.2644)
        if self._world.chance("two", lift_id, day) < TWO:
            self._two(contractor, worker, visit_id)
        page = self._hands.do(visit_page, worker, visit_id=visit_id)
        for line in page.values_to_ask:
            value = str(line.item.measure.fine)
            self._hands.do(measure_item, worker, visit_id=visit_id, code=line.item.code, value=value)
        if self._world.chance("fault", lift_id, day) < FAULTY:
            code = page.lines[0].item.code
            self._hands.do(say_item, worker, visit_id=visit_id, code=code, result=Result.FAULT, words="机房漏水")
        if self._world.chance("late", lift_id, day) < LATE_UPLOAD and day > self._first:
            self._hands.do(say_when_done, worker, visit_id=visit_id, words="昨天 17:30")
        if self._hands.do(sign_visit, worker, visit_id=visit_id) is not None:
            self.done["in chat"] += 1

    def _two(self, contractor: Contractor, worker: str, visit_id: int) -> None:
        fellows = self._hands.do(fellow_workers, worker) or []
        other = next((chat for chat in contractor.workers if chat != worker), None)
        if not fellows or other is None:
            return
        for fellow in fellows:
            self._hands.do(name_second, worker, visit_id=visit_id, contact_id=fellow.contact_id)
            if self._hands.do(confirm_second, other, visit_id=visit_id, was_there=True) is not None:
                break

    def _at_the_door(self, contractor: Contractor, lift_ids: Sequence[int], day: date) -> None:
        """A day's records come together, as from a platform of their own or from telephones that had no signal."""
        now, today = self._passes.now, self._passes.today
        uploads = []
        with self._passes.database.write() as session:
            for lift_id in lift_ids:
                kind = due_kind(session, session.get_one(Lift, lift_id), today).kind
                late = self._world.chance("late", lift_id, day) < LATE_UPLOAD and day > self._first
                done = now - timedelta(hours=18 if late else 1)
                faulty = self._world.chance("fault", lift_id, day) < FAULTY
                content = _content(session, lift_id, kind, done, faulty)
                uploads.append(Upload(lift_id, content, self._origin(contractor)))
            for one in upload_records(session, uploads, now=now, today=today):
                if isinstance(one, Refused):
                    self._hands.refused[f"upload: {one.name}"] += 1
                else:
                    self.done[contractor.platform.value] += 1

    def _origin(self, contractor: Contractor) -> Origin:
        self.uploads += 1
        key, party = f"door{self.uploads}", contractor.party_id
        if contractor.platform == PlatformRole.CITY:
            return Origin(party, key)
        return Origin(party, key, contractor.platform, source_id=party, external_id=key)


def _content(session: Session, lift_id: int, kind: VisitKind, done: datetime, faulty: bool) -> RecordContent:
    lift = session.get_one(Lift, lift_id)
    of = class_of(lift.kind) or LiftClass.TRACTION
    items = items_of(of, kind)
    said = {one.code: Found(result=Result.OK, value=one.measure.fine) for one in items if one.measure}
    if faulty:
        said[items[0].code] = Found(result=Result.FAULT, reason="机房漏水")
    return RecordContent.model_validate(
        {
            "kind": kind,
            "table": item_table().name,
            "lift_class": of,
            "count": len(items),
            "completed_at": done,
            "items": said,
            "workers": [Worker(name="何师傅", certificate="粤A-0001", signed_at=done)],
        }
    )


class Signers:
    """The heads of the units."""

    def __init__(self, world: World, hands: Hands, passes: Passes) -> None:
        self._world, self._hands, self._passes = world, hands, passes

    def agree(self) -> None:
        """Before the first day: who agrees to signing by silence does so."""
        for unit in self._world.units.values():
            if unit.manner in (Manner.AGREES, Manner.AGREES_AND_SIGNS):
                self._consent(unit)

    def live(self, day: date) -> None:
        """What each does about the records that wait."""
        for unit in self._world.units.values():
            self._unit(unit, day)

    def _unit(self, unit: Unit, day: date) -> None:
        if unit.manner is Manner.WAVERS and self._world.chance("waver", unit.party_id, day) < WAVERED:
            if self._world.chance("gives", unit.party_id, day) < 0.5:
                self._consent(unit)
            else:
                self._hands.do(withdraw_consent, unit.head)
        waiting = self._waiting(unit)
        if unit.manner is Manner.OBJECTS:
            waiting = self._object(unit, waiting, day)
        signs = unit.manner in (Manner.SIGNS, Manner.OBJECTS) or (
            unit.manner is Manner.AGREES_AND_SIGNS and self._world.chance("signs", unit.party_id, day) < SIGNED_ANYWAY
        )
        if signs and waiting:
            self._hands.do(sign_maintenance, unit.head, record_ids=waiting)

    def _object(self, unit: Unit, waiting: Sequence[int], day: date) -> list[int]:
        rest = []
        for record_id in waiting:
            if self._world.chance("object", record_id) >= OBJECTED or self._world.chance("once", record_id, day) < 0.5:
                rest.append(record_id)
            elif (
                self._hands.do(object_to_maintenance, unit.head, record_id=record_id, text="没有见到维保人员")
                is not None
            ):
                admin = self._admin_of(record_id)
                self._hands.do(note_on_maintenance, admin, record_id=record_id, text="已补充现场照片说明")
                rest.append(record_id)
        return rest

    def remark(self, day: date) -> None:
        """Now and then somebody comments on what silence has signed (四(二): the record stays)."""
        query = select(MaintenanceRecord).where(MaintenanceRecord.state == RecordState.SIGNED_BY_DEFAULT)
        with self._passes.database.read() as session:
            newest = session.exec(query.order_by(col(MaintenanceRecord.id).desc()).limit(1)).first()
        if newest is not None and newest.unit_id is not None and self._world.chance("remark", day) < 0.1:
            unit = self._world.units[newest.unit_id]
            self._hands.do(remark_on_maintenance, unit.head, record_id=newest.id, text="请下次提前通知")

    def _waiting(self, unit: Unit) -> list[int]:
        waits = select(MaintenanceRecord.id).where(
            MaintenanceRecord.unit_id == unit.party_id,
            col(MaintenanceRecord.state).in_((RecordState.PENDING, RecordState.OBJECTED)),
        )
        with self._passes.database.read() as session:
            return list(session.exec(waits.order_by(col(MaintenanceRecord.id)).limit(200)))

    def _admin_of(self, record_id: int) -> str:
        with self._passes.database.read() as session:
            party = session.get_one(MaintenanceRecord, record_id).maintainer_id
        return self._world.contractors[party].admin

    def _consent(self, unit: Unit) -> None:
        self._hands.do(give_consent, unit.head, version=consent_text().version, language="zh")
