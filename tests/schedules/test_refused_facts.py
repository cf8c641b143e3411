"""What nobody can have seen yet, or contradicts itself, is refused with a sentence and stores nothing."""

from datetime import UTC, date, datetime
from typing import Literal

import pytest
from sqlmodel import func, select

from actions.lifts.facts import Fact, record_fact
from actions.visits.inspections import RefusedError, book
from schedules.happenings import OptIn, OutOfUse, RecordCompleted, SupervisoryInspectionPassed
from store.events import Event
from store.lifts import Lift

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
DONE = datetime(2026, 3, 1, 2, tzinfo=UTC)

SENSELESS = [
    (
        RecordCompleted(kind="record_completed", at=DONE, uploaded_at=datetime(2031, 3, 1, 2, tzinfo=UTC)),
        "2031-03-01 has not come yet",
    ),
    (
        OptIn(kind="opt_in", filed_on=date(2026, 1, 5), accepted_on=date(2035, 1, 6)),
        "2035-01-06 has not come yet",
    ),
    (
        OptIn(kind="opt_in", filed_on=date(2026, 1, 5), accepted_on=date(2025, 12, 31)),
        "2025-12-31 is before filed_on 2026-01-05",
    ),
    (
        OutOfUse.model_validate({"kind": "out_of_use", "from": "2026-02-02", "restart_on": "2026-02-01"}),
        "restart_on 2026-02-01 is before from 2026-02-02",
    ),
]


@pytest.mark.parametrize(("fact", "sentence"), SENSELESS)
def test_a_fact_that_cannot_be_is_refused(town, fact: Fact, sentence: str) -> None:
    unit = town.unit("示例物业有限公司")
    lift = town.lift("L1", date(2027, 5, 31), unit, on=TODAY)
    with pytest.raises(RefusedError, match=sentence), town.database.write() as session:
        record_fact(session, lift_ids=[lift], fact=fact, by=unit, now=NOW, today=TODAY, key="tap")
    with town.database.read() as session:
        assert session.exec(select(func.count()).where(Event.lift_id == lift, Event.source == "action")).one() == 0


@pytest.mark.parametrize("kind", ["renovated", "major_repair"])
def test_nothing_is_renovated_or_repaired_before_it_was_installed(
    town, kind: Literal["renovated", "major_repair"]
) -> None:
    unit = town.unit("示例物业有限公司")
    lift = town.lift("L1", date(2027, 5, 31), unit, on=TODAY)
    with town.database.write() as session:
        session.get_one(Lift, lift).installed_pass_on = date(2020, 5, 10)
    fact = SupervisoryInspectionPassed(kind=kind, passed_on=date(2020, 5, 9))
    with (
        pytest.raises(RefusedError, match="2020-05-09 is before installed_pass_on 2020-05-10"),
        town.database.write() as session,
    ):
        record_fact(session, lift_ids=[lift], fact=fact, by=unit, now=NOW, today=TODAY, key="tap")
    with town.database.write() as session:
        later = SupervisoryInspectionPassed(kind=kind, passed_on=date(2020, 5, 10))
        assert record_fact(session, lift_ids=[lift], fact=later, by=unit, now=NOW, today=TODAY, key="tap").lifts == 1


@pytest.mark.parametrize(
    ("visit_on", "sentence"), [(date(2026, 3, 1), "has passed"), (date(2027, 3, 3), "more than a year ahead")]
)
def test_a_booking_is_from_today_on_and_at_most_a_year_ahead(town, visit_on: date, sentence: str) -> None:
    unit = town.unit("示例物业有限公司")
    lift = town.lift("L1", date(2027, 5, 31), unit, on=TODAY)
    with pytest.raises(RefusedError, match=sentence), town.database.write() as session:
        book(session, lift_ids=[lift], visit_on=visit_on, by=unit, now=NOW, today=TODAY, key="tap")
    with town.database.write() as session:
        on = date(2027, 3, 2)
        assert book(session, lift_ids=[lift], visit_on=on, by=unit, now=NOW, today=TODAY, key="tap").lifts == 1
