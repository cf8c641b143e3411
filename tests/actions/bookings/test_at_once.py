"""Fifty people press at the same moment: each gets one answer, no place is lost and no half day is overbooked."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest

from actions.actors import Asked
from actions.refusals import Refused
from actions.visits.bookings import Booked, book_visit, cancel_visit, move_booking
from actions.visits.rules import set_rules
from actions.visits.slots import change_places
from store.slots import miscounted

pytestmark = pytest.mark.both_stores

AT_ONCE = 50
DAY, NEXT = date(2026, 4, 8), date(2026, 4, 9)


def press(place: Any, deeds: list[tuple[Any, Asked, dict[str, Any]]]) -> list[Booked | Refused]:
    """What each hears; all of them begin together."""
    ready = Barrier(len(deeds))

    def one(verb: Any, asked: Asked, arguments: dict[str, Any]) -> Booked | Refused:
        ready.wait()
        try:
            with place.database.write() as session:
                return verb(session, asked, **arguments)
        except Refused as refused:
            return refused

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [future.result(120) for future in [pool.submit(one, *deed) for deed in deeds]]


def sound(place: Any) -> bool:
    return place.ask(miscounted) == 0


def test_fifty_lifts_and_seven_places(place: Any):
    lifts = [place.lift(f"{number:02}", "云荔物业") for number in range(AT_ONCE)]
    place.do(change_places, "何值班", first=DAY, last=DAY, half=None, places=7)
    place.write(lambda session: set_rules(session, place.parties["天河检验部"], spread=False))  # about places alone
    wish = {"day": DAY, "half": "am"}
    heard = press(place, [(book_visit, place.asked("陈一鸣"), {"lift_ids": [lift], **wish}) for lift in lifts])
    refused = [one for one in heard if isinstance(one, Refused)]
    assert len(refused) == AT_ONCE - 7
    assert {one.name for one in refused} == {"bookings.full"}
    assert (place.taken(), len(place.events("booked")), sound(place)) == ({(DAY, "am"): 7}, 7, True)


def test_fifty_people_and_one_lift(place: Any):
    lift = place.lift("1", "云荔物业")
    wishes = [{"lift_ids": [lift], "day": day, "half": half} for day in (DAY, NEXT) for half in ("am", "pm")]
    heard = press(place, [(book_visit, place.asked("陈一鸣"), wishes[n % 4]) for n in range(AT_ONCE)])
    assert sorted(type(one).__name__ for one in heard) == ["Booked"] + ["Refused"] * (AT_ONCE - 1)
    assert {one.name for one in heard if isinstance(one, Refused)} == {"bookings.already_booked"}
    assert (sum(place.taken().values()), len(place.events("booked")), sound(place)) == (1, 1, True)


def test_one_tap_that_arrives_fifty_times(place: Any):
    lift = place.lift("1", "云荔物业")
    wish = {"lift_ids": [lift], "day": DAY, "half": "am"}
    heard = press(place, [(book_visit, place.asked("陈一鸣", "tap"), wish)] * AT_ONCE)
    assert sorted(one.repeated for one in heard) == [False] + [True] * (AT_ONCE - 1)
    assert len({one.visits[0].visit_id for one in heard}) == 1
    assert (place.taken(), len(place.events("booked"))) == ({(DAY, "am"): 1}, 1)


def test_visits_that_change_places_never_wait_for_each_other_in_a_knot(place: Any):
    """Half of them go from the morning to the afternoon, half the other way; some are called off meanwhile."""
    lifts = [place.lift(f"{number:02}", "云荔物业") for number in range(20)]
    place.write(lambda session: set_rules(session, place.parties["天河检验部"], spread=False))
    visits = []
    for number, lift in enumerate(lifts):
        half = ("am", "pm")[number % 2]
        done = place.do(book_visit, "陈一鸣", lift_ids=[lift], day=DAY, half=half)
        visits.append((done.visits[0].visit_id, ("pm", "am")[number % 2]))
    place.do(change_places, "何值班", first=DAY, last=NEXT, half=None, places=20)
    deeds: list[Any] = [
        (move_booking, place.asked("陈一鸣"), {"visit_id": visit, "day": (DAY, NEXT)[n % 3 == 0], "half": half})
        for n, (visit, half) in enumerate(visits)
    ]
    deeds += [(cancel_visit, place.asked("何值班"), {"visit_id": visit}) for visit, _ in visits[::5]]
    heard = press(place, deeds)
    assert {one.name for one in heard if isinstance(one, Refused)} <= {"bookings.gone"}
    assert (sum(place.taken().values()), sound(place)) == (16, True)
