"""A visit is booked, moved and called off; its places come and go with it, whoever ends it."""

from datetime import date
from typing import Any

import pytest

from actions.desk.day import visits_of_desk
from actions.people.responsibility import UseUnitChange, change_use_units
from actions.permissions import NotAllowedError
from actions.refusals import Refused
from actions.visits.bookings import book_visit, bookings_of, cancel_visit, days_to_move, move_booking, visit_of
from actions.visits.inspections import (
    book,
    cancel_booking,
    issue_opinion_notice,
    record_inspection,
    record_visit_missed,
)
from actions.visits.slots import change_places
from schedules.duties import rebuild
from store.lifts import Lift
from store.slots import miscounted
from tixing.checkup import check_up

DAY, NEXT = date(2026, 4, 8), date(2026, 4, 9)
LATE = date(2026, 5, 21)


def refusal(place: Any, verb: Any, who: str, **arguments: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        place.do(verb, who, **arguments)
    return refused.value


def of_desk(place: Any, who: str = "何值班") -> Any:
    return place.do(visits_of_desk, who, first=place.today, last=LATE)


def booked(
    place: Any, *lifts: int, day: date = DAY, half: str = "am", who: str = "陈一鸣", key: str | None = None
) -> Any:
    return place.do(book_visit, who, key, lift_ids=lifts, day=day, half=half)


def test_lifts_are_booked_as_one_visit_and_their_reminders_pause(place: Any):
    lifts = [place.lift(key, "云荔物业") for key in "12"]
    done = booked(place, *lifts)
    (visit,) = done.visits
    assert (visit.day, visit.half, visit.unit, len(visit.lifts)) == (DAY, "am", "云荔物业", 2)
    assert (visit.contact, visit.phone, visit.desk.phone) == ("陈一鸣", "+8614000000001", "+8614000000003")
    assert (done.late, done.repeated) == (False, False)
    assert place.taken() == {(DAY, "am"): 2}
    assert {place.duty(lift).booked_on for lift in lifts} == {DAY}
    assert [event.payload for event in place.events("booked")] == [{"visit_on": "2026-04-08", "half": "am"}] * 2
    assert place.do(bookings_of, "陈一鸣") == of_desk(place) == [visit]
    assert place.do(bookings_of, "黄敏") == of_desk(place, "越秀值班") == []


def test_one_tap_books_once_and_answers_the_same(place: Any):
    lift = place.lift("1", "云荔物业")
    first, again = booked(place, lift, key="tap"), booked(place, lift, key="tap")
    assert (first.visits, again.repeated) == (again.visits, True)
    assert (place.taken(), len(place.events("booked"))) == ({(DAY, "am"): 1}, 1)


def test_a_booked_lift_is_not_booked_again_but_moved(place: Any):
    lift = place.lift("1", "云荔物业")
    booked(place, lift)
    refused = refusal(place, book_visit, "陈一鸣", lift_ids=[lift], day=NEXT, half="am")
    assert (refused.name, refused.facts["day"]) == ("bookings.already_booked", DAY)
    visit_id = place.do(bookings_of, "陈一鸣")[0].visit_id
    moved = place.do(move_booking, "陈一鸣", visit_id=visit_id, day=NEXT, half="pm")
    assert [(one.visit_id, one.day, one.half, one.sequence) for one in moved.visits] == [(visit_id, NEXT, "pm", 1)]
    assert (place.taken(), place.duty(lift).booked_on) == ({(NEXT, "pm"): 1}, NEXT)
    assert place.do(bookings_of, "陈一鸣") == moved.visits


def test_a_move_that_arrives_twice_moves_once(place: Any):
    lift = place.lift("1", "云荔物业")
    visit_id = booked(place, lift).visits[0].visit_id
    for _ in range(2):
        moved = place.do(move_booking, "陈一鸣", "tap", visit_id=visit_id, day=NEXT, half="pm")
    assert (moved.repeated, moved.visits[0].sequence, place.taken()) == (True, 1, {(NEXT, "pm"): 1})
    assert refusal(place, move_booking, "陈一鸣", visit_id=visit_id, day=NEXT, half="pm").name == "bookings.same_day"


def test_a_day_that_is_full_by_now_is_refused_with_the_next_free_ones(place: Any):
    lifts = [place.lift(key, "云荔物业") for key in "123"]
    booked(place, lifts[0])
    place.do(change_places, "何值班", first=DAY, last=DAY, half=None, places=1)
    refused = refusal(place, book_visit, "陈一鸣", lift_ids=[lifts[1]], day=DAY, half="am")
    assert refused.name == "bookings.full"
    assert refused.facts["next_days"] == [date(2026, 4, 2), date(2026, 4, 3), date(2026, 4, 7)]
    assert (place.taken(), place.duty(lifts[1]).booked_on) == ({(DAY, "am"): 1}, None)
    visit_id = booked(place, lifts[2], day=NEXT).visits[0].visit_id
    assert refusal(place, move_booking, "陈一鸣", visit_id=visit_id, day=DAY, half="am").name == "bookings.full"
    assert place.taken() == {(DAY, "am"): 1, (NEXT, "am"): 1}


def test_more_than_half_a_day_takes_the_whole_day(place: Any):
    lifts = [place.lift(f"{number}", "云荔物业") for number in range(14)]
    (visit,) = booked(place, *lifts, half="day").visits
    assert (visit.half, len(visit.lifts), place.taken()) == (None, 14, {(DAY, "am"): 10, (DAY, "pm"): 4})
    place.do(move_booking, "陈一鸣", visit_id=visit.visit_id, day=NEXT, half="day")
    assert place.taken() == {(NEXT, "am"): 10, (NEXT, "pm"): 4}


def test_lifts_of_two_departments_are_two_visits_or_none(place: Any):
    here, there = place.lift("1", "云荔物业"), place.lift("2", "云荔物业", district="440104")
    place.do(change_places, "越秀值班", first=NEXT, last=NEXT, half="am", places=0)
    assert refusal(place, book_visit, "陈一鸣", lift_ids=[here, there], day=NEXT, half="am").name == "bookings.full"
    assert (place.taken(), place.events("booked")) == ({}, [])
    done = booked(place, here, there)
    assert [visit.desk.office for visit in done.visits] == ["天河检验部", "越秀检验部"]
    assert len(of_desk(place)) == len(of_desk(place, "越秀值班")) == 1


def test_a_visit_is_called_off_and_the_reminders_go_on(place: Any):
    lift = place.lift("1", "云荔物业")
    before = place.duty(lift).next_on
    visit_id = booked(place, lift).visits[0].visit_id
    off = place.do(cancel_visit, "陈一鸣", visit_id=visit_id).visits[0]
    assert (off.is_off, off.sequence, len(off.lifts), place.taken()) == (True, 1, 1, {})
    assert (place.duty(lift).booked_on, place.duty(lift).next_on, place.gone(lift)) == (None, before, ["cancelled"])
    assert refusal(place, cancel_visit, "陈一鸣", visit_id=visit_id).name == "bookings.gone"
    assert booked(place, lift, day=NEXT).visits[0].uid != off.uid


def test_units_change_it_until_the_day_before_and_the_department_on_the_day(place: Any):
    visit_id = booked(place, place.lift("1", "云荔物业")).visits[0].visit_id
    place.today = DAY
    for verb, more in ((cancel_visit, {}), (move_booking, {"day": NEXT, "half": "am"}), (days_to_move, {})):
        refused = refusal(place, verb, "陈一鸣", visit_id=visit_id, **more)
        assert (refused.name, refused.facts["desk"].phone) == ("bookings.too_late_to_change", "+8614000000003")
    place.do(move_booking, "何值班", visit_id=visit_id, day=NEXT, half="am")
    assert place.taken() == {(NEXT, "am"): 1}


def test_only_the_unit_and_its_department_touch_a_visit(place: Any):
    lift = place.lift("1", "云荔物业")
    visit_id = booked(place, lift).visits[0].visit_id
    for who in ("黄敏", "越秀值班", "维保甲"):
        for verb, more in ((cancel_visit, {}), (visit_of, {}), (move_booking, {"day": NEXT, "half": "am"})):
            with pytest.raises(NotAllowedError):
                place.do(verb, who, visit_id=visit_id, **more)
        with pytest.raises(NotAllowedError):
            booked(place, lift, who=who)
    with pytest.raises(NotAllowedError):
        place.do(visit_of, "陈一鸣", visit_id=visit_id + 1)
    assert place.do(visit_of, "罗检验", visit_id=visit_id).visit_id == visit_id


def test_a_day_after_the_backstop_is_booked_and_said_to_be_too_late(place: Any):
    lift = place.lift("1", "云荔物业")
    done = booked(place, lift, day=LATE)
    assert (done.late, done.last) == (True, date(2026, 5, 20))
    assert place.plan(date(2026, 5, 19))[0][1] != "gz.unbooked"
    assert ("list", "gz.booked_late") in place.plan(date(2026, 5, 19))


@pytest.mark.parametrize("day", [date(2026, 4, 1), date(2026, 4, 6)], ids=["today", "a holiday"])
def test_days_that_nobody_offered_are_refused(place: Any, day: date):
    lift = place.lift("1", "云荔物业")
    assert refusal(place, book_visit, "陈一鸣", lift_ids=[lift], day=day, half="am").name.startswith("bookings.")
    assert place.taken() == {}


def test_a_visit_that_came_to_nothing_does_not_stand_in_the_way(place: Any):
    lift = place.lift("1", "云荔物业")
    booked(place, lift)
    place.today = date(2026, 4, 10)
    assert place.do(bookings_of, "陈一鸣") == []
    booked(place, lift, day=date(2026, 4, 14))
    assert (place.gone(lift), place.taken()) == (["moved", None], {(date(2026, 4, 14), "am"): 1})


class TestEndedByOthers:
    """However a booking ends, its place is free; the check-up finds nothing."""

    def deed(self, place: Any, lift: int, party: str = "天河检验部", day: date | None = None) -> dict[str, Any]:
        on = day or place.today
        return {
            "lift_ids": [lift],
            "by": place.parties[party],
            "now": place.asked("陈一鸣").now,
            "today": on,
            "key": "x",
        }

    def sound(self, place: Any) -> bool:
        found = check_up(place.database, today=place.today, now=place.asked("陈一鸣").now)
        assert {one.check for one in found} >= {"visits", "slots"}
        return not [one.message for one in found if one.level == one.WRONG]

    def test_cancelled_from_the_command_line(self, place: Any):
        lift = place.lift("1", "云荔物业")
        booked(place, lift)
        place.write(lambda session: cancel_booking(session, **self.deed(place, lift, "云荔物业")))
        assert (place.taken(), place.gone(lift), self.sound(place)) == ({}, ["cancelled"], True)

    def test_missed(self, place: Any):
        lift = place.lift("1", "云荔物业")
        booked(place, lift)
        place.today = DAY
        place.write(lambda session: record_visit_missed(session, on=DAY, **self.deed(place, lift)))
        assert (place.taken(), place.gone(lift), self.sound(place)) == ({}, ["missed"], True)

    @pytest.mark.parametrize("conclusion", ["pass", "fail", "rectify", "aborted"])
    def test_inspected(self, place: Any, conclusion: Any):
        lift = place.lift("1", "云荔物业")
        booked(place, lift)
        place.today = date(2026, 4, 7)
        deed = self.deed(place, lift)
        place.write(lambda session: record_inspection(session, on=place.today, conclusion=conclusion, **deed))
        assert (place.taken(), place.gone(lift), self.sound(place)) == ({}, ["ended"], True)

    def test_items_to_rectify(self, place: Any):
        lift = place.lift("1", "云荔物业")
        booked(place, lift)
        place.today = DAY
        deed = self.deed(place, lift)
        place.write(lambda session: issue_opinion_notice(session, on=DAY, deadline=date(2026, 4, 20), **deed))
        assert (place.taken(), place.gone(lift), self.sound(place)) == ({}, ["ended"], True)

    def test_handed_over(self, place: Any):
        lift = place.lift("1", "云荔物业")
        booked(place, lift)
        change = UseUnitChange(lift, place.parties["云荔物业"], place.parties["珠水物业"])
        now = place.asked("陈一鸣").now
        place.write(lambda session: change_use_units(session, [change], on=place.today, now=now))
        assert (place.taken(), place.gone(lift), self.sound(place)) == ({}, ["cancelled"], True)
        booked(place, lift, who="黄敏")
        assert place.taken() == {(DAY, "am"): 1}

    def test_taken_out_of_use_and_back(self, place: Any):
        lift = place.lift("1", "云荔物业")
        booked(place, lift)

        def put(status: str) -> None:
            def write(session: Any) -> None:
                row = session.get_one(Lift, lift)
                row.status = status
                session.flush()
                now = place.asked("陈一鸣").now
                rebuild(session, city_id="guangzhou", today=place.today, now=now, lift_ids=[lift])

            place.write(write)

        put("out_of_use")
        assert (place.taken(), place.gone(lift), self.sound(place)) == ({}, ["void"], True)
        put("in_use")
        assert (place.taken(), place.gone(lift), self.sound(place)) == ({(DAY, "am"): 1}, ["void", None], True)

    def test_agreed_for_a_day_without_an_hour_takes_a_place_of_the_roomier_half(self, place: Any):
        lifts = [place.lift(key, "云荔物业") for key in "123"]
        booked(place, lifts[0])
        place.do(change_places, "何值班", first=NEXT, last=NEXT, half=None, places=0)
        for lift, day in ((lifts[1], DAY), (lifts[2], NEXT)):
            place.write(lambda session, lift=lift, day=day: book(session, visit_on=day, **self.deed(place, lift)))
            place.today = date(2026, 4, 2)
        assert place.taken() == {(DAY, "am"): 1, (DAY, "pm"): 1, (NEXT, "am"): 1}, "one more than fits is held too"
        assert [visit.half for visit in of_desk(place)] == ["am", None, None]
        assert self.sound(place)

    def test_the_same_day_agreed_once_more_keeps_the_hour(self, place: Any):
        lift = place.lift("1", "云荔物业")
        before = booked(place, lift, half="pm").visits
        place.write(lambda session: book(session, visit_on=DAY, **self.deed(place, lift)))
        assert (place.do(bookings_of, "陈一鸣"), place.taken()) == (before, {(DAY, "pm"): 1})
        deed = self.deed(place, lift) | {"key": "y"}
        place.write(lambda session: book(session, visit_on=NEXT, **deed))
        assert (place.gone(lift), place.taken()) == (["moved", None], {(NEXT, "am"): 1})
        assert self.sound(place)

    def test_the_check_up_sees_a_place_that_was_lost(self, place: Any):
        booked(place, place.lift("1", "云荔物业"))
        from_outside = "UPDATE slot SET taken = 5"
        with place.database.engine.execution_options(tixing_write=True).begin() as connection:
            connection.exec_driver_sql(from_outside)
        assert place.ask(miscounted) == 1
        assert not self.sound(place)
