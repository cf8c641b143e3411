"""Registration, policies, certificates, publications and bars: seeds 001, 002 and 004."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.answers import DutyAnswer, answer
from schedules.calendar import WorkingCalendar
from schedules.derive import derive
from schedules.facts import Facts, OutsideFacts
from schedules.happenings import STORED_EVENT
from schedules.pilots import exit_on, may_apply_from
from schedules.rulebook import load_rulebook

DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))


def rows(city: str, *events: dict[str, Any]) -> list[DutyAnswer]:
    facts = OutsideFacts.model_validate({"events": events})
    return answer(load_rulebook(city), facts.facts(), WorkingCalendar())


def one(city: str, *events: dict[str, Any]) -> DutyAnswer:
    (row,) = rows(city, *events)
    return row


def put_into_use(on: str) -> dict[str, str]:
    return {"kind": "put_into_use", "on": on}


def stored(city: str, *events: dict[str, Any]) -> DutyAnswer:
    facts = Facts(events=tuple(STORED_EVENT.validate_python(event) for event in events))
    (row,) = answer(load_rulebook(city), facts, WorkingCalendar())
    return row


def test_a_lift_is_registered_within_thirty_days_around_being_put_into_use() -> None:
    row = one("pingluo", put_into_use("2026-01-15"))
    assert (row.duty, str(row.due)) == ("use_registration", "2026-02-14")
    assert [str(day) for day in row.window or ()] == ["2025-12-16", "2026-02-14"]
    assert (row.seed, row.clause, row.closed_on) == ("001", "三(二)3", None)


@pytest.mark.parametrize(
    ("registered_on", "closed_on"),
    [("2025-12-16", "2025-12-16"), ("2026-03-01", "2026-03-01"), ("2025-12-15", None)],
    ids=["on the first day of the window", "late, but done", "before the window: of another life"],
)
def test_a_registration_closes_it_from_the_first_day_of_the_window(registered_on: str, closed_on: str | None) -> None:
    row = stored("pingluo", put_into_use("2026-01-15"), {"kind": "use_registered", "on": registered_on})
    assert (str(row.closed_on) if row.closed_on else None) == closed_on


@pytest.mark.parametrize("city", ["zhoushan", "chongqing"])
def test_a_policy_is_renewed_by_the_last_day_it_covers_and_only_the_newest_counts(city: str) -> None:
    older, newer = ({"kind": "policy_issued", "until": until} for until in ("2021-06-30", "2022-06"))
    assert str(one(city, older).due) == "2021-06-30"
    row = one(city, newer, older)
    assert (row.duty, str(row.due), str(row.practical)) == ("insurance_renewal", "2022-06-30", "2022-06-30")


def test_a_certificate_likewise() -> None:
    row = one("pingluo", {"kind": "certificate_issued", "until": "2026-10-04"})
    assert (row.duty, str(row.due), str(row.practical)) == ("certificate_renewal", "2026-10-04", "2026-09-30")


def test_c11_a_publication_stands_fifteen_days_and_ends_at_midnight() -> None:
    row = one("chongqing", {"kind": "pilot_published", "on": "2020-10-10"})
    assert (row.duty, str(row.due)) == ("publication_period", "2020-10-25")
    assert row.model_dump(mode="json")["due_at"] == "2020-10-26T00:00:00+08:00"


def exited(on: str, maintainer: str | None) -> dict[str, Any]:
    return {"kind": "pilot_exited", "on": on, "maintainer": maintainer}


def test_t34_the_same_maintainer_is_barred_for_two_years() -> None:
    assert str(one("zhoushan", exited("2021-03-15", "same")).due) == "2023-03-15"
    assert str(one("zhoushan", exited("2021-03-15", None)).due) == "2023-03-15"
    assert rows("zhoushan", exited("2021-03-15", "other")) == []
    assert rows("chongqing", exited("2021-03-15", "same")) == []


def test_t34_the_first_day_for_a_new_application() -> None:
    assert may_apply_from(date(2021, 3, 15), 24, same_maintainer=True) == date(2023, 3, 16)
    assert may_apply_from(date(2021, 3, 15), 24, same_maintainer=False) == date(2021, 3, 15)
    assert may_apply_from(date(2021, 3, 15), None, same_maintainer=True) == date(2021, 3, 15)


@given(DAYS)
def test_the_bar_of_the_rulebook_ends_the_day_before_a_new_application(left_on: date) -> None:
    row = one("zhoushan", exited(left_on.isoformat(), "same"))
    assert row.due is not None
    assert row.due + timedelta(days=1) == may_apply_from(left_on, 24, same_maintainer=True)


@given(DAYS)
def test_the_window_of_registration_lies_evenly_around_the_day(day: date) -> None:
    row = one("pingluo", put_into_use(day.isoformat()))
    assert row.window is not None
    assert row.window[1] == row.due
    assert day - row.window[0] == row.window[1] - day == timedelta(days=30)


ON = st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(date.isoformat)
DATED = st.sampled_from(
    ["onsite_visit", "remote_check", "iot_outage", "iot_restored", "put_into_use", "use_registered", "pilot_published"]
)
EVENTS = st.one_of(
    st.builds(lambda kind, on: {"kind": kind, "on": on}, DATED, ON),
    st.builds(
        lambda on, who: {"kind": "pilot_exited", "on": on, "maintainer": who}, ON, st.sampled_from(["same", "other"])
    ),
    st.builds(
        lambda kind, on: {"kind": kind, "until": on}, st.sampled_from(["policy_issued", "certificate_issued"]), ON
    ),
)
NEXT_ONLY = {"onsite_maintenance", "remote_check", "insurance_renewal", "certificate_renewal"}


@given(
    st.sampled_from(["zhoushan", "chongqing", "pingluo", "guangzhou", "national"]),
    st.lists(EVENTS, max_size=8).flatmap(lambda events: st.tuples(st.just(events), st.permutations(events))),
    st.booleans(),
)
def test_in_whatever_order_facts_became_known_the_dates_are_the_same(
    city: str, lives: tuple[list[dict[str, Any]], list[dict[str, Any]]], on_demand: bool
) -> None:
    maintenance = {"on_demand": on_demand, "remote_check": True}
    answers = []
    for events in lives:
        known = tuple(STORED_EVENT.validate_python(event) for event in events)
        facts = Facts.model_validate({"maintenance": maintenance, "events": known})
        answers.append(answer(load_rulebook(city), facts, WorkingCalendar()))
        keys = [(draft.rule.id, draft.cycle) for draft in derive(load_rulebook(city), facts, WorkingCalendar())]
        assert len(keys) == len(set(keys))
    assert answers[0] == answers[1]
    kinds = [row.duty for row in answers[0]]
    assert all(kinds.count(kind) <= 1 for kind in NEXT_ONLY)


@given(st.lists(DAYS, min_size=1, max_size=5))
def test_a_further_policy_never_brings_the_renewal_forward(ends: list[date]) -> None:
    policies = [{"kind": "policy_issued", "until": end.isoformat()} for end in ends]
    assert one("zhoushan", *policies).due == max(ends)


@given(DAYS, st.none() | DAYS, DAYS)
def test_what_was_done_in_time_never_puts_anybody_out(due: date, met_on: date | None, today: date) -> None:
    left_on = exit_on(due, met_on, today)
    assert (left_on is not None) == (today > due and (met_on is None or met_on > due))
    assert left_on in (None, due + timedelta(days=1))
