"""Years of inspection and of testing as duties: the pilot of seed 002 and the national rule."""

from collections.abc import Iterator
from datetime import date

from schedules.cycles.closing import held_until_of_next, pause_of_next, tests_of
from schedules.cycles.life import Life, life_of
from schedules.cycles.years import Kind, Occasion
from schedules.dates import ONE_DAY, add_months
from schedules.drafts import Derivation, DutyDraft, Frame
from schedules.facts import Facts
from schedules.happenings import Answered, DatedFact
from schedules.rulebook import Rule
from schedules.vocabulary import DueMonthsAfter, DueMonthsBeforeValidity, DueWorkingDays, Trigger


def exit_day(draft: DutyDraft) -> date | None:
    """The day on which a lift leaves the testing pilot unless this test is done: the one after its window's end."""
    return draft.window[1] + ONE_DAY if draft.window else None


def _life(facts: Facts, frame: Frame) -> Life:
    assert frame.book.cycle is not None, f"rulebook {frame.book.id} has a rule of years but no [cycle]"
    return life_of(facts, frame.book.cycle, frame.book.numbers, frame.until)


def derive_years(kind: Kind, *occasions: Occasion) -> Derivation:
    """The inspections or tests of these occasions. A booking pauses the ladder of the inspection that is open next.

    Tests have a rule for each occasion, because their rungs stand by the end of different windows.
    """

    def derive(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
        life = _life(facts, frame)
        following = life.next_open_inspection()
        for event in life.events:
            if event.kind != kind or event.occasion not in occasions:
                continue
            months = frame.book.numbers.closes_from_months
            is_next = event == following
            booked_on, resume_on = pause_of_next(event, facts, months) if is_next else (None, None)
            yield DutyDraft(
                rule=rule,
                cycle=event.cycle,
                due=event.due,
                window=event.window,
                closed_on=event.closed_on,
                booked_on=booked_on,
                resume_on=resume_on,
                held_until=held_until_of_next(event, facts, months) if is_next else None,
            )

    return derive


def derive_uploads(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
    """What a testing body uploads after each test, so many working days later (002 附件2 二(二)4)."""
    assert isinstance(rule.due, DueWorkingDays)
    uploads = _answers(facts, "test_uploaded")
    for day in tests_of(facts):
        done = next((upload for upload in uploads if upload >= day), None)
        if done is not None:
            uploads.remove(done)
        due = frame.calendar.add_working(day, rule.due.days)
        yield DutyDraft(
            rule=rule,
            cycle=day.isoformat(),
            due=due,
            closed_on=done,
            event_on=day,
            provisional=frame.calendar.is_provisional(due),
        )


def derive_postings(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
    """How long the notice of a test stays on display at least (002 附件2 二(三))."""
    assert isinstance(rule.due, DueMonthsAfter)
    posted = {event.on for event in facts.events if isinstance(event, DatedFact) and event.kind == "notice_posted"}
    for day in sorted(posted):
        yield DutyDraft(rule=rule, cycle=day.isoformat(), due=add_months(day, rule.due.months), event_on=day)


def derive_mark(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
    """The new use mark of a lift whose inspection the scheme has put off, before its original date (002 附件2 三2)."""
    life = _life(facts, frame)
    if life.original is None or not life.covers(life.original.valid_until):
        return
    validity = life.original.valid_until
    if _is_too_late(validity, frame):
        return
    months = (event.due for event in life.ordinary if event.is_inspection and event.due >= validity.replace(day=1))
    following = next(months, None)
    if following is None or following.replace(day=1) <= validity:
        return
    renewed = _answers(facts, "use_mark_renewed")
    if life.membership.exited_on is not None and not renewed:
        return  # the extended date is void, and with it the mark that would have shown it (三6)
    yield DutyDraft(
        rule=rule, cycle=life.original.cycle.isoformat(), due=validity - ONE_DAY, closed_on=min(renewed, default=None)
    )


def derive_opt_out(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
    """The last day on which the unit may apply to stay out of the scheme (002 附件2 三4)."""
    assert isinstance(rule.due, DueMonthsBeforeValidity)
    life = _life(facts, frame)
    if life.original is None or not life.without_opt_outs().covers(life.original.valid_until):
        return
    validity = life.original.valid_until
    due = add_months(validity, -rule.due.months)
    if _is_too_late(validity, frame):
        return
    closed_on = min((day for day in life.membership.left if day <= due), default=None)
    yield DutyDraft(rule=rule, cycle=life.original.cycle.isoformat(), due=due, closed_on=closed_on)


def _is_too_late(day: date, frame: Frame) -> bool:
    """Whether other rules are in force by then: nothing is to be chosen or changed under these any more."""
    return frame.ends_on is not None and day >= frame.ends_on


def _answers(facts: Facts, kind: str) -> list[date]:
    return sorted(event.on for event in facts.events if isinstance(event, Answered) and event.kind == kind)


DERIVATIONS: dict[Trigger, Derivation] = {
    "cycle_inspection": derive_years("inspection", "month", "restart"),
    "cycle_legacy": derive_years("legacy", "month"),
    "cycle_test": derive_years("test", "month"),
    "cycle_test_of_year": derive_years("test", "year"),
    "cycle_test_at_restart": derive_years("test", "restart"),
    "test_done": derive_uploads,
    "test_notice_posted": derive_postings,
    "mark_extended": derive_mark,
    "opt_out": derive_opt_out,
}
