"""No rush hour for those who have one lift or cannot climb stairs, and never all lifts of a building at once."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from actions.refusals import Refused
from actions.visits.bookings import book_visit, open_days, visit_of
from actions.visits.rules import set_rules
from actions.visits.slots import change_places
from notifier.prepare import prepare
from store.lifts import Lift
from store.notices import Notice
from store.slots import Slot, VisitLift

pytestmark = pytest.mark.one_store

DAY = date(2026, 4, 8)


def halves_of(place: Any, lift_ids: list[int]) -> list[str]:
    query = select(Slot.half).join(VisitLift, VisitLift.slot_id == Slot.id)
    return sorted(place.ask(lambda session: session.exec(query.where(VisitLift.lift_id.in_(lift_ids))).all()))


def test_a_building_keeps_a_lift_and_one_with_a_single_lift_is_not_stopped_at_rush_hour(place: Any) -> None:
    alone, *both = (place.lift(key, "云荔物业") for key in ("1", "12", "22"))
    found = place.do(open_days, "陈一鸣", lift_ids=both)
    assert (found.spread, found.starts, found.days[0].halves) == (True, "", ("day",))
    with pytest.raises(Refused) as refused:
        place.do(book_visit, "陈一鸣", lift_ids=both, day=DAY, half="am")
    assert refused.value.name == "bookings.all_of_a_building"
    place.do(change_places, "何值班", first=DAY, last=DAY, half="pm", places=0)
    assert DAY not in [one.day for one in place.do(open_days, "陈一鸣", lift_ids=both).days]
    place.do(change_places, "何值班", first=DAY, last=DAY, half="pm", places=5)
    place.do(book_visit, "陈一鸣", lift_ids=both, day=DAY, half="day")
    assert halves_of(place, both) == ["am", "pm"]

    visit = place.do(book_visit, "何值班", lift_ids=[alone], day=DAY, half="am").visits[0].visit_id
    assert place.do(visit_of, "陈一鸣", visit_id=visit).starts == "09:30"
    query = select(Notice.id).where(Notice.template == "booking.made").order_by(Notice.id.desc())
    bodies = place.ask(lambda session: prepare(session, [session.exec(query).first()], ["webchat"], place.today))
    assert "上午（09:30 起）" in bodies[0].body


def test_a_sibling_that_is_booked_counts_and_a_hospital_and_a_department_say_otherwise(place: Any) -> None:
    first, second = place.lift("12", "云荔物业"), place.lift("22", "云荔物业")
    place.do(book_visit, "陈一鸣", lift_ids=[first], day=DAY, half="am")
    days = {one.day: one for one in place.do(open_days, "陈一鸣", lift_ids=[second]).days}
    assert days[DAY].halves == ("pm",)

    def is_hospital(session: Any) -> None:
        session.get_one(Lift, second).extra = {"place_kind": "三甲医院"}

    place.write(is_hospital)
    assert place.do(open_days, "陈一鸣", lift_ids=[second]).starts == "09:30"
    place.write(lambda session: set_rules(session, place.parties["天河检验部"], rush_until="", spread=False))
    found = place.do(open_days, "陈一鸣", lift_ids=[second])
    assert (found.starts, found.days[0].halves) == ("", ("am", "pm"))
