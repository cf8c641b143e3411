"""The rules by which a notice goes on after its attempts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.settling import PATIENCE, RETRY_AFTER, Outcome, Result, decide
from store.notices import NoticeStatus

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def outcomes(*results: Result, retry_after: float | None = None) -> list[Outcome]:
    return [
        Outcome(k, 1, result, None, "" if result is Result.SENT else f"error {k}", retry_after)
        for k, result in enumerate(results)
    ]


@pytest.mark.parametrize("tries", range(1, len(RETRY_AFTER) + 1))
def test_a_temporary_error_is_tried_again_by_the_table(tries: int) -> None:
    settled = decide(1, outcomes(Result.TEMPORARY), tries=tries, told=False, now=NOW)
    assert (settled.status, settled.not_before) == (NoticeStatus.PLANNED, NOW + RETRY_AFTER[tries - 1])
    assert not settled.told


def test_after_the_last_try_the_next_way_comes() -> None:
    settled = decide(1, outcomes(Result.TEMPORARY), tries=len(RETRY_AFTER) + 1, told=False, now=NOW)
    assert (settled.status, settled.anew, settled.not_before) == (NoticeStatus.PLANNED, True, NOW)
    assert "given up after 6 tries: error 0" in settled.reason


def test_the_provider_may_ask_for_more_time_than_the_table() -> None:
    settled = decide(1, outcomes(Result.TEMPORARY, retry_after=14), tries=1, told=False, now=NOW)
    assert settled.not_before == NOW + RETRY_AFTER[0]
    settled = decide(1, outcomes(Result.TEMPORARY, retry_after=900), tries=1, told=False, now=NOW)
    assert settled.not_before == NOW + timedelta(seconds=900)


def test_a_permanent_error_looks_for_the_next_address_at_once() -> None:
    settled = decide(1, outcomes(Result.PERMANENT), tries=9, told=False, now=NOW)
    assert (settled.status, settled.not_before) == (NoticeStatus.PLANNED, NOW)


def test_an_unknown_outcome_is_asked_about_after_half_a_minute_and_tells_nobody() -> None:
    settled = decide(1, outcomes(Result.UNKNOWN), tries=1, told=False, now=NOW)
    assert (settled.status, settled.not_before, settled.told) == (
        NoticeStatus.UNKNOWN,
        NOW + timedelta(seconds=30),
        False,
    )


def test_one_of_two_people_told_is_told_and_the_other_is_tried_again() -> None:
    settled = decide(1, outcomes(Result.SENT, Result.TEMPORARY), tries=1, told=False, now=NOW)
    assert (settled.status, settled.told) == (NoticeStatus.PLANNED, True)


@pytest.mark.parametrize(
    ("seconds", "look"), [(0, 30), (29, 30), (30, 120), (119, 120), (120, 600), (599, 600), (600, None)]
)
def test_a_channel_is_asked_after_30_seconds_2_and_10_minutes(seconds: int, look: int | None) -> None:
    then = None if look is None else NOW + timedelta(seconds=look)
    assert PATIENCE.next_look(NOW, NOW + timedelta(seconds=seconds)) == then


UNCOUNTED = (Result.HELD, Result.POSTPONED, Result.PERMANENT)


@given(st.lists(st.sampled_from(list(Result)), min_size=1, max_size=3), st.integers(1, 9), st.booleans())
def test_every_outcome_leads_to_a_state_in_which_nothing_is_lost(results: list[Result], tries: int, told: bool) -> None:
    settled = decide(1, outcomes(*results), tries=tries, told=told, now=NOW)
    assert settled.status in (NoticeStatus.SENT, NoticeStatus.PLANNED, NoticeStatus.UNKNOWN, NoticeStatus.FAILED)
    assert settled.told == (told or Result.SENT in results)
    assert (settled.status is NoticeStatus.FAILED) <= (not settled.told and tries > len(RETRY_AFTER))
    assert (settled.status is NoticeStatus.SENT) <= settled.told
    is_over = settled.status in (NoticeStatus.SENT, NoticeStatus.FAILED)
    assert (settled.not_before is None) == (is_over or set(results) <= {Result.SENT, Result.HELD})
    assert settled.counts or set(results) <= {*UNCOUNTED, Result.SENT} != {Result.SENT}
