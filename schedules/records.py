"""Paperless maintenance records (seed 003): uploaded and signed the same day, kept for years."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Literal

from schedules.dates import add_months
from schedules.drafts import Derivation, DutyDraft, Frame
from schedules.facts import Facts
from schedules.happenings import RecordCompleted
from schedules.moments import day_of, midnight_after
from schedules.rulebook import Rule
from schedules.vocabulary import Trigger
from store.zone import SHANGHAI

Flag = Literal["late_upload", "short_notice"]
Standing = Literal["awaited", "asked", "silence_counts"]
RECENT = timedelta(days=60)
KINDS = ("record_upload", "record_signature")  # of duties about records
VisitState = Literal["done", "late", "delay_stated", "late_statement", "due"]


def recent_since(today: date) -> date:
    """From when on duties about records are worked out: what is older stays as it stands, so that a rebuild of a lift
    with years of records takes no longer than that of a new one."""
    return today - RECENT


def sign_day(record: RecordCompleted) -> date:
    """The day at whose end the unit must have signed (三(二)1(5)): that of completion, or, where the record came
    later, that of the upload, because nobody can sign what they have not been shown."""
    completed = day_of(record.at)
    return completed if record.uploaded_at is None else max(completed, day_of(record.uploaded_at))


def default_signature_at(record: RecordCompleted, *, objected: bool = False) -> datetime | None:
    """When silence counts as a signature; None where it never does.

    Only a record in the city platform's own flow, uploaded, of a unit that consented there (三(二)1(5), 四(三)),
    and to which the unit has not objected.
    """
    if objected or not record.consent or record.platform != "city" or record.uploaded_at is None:
        return None
    return midnight_after(sign_day(record))


def record_flags(record: RecordCompleted, *, short_notice: timedelta) -> frozenset[Flag]:
    """What is to be said about a record: it came on a later day, or with hardly any time left to read it.

    `short_notice` is ours: so much time before the deadline, or less, is short.
    """
    if record.uploaded_at is None:
        return frozenset()
    flags: set[Flag] = set()
    if day_of(record.uploaded_at) > day_of(record.at):
        flags.add("late_upload")
    if midnight_after(sign_day(record)) - record.uploaded_at <= short_notice:
        flags.add("short_notice")
    return frozenset(flags)


def kept_until(recorded_on: date, years: int) -> date:
    """The last day on which a record must still be there: its anniversary (四(二)). It may go the day after."""
    return add_months(recorded_on, 12 * years)


def paper_waived_from(uploaded_on: date | None, confirmed_on: date | None) -> date | None:
    """From when paper may stop (四(六)): the upload works and the city has confirmed it, whichever came last."""
    return max(uploaded_on, confirmed_on) if uploaded_on and confirmed_on else None


def visit_state(due: date, today: date, *, done_on: date | None = None, stated_on: date | None = None) -> VisitState:
    """How a visit stands (四(五)): a statement of delay by the due day excuses it, a later one is noted as late."""
    if done_on is not None and done_on <= due:
        return "done"
    if stated_on is not None:
        return "delay_stated" if stated_on <= due else "late_statement"
    if done_on is not None or today > due:
        return "late"
    return "due"


def derive_upload(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
    """Each record is to be uploaded by 24:00 of the day of completion (四(一))."""
    for record in _records(facts):
        day = day_of(record.at)
        yield DutyDraft(
            rule=rule,
            cycle=record_key(record),
            due=day,
            due_at=midnight_after(day),
            closed_on=day_of(record.uploaded_at) if record.uploaded_at else None,
            event_on=day,
        )


def derive_signatures(standing: Standing) -> Derivation:
    """The records that stand so, each to be signed by 24:00 of its day (三(二)1(5)); see `sign_day`."""

    def derive(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
        for record in _records(facts):
            if standing_of(record) == standing:
                day, done_on = sign_day(record), day_of(record.at)
                yield DutyDraft(
                    rule=rule,
                    cycle=record_key(record),
                    due=day,
                    due_at=midnight_after(day),
                    closed_on=day_of(record.answered_at) if record.answered_at else None,
                    event_on=done_on,
                )

    return derive


def standing_of(record: RecordCompleted) -> Standing:
    """Whether the unit has been asked to sign, and whether its silence would count."""
    if record.uploaded_at is None:
        return "awaited"
    return "asked" if default_signature_at(record) is None else "silence_counts"


def _records(facts: Facts) -> list[RecordCompleted]:
    """Each record once, as last stated: a later fact tells of the upload, another of the answer."""
    records = {record_key(record): record for record in facts.events if isinstance(record, RecordCompleted)}
    return sorted(records.values(), key=lambda record: (record.at, record.seq or 0))


def record_key(record: RecordCompleted) -> str:
    """The cycle of a record's duties: its second, and its place in the chain where it has one."""
    second = record.at.astimezone(SHANGHAI).isoformat(timespec="seconds")
    return second if record.seq is None else f"{second}#{record.seq}"


DERIVATIONS: dict[Trigger, Derivation] = {
    "record_completed": derive_upload,
    "record_awaited": derive_signatures("awaited"),
    "record_uploaded": derive_signatures("asked"),
    "record_uploaded_with_consent": derive_signatures("silence_counts"),
}
