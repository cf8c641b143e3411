"""What is overdue when other rules begin is what was overdue by those before them."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from schedules.calendar import WorkingCalendar
from schedules.dates import month_end
from schedules.derive import derive
from schedules.drafts import DutyDraft
from schedules.facts import Facts, LiftFacts
from schedules.happenings import DatedFact
from schedules.owed import Former, with_owed
from schedules.rulebook import load_rulebook
from store.duties import BY_YEARS, INSPECTIONS

CALENDAR = WorkingCalendar()
DAY = date(2025, 4, 2)
UNTIL = date(2026, 12, 31)
MONTHS = st.dates(date(2024, 1, 1), date(2027, 12, 31)).map(month_end)
BOOKS = st.sampled_from(["zhoushan", "national", "guangzhou"])


@st.composite
def registered(draw: st.DrawFn) -> Facts:
    """A lift as a register states it that spoke of it before `DAY`, and tests of it."""
    since = draw(st.dates(date(2023, 6, 1), date(2025, 4, 1)))
    validity, test = draw(MONTHS), draw(st.none() | MONTHS)
    tests = draw(st.lists(st.dates(since, date(2026, 6, 30)), max_size=2, unique=True))
    installed = draw(st.none() | st.dates(date(2000, 1, 1), date(2022, 12, 31)))
    return Facts(
        lift=LiftFacts(district="定海区", installed_pass_on=installed, valid_until=validity),
        events=tuple(DatedFact(kind="test_done", on=on) for on in sorted(tests)),
        cycle=validity,
        stated_inspections=((since, validity),),
        stated_tests=((since, test),) if test else (),
        known_from=since,
    )


def last_day(draft: DutyDraft) -> date | None:
    is_inspection = draft.rule.duty in INSPECTIONS
    return draft.due if is_inspection or draft.window is None else draft.window[1]


def overdue(drafts: list[DutyDraft], on: date) -> set[tuple[str, date | None]]:
    """By kind and last day what is overdue by the end of the day before `on`."""
    owed = [each for each in drafts if each.rule.duty in BY_YEARS and (each.closed_on is None or each.closed_on >= on)]
    return {(each.rule.duty, each.due) for each in owed if (end := last_day(each)) is not None and end < on}


@given(registered(), BOOKS, BOOKS)
def test_nothing_becomes_overdue_or_is_forgotten_by_a_hand_over(facts: Facts, former: str, following: str) -> None:
    before, after = load_rulebook(former), load_rulebook(following)
    events = tuple(event for event in facts.events if isinstance(event, DatedFact) and event.on < DAY)
    then = derive(before, facts.model_copy(update={"events": events}), CALENDAR, until=UNTIL, ends_on=DAY)
    now = derive(after, facts, CALENDAR, until=UNTIL)
    handed = with_owed(now, [Former(before, DAY)], facts, CALENDAR, after)
    assert overdue(handed, DAY) == overdue(then, DAY)


@given(registered(), BOOKS, BOOKS)
def test_a_test_that_was_still_open_is_owed_on_its_own_last_day(facts: Facts, former: str, following: str) -> None:
    before, after = load_rulebook(former), load_rulebook(following)
    events = tuple(event for event in facts.events if isinstance(event, DatedFact) and event.on < DAY)
    then = derive(before, facts.model_copy(update={"events": events}), CALENDAR, until=UNTIL, ends_on=DAY)
    tests = [each for each in then if each.rule.duty == "self_test" and each.closed_on is None]
    ends = {last_day(each) for each in tests if each.due is not None and each.due < DAY}
    still_open = {end for end in ends if end is not None and end >= DAY}
    handed = with_owed(derive(after, facts, CALENDAR, until=UNTIL), [Former(before, DAY)], facts, CALENDAR, after)
    assert still_open <= {last_day(each) for each in handed if each.rule.duty == "self_test"}
    keys = [(each.rule.id, each.cycle) for each in handed]
    assert len(keys) == len(set(keys))
