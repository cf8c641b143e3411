"""Paperless records by seed 003: the same day, silence that counts and silence that does not, four years."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.answers import DutyAnswer, answer
from schedules.calendar import WorkingCalendar
from schedules.facts import OutsideFacts
from schedules.happenings import RecordCompleted
from schedules.records import (
    default_signature_at,
    kept_until,
    paper_waived_from,
    record_flags,
    sign_day,
    visit_state,
)
from schedules.rulebook import load_rulebook
from store.zone import SHANGHAI

PAPERLESS = load_rulebook("guangzhou-paperless")
SHORT = timedelta(hours=PAPERLESS.numbers.short_notice_hours)
MOMENTS = st.builds(
    lambda day, seconds: datetime.combine(day, time(), SHANGHAI) + timedelta(seconds=seconds),
    st.dates(date(2021, 4, 8), date(2035, 1, 1)),
    st.integers(0, 86_399),
)


def fact(at: str, uploaded_at: str | None, **more: Any) -> dict[str, Any]:
    return {"kind": "record_completed", "at": at, "uploaded_at": uploaded_at, "consent": True, **more}


def record(at: str, uploaded_at: str | None, **more: Any) -> RecordCompleted:
    return RecordCompleted.model_validate(fact(at, uploaded_at, **more))


def duties(city: str, *events: dict[str, Any]) -> dict[str, DutyAnswer]:
    facts = OutsideFacts.model_validate({"events": events})
    return {row.duty: row for row in answer(load_rulebook(city), facts.facts(), WorkingCalendar())}


@pytest.mark.parametrize("city", ["guangzhou-paperless", "guangzhou"])
def test_gp_12_a_record_is_uploaded_and_signed_by_midnight_of_its_day(city: str) -> None:
    rows = duties(city, fact("2026-03-05T10:20", "2026-03-05T10:40"))
    upload, signature = rows["record_upload"], rows["record_signature"]
    assert upload.model_dump(mode="json")["due_at"] == "2026-03-06T00:00:00+08:00"
    assert (str(upload.due), str(upload.closed_on), upload.seed) == ("2026-03-05", "2026-03-05", "003")
    assert (str(signature.due), signature.closed_on) == ("2026-03-05", None)
    assert signature.due_at == upload.due_at


def test_p05_a_late_record_is_signed_by_midnight_of_the_day_on_which_it_came() -> None:
    rows = duties("guangzhou-paperless", fact("2026-03-05T21:00", "2026-03-06T08:00"))
    assert str(rows["record_upload"].due) == "2026-03-05"
    assert str(rows["record_upload"].closed_on) == "2026-03-06"
    assert rows["record_signature"].model_dump(mode="json")["due_at"] == "2026-03-07T00:00:00+08:00"
    assert record_flags(record("2026-03-05T21:00", "2026-03-06T08:00"), short_notice=SHORT) == {"late_upload"}


def test_a_record_that_never_came_is_owed_on_the_day_of_completion() -> None:
    rows = duties("guangzhou-paperless", fact("2026-03-05T21:00", None))
    assert (str(rows["record_upload"].due), rows["record_upload"].closed_on) == ("2026-03-05", None)
    assert str(rows["record_signature"].due) == "2026-03-05"


def test_the_day_is_that_of_shanghai_whatever_the_offset() -> None:
    rows = duties("guangzhou-paperless", fact("2026-03-05T17:00+00:00", None))  # one in the morning of the 6th
    assert str(rows["record_upload"].due) == "2026-03-06"


def test_a_later_fact_of_the_same_record_tells_of_its_upload() -> None:
    rows = duties("guangzhou-paperless", fact("2026-03-05T10:00", None), fact("2026-03-05T02:00Z", "2026-03-05T10:05"))
    assert len(rows) == 2
    assert str(rows["record_upload"].closed_on) == "2026-03-05"


@pytest.mark.parametrize(
    ("given_record", "objected", "at"),
    [
        pytest.param(record("2026-03-05T10:20", "2026-03-05T10:40"), False, "2026-03-06T00:00+08:00", id="P02"),
        pytest.param(record("2026-03-05T10:20", "2026-03-05T10:40", consent=False), False, None, id="P03, P13"),
        pytest.param(record("2026-03-05T23:30", "2026-03-05T23:58"), False, "2026-03-06T00:00+08:00", id="P04"),
        pytest.param(record("2026-03-05T21:00", "2026-03-06T08:00"), False, "2026-03-07T00:00+08:00", id="P05"),
        pytest.param(record("2026-03-05T10:20", "2026-03-05T10:40"), True, None, id="P06: an objection"),
        pytest.param(record("2026-03-05T10:20", None), False, None, id="nobody was asked"),
        pytest.param(record("2026-03-05T10:20", "2026-03-05T10:40", platform="own"), False, None, id="own platform"),
        pytest.param(record("2026-03-05T10:20", "2026-03-05T10:40", platform="third_party"), False, None, id="third"),
    ],
)
def test_silence_counts_only_with_consent_on_the_citys_platform(
    given_record: RecordCompleted, objected: bool, at: str | None
) -> None:
    found = default_signature_at(given_record, objected=objected)
    assert found == (datetime.fromisoformat(at) if at else None)


@pytest.mark.parametrize(
    ("uploaded_at", "flagged"),
    [("20:59:59", set()), ("21:00:00", {"short_notice"}), ("23:58:00", {"short_notice"})],
)
def test_p04_a_record_that_quiet_hours_would_hold_past_midnight_is_flagged(uploaded_at: str, flagged: set[str]) -> None:
    late = record("2026-03-05T20:30", f"2026-03-05T{uploaded_at}")
    assert record_flags(late, short_notice=SHORT) == flagged


def test_p11_a_record_is_kept_through_its_fourth_anniversary() -> None:
    years = PAPERLESS.limit("gp.retention")
    assert kept_until(date(2022, 3, 5), years) == date(2026, 3, 5)
    assert kept_until(date(2024, 2, 29), years) == date(2028, 2, 29)


def test_p12_paper_may_stop_when_the_upload_works_and_the_city_has_confirmed_it() -> None:
    assert paper_waived_from(date(2021, 8, 20), date(2021, 9, 1)) == date(2021, 9, 1)
    assert paper_waived_from(date(2021, 8, 20), None) is None
    assert paper_waived_from(None, date(2021, 9, 1)) is None


@pytest.mark.parametrize(
    ("done", "stated", "today", "state"),
    [
        pytest.param(None, 5, 6, "delay_stated", id="P09"),
        pytest.param(None, 6, 6, "late_statement", id="P10"),
        pytest.param(8, 5, 9, "delay_stated", id="stated in time, made up for later"),
        pytest.param(5, None, 9, "done", id="done on the last day"),
        pytest.param(6, None, 9, "late", id="done a day late"),
        pytest.param(None, None, 6, "late", id="nothing"),
        pytest.param(None, None, 5, "due", id="still the day"),
    ],
)
def test_a_statement_of_delay_excuses_a_visit_when_it_comes_by_the_due_day(
    done: int | None, stated: int | None, today: int, state: str
) -> None:
    def day(number: int | None) -> date | None:
        return date(2026, 3, number) if number else None

    found = visit_state(date(2026, 3, 5), date(2026, 3, today), done_on=day(done), stated_on=day(stated))
    assert found == state


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=40)), st.booleans())
def test_nobody_has_signed_before_the_record_was_there(at: datetime, later: timedelta, consent: bool) -> None:
    given_record = RecordCompleted(kind="record_completed", at=at, uploaded_at=at + later, consent=consent)
    signed = default_signature_at(given_record)
    assert (signed is not None) == consent
    assert signed is None or signed > at + later
    assert signed is None or signed - (at + later) <= timedelta(days=1)
    assert sign_day(given_record) >= at.date()


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_a_record_of_its_own_day_is_never_called_late(at: datetime, later: timedelta) -> None:
    given_record = RecordCompleted(kind="record_completed", at=at, uploaded_at=at + later)
    late = "late_upload" in record_flags(given_record, short_notice=SHORT)
    assert late == ((at + later).date() != at.date())
