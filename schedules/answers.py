"""The answer of `tixing dates`: its shape, and how it is made from a rulebook's duties."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from schedules.calendar import WorkingCalendar
from schedules.derive import derive
from schedules.drafts import DutyDraft
from schedules.facts import Facts
from schedules.owed import Former, with_owed
from schedules.rulebook import Rulebook, load_rulebook, rulebook_ids
from schedules.steps import StepDates, not_before, step_dates
from schedules.vocabulary import DutyKind

IsoDay = Annotated[date, PlainSerializer(date.isoformat, return_type=str)]


class StepAnswer(BaseModel):
    """A rung: `on` is the latest date, `practical` the last working day not after it, `opens` the first day for it."""

    model_config = ConfigDict(extra="forbid")

    step: str
    opens: IsoDay
    on: IsoDay
    practical: IsoDay


class DutyAnswer(BaseModel):
    """A duty: `due` is null where the document gives no date; `due_at` is there for duties that end at a moment."""

    model_config = ConfigDict(extra="forbid")

    duty: DutyKind
    due: IsoDay | None
    due_at: datetime | None = Field(default=None, exclude_if=lambda moment: moment is None)
    practical: IsoDay | None
    window: tuple[IsoDay, IsoDay] | None
    steps: list[StepAnswer]
    rule: str
    clause: str
    seed: str
    provisional: bool
    closed_on: IsoDay | None


class ErrorAnswer(BaseModel):
    """What comes out for a line that cannot be answered."""

    model_config = ConfigDict(extra="forbid")

    error: str


def answer(
    rulebook: Rulebook,
    facts: Facts,
    calendar: WorkingCalendar,
    *,
    since: date | None = None,
    until: date | None = None,
    formers: Sequence[Former] = (),
) -> list[DutyAnswer]:
    """The duties that `rulebook` sees in `facts`, by due date, those without one last; with what is owed by `formers`,
    the rules before it.

    `since` and `until` are inclusive and speak of the due date; a duty without one is left out where either is given.
    """
    given = with_owed(derive(rulebook, facts, calendar, until=until), formers, facts, calendar, rulebook)
    drafts = [draft for draft in given if _is_within(draft, since, until)]
    answers = [_answer_of(_seeds()[draft.rule.id], draft, calendar) for draft in drafts]
    return sorted(answers, key=_place)


def _place(row: DutyAnswer) -> tuple[bool, date, bool, str, str]:
    """By due date, those without one last; of one day the test comes before the inspection, as at a restart
    (002 附件2 一: 在检测后实施1次定期检验)."""
    return row.due is None, row.due or date.min, row.duty != "self_test", row.duty, row.rule


@cache
def _seeds() -> dict[str, str]:
    """The seed in which each rule stands; a rulebook joined of two holds rules of both."""
    return {rule.id: book.seed for book in map(load_rulebook, rulebook_ids()) for rule in book.rules}


def _is_within(draft: DutyDraft, since: date | None, until: date | None) -> bool:
    if draft.due is None:
        return since is None and until is None
    return (since is None or draft.due >= since) and (until is None or draft.due <= until)


def _answer_of(seed: str, draft: DutyDraft, calendar: WorkingCalendar) -> DutyAnswer:
    rule, due = draft.rule, draft.due
    rungs = step_dates(rule, due, calendar, event_on=draft.event_on) if due else []
    shown = [rung for rung in rungs if rule.step_named(rung.step).in_dates]
    practical = calendar.last_working(due) if due else None
    days = [day for day in (due, practical) if day is not None]
    opens = draft.window[0] if draft.window else None
    return DutyAnswer(
        duty=rule.duty,
        due=due,
        due_at=draft.due_at,
        practical=practical,
        window=draft.window,
        steps=[_step_answer(not_before(rung, draft.event_on, opens)) for rung in shown],
        rule=rule.id,
        clause=rule.clause,
        seed=seed,
        provisional=draft.provisional or any(rung.provisional for rung in shown) or calendar.is_provisional(*days),
        closed_on=draft.closed_on,
    )


def _step_answer(rung: StepDates) -> StepAnswer:
    return StepAnswer(step=rung.step, opens=rung.opens_on, on=rung.latest_on, practical=rung.practical_on)
