"""Which parties are told today of a rung that may still wait."""

from datetime import date

from schedules.calendar import WorkingCalendar
from schedules.spread import Group, Room, choose_groups

MONDAY, LAST = date(2026, 3, 2), date(2026, 3, 31)
ROOM = Room({"call": 5}, {(1, "call"): 0})


def groups(numbers: range) -> list[Group]:
    """Twenty parties, numbered in this order by their store."""
    refs = [f"u-{n:02d}" for n in range(20)]
    return [
        Group(1, "call", "gz.inspection", "call", number, ref, LAST, False)
        for number, ref in zip(numbers, refs, strict=True)
    ]


def test_whose_turn_it_is_does_not_hang_on_the_numbers_of_a_store() -> None:
    calendar = WorkingCalendar({})
    one, other = groups(range(1, 21)), groups(range(900, 40, -43))
    chosen = [group.party_ref for group in choose_groups(one, MONDAY, calendar, ROOM)]
    assert len(chosen) == 5
    assert [group.party_ref for group in choose_groups(other, MONDAY, calendar, ROOM)] == chosen
    assert [group.party_ref for group in choose_groups(reversed(one), MONDAY, calendar, ROOM)] == chosen


def test_whose_turn_it_is_is_not_the_order_of_the_alphabet() -> None:
    chosen = [group.party_ref for group in choose_groups(groups(range(1, 21)), MONDAY, WorkingCalendar({}), ROOM)]
    assert chosen != sorted(chosen)
