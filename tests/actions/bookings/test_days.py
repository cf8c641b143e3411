"""On which half days lifts can be booked: their dates, the calendar, and the room that departments have."""

from datetime import date, timedelta
from typing import Any

import pytest

from actions.refusals import Refused
from actions.visits.bookings import book_visit, open_days
from actions.visits.parts import booking_parts
from actions.visits.slots import change_places, change_usual_places, slots_of
from actions.visits.to_book import bookable_from
from store.settings import Setting

OPENS = date(2026, 4, 2)
FIRST_RUNG = date(2026, 2, 2)  # the first working day of the third month before May
LAST = date(2026, 5, 20)


def days(place: Any, *lifts: int, who: str = "陈一鸣") -> list[date]:
    return [one.day for one in place.do(open_days, who, lift_ids=lifts).days]


def refusal(place: Any, verb: Any, who: str, **arguments: Any) -> tuple[str, dict[str, Any]]:
    with pytest.raises(Refused) as refused:
        place.do(verb, who, **arguments)
    return refused.value.name, refused.value.facts


def test_working_days_from_tomorrow_to_the_backstop(place: Any):
    found = days(place, place.lift("1", "云荔物业"))
    assert (found[0], found[-1]) == (OPENS, LAST)
    holidays = {date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 4), date(2026, 5, 5)}
    assert not holidays & set(found)
    assert date(2026, 5, 9) in found, "a Saturday that is worked"
    assert not [day for day in found if day.weekday() == 6]


def test_on_a_day_off_no_unit_is_offered_the_next_working_morning_unless_it_is_the_last_in_time(place: Any):
    place.today = date(2026, 4, 12)  # a Sunday
    lift, monday = place.lift("1", "云荔物业"), date(2026, 4, 13)
    first = place.do(open_days, "陈一鸣", lift_ids=[lift]).days[0]
    assert (first.day, first.halves) == (monday, ("pm",))
    assert place.do(open_days, "何值班", lift_ids=[lift]).days[0].halves == ("am", "pm"), "the department knows of it"
    place.do(change_places, "何值班", first=monday, last=monday, half="pm", places=0)
    assert days(place, lift)[0] == date(2026, 4, 14)
    place.do(change_usual_places, "何值班", places=0)
    place.do(change_places, "何值班", first=monday, last=monday, half="am", places=2)
    assert [one.halves for one in place.do(open_days, "陈一鸣", lift_ids=[lift]).days] == [("am",)]
    pair = [lift, place.lift("2", "云荔物业")]
    assert [part.late for part in place.do(booking_parts, "陈一鸣", lift_ids=pair)] == [False]


def test_nothing_before_the_first_rung_opens(place: Any):
    place.today = date(2026, 1, 10)
    found = place.do(open_days, "陈一鸣", lift_ids=[place.lift("1", "云荔物业")])
    assert (found.first, found.days[0].day, found.days[-1].day) == (FIRST_RUNG, FIRST_RUNG, date(2026, 4, 20))


def test_what_is_not_due_for_months_is_refused_with_the_day_from_which_it_can_be_booked(place: Any):
    far = place.lift("1", "云荔物业", valid=date(2027, 2, 28))
    first = date(2026, 11, 2)
    since = first - timedelta(days=100)
    for verb, more in ((open_days, {}), (book_visit, {"day": first, "half": "am"})):
        assert refusal(place, verb, "陈一鸣", lift_ids=[far], **more) == (
            "bookings.not_yet",
            {"first": first, "since": since},
        )
    assert place.do(bookable_from, "陈一鸣", lift_id=far) == since
    place.today = since
    assert days(place, far)[0] == first
    place.do(change_places, "何值班", first=first, last=first, half=None, places=0)
    found = place.do(open_days, "陈一鸣", lift_ids=[far]).days
    assert (found[0].day, found[0].late) == (date(2026, 11, 3), False), "the next days are looked at too"
    assert [part.late for part in place.do(booking_parts, "陈一鸣", lift_ids=[far])] == [False]


def test_the_department_itself_may_book_today(place: Any):
    lift = place.lift("1", "云荔物业")
    assert days(place, lift, who="何值班")[0] == place.today


def test_lifts_of_two_months_share_the_days_that_both_allow(place: Any):
    may, august = place.lift("1", "云荔物业"), place.lift("2", "云荔物业", valid=date(2026, 7, 31))
    assert days(place, may, august)[0] == OPENS
    assert days(place, may, august)[-1] == LAST
    october = place.lift("3", "云荔物业", valid=date(2026, 10, 31))
    name, facts = refusal(place, open_days, "陈一鸣", lift_ids=[may, october])
    assert (name, facts["opens"], facts["last"]) == ("bookings.windows_apart", date(2026, 7, 1), LAST)


def test_a_half_day_is_offered_while_all_the_lifts_fit(place: Any):
    lifts = [place.lift(f"{number}", "云荔物业") for number in range(12)]
    place.do(change_usual_places, "何值班", places=4)
    place.do(book_visit, "陈一鸣", lift_ids=lifts[:2], day=OPENS, half="am")
    four, three, eight = (place.do(open_days, "陈一鸣", lift_ids=lifts[4 : 4 + n]).days[0] for n in (4, 3, 8))
    assert (four.day, four.halves) == (OPENS, ("pm",))
    assert (three.day, three.halves) == (OPENS, ("pm",))
    assert (eight.day, eight.halves) == (date(2026, 4, 3), ("day",)), "they fill both halves of the next day"
    name, facts = refusal(place, open_days, "陈一鸣", lift_ids=lifts[2:11])
    assert (name, facts) == ("bookings.too_many", {"count": 9, "most": 8})


def test_a_day_is_closed_opened_and_given_another_number(place: Any):
    lift = place.lift("1", "云荔物业")
    place.do(change_places, "何值班", first=OPENS, last=date(2026, 4, 3), half=None, places=0)
    assert days(place, lift)[0] == date(2026, 4, 7)
    sunday = date(2026, 4, 12)
    place.do(change_places, "何值班", first=sunday, last=sunday, half="am", places=2)
    found = {one.day: one.halves for one in place.do(open_days, "陈一鸣", lift_ids=[lift]).days}
    assert found[sunday] == ("am",)
    place.do(change_places, "何值班", first=OPENS, last=OPENS, half=None, places=None)
    assert days(place, lift)[0] == OPENS
    shown = {(one.day, one.half): one.places for one in place.do(slots_of, "罗检验", first=OPENS, last=sunday)}
    assert (shown[OPENS, "am"], shown[date(2026, 4, 3), "pm"], shown[sunday, "am"], shown[sunday, "pm"]) == (
        10,
        0,
        2,
        0,
    )


def test_days_off_stay_off_when_a_row_of_days_is_opened(place: Any):
    place.do(change_places, "何值班", first=date(2026, 4, 3), last=date(2026, 4, 8), half=None, places=7)
    shown = {one.day: one.places for one in place.do(slots_of, "何值班", first=date(2026, 4, 3), last=date(2026, 4, 8))}
    assert shown == {date(2026, 4, day): 7 if day in (3, 7, 8) else 0 for day in range(3, 9)}


@pytest.mark.parametrize("places", [-1, 501])
def test_a_number_that_makes_no_sense_is_refused(place: Any, places: int):
    assert refusal(place, change_usual_places, "何值班", places=places)[0] == "slots.no_such_number"


def test_two_departments_must_both_have_room(place: Any):
    here, there = place.lift("1", "云荔物业"), place.lift("2", "云荔物业", district="440104")
    place.do(change_places, "何值班", first=OPENS, last=OPENS, half="am", places=0)
    place.do(change_places, "越秀值班", first=OPENS, last=OPENS, half="pm", places=0)
    assert days(place, here, there)[0] == date(2026, 4, 3)


def test_after_the_backstop_days_are_offered_as_too_late(place: Any):
    lift = place.lift("1", "云荔物业")
    place.today = date(2026, 5, 20)
    found = place.do(open_days, "陈一鸣", lift_ids=[lift])
    assert found.days[0].day == date(2026, 5, 21)
    assert all(one.late for one in found.days)


def test_or_refused_where_the_register_says_so(place: Any):
    lift = place.lift("1", "云荔物业")
    place.write(lambda session: session.add(Setting(key="late_bookings", value="refuse")))
    place.today = date(2026, 5, 20)
    for verb, more in ((open_days, {}), (book_visit, {"day": date(2026, 5, 25), "half": "am"})):
        name, facts = refusal(place, verb, "陈一鸣", lift_ids=[lift], **more)
        assert (name, facts["last"], facts["desks"][0].line.phone) == ("bookings.past_last_day", LAST, "+8614000000003")
    assert place.events("booked") == []


def test_what_owes_no_inspection_or_has_no_department_is_not_booked(place: Any):
    scrapped = place.lift("1", "云荔物业", status="scrapped")
    assert refusal(place, open_days, "陈一鸣", lift_ids=[scrapped])[0] == "bookings.nothing_due"
    unknown = place.lift("2", "云荔物业", valid=None)
    assert refusal(place, open_days, "陈一鸣", lift_ids=[unknown])[0] == "bookings.nothing_due"


def test_when_every_day_is_full_the_department_is_named(place: Any):
    lift = place.lift("1", "云荔物业")
    place.do(change_places, "何值班", first=place.today, last=date(2026, 5, 31), half=None, places=0)
    place.do(change_places, "何值班", first=date(2026, 6, 1), last=date(2026, 6, 30), half=None, places=0)
    name, facts = refusal(place, open_days, "陈一鸣", lift_ids=[lift])
    line = facts["desks"][0].line
    assert (name, line.office, line.name) == ("bookings.none_free", "天河检验部", "何值班")
