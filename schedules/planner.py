"""The plan of a day: what is due to be told, to which party, as one notice each. Finds what is due by `next_on`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    CursorResult,
    Date,
    Integer,
    String,
    TextClause,
    bindparam,
    insert,
    select,
    text,
    update,
)
from sqlmodel import Session

from schedules import plan_sql as sql
from schedules.announcements import INTRODUCTION
from schedules.calendar import load_calendar
from schedules.corrections import CORRECTED
from schedules.dates import ONE_DAY, add_months
from schedules.offices.plan import plan_offices
from schedules.regimes import rulebook_of, rules_owed_by
from schedules.rulebook import Rule, Rulebook, rules_of
from schedules.scratch import empty_scratch, ensure_scratch
from schedules.spread import Group, Room, choose_groups
from schedules.tasks import open_task
from schedules.turnover import turn_over
from store.database import table_of
from store.duties import PUSHED
from store.ledger import release
from store.lifts import City, LiftRole
from store.locks import hold_city
from store.notices import Notice, NoticeStatus, PlanRun
from store.parties import AreaRole, Jurisdiction
from store.tasks import TaskKind


@dataclass(frozen=True)
class PlanSummary:
    """What a plan decided: notices written, duties they tell of, duties put off to a later day by capacity."""

    notices: int = 0
    duties: int = 0
    put_off: int = 0


def plan_day(session: Session, *, today: date, now: datetime, city_id: str | None = None) -> PlanSummary:
    """Write the notices that are due in every city (or one) on `today`. Planning twice changes nothing."""
    cities = [city_id] if city_id else list(session.connection().execute(CITIES).scalars())
    for city in cities:
        turn_over(session, city, today=today, now=now)
    parts = [CityPlan(session, city, today, now).make() for city in cities]
    to_offices = sum(plan_offices(session, city, today=today, now=now) for city in cities)
    return PlanSummary(
        notices=sum(part.notices for part in parts) + to_offices,
        duties=sum(part.duties for part in parts) + to_offices,
        put_off=sum(part.put_off for part in parts),
    )


CITIES = select(table_of(City).c.id).order_by(table_of(City).c.id)
NOTICE = table_of(Notice)
RUN = table_of(PlanRun)
ADD_RUN = insert(RUN).values(notices=0, duties=0).returning(RUN.c.id)
CLOSE_RUN = update(RUN).where(RUN.c.id == bindparam("run")).values(notices=bindparam("made"), duties=bindparam("told"))
OFFICES = select(*(table_of(Jurisdiction).c[name] for name in ("district_code", "role", "party_id"))).where(
    table_of(Jurisdiction).c.city_id == bindparam("city"), table_of(Jurisdiction).c.to_on.is_(None)
)


BINDS = {"city": String, "run": Integer, "today": Date, "tomorrow": Date, "not_before": Date, "owed_before": Date}


@cache
def _prepared(statement: str) -> TextClause:
    """The statement, read once: a plan of few rows would otherwise spend its time on its own SQL."""
    return text(statement).bindparams(
        *(bindparam(name, type_=kind) for name, kind in BINDS.items() if f":{name}" in statement)
    )


class CityPlan:
    """One city's plan of one day, in scratch tables of this connection."""

    def __init__(self, session: Session, city_id: str, today: date, now: datetime) -> None:
        self.session = session
        self.city_id = city_id
        self.today = today
        self.now = now
        self.rulebook: Rulebook = rulebook_of(session, city_id, today)
        self.connection: Connection = session.connection()
        steps = [(rule.id, step) for rule in rules_of(self.rulebook) for step in rule.told_steps]
        # most rulebooks have neither, and then nothing is asked about them
        self.lapsing = [(rule_id, step.step) for rule_id, step in steps if step.lapses]
        self.covering = any(step.covers for _, step in steps)
        self.binds: dict[str, Any] = {
            "city": city_id,
            "today": today,
            "tomorrow": today + ONE_DAY,
            "not_before": add_months(today, -self.rulebook.numbers.too_old_months),
        }

    def make(self) -> PlanSummary:
        """Decide and write."""
        hold_city(self.session, self.city_id)
        self._take_back_lapsed()
        if self._run(sql.ANY_DUE).first() is None:
            return PlanSummary()
        self._prepare()
        self._run(sql.FIND_DUTIES)
        self._run(sql.DROP_NOT_YET)
        self._set_aside_too_old()
        if self.lapsing:
            for statement in (sql.RECORD_LAPSED, sql.QUIET_LAPSED, sql.DROP_LAPSED):
                self._run(statement)
        self._run(sql.MAIN_ITEMS)
        self._ask_who_answers()
        put_off = self._choose()
        self._take_back_overtaken()
        self._keep_from_workers()
        self._run(sql.BROUGHT_ITEMS)
        self._run(sql.COPY_ITEMS)
        if self.covering:
            self._run(sql.COVER_ITEMS)
        return self._write(put_off)

    def _write(self, put_off: int) -> PlanSummary:
        self.binds["run"] = self.connection.execute(
            ADD_RUN, {"planned_on": self.today, "finished_at": self.now}
        ).scalar()
        added = self._run(sql.ADD_NOTICES).rowcount
        self._run(sql.RESERVE)
        self._run(sql.SUPERSEDE)
        if self.covering:
            self._run(sql.SUPERSEDE_COVERED)
        duties = self._run(sql.ADVANCE).rowcount + self._run(sql.ADVANCE_BOOKED).rowcount
        notices = added - self._run(sql.DROP_EMPTY_NOTICES).rowcount
        counts = {"run": self.binds["run"], "made": notices, "told": duties}
        self.connection.execute(CLOSE_RUN, counts)
        self.session.expire_all()
        return PlanSummary(notices, duties, put_off)

    def _prepare(self) -> None:
        ensure_scratch(self.connection, "planner", sql.SCRATCH)
        for table in sql.TABLES:
            empty_scratch(self.connection, table)
        tellings = [row for rule in rules_of(self.rulebook) for row in _telling_rows(rule)]
        for rule, ended_on in rules_owed_by(self.session, self.city_id, self.today).values():
            tellings += [row | {"owed_before": ended_on} for row in _telling_rows(rule)]
        self._fill(sql.FILL_TELLINGS, tellings)
        self._fill(sql.FILL_AREAS, _office_rows(self.connection, self.city_id))

    def _choose(self) -> int:
        """Leave in the plan what goes out today; how many duties are put off to a later day."""
        groups = [
            Group(desk, channel_class, rule, step, party_id, ref, date.fromisoformat(str(tell_by)), bool(forced))
            for desk, channel_class, rule, step, party_id, ref, tell_by, forced in self._run(sql.GROUPS)
        ]
        if all(group.forced for group in groups):
            return 0
        chosen = choose_groups(groups, self.today, load_calendar(self.session), self._room())
        if len(chosen) == len(groups):
            return 0
        names = ("desk", "channel_class", "rule", "step", "party_id")
        self._fill(sql.FILL_CHOSEN, [{name: getattr(group, name) for name in names} for group in chosen])
        self._run(sql.DROP_UNCHOSEN_ITEMS)
        return self._run(sql.DROP_UNCHOSEN_DUTIES).rowcount

    def _take_back_overtaken(self) -> None:
        """Of two rungs of a duty only the later one goes out, when the earlier could not leave on its day."""
        if self._run(sql.WAITING).first() is not None:
            duty_ids = list(self._run(sql.OVERTAKEN).scalars())
            release(self.session, duty_ids, reason="overtaken", now=self.now, keep=(INTRODUCTION, CORRECTED, PUSHED))

    def _take_back_lapsed(self) -> None:
        """What offers something up to a day that has passed, and has not gone out, is not sent any more."""
        for rule, step in self.lapsing:
            duty_ids = list(self._run(sql.LAPSED, rule=rule, step=step).scalars())
            release(self.session, duty_ids, reason="lapsed", now=self.now, keep=(INTRODUCTION, CORRECTED, PUSHED))

    def _keep_from_workers(self) -> None:
        """Notices of the day that this plan adds to must not leave while it does."""
        still_planned = (NOTICE.c.status == NoticeStatus.PLANNED) & (NOTICE.c.tries == 0)
        query = select(NOTICE.c.id).where(NOTICE.c.planned_on == self.today, NOTICE.c.city_id == self.city_id)
        self.connection.execute(query.where(still_planned).order_by(NOTICE.c.id).with_for_update(key_share=True))

    def _room(self) -> Room:
        numbers = self.rulebook.numbers
        taken = {(desk, channel): count for desk, channel, count in self._run(sql.TAKEN)}
        return Room({"sms": numbers.sms_per_day, "chat": numbers.sms_per_day, "call": numbers.calls_per_day}, taken)

    def _ask_who_answers(self) -> None:
        """A task for each lift whose rung has nobody to be told; the duty stays due until somebody answers for it."""
        missing = self._run(sql.WITHOUT_PARTY).all()
        for lift_id, via in missing:
            kind = TaskKind.MAINTAINER_MISSING if via == LiftRole.MAINTAINER else TaskKind.USE_UNIT_MISSING
            open_task(self.session, kind, f"lift:{lift_id}", city_id=self.city_id, today=self.today, lift_id=lift_id)
        if missing:
            self._run(sql.DROP_UNCHOSEN_DUTIES)

    def _set_aside_too_old(self) -> None:
        counts = self._run(sql.COUNT_TOO_OLD).all()
        for party_id, paper, count, earliest, district in counts:
            open_task(
                self.session,
                TaskKind.PAPER_TOO_OLD if paper else TaskKind.VALIDITY_TOO_OLD,
                f"party:{party_id}:{paper}" if paper else f"party:{party_id}",
                city_id=self.city_id,
                today=self.today,
                party_id=party_id,
                district_code=district,
                detail={"lifts": count, "earliest": str(earliest)} | ({"duty": paper} if paper else {}),
            )
        if counts:
            for statement in (sql.RECORD_TOO_OLD, sql.QUIET_TOO_OLD, sql.DROP_TOO_OLD):
                self._run(statement)

    def _run(self, statement: str, **more: str) -> CursorResult[*tuple[Any, ...]]:
        used = {name: value for name, value in self.binds.items() if f":{name}" in statement} | more
        return self.connection.execute(_prepared(statement), used)

    def _fill(self, statement: str, rows: list[dict[str, Any]]) -> None:
        if rows:
            self.connection.execute(_prepared(statement), rows)


def _office_rows(connection: Connection, city_id: str) -> list[dict[str, Any]]:
    """Which department and which regulator answer for each district; '*' for the city's own."""
    offices: dict[str, dict[str, Any]] = {}
    for code, role, party_id in connection.execute(OFFICES, {"city": city_id}):
        row = offices.setdefault(code, {"district_code": code, "desk": None, "regulator": None})
        row["desk" if role == AreaRole.INSPECTION_DEPARTMENT else "regulator"] = party_id
    return list(offices.values())


def _telling_rows(rule: Rule) -> Iterable[dict[str, Any]]:
    seqs = {step.step: seq for seq, step in enumerate(rule.told_steps, start=1)}
    for step in rule.told_steps:
        for n, telling in enumerate(step.tells):
            yield {
                "rule": rule.id,
                "seq": seqs[step.step],
                "n": n,
                "via": telling.via,
                "audience": telling.audience,
                "channel_class": telling.channel,
                "template": telling.template,
                "booked_late_template": telling.booked_late_template,
                "unbooked_only": int(telling.unbooked_only),
                "by_district": int(step.by_district),
                "brings_seq": seqs[step.brings] if step.brings else None,
                "covers": step.covers,
                "lapses": int(step.lapses),
                "duty": rule.duty,
                "owed_before": None,
            }
