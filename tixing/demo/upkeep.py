"""Maintenance without paper in the made-up city: a crew that visits some lifts of a compound every other week, and a
unit that signs, is silent, or objects. Through the same actions as the chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from actions.actors import Actor, Asked, Role, find_actors
from actions.alerts.numbers import set_emergency_phone
from actions.maintaining.day import assign_lifts
from actions.paperless.register import (
    Data,
    contractor_of,
    file_contractor,
    name_administrator,
    register_maintainer,
    say_data,
)
from actions.paperless.ways import choose_way
from actions.paperless.workers import certify_worker
from actions.people.consents import consent_text, give_consent
from actions.people.parties import add_contact
from actions.records.answering import note_on_maintenance, object_to_maintenance, sign_maintenance
from actions.records.content import RecordContent, Result
from actions.records.upload import Origin, Upload, upload_records
from schedules.items import item_table, items_of
from schedules.moments import day_of
from store.doors import WEBCHAT
from store.lifts import Lift, LiftRole, Responsibility
from store.parties import Chat, Contact, ContactRole, Party
from store.records import MaintenanceRecord, PlatformRole, RecordState, VisitKind
from store.upkeep import LiftClass
from tixing.demo.data import CityData, Upkeep

WORKER = ContactRole.WORKER
FORTNIGHT, QUARTER = 14, 6  # days between visits; every how many of them one is of a quarter
IN_FOUR_WEEKS = 3  # every how many visits something of note happens
WORK_LASTS = timedelta(minutes=40)
CERTIFIED = timedelta(days=900)
# On which day of a fortnight a lift is visited: some are due just when the demo opens, of one the record waits for its
# signature then, and of the last ones the unit objects to something now and then.
DUE_SOON, WAITS, OBJECTED = 2, 1, 8
PHASES = (DUE_SOON,) * 4 + (WAITS,) + (OBJECTED,) * 2


@dataclass(frozen=True)
class Crew:
    """Who works for whom, and on which lifts, each with its day of the fortnight."""

    maintainer: Actor
    unit: Actor
    workers: Sequence[Contact]
    phases: dict[int, int]


def found_upkeep(session: Session, data: CityData, now: datetime) -> None:
    """A contractor gone paperless, with its people; the unit agrees that its silence may sign."""
    said, today = data.upkeep, day_of(now)
    lifts = _lifts(session, said)
    maintainer, unit = (_party_of(session, lifts[0], role) for role in (LiftRole.MAINTAINER, LiftRole.USE_UNIT))
    if contractor_of(session, maintainer.id) is not None:
        return
    file_contractor(session, data.city.id, maintainer.name, said.filing, filed_on=today)
    worked_by = [
        add_contact(session, party_id=maintainer.id, role=WORKER, name=one.name, phone=one.phone, as_of=today)
        for one in said.worker
    ]
    head = _actor(session, maintainer.id, Role.DISPATCHER)
    register_maintainer(session, _asked(head, now, "register"))
    name_administrator(session, _asked(head, now, "admin"), contact_id=head.contact_id)
    admin = _actor(session, maintainer.id, Role.MAINTAINER_ADMIN)
    set_emergency_phone(session, _asked(admin, now, "emergency"), phone=said.phone)
    own = {Data.ADDRESS: said.address, Data.OFFICE: said.office, Data.CONTACT: head.name, Data.PHONE: said.phone}
    for field, value in own.items():
        say_data(session, _asked(admin, now, field.value), field=field, value=value)
    choose_way(session, _asked(admin, now, "way"), way=PlatformRole.CITY)
    for contact_id, one in zip(worked_by, said.worker, strict=True):
        asked, valid_until = _asked(admin, now, f"certificate{contact_id}"), today + CERTIFIED
        certify_worker(session, asked, contact_id=contact_id, certificate=one.certificate, valid_until=valid_until)
    assign_lifts(session, _asked(admin, now, "assign"), lift_ids=[one.id for one in lifts], worker_id=worked_by[0])
    signer = _actor(session, unit.id, Role.SAFETY_MANAGER)
    give_consent(session, _asked(signer, now, "consent"), version=consent_text().version, language="zh")


def read_crew(session: Session, data: CityData) -> Crew:
    """As it stands in the store."""
    lifts = _lifts(session, data.upkeep)
    maintainer, unit = (_party_of(session, lifts[0], role) for role in (LiftRole.MAINTAINER, LiftRole.USE_UNIT))
    query = select(Contact).where(Contact.party_id == maintainer.id, Contact.role == WORKER)
    return Crew(
        _actor(session, maintainer.id, Role.DISPATCHER),
        _actor(session, unit.id, Role.SAFETY_MANAGER),
        session.exec(query.where(col(Contact.to_on).is_(None)).order_by(col(Contact.id))).all(),
        {lift.id: phase for lift, phase in zip(lifts, PHASES, strict=False)},
    )


def visit_lifts(session: Session, data: CityData, now: datetime) -> int:
    """The crew's visits of a day, uploaded together; what the unit had objected to is answered. How many."""
    if not _lifts(session, data.upkeep):
        return 0  # nobody lives here yet
    today, crew = day_of(now), read_crew(session, data)
    visited = [lift_id for lift_id, phase in crew.phases.items() if today.toordinal() % FORTNIGHT == phase]
    if not visited:
        return 0
    for record in _records(session, visited, RecordState.OBJECTED):
        asked = _asked(crew.maintainer, now, f"note{record.id}")
        note_on_maintenance(session, asked, record_id=record.id, text=data.upkeep.answer)
    uploads = [_upload(data.upkeep, crew, lift_id, place, now) for place, lift_id in enumerate(visited)]
    upload_records(session, uploads, now=now, today=today)
    return len(uploads)


def answer_records(session: Session, data: CityData, now: datetime) -> None:
    """What the unit says in the evening to the records of its lifts; of some it says nothing."""
    today, crew = day_of(now), read_crew(session, data)
    number, to_sign = _fortnight(today), list[int]()
    objecting = next(lift_id for lift_id, phase in crew.phases.items() if phase == OBJECTED)
    for record in _records(session, list(crew.phases), RecordState.OBJECTED, RecordState.PENDING):
        phase = crew.phases[record.lift_id]
        if record.lift_id == objecting and record.state == RecordState.PENDING and number % IN_FOUR_WEEKS == 1:
            asked = _asked(crew.unit, now, f"objection{record.id}")
            object_to_maintenance(session, asked, record_id=record.id, text=data.upkeep.objection)
        elif phase == OBJECTED or (phase == DUE_SOON and number % IN_FOUR_WEEKS):
            to_sign.append(record.id)
    if to_sign:
        sign_maintenance(session, _asked(crew.unit, now, f"sign{today}"), record_ids=to_sign)


def _upload(said: Upkeep, crew: Crew, lift_id: int, place: int, now: datetime) -> Upload:
    """All fine but one thing every now and then."""
    number, done = _fortnight(day_of(now)), now - timedelta(hours=4) + place * WORK_LASTS / 2
    kind = VisitKind.QUARTER if number % QUARTER == 0 else VisitKind.HALF_MONTH
    items = items_of(LiftClass.TRACTION, kind)
    found = {one.code: {"result": Result.OK, "value": str(one.measure.fine)}
             for one in items if one.measure is not None}  # fmt: skip
    if (number + place) % IN_FOUR_WEEKS == 0:
        found[items[0].code] = {"result": Result.FIXED, "reason": said.mended}
    workers = crew.workers[: 2 if kind is VisitKind.QUARTER else 1]
    content = RecordContent.model_validate(
        {
            "kind": kind,
            "table": item_table().name,
            "lift_class": "A",
            "count": len(items),
            "began_at": done - WORK_LASTS,
            "completed_at": done,
            "items": found,
            "workers": [
                {"name": one.name, "certificate": said.certificate_of(one.name), "signed_at": done} for one in workers
            ],
            "place": {"how": "code"},
        }
    )
    return Upload(lift_id, content, Origin(crew.maintainer.party_id, f"demo:{lift_id}:{day_of(now)}"))


def _fortnight(today: date) -> int:
    return today.toordinal() // FORTNIGHT


def _lifts(session: Session, said: Upkeep) -> Sequence[Lift]:
    """Those of the compound that one crew maintains."""
    query = select(Lift).where(Lift.compound == said.compound, Lift.kind == said.kind)
    return session.exec(query.order_by(col(Lift.id)).limit(len(PHASES))).all()


def _records(session: Session, lift_ids: Sequence[int], *states: RecordState) -> Sequence[MaintenanceRecord]:
    query = select(MaintenanceRecord).where(
        col(MaintenanceRecord.lift_id).in_(lift_ids), col(MaintenanceRecord.state).in_(states)
    )
    return session.exec(query.order_by(col(MaintenanceRecord.id))).all()


def _party_of(session: Session, lift: Lift, role: LiftRole) -> Party:
    query = select(Party).join(Responsibility, col(Responsibility.party_id) == Party.id)
    return session.exec(query.where(Responsibility.lift_id == lift.id, Responsibility.role == role)).one()


def _actor(session: Session, party_id: int, role: Role) -> Actor:
    """Somebody of this party who reads the web chat."""
    doors = select(Chat.address).join(Contact, col(Contact.id) == Chat.contact_id)
    doors = doors.where(Contact.party_id == party_id, Chat.channel == WEBCHAT, col(Chat.active)).order_by(col(Chat.id))
    there = (one for address in session.exec(doors).all() for one in find_actors(session, WEBCHAT, address))
    return next(one for one in there if (one.party_id, one.role) == (party_id, role))


def _asked(actor: Actor, now: datetime, what: str) -> Asked:
    return Asked(actor, now, day_of(now), f"demo:upkeep:{what}")
