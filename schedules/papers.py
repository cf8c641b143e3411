"""Papers with a date: registration, policies, certificates, publications, bars."""

from collections.abc import Iterator
from datetime import date, timedelta

from schedules.dates import add_months
from schedules.drafts import Derivation, DutyDraft, Frame
from schedules.facts import Facts
from schedules.happenings import Answered, DatedFact, Issued, PilotExited, PilotPublished
from schedules.moments import midnight_after
from schedules.rulebook import Rule
from schedules.vocabulary import DueDaysAfter, DueMonthsAfter, Trigger

OTHER_MAINTAINER = "other"


def derive_registration(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
    """The use registration, in a window around the day of being put into use (001 三(二)3)."""
    assert isinstance(rule.due, DueDaysAfter)
    before = timedelta(days=rule.due.opens_days_before or 0)
    registered = sorted(
        event.on for event in facts.events if isinstance(event, Answered) and event.kind == "use_registered"
    )
    days = {event.on for event in facts.events if isinstance(event, DatedFact) and event.kind == "put_into_use"}
    for day in sorted(days):
        due, opens = day + timedelta(days=rule.due.days), day - before
        yield DutyDraft(
            rule=rule,
            cycle=day.isoformat(),
            due=due,
            window=(opens, due),
            closed_on=next((done for done in registered if done >= opens), None),
            event_on=day,
        )


def derive_renewal(kind: str) -> Derivation:
    """The renewal of what was issued until a day: only of the newest, because a newer one has renewed the former."""

    def derive(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
        ends = [event.until for event in facts.events if isinstance(event, Issued) and event.kind == kind]
        if ends:
            yield DutyDraft(rule=rule, cycle=max(ends).isoformat(), due=max(ends))

    return derive


def derive_publication(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
    """How long a pilot's publication stands before the list of its lifts may be filed (004 四(一)3, 4)."""
    assert isinstance(rule.due, DueDaysAfter)
    for day in sorted({event.on for event in facts.events if isinstance(event, PilotPublished)}):
        due = day + timedelta(days=rule.due.days)
        yield DutyDraft(rule=rule, cycle=day.isoformat(), due=due, due_at=midnight_after(due), event_on=day)


def derive_bar(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
    """The last day on which the maintainer may not apply again for the project (002 附件1 四(一))."""
    assert isinstance(rule.due, DueMonthsAfter)
    for day in sorted(_barring_exits(facts)):
        due = add_months(day, rule.due.months)
        yield DutyDraft(rule=rule, cycle=day.isoformat(), due=due, event_on=day)


def _barring_exits(facts: Facts) -> set[date]:
    """A project that has changed its maintainer may apply at once."""
    exits = [event for event in facts.events if isinstance(event, PilotExited)]
    return {event.on for event in exits if event.maintainer != OTHER_MAINTAINER}


DERIVATIONS: dict[Trigger, Derivation] = {
    "put_into_use": derive_registration,
    "policy": derive_renewal("policy_issued"),
    "certificate": derive_renewal("certificate_issued"),
    "pilot_published": derive_publication,
    "pilot_exited": derive_bar,
}
