"""Whatever is learnt in whatever order: opening + new − cleared = closing, and what was closed never changes."""

from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from phones.world import CITY, TODAY, World, found_world
from sqlmodel import Session

from actions.summary.closing import close_day
from actions.summary.figures import Summary, summarise
from actions.summary.standing import standing
from actions.visits.inspections import (
    Deed,
    RefusedError,
    act,
    book,
    cancel_booking,
    confirm_rectification,
    issue_opinion_notice,
    record_inspection,
    renew_validity,
)
from schedules.duties import rebuild
from store.database import Database
from store.events import EventKind
from store.lifts import Lift, LiftStatus
from store.summaries import Figure, Went

pytestmark = pytest.mark.one_store
HERE, THERE = "440106", "440105"
BACK = st.integers(0, 20).map(timedelta)
KINDS = ("pass", "fail", "rectify", "book", "cancel", "opinion", "confirm", "renew", "stop", "start", "move", "undo")
DEEDS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 16), BACK), max_size=4)
DAYS = st.lists(st.tuples(st.integers(1, 20), DEEDS), min_size=2, max_size=6)
TAPS = count()


class Undone(Exception):
    """Ends an example, and all that it wrote."""


@pytest.fixture
def world(database: Database) -> World:
    """Two departments of one district each."""
    with database.write() as session:
        return found_world(session)


def do(session: Session, world: World, kind: str, lift_id: int, today: date, back: timedelta) -> None:
    """Something is learnt today of so many days ago; what cannot be is refused, and nothing has happened."""
    lift, on, now = session.get_one(Lift, lift_id), today - back, noon(today)
    desk = "department" if lift.district_code == HERE else "other_department"
    by: dict[str, Any] = {"by": world.parties[desk], "now": now, "today": today, "key": f"tap-{next(TAPS)}"}
    with suppress(RefusedError):
        match kind:
            case "pass" | "fail" | "rectify":
                record_inspection(session, lift_ids=[lift_id], on=on, conclusion=kind, **by)
            case "book":
                book(session, lift_ids=[lift_id], visit_on=today + back, **by)
            case "cancel":
                cancel_booking(session, lift_ids=[lift_id], **by)
            case "opinion":
                issue_opinion_notice(session, lift_ids=[lift_id], on=on, deadline=on + timedelta(days=10), **by)
            case "confirm":
                confirm_rectification(session, lift_ids=[lift_id], on=on, **by)
            case "renew":
                renew_validity(session, lift_id=lift_id, valid_until=on + timedelta(days=30 * back.days), **by)
            case _:
                change_register(session, lift, kind, today)


def change_register(session: Session, lift: Lift, kind: str, today: date) -> None:
    """What an import, or its undoing, does to a lift."""
    if kind == "move":
        lift.district_code = THERE if lift.district_code == HERE else HERE
    else:
        lift.status = {"stop": LiftStatus.OUT_OF_USE, "start": LiftStatus.IN_USE, "undo": LiftStatus.SCRAPPED}[kind]
        lift.withdrawn_on = today if kind == "undo" else None
    session.add(lift)
    session.flush()
    rebuild(session, city_id=CITY, today=today, now=noon(today), lift_ids=[lift.id])


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def plain(summary: Summary) -> dict[tuple[int | None, Figure], tuple[int, ...]]:
    return {
        (part.department_id, figure): (row.opening, row.new, row.cleared, row.closing, row.corrected)
        for part in summary.parts
        for figure, row in part.rows.items()
        if row.opening or row.new
    }


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(days=DAYS)
def test_gz_09_what_was_closed_opens_the_next_day_and_never_changes(
    database: Database, world: World, days: list[tuple[int, list[tuple[str, int, timedelta]]]]
) -> None:
    lift_ids = [lift for lifts in world.lifts.values() for lift in lifts]
    with suppress(Undone), database.write() as session:
        day, known, closings = TODAY, {}, {}
        for gap, deeds in days:
            day += timedelta(days=gap)
            for kind, number, back in deeds:
                do(session, world, kind, lift_ids[number % len(lift_ids)], day, back)
            seen = plain(summarise(session, CITY, day, day, today=day))
            assert close_day(session, CITY, today=day, now=noon(day))
            assert not close_day(session, CITY, today=day, now=noon(day))
            known[day] = plain(summarise(session, CITY, day, day, today=day))
            assert known[day] == seen  # the window says before the closing what it will be
            stands = standing(session, CITY, day)
            wanted = Counter((one.department_id, figure) for (figure, _), one in stands.items())
            closings[day] = {key: row[3] for key, row in known[day].items() if row[3]}
            assert closings[day] == wanted  # what really stands open, counted apart
            openings = {key: row[0] for key, row in known[day].items() if row[0]}
            assert openings == closings.get(previous(closings, day), {})
            for earlier, rows in known.items():
                assert plain(summarise(session, CITY, earlier, earlier, today=day)) == rows
        total = summarise(session, CITY, TODAY, day, today=day)
        for (department, figure), row in plain(total).items():
            each = [rows.get((department, figure), (0,) * 5) for rows in known.values()]
            assert row[1:3] == (sum(one[1] for one in each), sum(one[2] for one in each))
        raise Undone


def previous(closings: dict[date, Any], day: date) -> date | None:
    return max((one for one in closings if one < day), default=None)


def test_gz_09_what_is_known_late_is_a_correction_of_the_day_on_which_it_is_known(
    database: Database, world: World
) -> None:
    lift, moved = world.lifts["own"][9], world.lifts["other"][2]  # both overdue since October
    monday, tuesday = TODAY, TODAY + timedelta(days=1)
    with database.write() as session:
        close_day(session, CITY, today=monday, now=noon(monday))
        do(session, world, "pass", lift, tuesday, timedelta(days=4))
        do(session, world, "move", moved, tuesday, timedelta())
        close_day(session, CITY, today=tuesday, now=noon(tuesday))
        first = summarise(session, CITY, monday, monday, today=tuesday)
        then = summarise(session, CITY, tuesday, tuesday, today=tuesday)
        one, two = (world.parties[name] for name in ("department", "other_department"))
        week = summarise(session, CITY, monday, tuesday, today=tuesday, only=one)
    before, after = plain(first), plain(then)
    assert before[one, Figure.OVERDUE] == (0, 2, 0, 2, 0)
    assert after[one, Figure.OVERDUE] == (2, 0, 2, 0, 1)
    assert after[two, Figure.OVERDUE] == (1, 1, 0, 2, 0)
    assert after[one, Figure.REPORTS] == (0, 1, 0, 1, 1)
    assert {line.went for line in then.lines if line.figure is Figure.OVERDUE and line.until_on} == {
        Went.DONE,
        Went.HANDED_OVER,
    }
    assert then.total[Figure.OVERDUE].closing == 2
    assert plain(week)[one, Figure.OVERDUE] == (0, 2, 2, 0, 1)
    assert [part.department_id for part in week.parts] == [one]


def test_items_wait_until_they_are_confirmed_and_only_then_for_a_report(database: Database, world: World) -> None:
    lift, tuesday, wednesday = world.lifts["own"][0], TODAY + timedelta(days=1), TODAY + timedelta(days=2)
    with database.write() as session:
        do(session, world, "opinion", lift, TODAY, timedelta())
        close_day(session, CITY, today=TODAY, now=noon(TODAY))
        by: dict[str, Any] = {"by": world.parties["department"], "now": noon(tuesday), "today": tuesday}
        deed = Deed([lift], by["by"], by["now"], tuesday, "handed in")
        act(session, deed, EventKind.RECTIFICATION_SUBMITTED, tuesday, {"on": tuesday})
        close_day(session, CITY, today=tuesday, now=noon(tuesday))
        do(session, world, "confirm", lift, wednesday, timedelta())
        close_day(session, CITY, today=wednesday, now=noon(wednesday))
        days = [summarise(session, CITY, day, day, today=wednesday) for day in (TODAY, tuesday, wednesday)]
    rows = [plain(day) for day in days]
    desk = world.parties["department"]
    assert [row.get((desk, Figure.ITEMS)) for row in rows] == [(0, 1, 0, 1, 0), (1, 0, 0, 1, 0), (1, 0, 1, 0, 0)]
    assert [row.get((desk, Figure.REPORTS)) for row in rows] == [None, None, (0, 1, 0, 1, 0)]
    assert days[2].total[Figure.ITEMS].done == 1
