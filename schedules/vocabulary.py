"""The small typed vocabulary in which rulebooks speak of dates. Only a new kind of date needs code."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """Unknown keys are errors: a misspelt one must not be silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# When a rung falls, relative to the due date or to another rung.


class MonthsBefore(Strict):
    """Calendar months before the due date, clamped to the month's end."""

    kind: Literal["months_before"]
    months: int = Field(ge=0)


class DayOfMonth(Strict):
    """A day of the month in which the due date falls, never after the due date itself."""

    kind: Literal["day_of_month"]
    day: int = Field(ge=1, le=28)


class WorkingDayBefore(Strict):
    """The n-th working day strictly before another rung (`step`) or before the due date."""

    kind: Literal["working_days_before"]
    days: int = Field(ge=1)
    step: str | None = None


class DaysAfter(Strict):
    """Calendar days after another rung (`step`) or after the due date; 0 is that day itself."""

    kind: Literal["days_after"]
    days: int = Field(ge=0)
    step: str | None = None


class MonthEndAfter(Strict):
    """The end of the month so many months after that of the due date."""

    kind: Literal["month_end_after"]
    months: int = Field(ge=0)


class DaysBefore(Strict):
    """Calendar days before the due date."""

    kind: Literal["days_before"]
    days: int = Field(ge=1)


class WorkingDaysAfterEvent(Strict):
    """The n-th working day after the event from which the duty runs."""

    kind: Literal["working_days_after_event"]
    days: int = Field(ge=1)


class OnEvent(Strict):
    """The day of the event from which the duty runs."""

    kind: Literal["on_event"]


StepAt = Annotated[
    MonthsBefore
    | DayOfMonth
    | WorkingDayBefore
    | DaysAfter
    | MonthEndAfter
    | DaysBefore
    | WorkingDaysAfterEvent
    | OnEvent,
    Field(discriminator="kind"),
]

# When the notice of a rung goes out.


class TellSpread(Strict):
    """Any working day from the rung's opening to its practical date, by the capacity of those who must act."""

    when: Literal["spread"]


class TellOn(Strict):
    """On the rung's own day."""

    when: Literal["on"]


class TellOnWorkingDay(Strict):
    """On the last working day that is not after the rung's day."""

    when: Literal["on_working_day"]


class TellAfter(Strict):
    """On the first working day after the rung's day has passed."""

    when: Literal["after"]


class TellWorkingDaysBefore(Strict):
    """So many working days before another rung's day."""

    when: Literal["working_days_before"]
    days: int = Field(ge=1)
    step: str


TellWhen = Annotated[
    TellSpread | TellOn | TellOnWorkingDay | TellAfter | TellWorkingDaysBefore, Field(discriminator="when")
]

# When a duty is due.


class DueValidity(Strict):
    """The inspection validity itself."""

    kind: Literal["valid_until"]


class DueWorkingDays(Strict):
    """Working days after the event; at the end of the event's month at the latest where the validity ends by then."""

    kind: Literal["working_days_after"]
    days: int = Field(ge=1)
    within_month_of_validity: bool = False


class DueDeadline(Strict):
    """The deadline written in the event."""

    kind: Literal["deadline"]


class DueOpen(Strict):
    """No date in the document."""

    kind: Literal["none"]


class DueCycle(Strict):
    """Where the rulebook's cycle puts it: the last day of the month, the year's end, or the day of restart."""

    kind: Literal["cycle"]


class DueDaysAfter(Strict):
    """Calendar days after the event; `opens_days_before` it the thing may be done already."""

    kind: Literal["days_after"]
    days: int = Field(ge=1)
    opens_days_before: int | None = Field(default=None, ge=0)


class DueMonthsAfter(Strict):
    """Calendar months after the event, clamped to the month's end."""

    kind: Literal["months_after"]
    months: int = Field(ge=1)


class DueWorkingDaysToRestore(Strict):
    """The end of the n-th working day after the event."""

    kind: Literal["restore_within_working_days"]
    days: int = Field(ge=1)


class DueMonthsBeforeValidity(Strict):
    """Calendar months before the inspection validity ends; 0 is the day before that end."""

    kind: Literal["months_before_validity"]
    months: int = Field(ge=0)


class DueUntil(Strict):
    """The last day that the policy or the certificate covers."""

    kind: Literal["until"]


class DueEndOfDay(Strict):
    """24:00 of the event's calendar day."""

    kind: Literal["end_of_day"]


class DueInterval(Strict):
    """The longest interval that the rulebook's maintenance table allows, after the last time."""

    kind: Literal["interval"]


Due = Annotated[
    DueValidity
    | DueWorkingDays
    | DueDeadline
    | DueOpen
    | DueCycle
    | DueDaysAfter
    | DueMonthsAfter
    | DueWorkingDaysToRestore
    | DueMonthsBeforeValidity
    | DueUntil
    | DueEndOfDay
    | DueInterval,
    Field(discriminator="kind"),
]
Trigger = Literal[
    "validity",
    "opinion_notice",
    "inspection_passed",
    "items_rectified",
    "inspection_failed",
    "cycle_inspection",
    "cycle_legacy",
    "cycle_test",
    "cycle_test_of_year",
    "cycle_test_at_restart",
    "test_done",
    "test_notice_posted",
    "mark_extended",
    "opt_out",
    "onsite_interval",
    "remote_interval",
    "iot_outage",
    "put_into_use",
    "policy",
    "certificate",
    "pilot_published",
    "pilot_exited",
    "record_completed",
    "record_awaited",
    "record_uploaded",
    "record_uploaded_with_consent",
]
DutyKind = Literal[
    "periodic_inspection",
    "legacy_inspection",
    "self_test",
    "inspection_report",
    "rectification",
    "test_upload",
    "onsite_maintenance",
    "remote_check",
    "iot_restore",
    "notice_posting",
    "use_mark_renewal",
    "opt_out_application",
    "use_registration",
    "insurance_renewal",
    "certificate_renewal",
    "publication_period",
    "reapplication_bar",
    "record_upload",
    "record_signature",
]
