"""The end of a visit: what is lacking, the worker's signature, and the upload of the record."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files

from sqlmodel import Session, select

from actions.actors import Asked
from actions.lifts.explain import place_of
from actions.maintaining.findings import ItemLine, lines_of
from actions.maintaining.presence import may_be_there, presence_rules
from actions.maintaining.rights import WORKERS, began_visit, record_key, takes_part
from actions.paperless.notices import TO_COMPANY, tell
from actions.paperless.workers import certificate_of, require_certificate
from actions.records.content import Extra, Found, Place, RecordContent, Result, Worker
from actions.records.upload import Origin, upload_record
from actions.refusals import Refused
from actions.registry import verb
from schedules.items import item_table
from schedules.moments import day_of
from store.appending import TooLongError
from store.doors import StoredFile
from store.lifts import Lift
from store.locks import lock_lifts
from store.parties import Contact
from store.records import MaintenanceRecord, VisitKind
from store.upkeep import LiftUpkeep, UpkeepVisit, VisitState

SIX_PLACES = Decimal("0.000001")


@dataclass(frozen=True)
class Page:
    """A record while it is written, as its windows show it.

    `lacking`: why it cannot be signed yet; `untried`: tests without a photo, which do not hold it up. `far`: the worker
    was farther from the lift than counts as there. `is_second`: the reader is the one who is named beside the writer.
    `has_unit`: somebody is asked to sign it.
    """

    visit_id: int
    lift_id: int
    place: str
    kind: VisitKind
    state: VisitState
    lines: Sequence[ItemLine]
    extra: Sequence[str]
    note: str
    worker: str
    second: str
    second_confirmed: bool
    is_second: bool
    labelled: bool
    located: bool
    distance: int | None
    far: bool
    completed_at: datetime | None
    begun_at: datetime
    lacking: Sequence[str]
    record_id: int | None
    has_unit: bool

    @property
    def exceptions(self) -> list[ItemLine]:
        """The items that are not simply fine."""
        return [line for line in self.lines if line.is_exception]

    @property
    def measured(self) -> list[ItemLine]:
        """The fine ones of which something is said: a value, words."""
        return [line for line in self.lines if line.is_worth_keeping and not line.is_exception]

    @property
    def with_value(self) -> list[ItemLine]:
        """All that have a value, fine or not."""
        return [line for line in self.lines if line.finding.value is not None]

    @property
    def values_to_ask(self) -> list[ItemLine]:
        """What is to be measured yet."""
        return [line for line in self.lines if line.lacks_value]

    @property
    def words_to_ask(self) -> list[ItemLine]:
        """Of what it is not said why."""
        return [line for line in self.lines if line.lacks_words]

    @property
    def untried(self) -> list[ItemLine]:
        """Tests of which there is no photo."""
        return [line for line in self.lines if line.lacks_photo]


@verb(WORKERS, reads=True, visit_id=takes_part)
def visit_page(session: Session, asked: Asked, *, visit_id: int) -> Page:
    """A record as it is written so far."""
    visit = session.get_one(UpkeepVisit, visit_id)
    lift, lines = session.get_one(Lift, visit.lift_id), lines_of(visit)
    rules = presence_rules(session, lift.city_id)
    record = session.exec(select(MaintenanceRecord).where(MaintenanceRecord.key == _key(visit))).first()
    return Page(
        visit_id=visit.id,
        lift_id=visit.lift_id,
        place=place_of(lift),
        kind=VisitKind(visit.kind),
        state=VisitState(visit.state),
        lines=lines,
        extra=[one["name"] for one in visit.extra],
        note=visit.note,
        worker=_name(session, visit.worker_id),
        second=_name(session, visit.second_id),
        second_confirmed=visit.second_confirmed_at is not None,
        is_second=visit.second_id == asked.actor.contact_id,
        labelled=visit.labelled_at is not None,
        located=visit.located_at is not None,
        distance=visit.distance,
        far=visit.distance is not None and visit.distance > rules.metres,
        completed_at=visit.completed_at,
        begun_at=visit.begun_at,
        lacking=list(_lacking(session, visit, lines)),
        record_id=record.id if record is not None else None,
        has_unit=record is not None and record.unit_id is not None,
    )


@verb(WORKERS, visit_id=began_visit)
def sign_visit(session: Session, asked: Asked, *, visit_id: int) -> MaintenanceRecord:
    """The worker signs: all items are fine but those of which something else is said. The record is uploaded.

    Where the lift's place was not known it is known from now on (003 三(二)1(3)). A lift that another company has taken
    over since is uploaded for the day on which it was theirs.
    """
    lock_lifts(session, [session.get_one(UpkeepVisit, visit_id).lift_id])
    visit = session.get_one(UpkeepVisit, visit_id, with_for_update=True, populate_existing=True)
    if visit.state == VisitState.DROPPED:
        raise Refused("upkeep.dropped")
    if visit.state == VisitState.UPLOADED:
        return session.exec(select(MaintenanceRecord).where(MaintenanceRecord.key == _key(visit))).one()
    lines = lines_of(visit)
    for why in _lacking(session, visit, lines):
        raise Refused(f"upkeep.lacks_{why}")
    done = min(visit.completed_at or asked.said_at, asked.now)
    for contact_id, signed_at in _signers(visit, asked.said_at):
        require_certificate(session, contact_id, day_of(signed_at))
    content = _content(session, visit, lines, done, asked.said_at)
    origin, photos = Origin(visit.maintainer_party_id, _key(visit)), _photos(session, lines)
    try:
        record = upload_record(
            session, visit.lift_id, content, origin, now=asked.now, today=asked.today, photos=photos,
            said_at=asked.said_at, by=visit.worker_id,
        )  # fmt: skip
    except TooLongError as error:
        raise Refused("upkeep.too_much") from error
    visit.state, visit.ended_at, visit.completed_at = VisitState.UPLOADED, asked.now, done
    session.add(visit)
    _learn_place(session, visit)
    if visit.second_id is not None:
        tell(
            session, record.city_id, visit.maintainer_party_id, TO_COMPANY, "gp.second", today=asked.today,
            lifts=[session.get_one(Lift, visit.lift_id)], contact=visit.second_id, name=asked.actor.name,
            on=day_of(done).isoformat(),
        )  # fmt: skip
    session.flush()
    return record


def _lacking(session: Session, visit: UpkeepVisit, lines: Sequence[ItemLine]) -> Iterator[str]:
    """Why it cannot be signed yet, the first to be put right first."""
    if any(line.lacks_value for line in lines):
        yield "value"
    if any(line.lacks_words for line in lines):
        yield "words"
    if visit.second_id is not None and visit.second_confirmed_at is None:
        yield "second"
    city_id = session.get_one(Lift, visit.lift_id).city_id
    if presence_rules(session, city_id).location and visit.located_at is None:
        yield "location"


def _content(
    session: Session, visit: UpkeepVisit, lines: Sequence[ItemLine], done: datetime, signed_at: datetime
) -> RecordContent:
    items = {line.item.code: _found(line) for line in lines if line.is_worth_keeping}
    digests = dict(_photos(session, lines))
    return RecordContent(
        kind=VisitKind(visit.kind),
        table=item_table().name,
        lift_class=visit.lift_class,
        count=len(lines),
        began_at=visit.begun_at if visit.begun_at <= done else None,
        completed_at=done,
        items=items,
        photos_of={
            line.item.code: tuple(digests[photo] for photo in line.finding.photos)
            for line in lines
            if line.finding.photos
        },
        extra=tuple(Extra(result=Result.OK, item=one["name"]) for one in visit.extra),
        workers=tuple(_worker(session, who, at) for who, at in _signers(visit, signed_at)),
        place=_place(visit),
        note=visit.note,
        dangerous=any(line.is_dangerous for line in lines),
    )


def _found(line: ItemLine) -> Found:
    """A value outside its limits says what is wrong, where nobody did in words."""
    said, measure = line.finding, line.item.measure
    reason = said.words
    if line.is_outside and measure is not None and not reason:
        reason = _words()["outside"].format(value=said.value, unit=measure.unit, requirement=line.item.requirement)
    return Found(result=said.result, value=said.value, reason=reason)


def _signers(visit: UpkeepVisit, signed_at: datetime) -> Iterator[tuple[int, datetime]]:
    """Who signs, and when: the worker, and the second one when they confirmed."""
    yield visit.worker_id, signed_at
    if visit.second_id is not None and visit.second_confirmed_at is not None:
        yield visit.second_id, visit.second_confirmed_at


def _worker(session: Session, contact_id: int, signed_at: datetime) -> Worker:
    person = session.get_one(Contact, contact_id)
    certificate = certificate_of(session, contact_id) or _words()["no_certificate"]
    return Worker(name=person.name or str(person.id), certificate=certificate, signed_at=signed_at)


@cache
def _words() -> Mapping[str, str]:
    return tomllib.loads((files("templates") / "documents" / "records.toml").read_text(encoding="utf-8"))


def _place(visit: UpkeepVisit) -> Place | None:
    if visit.latitude is not None and visit.longitude is not None:
        degrees = [Decimal(str(one)).quantize(SIX_PLACES) for one in (visit.latitude, visit.longitude)]
        return Place(how="location", latitude=degrees[0], longitude=degrees[1])
    return Place(how="code") if visit.labelled_at is not None else None


def _photos(session: Session, lines: Sequence[ItemLine]) -> list[tuple[int, str]]:
    """The photos of all items, in their order."""
    ids = list(dict.fromkeys(photo for line in lines for photo in line.finding.photos))
    return [(one, session.get_one(StoredFile, one).sha256) for one in ids]


def _learn_place(session: Session, visit: UpkeepVisit) -> None:
    """Where the label was read, or where other lifts of the same compound are known to stand nearby: else the first
    visit, recorded from an office, would make all later ones look far off."""
    upkeep = session.get(LiftUpkeep, visit.lift_id) or LiftUpkeep(lift_id=visit.lift_id)
    if visit.latitude is None or upkeep.latitude is not None or not may_be_there(session, visit):
        return
    upkeep.latitude, upkeep.longitude = visit.latitude, visit.longitude
    upkeep.located_by, upkeep.located_at = visit.worker_id, visit.located_at
    session.add(upkeep)


def _name(session: Session, contact_id: int | None) -> str:
    person = session.get(Contact, contact_id) if contact_id is not None else None
    return person.name if person is not None else ""


def _key(visit: UpkeepVisit) -> str:
    return record_key(visit.id)
