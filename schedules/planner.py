"""The plan of a day: what is due to be told, to which party, as one notice each. Finds what is due by `next_on`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from schedules import plan_sql as sql
from schedules.calendar import WorkingCalendar, load_calendar
from schedules.contacts import reopen_reachable
from schedules.dates import ONE_DAY, add_months
from schedules.regimes import rulebook_of
from schedules.rulebook import Numbers, Rule, Rulebook, rules_of
from schedules.spread import Group, choose_groups
from schedules.tasks import open_task
from store.lifts import City
from store.notices import PlanRun
from store.parties import AreaRole, Jurisdiction
from store.tasks import TaskKind

WHOLE_CITY = "*"


@dataclass(frozen=True)
class PlanSummary:
    """What a plan decided: notices written, duties they tell of, duties put off to a later day by capacity."""

    notices: int
    duties: int
    put_off: int


def plan_day(session: Session, *, today: date, now: datetime, city_id: str | None = None) -> PlanSummary:
    """Write the notices that are due in every city (or one) on `today`. Planning twice changes nothing."""
    cities = [city_id] if city_id else list(session.exec(select(City.id).order_by(City.id)))
    parts = [_plan_city(session, city, today, now) for city in cities]
    return PlanSummary(
        notices=sum(part.notices for part in parts),
        duties=sum(part.duties for part in parts),
        put_off=sum(part.put_off for part in parts),
    )


def _plan_city(session: Session, city_id: str, today: date, now: datetime) -> PlanSummary:
    rulebook = rulebook_of(session, city_id, today)
    numbers = rulebook.numbers
    reopen_reachable(session, city_id, now=now)
    _prepare(session, rulebook)
    binds = {
        "city": city_id,
        "today": today.isoformat(),
        "tomorrow": (today + ONE_DAY).isoformat(),
        "not_before": add_months(today, -numbers.too_old_months).isoformat(),
        "desk": _desk_of(session, city_id),
    }
    _set_aside_too_old(session, binds, today)
    _run(session, sql.FIND_DUTIES, binds)
    _run(session, sql.MAIN_ITEMS, binds)
    _ask_who_answers(session, city_id, today)
    found = _count(session, "plan_duty")
    _choose(session, today, load_calendar(session), numbers)
    _run(session, sql.BROUGHT_ITEMS, binds)
    _run(session, sql.DROP_NOT_YET_DUE, {})
    _run(session, sql.COPY_ITEMS, binds)
    _run(session, sql.DROP_DOUBLE, {})
    return _write(session, binds, today, now, found)


def _write(session: Session, binds: dict[str, Any], today: date, now: datetime, found: int) -> PlanSummary:
    duties = _count(session, "plan_duty")
    if duties == 0:
        return PlanSummary(0, 0, found)
    run = PlanRun(planned_on=today, finished_at=now, notices=0, duties=duties)
    session.add(run)
    session.flush()
    binds = {**binds, "run": run.id}
    for statement in (sql.ADD_NOTICES, sql.RESERVE, sql.SUPERSEDE, sql.DROP_EMPTY_NOTICES, sql.ADVANCE):
        _run(session, statement, binds)
    count = session.execute(text("SELECT COUNT(*) FROM notice WHERE run_id = :run"), {"run": run.id})
    run.notices = int(count.scalar_one())
    session.add(run)
    session.flush()
    return PlanSummary(run.notices, duties, found - duties)


def _prepare(session: Session, rulebook: Rulebook) -> None:
    for statement in (*sql.SCRATCH, *sql.CLEAR):
        session.execute(text(statement))
    rows = [row for rule in rules_of(rulebook) for row in _telling_rows(rule)]
    names = list(rows[0])
    marks = ", ".join(f":{name}" for name in names)
    session.execute(text(f"INSERT INTO plan_telling ({', '.join(names)}) VALUES ({marks})"), rows)


def _telling_rows(rule: Rule) -> Iterable[dict[str, Any]]:
    seqs = {step.step: seq for seq, step in enumerate(rule.told_steps, start=1)}
    for step in rule.told_steps:
        for n, telling in enumerate(step.tells):
            yield {
                "rule": rule.id,
                "step": step.step,
                "seq": seqs[step.step],
                "n": n,
                "via": telling.via,
                "audience": telling.audience,
                "channel_class": telling.channel,
                "template": telling.template,
                "booked_late_template": telling.booked_late_template,
                "by_district": int(step.by_district),
                "brings_seq": seqs[step.brings] if step.brings else None,
                "duty": rule.duty,
            }


def _choose(session: Session, today: date, calendar: WorkingCalendar, numbers: Numbers) -> None:
    groups = [
        Group(desk, channel_class, rule, step, party_id, date.fromisoformat(str(tell_by)), bool(forced))
        for desk, channel_class, rule, step, party_id, tell_by, forced in session.execute(text(sql.GROUPS))
    ]
    capacity = {"sms": numbers.sms_per_day, "chat": numbers.sms_per_day, "call": numbers.calls_per_day}
    chosen = choose_groups(groups, today, calendar, capacity.__getitem__)
    if len(chosen) == len(groups):
        return
    rows = [
        {"desk": g.desk, "channel_class": g.channel_class, "rule": g.rule, "step": g.step, "party_id": g.party_id}
        for g in chosen
    ]
    if rows:
        session.execute(text("INSERT INTO plan_chosen VALUES (:desk, :channel_class, :rule, :step, :party_id)"), rows)
    session.execute(text(sql.DROP_UNCHOSEN_ITEMS))
    session.execute(text(sql.DROP_UNCHOSEN_DUTIES))


def _ask_who_answers(session: Session, city_id: str, today: date) -> None:
    """A task for each lift whose rung has nobody to be told; the duty stays due until somebody answers for it."""
    for _, lift_id in session.execute(text(sql.WITHOUT_PARTY)).all():
        open_task(session, TaskKind.USE_UNIT_MISSING, f"lift:{lift_id}", city_id=city_id, today=today, lift_id=lift_id)
    session.execute(text(sql.DROP_UNCHOSEN_DUTIES))


def _set_aside_too_old(session: Session, binds: dict[str, Any], today: date) -> None:
    for party_id, count, earliest, district in session.execute(text(sql.COUNT_TOO_OLD), binds).all():
        open_task(
            session,
            TaskKind.VALIDITY_TOO_OLD,
            f"party:{party_id}",
            city_id=binds["city"],
            today=today,
            party_id=party_id,
            district_code=district,
            detail={"lifts": count, "earliest": str(earliest)},
        )
    _run(session, sql.RECORD_TOO_OLD, binds)
    _run(session, sql.QUIET_TOO_OLD, binds)


def _desk_of(session: Session, city_id: str) -> int:
    """The inspection department of the whole city: the desk for districts that have none of their own."""
    found = session.exec(
        select(Jurisdiction.party_id).where(
            Jurisdiction.city_id == city_id,
            Jurisdiction.district_code == WHOLE_CITY,
            Jurisdiction.role == AreaRole.INSPECTION_DEPARTMENT,
            col(Jurisdiction.to_on).is_(None),
        )
    ).first()
    return found or 0


def _run(session: Session, statement: str, binds: dict[str, Any]) -> None:
    used = {name: value for name, value in binds.items() if f":{name}" in statement}
    session.execute(text(statement), used)


def _count(session: Session, table: str) -> int:
    return int(session.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one())
