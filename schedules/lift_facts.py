"""The facts of stored lifts, as the rules want them: what the register states now, and the events in their order."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from schedules.facts import Facts, LiftFacts, MaintenanceFacts
from schedules.happenings import AnyEvent, InspectionEnded, OutOfUse, RectificationConfirmed, stored_event
from store.database import table_of
from store.events import Event, EventKind, was_taken_back
from store.lifts import Lift, LiftStatus

VALIDITY_THEN = "validity_then"  # in the payload of an event that ends an inspection
INSTEAD = "instead"  # there too: it takes the place of what was recorded of that day
NOT_FACTS = (
    EventKind.TRANSFERRED,
    EventKind.URGING_ANSWERED,
    EventKind.REPORT_FILED,
    EventKind.REGIME_CHANGED,
    EventKind.IMPORT_UNDONE,
    EventKind.RESULT_TAKEN_BACK,
)
STATEMENTS = {
    EventKind.VALIDITY_STATED: "valid_until",
    EventKind.VALIDITY_CORRECTED: "to",
    EventKind.VALIDITY_RENEWED: "to",
    EventKind.TEST_DATE_STATED: "to",
}


@dataclass(frozen=True)
class KnownLift:
    """What the register itself states of a lift."""

    id: int
    status: str
    district: str
    installed_pass_on: date | None
    valid_until: date | None
    cycle: date | None
    next_test_on: date | None
    maintenance: tuple[tuple[str, bool], ...]
    known_from: date | None
    last_inspected_on: date | None


@dataclass
class KnownEvents:
    """The events of a lift that are facts for the rules, in the order in which they were recorded."""

    events: list[AnyEvent] = field(default_factory=list)
    validity_then: list[tuple[date, date]] = field(default_factory=list)
    inspections: list[tuple[date, date | None]] = field(default_factory=list)
    tests: list[tuple[date, date | None]] = field(default_factory=list)
    first_inspection: date | None = None  # what was stated before the first of `inspections`
    first_test: date | None = None
    out_of_use_since: date | None = None

    def add(self, event: Event) -> None:
        """One stored event; what it says beside the fact itself is the validity of that time."""
        payload = dict(event.payload or {})
        if event.kind in STATEMENTS:
            self._add_statement(event, payload)
        elif event.kind == EventKind.STATUS_CHANGED:
            self._add_status(event, payload)
        else:
            validity = payload.pop(VALIDITY_THEN, None)
            if payload.pop(INSTEAD, False):
                self.events = [one for one in self.events if not _ends_inspection(one, event.on_date)]
            self.events.append(stored_event({"kind": event.kind, **payload}))
            if validity is not None:
                self.validity_then.append((event.on_date, date.fromisoformat(validity)))

    def _add_statement(self, event: Event, payload: dict[str, Any]) -> None:
        stated, before = _day(payload.get(STATEMENTS[EventKind(event.kind)])), _day(payload.get("from"))
        if event.kind == EventKind.TEST_DATE_STATED:
            self.first_test = self.first_test if self.tests else before
            self.tests.append((event.known_on, stated))
        else:
            self.first_inspection = self.first_inspection if self.inspections else before
            self.inspections.append((event.known_on, stated))

    def _add_status(self, event: Event, payload: dict[str, Any]) -> None:
        """A register takes a lift out of use only after the procedure was done."""
        if payload.get("to") == LiftStatus.OUT_OF_USE:
            self.out_of_use_since = event.on_date
        elif payload.get("to") == LiftStatus.IN_USE and self.out_of_use_since is not None:
            stop = {"kind": "out_of_use", "from": self.out_of_use_since, "restart_on": event.on_date, "formal": True}
            self.events.append(OutOfUse.model_validate(stop))
            self.out_of_use_since = None


def facts_of(lift: KnownLift, known: KnownEvents | None) -> Facts:
    """The facts of one lift."""
    known = known or KnownEvents()
    since = lift.known_from or date.min
    first = known.first_inspection if known.inspections else lift.valid_until
    first_test = known.first_test if known.tests else lift.next_test_on
    return Facts(
        lift=LiftFacts(
            district=lift.district or None, installed_pass_on=lift.installed_pass_on, valid_until=lift.valid_until
        ),
        maintenance=MaintenanceFacts(**dict(lift.maintenance)),
        events=tuple(known.events),
        cycle=lift.cycle,
        validity_then=tuple(known.validity_then),
        stated_inspections=(*(((since, first),) if first else ()), *known.inspections),
        stated_tests=(*(((since, first_test),) if first_test else ()), *known.tests),
        known_from=lift.known_from,
        last_inspected_on=lift.last_inspected_on,
    )


def read_lifts(
    session: Session, city_id: str, *, import_id: int | None = None, lift_ids: Iterable[int] | None = None
) -> Iterator[KnownLift]:
    """The lifts of a city (those of one import, or those given), by id."""
    lift = table_of(Lift).c
    query = sql_select(
        lift.id,
        lift.status,
        lift.district_code,
        lift.district,
        lift.installed_pass_on,
        lift.valid_until,
        lift.cycle,
        lift.next_test_on,
        lift.maintenance,
        lift.known_from,
        lift.last_inspected_on,
    ).where(lift.city_id == city_id)
    if import_id is not None:
        query = query.where(lift.import_id == import_id)
    if lift_ids is not None:
        query = query.where(lift.id.in_(list(lift_ids)))
    for row in session.execute(query.order_by(lift.id)):
        lift_id, status, code, name, installed, valid, cycle, test, maintenance, since, inspected = row
        how = tuple(sorted((maintenance or {}).items()))
        yield KnownLift(lift_id, status, code or name, installed, valid, cycle, test, how, since, inspected)


def known_events(session: Session, lift_ids: list[int], *, records_since: date | None = None) -> dict[int, KnownEvents]:
    """What the store knows of these lifts beside the register; a lift without events is not among them.

    The register's first statement is no event of interest: the lift itself holds it. `records_since`: of maintenance
    records only those that became known on that day or later.
    """
    is_later = or_(
        col(Event.kind) != EventKind.VALIDITY_STATED,
        col(Lift.known_from).is_(None),
        col(Event.known_on) > col(Lift.known_from),
    )
    query = (
        select(Event)
        .join(Lift, col(Lift.id) == Event.lift_id)
        .where(col(Event.lift_id).in_(lift_ids), col(Event.kind).not_in(NOT_FACTS), is_later, ~was_undone())
        .where(~was_taken_back())
    )
    if records_since is not None:
        query = query.where(or_(col(Event.kind) != EventKind.RECORD_COMPLETED, col(Event.known_on) >= records_since))
    events: dict[int, KnownEvents] = defaultdict(KnownEvents)
    for event in session.exec(query.order_by(col(Event.id))):
        assert event.lift_id is not None
        events[event.lift_id].add(event)
    return events


@cache
def was_undone() -> ColumnElement[bool]:
    """The condition that an event came by an import which was undone for its lift."""
    marker = aliased(Event)
    query = select(marker.id).where(
        col(marker.lift_id) == col(Event.lift_id),
        col(marker.kind) == EventKind.IMPORT_UNDONE,
        col(marker.import_id) == col(Event.import_id),
    )
    return query.exists()


def _ends_inspection(event: AnyEvent, day: date) -> bool:
    return isinstance(event, InspectionEnded | RectificationConfirmed) and event.on == day


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None
