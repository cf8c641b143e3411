"""What a document asks of offices by fixed days, as ladders that remind the office that owes it."""

from functools import cache
from typing import Literal

from schedules.offices.programme import Assignment, Name
from schedules.rulebook import Ladder, Rulebook, Step, Telling, load_rulebook, programme_of, rulebook_ids
from schedules.vocabulary import DaysAfter, DaysBefore, TellAfter, TellOnWorkingDay

TEMPLATE = "office.report"
OVERDUE, OVERDUE_TEMPLATE = "overdue", "office.overdue"
OfficeBearer = Literal["city_regulator", "district_regulator", "inspection_department"]


class OfficeRule(Ladder):
    """One report or review of an office. `entry` says on which days it is due, `document` is its rulebook."""

    duty: Literal["report", "review"]
    bearer: OfficeBearer
    name: Name
    document: str
    entry: Assignment


def office_rules(rulebook: Rulebook) -> tuple[OfficeRule, ...]:
    """The reports and reviews of a rulebook and its companions of which somebody is reminded."""
    return tuple(ladder for entry in programme_of(rulebook) if (ladder := find_office_rule(entry.id)) is not None)


@cache
def find_office_rule(entry_id: str) -> OfficeRule | None:
    """The ladder of an entry of any rulebook; None where there is none, or none that reminds."""
    entries = ((book, entry) for book in map(load_rulebook, rulebook_ids()) for entry in book.programme)
    return next((_office_rule(book, entry) for book, entry in entries if entry.id == entry_id and entry.remind), None)


def _office_rule(book: Rulebook, entry: Assignment) -> OfficeRule:
    """The rungs are ours: the documents name the day only."""
    return OfficeRule.model_validate(
        {
            "id": entry.id,
            "clause": entry.clause,
            "quote": entry.quote,
            "obligations": entry.obligations,
            "duty": entry.kind,
            "bearer": entry.bearer,
            "name": entry.name,
            "document": book.id,
            "entry": entry,
            "steps": [*(_reminder(entry, step, days) for step, days in entry.reminders.items()), _overdue(entry)],
        }
    )


def _reminder(entry: Assignment, step: str, days: int) -> Step:
    at, tell = DaysBefore(kind="days_before", days=days), TellOnWorkingDay(when="on_working_day")
    return _step(entry, step, at, tell, TEMPLATE)


def _overdue(entry: Assignment) -> Step:
    """Once, when the day has passed and nothing was filed: to the office itself, for no document names another."""
    at, tell = DaysAfter(kind="days_after", days=0), TellAfter(when="after")
    return _step(entry, OVERDUE, at, tell, OVERDUE_TEMPLATE)


def _step(
    entry: Assignment, step: str, at: DaysBefore | DaysAfter, tell: TellOnWorkingDay | TellAfter, template: str
) -> Step:
    telling = {"via": entry.bearer, "audience": entry.bearer, "channel": "chat", "template": template}
    return Step(
        step=step,
        at=at,
        clause=entry.clause,
        quote=entry.quote,
        tell=tell,
        tells=(Telling.model_validate(telling),),
        unless="never",
        in_dates=False,
    )
