"""The day's and the week's figures, told to the department when they are closed; the work group hears of all."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from actions.campaign.departments import Department, load_departments
from actions.permissions import WHOLE_CITY
from actions.summary.closing import close_days
from actions.summary.figures import Row, Summary, summarise
from schedules.basis import basis_of
from schedules.calendar import load_calendar
from schedules.regimes import rulebook_of
from schedules.rulebook import programme_of
from store.notices import SUMMARY, Notice
from store.parties import AreaRole
from store.summaries import Figure

TEMPLATES = {"every_day": "desk.daily", "every_week": "desk.weekly"}
SUNDAY = 6


def clear_days(session: Session, *, today: date, now: datetime) -> int:
    """Close the day where its hour has come, and tell the departments that owe the figures; how many notices."""
    notices = [
        notice for city_id in close_days(session, today=today, now=now) for notice in _notices(session, city_id, today)
    ]
    session.add_all(notices)
    session.flush()
    return len(notices)


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the day's week."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=SUNDAY)


def _notices(session: Session, city_id: str, today: date) -> Iterator[Notice]:
    departments = load_departments(session, city_id, today.year)
    for rule, template in _owed(session, city_id, today):
        first = week_of(today)[0] if template == TEMPLATES["every_week"] else today
        summary = summarise(session, city_id, first, today, today=today)
        told = [(departments.named(part.department_id), [part]) for part in summary.parts]
        if (group := departments.of(WHOLE_CITY)) is not None:
            told = [one for one in told if one[0] != group] + [(group, list(summary.parts))]
        for department, parts in told:
            theirs = replace(summary, parts=parts)
            if department is not None and any(row.opening or row.new for row in theirs.total.values()):
                yield from _to(city_id, department, theirs, rule, template)


def _owed(session: Session, city_id: str, today: date) -> Iterator[tuple[str, str]]:
    """The entries of the city's programme that ask for figures today, and how each is told."""
    for entry in programme_of(rulebook_of(session, city_id, today)):
        kind = entry.when.kind if entry.when is not None else ""
        is_owed = entry.bearer == AreaRole.INSPECTION_DEPARTMENT.value and kind in TEMPLATES
        if is_owed and (kind == "every_day" or _ends_week(session, today)):
            yield entry.id, TEMPLATES[kind]


def _ends_week(session: Session, today: date) -> bool:
    """Whether no working day of this week is left."""
    calendar, (_, sunday) = load_calendar(session), week_of(today)
    rest = (today + timedelta(days=days) for days in range(1, (sunday - today).days + 1))
    return not any(calendar.is_working(day) for day in rest)


def _to(
    city_id: str,
    department: Department,
    summary: Summary,
    rule: str,
    template: str,
) -> Iterator[Notice]:
    today = summary.last
    days = {"first": summary.first.isoformat(), "last": today.isoformat()}
    facts: dict[str, Any] = days | {"rows": _figures(summary.total)}
    if len(summary.parts) > 1:
        facts["parts"] = [{"name": part.name, "rows": _figures(part.rows)} for part in summary.parts]
    facts |= basis_of(rule)
    for whom in department.addressees:
        yield Notice(
            city_id=city_id,
            planned_on=today,
            send_on=today,
            party_id=department.party_id,
            duty=SUMMARY,
            rule=rule,
            step=template.removeprefix("desk."),
            audience=AreaRole.INSPECTION_DEPARTMENT.value,
            channel_class="chat",
            template=template,
            facts={SUMMARY: facts | whom},
        )


def _figures(rows: Mapping[Figure, Row]) -> dict[str, dict[str, int]]:
    return {figure.value: asdict(row) | {"closing": row.closing} for figure, row in rows.items()}
