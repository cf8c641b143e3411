"""What holds for any life of a lift under the pilot and under the national rule, whatever happens in any order."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.answers import answer
from schedules.calendar import WorkingCalendar
from schedules.dates import add_months, month_end
from schedules.derive import derive
from schedules.drafts import DutyDraft
from schedules.facts import Facts, OutsideFacts
from schedules.rulebook import load_rulebook

CALENDAR = WorkingCalendar()
INSPECTIONS = ("periodic_inspection", "legacy_inspection")
TEST = "self_test"
QUICK = settings(max_examples=50, deadline=None)
LAST = date(2041, 12, 31)
STARTS = {"定海": date(2021, 1, 1), "普陀": date(2021, 7, 1), "嵊泗": date(2022, 7, 1)}
NATIONAL = date(2024, 4, 2)


def days(first: int, last: int) -> st.SearchStrategy[date]:
    return st.dates(date(first, 1, 1), date(last, 12, 31))


def supervised(*kinds: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda kind, on: {"kind": kind, "passed_on": on}, st.sampled_from(kinds), days(2019, 2040))


def stops(shortest: int = 20, longest: int = 1500) -> st.SearchStrategy[dict[str, Any]]:
    """Out of use for so many days at least and at most."""
    return st.builds(
        lambda on, length, formal: {
            "kind": "out_of_use",
            "from": on,
            "restart_on": on + timedelta(days=length),
            "formal": formal,
        },
        days(2019, 2038),
        st.integers(shortest, longest),
        st.booleans(),
    )


OPT_IN = st.builds(
    lambda on, wait: {"kind": "opt_in", "filed_on": on, "accepted_on": on + timedelta(days=wait)},
    days(2020, 2024),
    st.integers(0, 90),
)
OPT_OUT = st.builds(lambda on: {"kind": "opt_out", "filed_on": on}, days(2020, 2030))
ANY = st.one_of(supervised("renovated", "major_repair"), stops(), OPT_IN, OPT_OUT)


def lifts(*, district: bool = True) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda area, installed, month, validity: {
            **({"district": area} if district else {}),
            "installed_pass_on": installed,
            "inspection_month": month,
            "valid_until": validity,
        },
        st.sampled_from(list(STARTS)),
        days(1995, 2018),
        st.none() | st.integers(1, 12),
        st.none() | days(2020, 2026),
    )


def lives(*events: st.SearchStrategy[dict[str, Any]], district: bool = True) -> st.SearchStrategy[dict[str, Any]]:
    happenings = st.lists(st.one_of(*events), max_size=5) if events else st.just([])
    return st.builds(lambda lift, events: {"lift": lift, "events": events}, lifts(district=district), happenings)


def years(city: str, life: dict[str, Any]) -> list[DutyDraft]:
    """Inspections and tests by due date."""
    return years_of(city, OutsideFacts.model_validate(life).facts())


def years_of(city: str, facts: Facts, until: date | None = LAST) -> list[DutyDraft]:
    drafts = derive(load_rulebook(city), facts, CALENDAR, until=until)
    wanted = [draft for draft in drafts if draft.rule.duty in (*INSPECTIONS, TEST)]
    return sorted(wanted, key=lambda draft: (draft.due or date.min, draft.rule.id))


def owed(city: str, life: dict[str, Any]) -> list[tuple[object, ...]]:
    """The same without what closes or pauses them."""
    return [(draft.rule.id, draft.cycle, draft.due, draft.window) for draft in years(city, life)]


def year_of(draft: DutyDraft) -> int:
    assert draft.due is not None
    return draft.due.year


def with_event(life: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
    return {**life, "events": [*life["events"], event]}


def undisturbed(life: dict[str, Any], first: int, last: int) -> list[int]:
    """The years after the installation in which nothing happened that could replace or suspend what they bring."""
    disturbed: set[int] = set()
    for event in life["events"]:
        if "passed_on" in event:
            disturbed.add(event["passed_on"].year)
        elif event["kind"] == "out_of_use":
            disturbed.update(range(event["from"].year, event["restart_on"].year + 1))
    begun = max(first, life["lift"]["installed_pass_on"].year + 1)
    return [year for year in range(begun, last + 1) if year not in disturbed]


@QUICK
@given(lives(ANY))
def test_the_pilot_never_brings_two_inspections_or_two_tests_in_one_year(life: dict[str, Any]) -> None:
    drafts = years("zhoushan", life)
    inspections = Counter(year_of(draft) for draft in drafts if draft.rule.duty in INSPECTIONS)
    tests = Counter(year_of(draft) for draft in drafts if draft.rule.duty == TEST)
    assert max(inspections.values(), default=0) <= 1
    assert max(tests.values(), default=0) <= 1


@QUICK
@given(lives(ANY, district=False))
def test_the_national_rule_brings_one_thing_a_year_at_most(life: dict[str, Any]) -> None:
    counts = Counter(year_of(draft) for draft in years("national", life))
    assert max(counts.values(), default=0) <= 1


@QUICK
@given(st.sampled_from(["zhoushan", "national"]), lives(ANY))
def test_a_window_holds_the_whole_month_in_which_its_duty_is_due(city: str, life: dict[str, Any]) -> None:
    for draft in years(city, life):
        if draft.window is not None and draft.due is not None:
            assert draft.window[0] <= draft.due.replace(day=1)
            assert draft.due <= draft.window[1]


MONTHS_AROUND = {"zs.test": (2, 2), "nat.test": (1, 0), "nat.inspection": (2, 0)}


@QUICK
@given(st.sampled_from(["zhoushan", "national"]), lives(ANY))
def test_a_window_is_as_wide_as_its_clause_says(city: str, life: dict[str, Any]) -> None:
    start = STARTS[life["lift"]["district"]]
    for draft in years(city, life):
        if draft.window is not None and draft.due is not None and draft.rule.id in MONTHS_AROUND:
            before, after = MONTHS_AROUND[draft.rule.id]
            month = draft.due.replace(day=1)
            opens = add_months(month, -before)
            assert draft.window[0] == (max(opens, start) if city == "zhoushan" else opens)
            assert draft.window[1] == month_end(add_months(month, after))


@QUICK
@given(lives(ANY))
def test_the_pilot_owes_nothing_of_its_own_before_it_began_in_the_area(life: dict[str, Any]) -> None:
    start = STARTS[life["lift"]["district"]]
    for draft in years("zhoushan", life):
        if draft.rule.duty != "legacy_inspection":
            assert draft.due is not None
            assert (draft.window or (draft.due,))[0] >= start


@QUICK
@given(lives(ANY))
def test_each_undisturbed_year_of_the_pilot_brings_something(life: dict[str, Any]) -> None:
    brought = {year_of(draft) for draft in years("zhoushan", life)}
    assert set(undisturbed(life, 2021, LAST.year)) <= brought


@QUICK
@given(lives(ANY, district=False))
def test_each_undisturbed_year_of_the_national_rule_brings_something(life: dict[str, Any]) -> None:
    brought = {year_of(draft) for draft in years("national", life)}
    assert set(undisturbed(life, NATIONAL.year + 1, LAST.year)) <= brought


@QUICK
@given(
    st.sampled_from(["zhoushan", "national"]),
    lives(ANY, supervised("renovated", "major_repair")),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_input_says_nothing(city: str, life: dict[str, Any], random: Any) -> None:
    shuffled = list(life["events"])
    random.shuffle(shuffled)
    assert years(city, {**life, "events": shuffled}) == years(city, life)


@QUICK
@given(st.sampled_from(["zhoushan", "national"]), lives(ANY))
def test_no_two_duties_have_one_key(city: str, life: dict[str, Any]) -> None:
    keys = [(draft.rule.id, draft.cycle) for draft in years(city, life)]
    assert len(set(keys)) == len(keys)


@QUICK
@given(lives(supervised("renovated", "major_repair"), district=False), days(2023, 2040))
def test_an_early_inspection_never_moves_the_national_years(life: dict[str, Any], on: date) -> None:
    """But that what was done in time before a supervisory inspection is not replaced by it."""
    passed = {"kind": "inspection_ended", "on": on, "conclusion": "pass"}
    if not any(on < event["passed_on"] <= month_end(add_months(on, 2)) for event in life["events"]):
        assert owed("national", with_event(life, passed)) == owed("national", life)


@QUICK
@given(
    st.sampled_from(["zhoushan", "national"]), lifts(), days(2024, 2036), st.sampled_from(["renovated", "major_repair"])
)
def test_what_was_done_before_a_supervisory_inspection_stays_done(
    city: str, lift: dict[str, Any], on: date, kind: str
) -> None:
    done = [{"kind": "inspection_ended", "on": on, "conclusion": "pass"}, {"kind": "test_done", "on": on}]
    """For years in which no window reaches into the next one."""
    known = {**lift, "inspection_month": 6, "valid_until": None}
    next_day = on + timedelta(days=1)

    def done_that_year(*events: dict[str, Any]) -> list[tuple[str, date | None]]:
        drafts = years(city, {"lift": known, "events": [*done, *events]})
        return [(d.rule.id, d.due) for d in drafts if d.closed_on == on and year_of(d) == next_day.year]

    assert done_that_year() == done_that_year({"kind": kind, "passed_on": next_day})


UNKNOWN = st.one_of(
    st.builds(lambda on: {"kind": "iot_outage", "on": on}, days(2021, 2030)),
    st.builds(lambda on: {"kind": "onsite_visit", "on": on}, days(2021, 2030)),
    st.builds(lambda on: {"kind": "policy_issued", "until": on}, days(2021, 2030)),
    stops(1, 364),  # less than a year
)


@QUICK
@given(
    st.sampled_from(["zhoushan", "national"]),
    lives(supervised("renovated", "major_repair"), OPT_IN, OPT_OUT),
    UNKNOWN,
)
def test_what_no_clause_of_the_years_speaks_of_changes_nothing(
    city: str, life: dict[str, Any], event: dict[str, Any]
) -> None:
    assert owed(city, with_event(life, event)) == owed(city, life)


@QUICK
@given(lives(supervised("renovated", "major_repair"), stops(), district=False), st.one_of(OPT_IN, OPT_OUT))
def test_the_national_rule_knows_no_choice(life: dict[str, Any], event: dict[str, Any]) -> None:
    assert owed("national", with_event(life, event)) == owed("national", life)


@QUICK
@given(lives(supervised("renovated", "major_repair")), stops())
def test_without_the_procedure_the_pilot_suspends_nothing(life: dict[str, Any], stop: dict[str, Any]) -> None:
    assert owed("zhoushan", with_event(life, {**stop, "formal": False})) == owed("zhoushan", life)


@QUICK
@given(lives(supervised("major_repair"), stops()), days(2023, 2036))
def test_after_a_renovation_the_pilots_lift_is_new(life: dict[str, Any], on: date) -> None:
    """Tests in the first and the second year and an inspection in the third, if nothing else happens after it."""
    earlier = [
        event
        for event in life["events"]
        if event.get("passed_on", date.min) < on and event.get("restart_on", date.min) < on
    ]
    renewed = {**life, "events": [*earlier, {"kind": "renovated", "passed_on": on}]}
    after = [draft for draft in years("zhoushan", renewed) if on.year < year_of(draft) <= on.year + 3]
    assert [(year_of(draft) - on.year, draft.rule.duty) for draft in after] == [
        (1, TEST),
        (2, TEST),
        (3, "periodic_inspection"),
    ]
    assert {draft.due.month for draft in after if draft.due} == {on.month}


@QUICK
@given(lives(ANY), days(2020, 2040))
def test_an_inspection_closes_nothing_that_is_due_more_than_half_a_year_later(life: dict[str, Any], on: date) -> None:
    """But for one at a restart, which may stand for an inspection of an earlier year. A supervisory inspection closes
    what was overdue only."""
    passed = {"kind": "inspection_ended", "on": on, "conclusion": "pass"}
    restarts = [event.get("restart_on") for event in life["events"]]
    supervised_on = [event.get("passed_on") for event in life["events"]]
    for draft in years("zhoushan", with_event(life, passed)):
        if draft.closed_on is not None and draft.due not in restarts and draft.rule.duty in INSPECTIONS:
            assert draft.due is not None
            if draft.closed_on in supervised_on and draft.closed_on != on:
                assert draft.due < draft.closed_on
                continue
            assert add_months(draft.due, -6) < on
            assert draft.closed_on == on


@pytest.mark.parametrize(("on", "closed_on"), [("2021-07-31", None), ("2021-08-01", date(2021, 8, 1))])
def test_an_inspection_before_the_last_one_that_a_stop_suspended_is_none_of_the_restart_s(
    on: str, closed_on: date | None
) -> None:
    stop = {"kind": "out_of_use", "from": "2019-02-01", "restart_on": "2022-07-01", "formal": True}
    passed = {"kind": "inspection_ended", "on": on, "conclusion": "pass"}
    life = {"lift": {"district": "定海", "installed_pass_on": "2000-01-01"}, "events": [stop, passed]}
    (inspection,) = [
        draft for draft in years("zhoushan", life) if draft.due == date(2022, 7, 1) and draft.rule.duty != TEST
    ]
    assert inspection.closed_on == closed_on


@QUICK
@given(
    st.sampled_from(list(STARTS)),
    days(2009, 2018),
    st.integers(0, 364),
    st.integers(31, 300),
    st.lists(OPT_OUT, max_size=2),
)
def test_who_leaves_the_pilot_in_time_is_inspected_every_year_from_then_on(
    area: str, installed: date, later: int, early: int, others: list[dict[str, Any]]
) -> None:
    validity = STARTS[area] + timedelta(days=later)
    filed = validity - timedelta(days=early)
    lift = {"district": area, "installed_pass_on": installed, "valid_until": validity}
    chosen = {"lift": lift, "events": [{"kind": "opt_out", "filed_on": filed}, *others]}
    for draft in years("zhoushan", chosen):
        if draft.due is not None and draft.due > filed:
            assert draft.rule.duty == "legacy_inspection"


@QUICK
@given(lives(supervised("renovated", "major_repair"), OPT_IN), st.integers(0, 20), st.integers(1, 20))
def test_a_test_after_its_window_ends_the_pilot_for_the_lift(life: dict[str, Any], which: int, late: int) -> None:
    tests = [
        draft
        for draft in years("zhoushan", life)
        if draft.rule.id == "zs.test" and draft.window is not None and draft.closed_on is None
    ]
    if not tests:
        return
    missed = tests[which % len(tests)].window
    assert missed is not None
    left = missed[1] + timedelta(days=1)
    tested = {"kind": "test_done", "on": missed[1] + timedelta(days=late)}
    supervisions = [event["passed_on"] for event in life["events"] if "passed_on" in event]
    for draft in years("zhoushan", with_event(life, tested)):
        if draft.due is not None and draft.due > left:
            assert draft.rule.duty == "legacy_inspection"
        if draft.window == missed:
            assert draft.closed_on is None or draft.closed_on in supervisions, (
                "a supervisory inspection makes up for it"
            )


@QUICK
@given(st.sampled_from(["zhoushan", "national"]), lives(ANY))
def test_a_fact_that_is_told_twice_is_one_fact(city: str, life: dict[str, Any]) -> None:
    assert years(city, {**life, "events": life["events"] * 2}) == years(city, life)


@QUICK
@given(lives(ANY, district=False), days(2023, 2040))
def test_nothing_of_the_national_rule_is_closed_before_its_window(life: dict[str, Any], on: date) -> None:
    passed = [{"kind": "inspection_ended", "on": on, "conclusion": "pass"}, {"kind": "test_done", "on": on}]
    for draft in years("national", {**life, "events": [*life["events"], *passed]}):
        if draft.closed_on is not None and draft.window is not None:
            assert draft.window[0] <= draft.closed_on


def stored(city: str, lift: dict[str, Any], known_from: date, validity: date) -> list[DutyDraft]:
    """What a register gives that has spoken since `known_from` and states `validity`."""
    facts = OutsideFacts.model_validate({"lift": {**lift, "valid_until": validity}}).facts()
    told = {"known_from": known_from, "stated_inspections": ((known_from, validity),)}
    return years_of(city, facts.model_copy(update=told))


@QUICK
@given(st.sampled_from(["zhoushan", "national"]), lives(), days(2019, 2030), days(2019, 2036), st.booleans())
def test_nothing_is_derived_from_before_what_is_known(
    city: str, life: dict[str, Any], known_from: date, validity: date, has_age: bool
) -> None:
    lift = {**life["lift"], **({} if has_age else {"installed_pass_on": None})}
    for draft in stored(city, lift, known_from, validity):
        assert draft.due is not None
        assert draft.due >= known_from.replace(day=1) or (draft.due.year, draft.due.month) == (
            validity.year,
            validity.month,
        )


@QUICK
@given(lives(district=False), days(2024, 2030))
def test_a_register_that_agrees_with_the_years_changes_none_of_them(life: dict[str, Any], known_from: date) -> None:
    """From the first inspection whose window had not opened when the register spoke, `dates` and the store are one."""
    lift = {**life["lift"], "inspection_month": None, "valid_until": None}
    ahead = [
        draft
        for draft in years("national", {"lift": lift, "events": []})
        if draft.window is not None and draft.window[0] > known_from
    ]
    validity = next(draft.due for draft in ahead if draft.rule.duty in INSPECTIONS)
    assert validity is not None
    found = stored("national", lift, known_from, validity)
    assert [draft for draft in found if draft.window is not None and draft.window[0] > known_from] == ahead


@QUICK
@given(lives(district=False), days(2024, 2030), days(2024, 2036))
def test_no_register_takes_an_inspection_out_of_the_years_ahead(
    life: dict[str, Any], known_from: date, validity: date
) -> None:
    lift = {**life["lift"], "inspection_month": validity.month}
    wanted = {
        year_of(draft)
        for draft in years("national", {"lift": {**lift, "valid_until": None}, "events": []})
        if draft.rule.duty in INSPECTIONS and draft.window is not None and draft.window[0] > known_from
    }
    found = {year_of(d) for d in stored("national", lift, known_from, validity) if d.rule.duty in INSPECTIONS}
    assert wanted <= found


@QUICK
@given(days(2024, 2026), st.integers(0, 60), st.integers(0, 60))
def test_no_rung_opens_before_the_event_from_which_its_duty_runs(issued: date, length: int, confirmed: int) -> None:
    notice = {"kind": "opinion_notice_issued", "on": issued, "deadline": issued + timedelta(days=length)}
    answered = {"kind": "rectification_confirmed", "on": issued + timedelta(days=confirmed)}
    facts = OutsideFacts.model_validate({"events": [notice, answered]}).facts()
    for row in answer(load_rulebook("guangzhou"), facts, CALENDAR):
        for step in row.steps:
            assert issued <= step.opens <= step.practical <= step.on


def inspected(on: date) -> dict[str, Any]:
    return {"kind": "inspection_ended", "on": on, "conclusion": "pass"}


@QUICK
@given(st.sampled_from(["zhoushan", "national"]), lives(ANY), days(2020, 2040))
def test_what_closes_an_overdue_inspection_closes_the_next_one_only_as_an_early_one(
    city: str, life: dict[str, Any], on: date
) -> None:
    restarts = [event.get("restart_on") for event in life["events"]]
    drafts = [draft for draft in years(city, with_event(life, inspected(on))) if draft.rule.duty in INSPECTIONS]
    closed = [draft.due for draft in drafts if draft.closed_on == on and draft.due is not None]
    if any(due < on for due in closed):
        assert all(add_months(due.replace(day=1), -2) <= on for due in closed if due not in restarts)


@QUICK
@given(st.sampled_from(["zhoushan", "national"]), lives(stops(366), supervised("renovated")), st.integers(0, 364))
def test_nothing_at_a_restart_is_done_in_the_first_year_out_of_use(city: str, life: dict[str, Any], later: int) -> None:
    """But for the two months before the restart's month."""
    (stop, *_) = [event for event in life["events"] if "restart_on" in event] or [None]
    if stop is None:
        return
    on = stop["from"] + timedelta(days=later)
    alone = {"lift": life["lift"], "events": [{**stop, "formal": True}]}
    done = with_event(with_event(alone, inspected(on)), {"kind": "test_done", "on": on})
    for draft in years(city, done):
        if draft.due == stop["restart_on"] and on < add_months(stop["restart_on"].replace(day=1), -2):
            assert draft.closed_on is None


@QUICK
@given(
    lives(stops(366), supervised("renovated"), district=False),
    st.sampled_from(["major_repair"]),
    days(2024, 2036),
)
def test_after_a_major_repair_no_inspection_of_the_calendar_year_is_owed(
    life: dict[str, Any], kind: str, on: date
) -> None:
    restarts = [event.get("restart_on") for event in life["events"]]
    for draft in years("national", with_event(life, {"kind": kind, "passed_on": on})):
        if draft.rule.duty in INSPECTIONS and year_of(draft) == on.year and draft.due not in restarts:
            assert draft.closed_on is not None, draft
            assert draft.closed_on <= on, "a renovation of days before may have closed it already"


@QUICK
@given(
    lifts(), st.sampled_from(["renovated", "major_repair"]), st.integers(0, 20), st.integers(1, 59), st.integers(0, 90)
)
def test_a_supervisory_inspection_in_the_window_of_a_test_is_that_test(
    lift: dict[str, Any], kind: str, which: int, after: int, later: int
) -> None:
    """So that the lift does not leave the pilot for want of it, whenever it is tested then."""
    life: dict[str, Any] = {"lift": lift, "events": []}
    tests = [draft for draft in years("zhoushan", life) if draft.rule.id == "zs.test"]
    due = tests[which % len(tests)].due if tests else None
    if due is None or (on := due + timedelta(days=after)).year != due.year:
        return
    supervised_then = with_event(life, {"kind": kind, "passed_on": on})
    tested_late = with_event(supervised_then, {"kind": "test_done", "on": on + timedelta(days=later)})
    assert [draft.closed_on for draft in years("zhoushan", tested_late) if draft.due == due] == [on]


@QUICK
@given(lifts(), days(2022, 2036))
def test_a_renovation_counts_before_a_major_repair_of_the_same_day(lift: dict[str, Any], on: date) -> None:
    renovated = {"lift": lift, "events": [{"kind": "renovated", "passed_on": on}]}
    both = with_event(renovated, {"kind": "major_repair", "passed_on": on})
    if on >= date(2022, 7, 1):
        assert owed("zhoushan", both) == owed("zhoushan", renovated)


def moved_behind(event: dict[str, Any], day: date) -> dict[str, Any]:
    """The same so that it begins on `day`, with as many days between its own as it had."""
    shift = day - min(on for on in event.values() if isinstance(on, date))
    return {name: on + shift if isinstance(on, date) else on for name, on in event.items()}


INSPECTED = st.builds(inspected, days(2020, 2020))
TESTED = st.builds(lambda on: {"kind": "test_done", "on": on}, days(2020, 2020))
FOLLOWING = st.tuples(
    st.integers(2, 70).map(lambda tens: 10 * tens), st.one_of(INSPECTED, TESTED, INSPECTED, TESTED, ANY)
)


@settings(QUICK, max_examples=200)
@given(
    st.sampled_from(["zhoushan", "national"]), lifts(), days(2020, 2026), st.lists(FOLLOWING, min_size=4, max_size=7)
)
def test_what_happens_later_never_closes_later_what_was_closed_before(
    city: str, lift: dict[str, Any], on: date, following: list[tuple[int, dict[str, Any]]]
) -> None:
    """But for a test that an early inspection of the next year made up for: a supervisory inspection may replace that
    one."""
    life: dict[str, Any] = {"lift": lift, "events": []}
    closed: dict[tuple[object, ...], date] = {}
    for gap, event in following:
        life = with_event(life, moved_behind(event, on + timedelta(days=gap)))
        on = max(day for event in life["events"] for day in event.values() if isinstance(day, date))
        passes = {event["on"] for event in life["events"] if event["kind"] == "inspection_ended"}
        drafts = years(city, life)
        for draft in drafts:
            before = closed.get((draft.rule.id, draft.due))
            if before is not None and not (
                draft.rule.duty == TEST and before in passes and before.year == year_of(draft)
            ):
                assert draft.closed_on is not None
                assert draft.closed_on <= before
        closed = {(draft.rule.id, draft.due): draft.closed_on for draft in drafts if draft.closed_on is not None}


VISITS = st.builds(
    lambda kind, on: {"kind": kind, "on": on}, st.sampled_from(["inspection_ended", "test_done"]), days(2020, 2040)
)


@QUICK
@given(st.sampled_from(["zhoushan", "national"]), lives(ANY, VISITS), st.integers(0, 5), VISITS, st.integers(150, 1000))
def test_to_ask_for_less_leaves_the_rest_as_it_is(
    city: str, life: dict[str, Any], which: int, visit: dict[str, Any], later: int
) -> None:
    """Also where the lift is inspected or tested only after the last day that is asked for."""
    waiting = [draft.due for draft in years(city, life) if draft.due is not None and draft.closed_on is None]
    until = waiting[min(which, len(waiting) - 1)]
    facts = OutsideFacts.model_validate(with_event(life, {**visit, "on": until + timedelta(days=later)})).facts()

    def asked(last: date | None) -> list[DutyDraft]:
        return [draft for draft in years_of(city, facts, last) if draft.due is not None and draft.due <= until]

    assert asked(until) == asked(LAST) == asked(None)


@QUICK
@given(lifts(), st.lists(supervised("renovated", "major_repair"), max_size=1), st.integers(0, 12), st.integers(1, 40))
def test_a_validity_in_the_month_of_an_inspection_of_the_pilot_says_nothing_new_on_leaving_it(
    lift: dict[str, Any], events: list[dict[str, Any]], which: int, late: int
) -> None:
    life: dict[str, Any] = {"lift": {**lift, "inspection_month": 6, "valid_until": None}, "events": events}
    tests = [draft.window for draft in years("zhoushan", life) if draft.rule.id == "zs.test" and draft.window]
    if not tests:
        return
    left = with_event(life, {"kind": "test_done", "on": tests[which % len(tests)][1] + timedelta(days=late)})
    inspections = [draft.due for draft in years("zhoushan", left) if draft.rule.duty == "periodic_inspection"]
    for validity in inspections:
        assert owed("zhoushan", {**left, "lift": {**left["lift"], "valid_until": validity}}) == owed("zhoushan", left)
