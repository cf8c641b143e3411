"""What rules are applied to: the facts of one lift. Also the input of `tixing dates`, whose schema this is."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from schedules.given import Day, Given, WholeNumber, YesNo
from schedules.happenings import (
    AnyEvent,
    InspectionEnded,
    OpinionNoticeIssued,
    OutsideEvent,
    RectificationConfirmed,
    SupervisoryInspectionPassed,
)


class LiftFacts(Given):
    """What the register says of the lift."""

    district: str | None = None
    installed_pass_on: Day | None = None
    inspection_month: Annotated[int | None, WholeNumber] = Field(default=None, ge=1, le=12)
    valid_until: Day | None = None


class MaintenanceFacts(Given):
    """How the lift is maintained."""

    on_demand: YesNo = False
    iot: YesNo = False
    online_service: YesNo = False
    remote_check: YesNo = False
    pension_insurance: YesNo = False
    full_package: YesNo = False


class OutsideFacts(Given):
    """One line of `tixing dates --facts`."""

    lift: LiftFacts = LiftFacts()
    maintenance: MaintenanceFacts = MaintenanceFacts()
    events: tuple[OutsideEvent, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        after_installation(self.events, self.lift.installed_pass_on)
        _after_items(self.events)
        return self

    def facts(self) -> "Facts":
        """The same for the rules."""
        return Facts(lift=self.lift, maintenance=self.maintenance, events=self.events)


def after_installation(events: Iterable[AnyEvent], installed_on: date | None) -> None:
    """ValueError where a lift was renovated or repaired before it was there."""
    for event in events:
        if not isinstance(event, SupervisoryInspectionPassed) or installed_on is None:
            continue
        if event.passed_on < installed_on:
            raise ValueError(
                f"{event.kind} passed_on {event.passed_on} is before installed_pass_on {installed_on}; "
                "a lift is installed first"
            )


def _after_items(events: Iterable[AnyEvent]) -> None:
    """ValueError where a rectification was confirmed before all that is said of items to rectify."""
    listed = list(events)
    found = [
        event.on
        for event in listed
        if isinstance(event, OpinionNoticeIssued)
        or (isinstance(event, InspectionEnded) and event.conclusion == "rectify")
    ]
    for event in listed:
        if isinstance(event, RectificationConfirmed) and found and event.on < min(found):
            raise ValueError(
                f"rectification_confirmed on {event.on} is before the first items to rectify, of {min(found)}; "
                "give the inspection that it confirms, or leave it out"
            )


class Facts(Given):
    """What is known of one lift, in the order in which it became known.

    `cycle` is V as first stated in this cycle; `validity_then` is V as it was when an inspection ended, by its day.
    A stored register also says when it stated which next inspection and next test date (`stated_inspections`,
    `stated_tests`: known on, date; in that order), and since when it speaks of the lift at all (`known_from`): what was
    owed before that day is none of ours. `last_inspected_on` is the last inspection of which it knows now.
    """

    lift: LiftFacts = LiftFacts()
    maintenance: MaintenanceFacts = MaintenanceFacts()
    events: tuple[AnyEvent, ...] = ()
    cycle: date | None = None
    validity_then: tuple[tuple[date, date], ...] = ()
    stated_inspections: tuple[tuple[date, date | None], ...] = ()
    stated_tests: tuple[tuple[date, date | None], ...] = ()
    known_from: date | None = None
    last_inspected_on: date | None = None
