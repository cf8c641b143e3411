"""What documents leave open: numbers of ours, never shown as law, in one file and in what a rulebook says otherwise."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from pydantic import Field

from schedules.vocabulary import Strict

Many = Annotated[int, Field(ge=1)]
MorningHour = Annotated[int, Field(ge=6, le=12)]
EveningHour = Annotated[int, Field(ge=12, le=20)]  # before quiet hours begin, long before the end of the day
Percent = Annotated[int, Field(ge=1, le=100)]


class Numbers(Strict):
    """What each means stands beside it in `numbers.toml`."""

    closes_from_months: Many
    renewal_months: Many
    too_old_months: Many
    overdue_report_in_month: bool
    objection_answer_days: Many
    register_update_days: Many
    plan_answer_days: Many
    not_at_rush_hour: tuple[Annotated[str, Field(min_length=1)], ...]
    sms_per_day: Many
    calls_per_day: Many
    greet_days_before: Many
    same_list_again_days: Many
    hazards_together_minutes: Many
    fault_rate_alert_percent: Percent
    unplanned_visit_days: Many
    longest_delay_days: Many
    oldest_record_days: Many
    short_notice_hours: Annotated[int, Field(ge=1, le=24)]
    records_together_minutes: Many
    records_at_once_minutes: Many
    unfinished_hour: EveningHour
    just_begun_hours: Many
    morning_hour: MorningHour
    unsigned_hour: EveningHour
    unopened_hours: Many
    silence_outage_days: Many
    presence_metres: Many
    active_days: Many
    silent_unit_records: Many
    platform_leaves_days: Many
    missing_again_days: Many
    opinion_answer_days: Many
    waiting_again_days: Many


@cache
def shared_numbers() -> Numbers:
    """Those that hold where no rulebook says otherwise."""
    return Numbers.model_validate(_shared())


def filled_up(stated: Any) -> Any:
    """What a rulebook states, with the shared numbers for the rest."""
    return {**_shared(), **stated} if isinstance(stated, Mapping) else stated


@cache
def _shared() -> Mapping[str, Any]:
    return tomllib.loads((files("schedules") / "numbers.toml").read_text(encoding="utf-8"))
