"""What happened to a lift, as `tixing dates` takes it and as it is stored; dates follow from these."""

from datetime import date
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import AfterValidator, Field, TypeAdapter

from schedules.given import Day, Given, Moment, YesNo
from store.zone import SHANGHAI

Reported = TypeVar("Reported", bound="Given")
Conclusion = Literal["pass", "fail", "rectify", "aborted"]


class SupervisoryInspectionPassed(Given):
    """A renovation or a major repair whose supervisory inspection was passed."""

    kind: Literal["renovated", "major_repair"]
    passed_on: Day


class OutOfUse(Given):
    """Taken out of use; `formal` when the procedure was done."""

    kind: Literal["out_of_use"]
    from_on: Day = Field(alias="from")
    restart_on: Day | None = None
    formal: YesNo = False


class OptIn(Given):
    """An application for a lift of 15 years or more to join the pilot."""

    kind: Literal["opt_in"]
    filed_on: Day
    accepted_on: Day | None = None


class OptOut(Given):
    """The unit leaves the pilot."""

    kind: Literal["opt_out"]
    filed_on: Day


class InspectionEnded(Given):
    """The inspector left. `rectify`: items are open; `aborted`: it did not take place."""

    kind: Literal["inspection_ended"]
    on: Day
    conclusion: Conclusion = "pass"


class InspectedElsewhere(InspectionEnded):
    """Another body was there: no visit of the own department took place, and it owes no report. Only stored."""

    elsewhere: Literal[True]


class RectificationConfirmed(Given):
    """The inspector confirmed that the items are rectified: the on-site inspection has ended."""

    kind: Literal["rectification_confirmed"]
    on: Day


class OpinionNoticeIssued(Given):
    """Items to rectify by the deadline written on the notice."""

    kind: Literal["opinion_notice_issued"]
    on: Day
    deadline: Day


class DatedFact(Given):
    """A fact that is nothing but its day."""

    kind: Literal["test_done", "onsite_visit", "remote_check", "iot_outage", "notice_posted", "put_into_use"]
    on: Day


class Issued(Given):
    """A policy or a certificate and the last day it covers."""

    kind: Literal["policy_issued", "certificate_issued"]
    until: Day


class PilotPublished(Given):
    """The pilot was published."""

    kind: Literal["pilot_published"]
    on: Day


class PilotExited(Given):
    """The pilot was left; `maintainer` says whose."""

    kind: Literal["pilot_exited"]
    on: Day
    maintainer: str | None = None


class RecordCompleted(Given):
    """A maintenance record. `answered_at`: the unit signed it or objected to it, or its silence counted.

    `seq`: its place among the entries of its lift, by which two of one second are told apart.
    """

    kind: Literal["record_completed"]
    at: Moment
    seq: int | None = None
    uploaded_at: Moment | None = None
    answered_at: Moment | None = None
    consent: YesNo = False
    platform: Literal["city", "own", "third_party"] = "city"


Outside = (
    SupervisoryInspectionPassed
    | OutOfUse
    | OptIn
    | OptOut
    | InspectionEnded
    | RectificationConfirmed
    | OpinionNoticeIssued
    | DatedFact
    | Issued
    | PilotPublished
    | PilotExited
    | RecordCompleted
)


def in_order(event: Reported) -> Reported:
    """The event; ValueError where its end is before its beginning. What is stored already is read as it is."""
    match event:
        case OptIn(filed_on=filed, accepted_on=accepted) if accepted is not None and accepted < filed:
            raise ValueError(f"accepted_on {accepted} is before filed_on {filed}; it is accepted when it was filed")
        case OutOfUse(from_on=begun, restart_on=ended) if ended is not None and ended < begun:
            raise ValueError(
                f"restart_on {ended} is before from {begun}; a lift restarts after it was taken out of use"
            )
        case OpinionNoticeIssued(on=issued, deadline=deadline) if deadline < issued:
            raise ValueError(f"deadline {deadline} is before on {issued}; a notice sets its own day or a later one")
        case RecordCompleted(at=done, uploaded_at=uploaded) if uploaded is not None and uploaded < done:
            raise ValueError(
                f"uploaded_at {uploaded.isoformat()} is before at {done.isoformat()}; records are uploaded when done"
            )
    return event


OutsideEvent = Annotated[Outside, Field(discriminator="kind"), AfterValidator(in_order)]


class Booked(Given):
    """A visit is booked for `visit_on`, or for a half of that day. `elsewhere`: another body comes, none of ours."""

    kind: Literal["booked"]
    visit_on: Day
    half: Literal["am", "pm"] | None = None
    elsewhere: YesNo = False


class BookingEnded(Given):
    """A booking was cancelled, or the visit did not happen."""

    kind: Literal["booking_cancelled", "visit_missed"]
    on: Day


class SaidInspected(Given):
    """The unit says that it was inspected, or is booked, elsewhere: to be found out before `until`."""

    kind: Literal["said_inspected"]
    on: Day
    until: Day


class SayingRefuted(Given):
    """What was said turned out not to be so."""

    kind: Literal["saying_refuted"]
    on: Day


class RectificationSubmitted(Given):
    """The unit handed in what it was to by the deadline on the notice."""

    kind: Literal["rectification_submitted"]
    on: Day


class RectificationReturned(Given):
    """The inspector gave it back; to be handed in again by `deadline`, where that is another."""

    kind: Literal["rectification_returned"]
    on: Day
    deadline: Day | None = None


class ReportIssued(Given):
    """The inspection report went out; `inspected_on`: that of the inspection that ended on this day, if it is known."""

    kind: Literal["report_issued"]
    on: Day
    inspected_on: Day | None = None


class Answered(Given):
    """Something that was owed was done, on its day; or the lift left the testing pilot."""

    kind: Literal["test_uploaded", "use_mark_renewed", "iot_restored", "use_registered", "testing_exited"]
    on: Day


class DelayStated(Given):
    """The maintainer says why the visit due on `due_on` is not made in time; it will be made by `until`."""

    kind: Literal["delay_stated"]
    on: Day
    due_on: Day
    until: Day


AnyEvent = (
    Outside
    | Booked
    | BookingEnded
    | SaidInspected
    | SayingRefuted
    | RectificationSubmitted
    | RectificationReturned
    | ReportIssued
    | Answered
    | DelayStated
)


def day_of(event: AnyEvent) -> date | None:
    """The day on which it happened, or for which a visit is booked; None of a policy or a certificate, which say only
    what they cover."""
    match event:
        case SupervisoryInspectionPassed(passed_on=day) | OutOfUse(from_on=day):
            return day
        case OptIn(filed_on=day) | OptOut(filed_on=day) | Booked(visit_on=day):
            return day
        case RecordCompleted(at=moment):
            return moment.astimezone(SHANGHAI).date()
        case Issued():
            return None
    return event.on


STORED_EVENT: TypeAdapter[AnyEvent] = TypeAdapter(Annotated[AnyEvent, Field(discriminator="kind")])


def stored_event(stored: dict[str, Any]) -> AnyEvent:
    """A fact as it is stored: its kind and its payload."""
    if stored["kind"] == "inspection_ended" and stored.get("elsewhere"):
        return InspectedElsewhere.model_validate(stored)
    return STORED_EVENT.validate_python(stored)


OUTSIDE_KINDS: tuple[str, ...] = tuple(
    kind for model in get_args(get_args(OutsideEvent)[0]) for kind in get_args(model.model_fields["kind"].annotation)
)
