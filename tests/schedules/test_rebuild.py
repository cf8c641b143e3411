"""A year of random acts: duties worked out from the events alone are the stored ones, row by row."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from actions.lifts.facts import record_fact
from actions.people.parties import add_contact, find_or_add_party
from actions.people.responsibility import UseUnitChange, change_use_units
from actions.running.cities import ensure_city
from actions.visits.inspections import (
    book,
    cancel_booking,
    confirm_rectification,
    issue_opinion_notice,
    record_inspection,
    record_visit_missed,
    renew_validity,
)
from schedules.dates import add_months
from schedules.duties import rebuild
from schedules.happenings import Answered, DatedFact, Issued, OptOut, OutOfUse, SupervisoryInspectionPassed
from schedules.ladder import refresh_next
from schedules.planner import plan_day
from store.database import Database
from store.duties import Duty
from store.events import Event
from store.lifts import Lift, LiftRole, Responsibility
from store.parties import ContactRole

LIFTS = 12
FORGET = """
UPDATE duty SET due = NULL, event_on = NULL, window_start = NULL, window_end = NULL, booked_on = NULL, resume_on = NULL,
    closed_on = NULL, withdrawn_at = NULL, next_step = NULL, next_on = NULL, told_seq = 0, provisional = false
WHERE lift_id IS NOT NULL
"""
HAND_OVER = (
    "UPDATE told SET state = 'told' WHERE state = 'reserved'",
    "UPDATE notice SET status = 'sent' WHERE status = 'planned'",
)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(4), tzinfo=UTC)


class Year:
    """A small register in which somebody does something at random on most days."""

    def __init__(self, database: Database, city: str, seed: int, first: date) -> None:
        self.database, self.city, self.random, self.first = database, city, Random(seed), first
        self.acts = 0
        with database.write() as session:
            ensure_city(session, city, first)
            self.units = [self._party(session, f"单位{n}", "u") for n in range(3)]
            self.maintainer = self._party(session, "维保", "m")
            self.lifts = [self._lift(session, n) for n in range(LIFTS)]
            session.flush()
            rebuild(session, city_id=city, today=first, now=noon(first))

    def _party(self, session: Session, name: str, kind: str) -> int:
        party = find_or_add_party(session, city_id=self.city, name=name, kind=kind)
        role = ContactRole.UNIT_CONTACT if kind == "u" else ContactRole.MAINTAINER_CONTACT
        add_contact(session, party_id=party, role=role, phone=f"+86140000000{len(name)}{party}", as_of=self.first)
        return party

    def _lift(self, session: Session, number: int) -> int:
        valid_until = add_months(self.first, number) + timedelta(days=number)
        lift = Lift(
            city_id=self.city,
            key=f"L{number}",
            district="定海区",
            installed_pass_on=add_months(valid_until, -12 * (number % 18 + 1)),
            valid_until=valid_until,
            valid_precision="day",
            cycle=valid_until,
            known_from=self.first,
            maintenance={"on_demand": number % 3 == 0, "iot": True, "online_service": number % 2 == 0},
        )
        session.add(lift)
        session.flush()
        for role, party in ((LiftRole.USE_UNIT, self.units[number % 3]), (LiftRole.MAINTAINER, self.maintainer)):
            session.add(Responsibility(lift_id=lift.id, party_id=party, role=role, from_on=self.first))
        return lift.id

    def live(self, days: int) -> None:
        for offset in range(days):
            today = self.first + timedelta(days=offset)
            with self.database.write() as session:
                plan_day(session, today=today, now=noon(today))
                if self.random.random() < 0.8:
                    for statement in HAND_OVER:
                        session.execute(text(statement))
            for _ in range(self.random.randrange(3)):
                self._do_something(today)

    def _do_something(self, today: date) -> None:
        lift_id = self.random.choice(self.lifts)
        self.acts += 1
        key, now = f"act:{self.acts}", noon(today)
        with self.database.write() as session:
            unit = session.exec(
                select(Responsibility.party_id).where(
                    Responsibility.lift_id == lift_id,
                    Responsibility.role == LiftRole.USE_UNIT,
                    col(Responsibility.to_on).is_(None),
                )
            ).one()
            common = {"by": unit, "now": now, "today": today, "key": key}
            some = {"lift_ids": [lift_id], **common}
            lift = session.get_one(Lift, lift_id)
            chosen = self.random.randrange(14)
            past = today - timedelta(days=self.random.randrange(4))
            if chosen == 0:
                book(session, visit_on=today + timedelta(days=self.random.randrange(40)), **some)
            elif chosen == 1:
                cancel_booking(session, **some)
            elif chosen == 2:
                record_visit_missed(session, on=today, **some)
            elif chosen in (3, 4):
                conclusion = self.random.choice(["pass", "pass", "fail", "rectify", "aborted"])
                record_inspection(session, on=past, conclusion=conclusion, **some)
            elif chosen == 5:
                issue_opinion_notice(session, on=past, deadline=today + timedelta(days=10), **some)
            elif chosen == 6:
                confirm_rectification(session, on=past, **some)
            elif chosen == 7 and lift.valid_until is not None:
                months = self.random.choice([12, 24, -1, 1])
                renew_validity(session, lift_id=lift_id, valid_until=add_months(lift.valid_until, months), **common)
            elif chosen == 8:
                change = UseUnitChange(lift_id, unit, self.random.choice(self.units))
                if change.to_party_id != unit:
                    change_use_units(session, [change], on=today, now=now)
            else:
                record_fact(session, fact=self._fact(chosen, past), **some)

    def _fact(self, chosen: int, on: date) -> object:
        if chosen == 9:
            kind = self.random.choice(["test_done", "onsite_visit", "remote_check", "notice_posted", "put_into_use"])
            return DatedFact(kind=kind, on=on)
        if chosen == 10:
            return SupervisoryInspectionPassed(kind=self.random.choice(["renovated", "major_repair"]), passed_on=on)
        if chosen == 11:
            back = on + timedelta(days=self.random.randrange(30, 500))
            return OutOfUse.model_validate({"kind": "out_of_use", "from": on, "restart_on": back, "formal": True})
        if chosen == 12:
            kind = self.random.choice(["test_uploaded", "use_mark_renewed", "use_registered"])
            return Answered(kind=kind, on=on)
        if self.random.random() < 0.5:
            return OptOut(kind="opt_out", filed_on=on)
        return Issued(kind="policy_issued", until=add_months(on, 12))

    def rows(self) -> set[tuple[object, ...]]:
        with self.database.read() as session:
            return {
                (
                    *(duty.lift_id, duty.rule, duty.kind, duty.cycle, duty.due, duty.event_on, duty.window_start),
                    *(duty.window_end, duty.booked_on, duty.resume_on, duty.closed_on, duty.withdrawn_at is None),
                    *(duty.told_seq, duty.next_step, duty.next_on, duty.provisional),
                )
                for duty in session.exec(select(Duty))
                if duty.withdrawn_at is None and duty.lift_id is not None
            }


@pytest.mark.one_store  # minutes; each of its acts has tests on both
@pytest.mark.parametrize("seed", [1])
@pytest.mark.parametrize(
    ("city", "first"),
    [
        ("guangzhou", date(2025, 11, 1)),
        pytest.param("zhoushan", date(2021, 10, 1), marks=pytest.mark.full),
        ("zhoushan", date(2023, 8, 1)),
        pytest.param("national", date(2024, 11, 1), marks=pytest.mark.full),
    ],
)
def test_duties_rebuilt_from_the_events_of_a_random_year_are_the_stored_ones(
    database: Database, city: str, first: date, seed: int
) -> None:
    year = Year(database, city, seed, first)
    year.live(365)
    last = first + timedelta(days=364)
    before = year.rows()
    with database.read() as session:
        assert len(session.exec(select(Event.id)).all()) > 200
    with database.write() as session:
        session.execute(text(FORGET))
        session.expire_all()
        summary = rebuild(session, city_id=city, today=last, now=noon(last))
        refresh_next(session, session.exec(select(Duty.id).where(col(Duty.lift_id).is_not(None))).all())
        assert summary.inserted == 0
    assert year.rows() == before
    assert len(before) >= LIFTS
