"""Lifts that no day holds together are offered in parts, and none keeps the others from their days."""

from datetime import date
from typing import Any

import pytest

from actions.visits.bookings import book_visit, open_days
from actions.visits.parts import booking_parts
from actions.visits.slots import change_places, change_usual_places

pytestmark = pytest.mark.one_store

OVER, MAY, OCTOBER = date(2026, 3, 31), date(2026, 5, 31), date(2026, 10, 31)


def parts(place: Any, lifts: list[int], who: str = "陈一鸣") -> list[tuple[int, bool]]:
    return [(len(part.lift_ids), part.late) for part in place.do(booking_parts, who, lift_ids=lifts)]


def test_a_late_lift_is_apart_and_more_than_a_day_holds_is_split(place: Any):
    lifts = [place.lift(f"{number}", "云荔物业") for number in range(20)]
    assert parts(place, lifts) == [(20, False)]
    late, autumn = place.lift("91", "云荔物业", valid=OVER), place.lift("92", "云荔物业", valid=OCTOBER)
    assert parts(place, [*lifts, late, autumn]) == [(20, False), (1, False), (1, True)]
    place.do(change_usual_places, "何值班", places=20)
    assert parts(place, [*lifts, late]) == [(21, True)], "a visit that is soon enough takes all along"
    assert place.do(open_days, "陈一鸣", lift_ids=[*lifts, late]).days
    place.do(change_usual_places, "何值班", places=4)
    assert parts(place, [*lifts, late]) == [(8, False), (8, False), (4, False), (1, True)]
    first = place.do(booking_parts, "陈一鸣", lift_ids=lifts)[0]
    day = place.do(open_days, "陈一鸣", lift_ids=first.lift_ids).days[0]
    place.do(book_visit, "陈一鸣", lift_ids=first.lift_ids, day=day.day, half=day.halves[0])


def test_what_finds_no_day_any_more_keeps_no_other_from_its_days(place: Any):
    may, june = place.lift("1", "云荔物业"), place.lift("2", "云荔物业", valid=date(2026, 6, 30))
    elsewhere = place.lift("3", "云荔物业", district="440104")
    assert parts(place, [may, june, elsewhere]) == [(3, False)]
    place.do(change_places, "何值班", first=place.today, last=date(2026, 5, 25), half=None, places=0)
    assert parts(place, [may, june]) == [(1, False), (1, True)]
    assert parts(place, [may, june, elsewhere]) == [(1, False), (1, False), (1, True)]
