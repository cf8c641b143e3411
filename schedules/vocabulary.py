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
    """Calendar days after the due date; 0 is the due date itself."""

    kind: Literal["days_after"]
    days: int = Field(ge=0)


class OnEvent(Strict):
    """The day of the event from which the duty runs."""

    kind: Literal["on_event"]


StepAt = Annotated[MonthsBefore | DayOfMonth | WorkingDayBefore | DaysAfter | OnEvent, Field(discriminator="kind")]

# When the notice of a rung goes out.


class TellSpread(Strict):
    """Any working day from the rung's opening to its practical date, by the capacity of those who must act."""

    when: Literal["spread"]


class TellOn(Strict):
    """On the rung's own day."""

    when: Literal["on"]


class TellAfter(Strict):
    """On the first working day after the rung's day has passed."""

    when: Literal["after"]


class TellWorkingDaysBefore(Strict):
    """So many working days before another rung's day."""

    when: Literal["working_days_before"]
    days: int = Field(ge=1)
    step: str


TellWhen = Annotated[TellSpread | TellOn | TellAfter | TellWorkingDaysBefore, Field(discriminator="when")]

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


Due = Annotated[DueValidity | DueWorkingDays | DueDeadline | DueOpen, Field(discriminator="kind")]
Trigger = Literal["validity", "opinion_notice", "inspection_passed", "items_rectified", "inspection_failed"]
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
