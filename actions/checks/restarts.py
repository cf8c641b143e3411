"""Lifts out of use: by which document, and what has to come before one is used again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from actions.actors import UNIT, Asked
from actions.checks.sayings import ELSEWHERE_MONTHS, Said, open_checks
from actions.lifts.what_if import what_if
from actions.refusals import Refused
from actions.registry import their_lifts, verb
from actions.visits.listing import place_of
from schedules.dates import add_months
from schedules.happenings import OutOfUse
from schedules.lift_facts import known_events
from schedules.regimes import rulebook_of, rules_in_force
from schedules.rulebook import books_of
from store.duties import BY_YEARS
from store.lifts import Lift, LiftStatus
from store.tasks import TaskKind

RESTART = "restart"  # what is said of a lift out of use
AT_RESTART = "cycle_test_at_restart"


@dataclass(frozen=True)
class First:
    """What is owed of a lift before it is used again."""

    place: str
    duty: str
    due: date
    clause: str


@dataclass(frozen=True)
class Terms:
    """What the city's document asks after so many `months` out of use. `formal_only`: only after the procedure."""

    months: int
    formal_only: bool
    test: bool
    always_inspected: bool
    clause: str


@verb(UNIT, reads=True)
def stop_terms(session: Session, asked: Asked) -> Terms | None:
    """What the documents of one's city say of lifts out of use; None where they say nothing."""
    books = books_of(rulebook_of(session, asked.actor.city_id, asked.today))
    cycle = next((book.cycle for book in books if book.cycle is not None), None)
    if cycle is None:
        return None
    rules = rules_in_force(session, asked.actor.city_id, asked.today)
    triggers = (AT_RESTART, "cycle_inspection")
    clause = next(rule.clause for trigger in triggers for rule in rules if rule.trigger == trigger)
    terms = cycle.restart
    return Terms(terms.months, terms.formal_only, terms.test, terms.inspection == "always", clause)


@verb(UNIT, reads=True, lift_ids=their_lifts)
def asked_first(session: Session, asked: Asked, *, lift_ids: Sequence[int], on: date) -> list[First]:
    """What these lifts owe before they are used again `on` that day; Refused for a lift that is in use."""
    return [first for lift in _stopped(session, lift_ids) for first in due_first(session, lift, on, asked.today)]


@verb(UNIT, lift_ids=their_lifts)
def say_restart(session: Session, asked: Asked, *, lift_ids: Sequence[int], on: date, note: str = "") -> Said:
    """These lifts are to be used again from that day. The department looks into it; in use they are when the register
    says so."""
    if not add_months(asked.today, -ELSEWHERE_MONTHS) <= on <= add_months(asked.today, ELSEWHERE_MONTHS):
        raise Refused("sayings.no_such_day", day=on)
    _stopped(session, lift_ids)
    about = {"said": RESTART, "on": on.isoformat()}
    return Said(len(set(lift_ids)), open_checks(session, asked, lift_ids, TaskKind.SAID_OUT_OF_USE, note, about))


def due_first(session: Session, lift: Lift, on: date, today: date) -> list[First]:
    """The inspections and tests that fall due by the restart of a lift out of use, the first one first."""
    known = known_events(session, [lift.id]).get(lift.id)
    since = known.out_of_use_since if known else None
    if since is None or since > on:
        since = on
    stop = OutOfUse.model_validate({"kind": "out_of_use", "from": since, "restart_on": on, "formal": True})
    rows = what_if(session, lift, stop, today=today).after
    return [
        First(place_of(lift), row.duty, row.due, row.clause)
        for row in rows
        if row.duty in BY_YEARS and row.closed_on is None and row.due is not None and row.due <= on
    ]


def _stopped(session: Session, lift_ids: Sequence[int]) -> Sequence[Lift]:
    lifts = session.exec(select(Lift).where(col(Lift.id).in_(list(lift_ids))).order_by(col(Lift.id))).all()
    if in_use := [place_of(lift) for lift in lifts if lift.status != LiftStatus.OUT_OF_USE]:
        raise Refused("sayings.in_use", place=in_use[0], count=len(in_use))
    return lifts
