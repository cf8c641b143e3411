"""Of several people of a party whoever is there for a lift is told; rather everybody than nobody."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

import pytest

from notifier.on_duty import route_by_place
from notifier.routing import Address, Person, route
from store.parties import ContactRole as Role

TODAY = date(2026, 11, 23)
PARK, COURT = "云荔花园", "珠浦苑"
THIRD, FOURTH, FIRST = (PARK, "3栋"), (PARK, "4栋"), (COURT, "1栋")
ALL = frozenset({"sms", "webchat"})


def somebody(number: int, *places: tuple[str, str], role: Role = Role.UNIT_CONTACT, off: int | None = None) -> Person:
    """Contact `number`, away until so many days from today."""
    until = TODAY + timedelta(days=off) if off is not None else None
    return Person(number, role, "", f"+861400000000{number}", places=places, off_until=until)


def told(people: Sequence[Person], *places: tuple[str, str], dead: Sequence[Person] = ()) -> list[int]:
    tried = frozenset(("sms", person.phone or "") for person in dead)

    def way(some: Sequence[Person]) -> list[Address]:
        return route("unit_contact", "sms", some, available=ALL, exclude=tried)

    return [found.contact_id for found in route_by_place(people, places, way, TODAY)]


ALL_LIFTS, PARK_ONLY, THIRD_ONLY, COURT_ONLY = (
    somebody(1),
    somebody(2, (PARK, "")),
    somebody(3, THIRD),
    somebody(4, (COURT, "")),
)
MANAGER = somebody(5, role=Role.SAFETY_MANAGER)
EVERYBODY = [ALL_LIFTS, PARK_ONLY, THIRD_ONLY, COURT_ONLY, MANAGER]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([THIRD], [3]),
        ([FOURTH], [2]),
        ([FIRST], [4]),
        ([("别处", "")], [1]),
        ([], [1]),
        ([THIRD, FOURTH], [3, 2]),
        ([FOURTH, (PARK, "5栋")], [2]),
        ([THIRD, FIRST], [3, 4]),
        ([THIRD, ("别处", "")], [3, 1]),
    ],
)
def test_whoever_is_closest_to_a_lift_is_told_of_it(places: list[tuple[str, str]], expected: list[int]) -> None:
    assert sorted(told(EVERYBODY, *places)) == sorted(expected)


def test_nobody_is_told_twice() -> None:
    assert told([PARK_ONLY], THIRD, FOURTH) == [2]


def test_who_is_away_is_passed_over_until_they_are_back() -> None:
    assert told([somebody(1, off=0), somebody(2)], THIRD) == [2]
    assert told([somebody(1, off=5), somebody(2)], THIRD) == [2]
    assert told([somebody(1, off=-1), somebody(2)], THIRD) == [1]


def test_where_whoever_is_there_for_the_lift_is_away_the_head_is_told_before_others_elsewhere() -> None:
    assert told([somebody(3, THIRD, off=2), COURT_ONLY, MANAGER], THIRD) == [5]


def test_where_nobody_is_there_for_a_lift_others_are_told() -> None:
    assert told([COURT_ONLY], THIRD) == [4]
    assert told([somebody(3, THIRD, off=2), COURT_ONLY], THIRD) == [4]


def test_where_everybody_is_away_the_first_is_told_all_the_same() -> None:
    assert told([somebody(1, off=2), somebody(2, THIRD, off=2)], THIRD) == [1]


def test_where_the_one_in_charge_cannot_be_reached_the_others_are_told() -> None:
    assert told([THIRD_ONLY, MANAGER, COURT_ONLY], THIRD, dead=[THIRD_ONLY]) == [5]
    assert told([THIRD_ONLY, COURT_ONLY], THIRD, dead=[THIRD_ONLY]) == [4]


def test_a_building_of_whichever_compound() -> None:
    assert told([somebody(1, ("", "3栋")), MANAGER], THIRD) == [1]
    assert told([somebody(1, ("", "3栋")), MANAGER], FIRST) == [5]


def test_without_places_and_days_off_nothing_is_other_than_before() -> None:
    people = [somebody(1), somebody(2), MANAGER]
    way = partial(route, "unit_contact_and_manager", "sms", available=ALL)
    assert route_by_place(people, [THIRD], way, TODAY) == way(people)


def test_what_goes_beside_another_notice_is_for_nobody_of_another_building() -> None:
    def way(some: Sequence[Person]) -> list[Address]:
        return [Address(one.contact_id, "webchat", str(one.contact_id)) for one in some if one is THIRD_ONLY]

    assert route_by_place(EVERYBODY, [FIRST], way, TODAY, is_beside=True) == []
    assert [one.contact_id for one in route_by_place(EVERYBODY, [FIRST], way, TODAY)] == [THIRD_ONLY.contact_id]
