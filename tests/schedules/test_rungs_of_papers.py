"""The rungs of maintenance, records and papers: on which days, to whom, and what ends them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from actions.lifts.facts import record_fact
from schedules.calendar import WorkingCalendar
from schedules.happenings import DatedFact, RecordCompleted
from schedules.rulebook import Rule, load_rulebook, rulebook_ids, rules_of
from schedules.steps import step_dates
from store.duties import Duty
from store.lifts import Responsibility
from store.tasks import Task

VALID = date(2027, 5, 31)
VISITED = date(2026, 3, 2)
Act = Callable[..., Any]


def rungs(book: str, rule_id: str, due: date) -> dict[str, str]:
    """step → the day on which its notice goes out."""
    rule = next(rule for rule in rules_of(load_rulebook(book)) if rule.id == rule_id)
    return {rung.step: str(rung.tell_from) for rung in step_dates(rule, due, WorkingCalendar())}


@pytest.mark.parametrize("city", ["zhoushan", "chongqing"])
def test_a_policy_is_asked_for_four_times_and_its_end_is_said(city: str) -> None:
    rule = {"zhoushan": "zs.insurance", "chongqing": "cq.insurance"}[city]
    assert rungs(city, rule, date(2021, 6, 30)) == {
        "d30": "2021-05-31",
        "d15": "2021-06-15",
        "d7": "2021-06-23",
        "d1": "2021-06-29",
        "ended": "2021-07-01",
    }


def test_an_outage_is_said_when_found_on_each_working_day_and_after_the_last() -> None:
    assert rungs("chongqing", "cq.iot", date(2026, 3, 9)) == {
        "found": "2026-03-04",
        "day1": "2026-03-05",
        "day2": "2026-03-06",
        "last": "2026-03-09",
        "exit": "2026-03-10",
    }


def test_an_outage_found_on_a_day_of_rest_is_said_at_once() -> None:
    calendar, found = WorkingCalendar(), date(2026, 3, 7)
    due = calendar.add_working(found, 3)
    assert date.fromisoformat(rungs("chongqing", "cq.iot", due)["found"]) <= found


def told_rules() -> list[Rule]:
    return [rule for book in map(load_rulebook, rulebook_ids()) for rule in book.rules if rule.told_steps]


@pytest.mark.parametrize(
    "rule", [rule for rule in told_rules() if rule.duty != "periodic_inspection"], ids=lambda r: r.id
)
def test_rungs_that_tell_come_in_the_order_in_which_they_are_told(rule: Rule) -> None:
    for offset in range(0, 400, 7):
        rows = step_dates(rule, date(2026, 1, 5) + timedelta(days=offset), WorkingCalendar())
        days = [row.tell_from for row in rows if row.tell_from]
        assert days == sorted(days)


def test_no_document_names_these_offsets_so_none_is_given_as_its_date() -> None:
    ours = (
        "onsite",
        "remote",
        "insurance",
        "iot",
        "registration",
        "certificate",
        "publication",
        "bar",
        "sign",
        "upload",
    )
    rules = [rule for rule in told_rules() if any(word in rule.id for word in ours)]
    assert len(rules) > 15
    assert [step.step for rule in rules for step in rule.steps if step.in_dates] == []


@pytest.fixture
def maintained(town: Any) -> tuple[int, int]:
    """(lift, maintainer) in Guangzhou."""
    unit, maintainer = town.unit("unit"), town.unit("maintainer", phone="+8614000000002", kind="m")
    return town.lift("L1", VALID, unit, on=date(2026, 1, 5), maintainer=maintainer), maintainer


def visit(act: Act, lift: int, by: int, on: date) -> None:
    fact = DatedFact(kind="onsite_visit", on=on)
    act(record_fact, on, lift_ids=[lift], fact=fact, by=by, key=f"visit {on}")


def test_a_visit_is_asked_for_on_its_last_day_and_its_absence_is_said_once(
    town: Any, act: Act, maintained: tuple[int, int]
) -> None:
    lift, maintainer = maintained
    visit(act, lift, maintainer, VISITED)
    assert sorted(town.live(date(2026, 3, 3), date(2026, 4, 10))) == [
        (date(2026, 3, 17), "maintainer", "due", ("L1",)),
        (date(2026, 3, 18), "maintainer", "late", ("L1",)),
        (date(2026, 3, 18), "unit", "late", ("L1",)),
    ]


def test_visits_in_time_are_never_asked_for(town: Any, act: Act, maintained: tuple[int, int]) -> None:
    lift, maintainer = maintained
    for number in range(4):
        day = VISITED + timedelta(days=14 * number)
        visit(act, lift, maintainer, day)
        assert town.live(day, day + timedelta(days=13)) == []


def test_a_visit_on_the_last_day_takes_back_what_waits(town: Any, act: Act, maintained: tuple[int, int]) -> None:
    lift, maintainer = maintained
    visit(act, lift, maintainer, VISITED)
    assert town.plan(date(2026, 3, 17), send=False) == [("maintainer", "due", ("L1",))]
    visit(act, lift, maintainer, date(2026, 3, 17))
    assert town.plan(date(2026, 3, 17)) == []
    assert town.live(date(2026, 3, 18), date(2026, 3, 31)) == []


def tasks(town: Any) -> list[tuple[str, str]]:
    with town.database.read() as session:
        return list(session.exec(select(Task.kind, Task.key).order_by(Task.kind)))


def test_a_visit_of_a_lift_without_a_maintainer_is_a_task_about_the_maintainer(
    town: Any, act: Act, maintained: tuple[int, int]
) -> None:
    lift, maintainer = maintained
    visit(act, lift, maintainer, VISITED)
    with town.database.write() as session:
        session.execute(update(Responsibility).where(col(Responsibility.role) == "maintainer").values(to_on=VISITED))
    assert town.plan(date(2026, 3, 17)) == []
    assert tasks(town) == [("maintainer_missing", f"lift:{lift}")]


def test_a_visit_overdue_for_over_a_year_is_no_question_about_a_validity(
    town: Any, act: Act, maintained: tuple[int, int]
) -> None:
    lift, maintainer = maintained
    visit(act, lift, maintainer, VISITED)
    steps = {step for _, step, _ in town.plan(date(2027, 3, 18))}
    assert steps == {"sms"}, "the inspection goes on, the visit is asked for no more"
    ((kind, key),) = tasks(town)
    assert (kind, key.partition(":")[2].partition(":")[2]) == ("paper_too_old", "onsite_maintenance")


def test_of_a_record_that_came_the_plan_says_nothing_more(town: Any, act: Act, maintained: tuple[int, int]) -> None:
    lift, maintainer = maintained
    uploaded = RecordCompleted.model_validate(
        {"kind": "record_completed", "at": "2026-03-05T10:20", "uploaded_at": "2026-03-05T10:40", "consent": True}
    )
    act(record_fact, date(2026, 3, 5), lift_ids=[lift], fact=uploaded, by=maintainer, key="record")
    assert town.live(date(2026, 3, 5), date(2026, 3, 6)) == [], "the upload asks the unit to sign"
    with town.database.read() as session:
        done = session.exec(select(Duty).where(Duty.kind == "record_upload")).one()
        assert done.closed_on == date(2026, 3, 5)


def test_a_record_that_does_not_come_is_asked_for_the_day_after_and_the_unit_is_not_asked_to_sign(
    town: Any, act: Act, maintained: tuple[int, int]
) -> None:
    lift, maintainer = maintained
    missing = RecordCompleted.model_validate({"kind": "record_completed", "at": "2026-03-05T10:20"})
    act(record_fact, date(2026, 3, 5), lift_ids=[lift], fact=missing, by=maintainer, key="record")
    assert town.live(date(2026, 3, 5), date(2026, 3, 9)) == [(date(2026, 3, 6), "maintainer", "late", ("L1",))]
    with town.database.read() as session:
        kinds = session.exec(select(Duty.rule).where(col(Duty.due) == date(2026, 3, 5))).all()
        assert sorted(kinds) == ["gp.signature.awaited", "gp.upload"]
