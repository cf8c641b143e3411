"""What is owed of an inspection that has ended, whatever became of the lift since."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from schedules.duties import rebuild
from store.duties import Duty
from store.lifts import Lift, LiftStatus

pytestmark = pytest.mark.one_store


def test_a_lift_that_is_put_out_of_use_still_gets_its_report_and_nothing_else(desk: Any) -> None:
    lift_id = desk.world.lifts["own"][0]
    desk.inspect(lift_id, "fail")

    def stop(session: Any) -> None:
        session.get_one(Lift, lift_id).status = LiftStatus.OUT_OF_USE
        session.flush()
        rebuild(session, city_id="guangzhou", today=desk.today, now=desk.now, lift_ids=[lift_id])

    desk.write(stop)
    assert [one.how for one in desk.owed()] == ["failed"]
    left = select(Duty.kind).where(Duty.lift_id == lift_id, col(Duty.withdrawn_at).is_(None))
    assert desk.ask(lambda session: session.exec(left).all()) == ["inspection_report"]


def test_a_fail_ends_the_rectification_that_went_before(desk: Any) -> None:
    lift_id = desk.world.lifts["own"][0]
    found = desk.today
    desk.inspect(lift_id, "rectify")
    desk.opine(lift_id, found + timedelta(days=20))
    desk.move(found + timedelta(days=3))
    desk.inspect(lift_id, "fail")
    items = select(Duty.closed_on).where(Duty.lift_id == lift_id, Duty.kind == "rectification")
    assert desk.ask(lambda session: session.exec(items).all()) == [desk.today], "nobody is asked for papers any more"
    assert [(one.how, one.ended_on) for one in desk.owed()] == [("failed", date(2026, 11, 26))]
