"""Visits on site over whole lives: exits from the pilot, returns and missed remote checks may only bring them forward.

Seed 002 附件1 一(二), seed 004 四(三): what is said of each day by itself must agree with what is worked out.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schedules.answers import DutyAnswer, answer
from schedules.calendar import WorkingCalendar
from schedules.dates import add_months
from schedules.facts import OutsideFacts
from schedules.rulebook import load_rulebook

DAY = timedelta(days=1)
CALENDAR = WorkingCalendar()
BEGIN = date(2026, 1, 1)
DAYS = st.integers(0, 150).map(lambda days: BEGIN + days * DAY)
FLAGS = ("iot", "online_service", "remote_check", "pension_insurance", "full_package")
CITIES = ("zhoushan", "chongqing", "national", "guangzhou", "pingluo")
KINDS = ("onsite_visit", "remote_check", "pilot_exited", "pilot_published", "iot_outage")
EVENTS = st.lists(st.tuples(st.sampled_from(KINDS), DAYS), max_size=9)
MARKED = {"on_demand": True}
ON_LINE = {**MARKED, "iot": True, "online_service": True}
REMOTE = {**MARKED, "remote_check": True}
PENSION = {**REMOTE, "pension_insurance": True}

Life = list[tuple[str, date]]


def rows(city: str, maintenance: dict[str, bool], life: Life) -> list[DutyAnswer]:
    events: list[dict[str, Any]] = [{"kind": kind, "on": day.isoformat()} for kind, day in life]
    facts = OutsideFacts.model_validate({"maintenance": maintenance, "events": events})
    return answer(load_rulebook(city), facts.facts(), CALENDAR)


def due_of(duty: str, found: list[DutyAnswer]) -> str | None:
    return next((str(row.due) for row in found if row.duty == duty and row.due), None)


def life(*facts: str) -> Life:
    """From words such as `onsite_visit 2026-06-01`."""
    return [(kind, date.fromisoformat(day)) for kind, day in (fact.split() for fact in facts)]


@pytest.mark.parametrize("city", ["national", "guangzhou", "pingluo"])
def test_where_no_pilot_is_known_an_exit_says_nothing_about_visits(city: str) -> None:
    found = rows(city, {}, life("onsite_visit 2026-06-01", "pilot_exited 2026-07-10"))
    assert due_of("onsite_maintenance", found) == "2026-06-16"


@pytest.mark.parametrize(
    ("maintenance", "visited", "due", "rule"),
    [
        pytest.param(ON_LINE, "2026-01-01", "2026-04-01", "zs.onsite.iot", id="missed before the exit"),
        pytest.param(ON_LINE, "2026-05-01", "2026-07-10", "zs.onsite", id="on the day of the exit"),
        pytest.param(ON_LINE, "2026-07-01", "2026-07-16", "zs.onsite", id="after the exit"),
        pytest.param(
            {**MARKED, "full_package": True}, "2026-06-01", "2026-06-16", "zs.onsite", id="never had a longer interval"
        ),
        pytest.param(
            {**ON_LINE, "on_demand": False}, "2026-05-01", "2026-07-10", "zs.onsite", id="the register says so by now"
        ),
    ],
)
def test_an_exit_never_postpones_a_visit(maintenance: dict[str, bool], visited: str, due: str, rule: str) -> None:
    found = rows("zhoushan", maintenance, life(f"onsite_visit {visited}", "pilot_exited 2026-07-10"))
    assert [(str(row.due), row.rule) for row in found if row.duty == "onsite_maintenance"] == [(due, rule)]


@pytest.mark.parametrize(
    ("visited", "published", "due"),
    [
        pytest.param("2026-05-01", "2026-06-10", "2026-06-01", id="due on the day of the exit"),
        pytest.param("2026-05-26", "2026-06-11", "2026-06-10", id="due on the last day outside"),
        pytest.param("2026-05-26", "2026-06-10", "2026-08-26", id="not due before the return"),
    ],
)
def test_a_return_to_the_pilot_leaves_a_visit_that_fell_due_outside_it(visited: str, published: str, due: str) -> None:
    gone = life(f"onsite_visit {visited}", "pilot_exited 2026-06-01", f"pilot_published {published}")
    assert due_of("onsite_maintenance", rows("zhoushan", ON_LINE, gone)) == due


@pytest.mark.parametrize("checks", [("2026-01-31", "2026-03-20"), ("2026-01-10", "2026-02-12")])
def test_missed_remote_checks_never_postpone_a_visit(checks: tuple[str, str]) -> None:
    found = rows("zhoushan", REMOTE, life("onsite_visit 2026-01-01", *(f"remote_check {day}" for day in checks)))
    assert due_of("onsite_maintenance", found) == "2026-02-01"


@pytest.mark.parametrize(
    ("checks", "due"),
    [
        pytest.param(("2026-10-11", "2026-11-12"), "2026-11-11", id="both after the visit"),
        pytest.param(("2026-10-11", "2026-11-10"), "2026-12-22", id="the second was made on its last day"),
        pytest.param(("2026-10-01", "2026-11-15"), "2026-12-22", id="one of two was missed before the visit"),
        pytest.param(("2026-10-07", "2026-11-07"), "2026-12-22", id="one of two was missed on the day of the visit"),
        pytest.param(("2026-10-01", "2026-11-16"), "2026-11-16", id="two more were missed after it"),
        pytest.param(("2026-11-21",), "2026-12-22", id="never checked before: counted from the visit"),
    ],
)
def test_remote_checks_missed_after_a_visit_are_those_owed_by_the_last_check_before_it(
    checks: tuple[str, ...], due: str
) -> None:
    maintenance = {**REMOTE, "full_package": True}
    found = rows("zhoushan", maintenance, life("onsite_visit 2026-10-22", *(f"remote_check {day}" for day in checks)))
    assert due_of("onsite_maintenance", found) == due


def test_an_exit_after_the_checks_were_missed_changes_nothing() -> None:
    missed = life("onsite_visit 2026-01-01", "remote_check 2026-01-10", "remote_check 2026-02-12")
    for gone in ([], life("pilot_exited 2026-03-01")):
        found = rows("zhoushan", PENSION, missed + gone)
        assert due_of("onsite_maintenance", found) == "2026-02-10"


def test_no_remote_check_was_missed_outside_the_pilot() -> None:
    gone = life("onsite_visit 2026-01-01", "remote_check 2026-01-15", "pilot_exited 2026-01-20")
    back = gone + life("pilot_published 2026-02-10", "remote_check 2026-02-20")
    assert due_of("remote_check", rows("zhoushan", PENSION, back)) == "2026-03-07"


def test_a_lift_whose_checks_were_missed_stays_in_the_pilot_and_is_checked_on() -> None:
    found = rows(
        "zhoushan", PENSION, life("onsite_visit 2026-01-01", "remote_check 2026-01-15", "remote_check 2026-02-20")
    )
    assert due_of("remote_check", found) == "2026-03-07"
    assert due_of("onsite_maintenance", found) == "2026-02-15"


def test_a_remote_check_that_fell_outside_the_pilot_is_owed_fifteen_days_after_the_return() -> None:
    gone = life("onsite_visit 2026-01-01", "pilot_exited 2026-01-10", "pilot_published 2026-03-01")
    found = rows("zhoushan", PENSION, gone)
    assert due_of("remote_check", found) == "2026-03-16"
    assert due_of("remote_check", rows("zhoushan", PENSION, gone + life("remote_check 2026-03-16"))) == "2026-03-31"


def test_an_outage_found_outside_the_pilot_is_not_counted_after_the_return_to_it() -> None:
    gone = life("pilot_exited 2026-03-02", "pilot_published 2026-04-01")
    assert due_of("iot_restore", rows("chongqing", ON_LINE, gone + life("iot_outage 2026-03-04"))) is None
    found = rows("chongqing", ON_LINE, gone + life("iot_outage 2026-04-01"))
    assert due_of("iot_restore", found) == "2026-04-07"


def test_what_chongqing_says_of_an_exit_holds_from_its_day_and_not_after_a_return() -> None:
    visited = life("onsite_visit 2026-06-01", "pilot_exited 2026-07-10")
    assert due_of("onsite_maintenance", rows("chongqing", MARKED, visited)) == "2026-07-10"
    back = life("pilot_published 2026-08-01")
    assert due_of("onsite_maintenance", rows("chongqing", MARKED, visited + back)) == "2026-07-10"
    again = back + life("onsite_visit 2026-07-31")
    assert due_of("onsite_maintenance", rows("chongqing", MARKED, visited + again)) is None


@dataclass
class Checks:
    """By which day the next remote check is owed, and how many of those owed after the visit were missed in a row."""

    visited: date
    owed: date | None = None
    missed: int = 0
    were_missed: bool = False  # two in a row
    fell_outside: bool = False

    def live(self, day: date, *, is_checked: bool, is_out: bool) -> None:
        if self.owed is not None and day > self.owed:
            self.missed += self.owed > self.visited
            self.owed += 15 * DAY
            self.were_missed |= self.missed >= 2
        if self.fell_outside and not is_out:
            self.owed, self.fell_outside = day + 15 * DAY, False
        if is_checked:
            self.owed, self.missed, self.fell_outside = day + 15 * DAY, 0, False
        if day == self.visited and self.owed is None and not self.fell_outside:
            self.owed = day + 15 * DAY
        if is_out and day == self.owed:
            self.owed, self.fell_outside = None, True


def day_by_day(city: str, maintenance: dict[str, bool], happened: Life) -> date | None:
    """The first day that is the last one for a visit by what is known of that day alone; None in 400 days."""
    days = {kind: sorted(day for each, day in happened if each == kind) for kind in KINDS}
    visited = days["onsite_visit"][-1]
    fell_away: date | None = None
    checks, checks_failed, is_out = Checks(visited), False, False
    for day in (BEGIN + count * DAY for count in range(400)):
        was_out = is_out
        is_out = day in days["pilot_exited"] or (is_out and day not in days["pilot_published"])
        checks.live(day, is_checked=day in days["remote_check"], is_out=is_out)
        if day <= visited:
            continue
        if any(check >= day for check in days["remote_check"]) and checks.were_missed:
            checks_failed = True
        line = _line(city, maintenance, visited)
        is_ordinary = line == "ordinary" or is_out or (checks_failed and "remote" in str(line))
        if not is_ordinary:
            fell_away = None
        elif fell_away is None:
            fell_away = visited if line == "ordinary" or (is_out and was_out) else day
        last = max(visited + 15 * DAY, fell_away) if fell_away else line[1] if isinstance(line, tuple) else None
        if last is not None and day >= last:
            return day
    return None


def _line(city: str, maintenance: dict[str, bool], visited: date) -> tuple[str, date | None] | str:
    if city == "chongqing":
        return ("plan", None)
    if city != "zhoushan":
        return "ordinary"
    if maintenance["iot"] and maintenance["online_service"]:
        return ("iot", add_months(visited, 3))
    if not maintenance["remote_check"]:
        return "ordinary"
    months = 3 if maintenance["pension_insurance"] else 2 if maintenance["full_package"] else 1
    return ("remote", add_months(visited, months))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(CITIES), st.fixed_dictionaries(dict.fromkeys(FLAGS, st.booleans())), EVENTS, DAYS)
@example(
    "zhoushan",
    {**dict.fromkeys(FLAGS, False), "remote_check": True, "full_package": True},
    [("remote_check", BEGIN), ("remote_check", date(2026, 2, 15))],
    date(2026, 1, 12),
)
@example(
    "zhoushan", {**dict.fromkeys(FLAGS, False), "remote_check": True}, [("remote_check", date(2026, 3, 20))], BEGIN
)
def test_every_life_is_as_each_of_its_days_says(
    city: str, maintenance: dict[str, bool], events: Life, visited: date
) -> None:
    happened = [*events, ("onsite_visit", visited)]
    found = rows(city, {**MARKED, **maintenance}, happened)
    (row,) = [row for row in found if row.duty == "onsite_maintenance"]
    assert row.due == day_by_day(city, maintenance, happened)
