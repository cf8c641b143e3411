"""A department that issues reports in the small city, and everybody who hears of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from phones.world import NOW, TODAY, World, found_world
from sqlmodel import Session, col, select

from actions.actors import Asked
from actions.refusals import Refused
from actions.reporting.owed import OwedReport, reports_owed
from actions.reporting.papers import keep_report_file
from actions.visits.inspections import confirm_rectification, issue_opinion_notice, record_inspection
from notifier.prepare import prepare
from store.database import Database
from store.lifts import Lift
from store.notices import Notice
from store.reports import Report

PDF = b"%PDF-1.7 a report"


@dataclass
class Institute:
    """`now` moves as a test wants."""

    database: Database
    world: World
    now: datetime = NOW
    taps: int = 0
    seen: set[int] = field(default_factory=set)

    @property
    def today(self) -> date:
        return TODAY + (self.now.date() - NOW.date())

    def move(self, day: date) -> None:
        self.now = NOW + timedelta(days=(day - TODAY).days)

    def do(self, verb: Callable[..., Any], who: str = "duty_officer", key: str = "", **arguments: Any) -> Any:
        self.taps += 1
        with self.database.write() as session:
            actor = self.world.actor(session, who)
            return verb(session, Asked(actor, self.now, self.today, key or f"tap{self.taps}"), **arguments)

    def refusal(self, verb: Callable[..., Any], who: str = "duty_officer", **arguments: Any) -> str:
        with pytest.raises(Refused) as refused:
            self.do(verb, who, **arguments)
        return refused.value.name

    def ask(self, question: Callable[[Session], Any]) -> Any:
        with self.database.read() as session:
            return question(session)

    def write(self, deed: Callable[[Session], Any]) -> Any:
        with self.database.write() as session:
            return deed(session)

    def inspect(self, lift_id: int, conclusion: str) -> None:
        """It ended so today."""
        self.taps += 1
        by = {"by": self.world.parties["department"], "now": self.now, "today": self.today, "key": f"i{self.taps}"}
        self.write(
            lambda session: record_inspection(session, lift_ids=[lift_id], on=self.today, conclusion=conclusion, **by)
        )

    def opine(self, lift_id: int, deadline: date) -> None:
        by = {"by": self.world.parties["department"], "now": self.now, "today": self.today, "key": "opinion"}
        self.write(
            lambda session: issue_opinion_notice(session, lift_ids=[lift_id], on=self.today, deadline=deadline, **by)
        )

    def confirm(self, lift_id: int) -> None:
        by = {"by": self.world.parties["department"], "now": self.now, "today": self.today, "key": "confirmed"}
        self.write(lambda session: confirm_rectification(session, lift_ids=[lift_id], on=self.today, **by))

    def owed(self) -> list[OwedReport]:
        return self.do(reports_owed)

    def owed_for(self, lift_id: int) -> OwedReport:
        return next(one for one in self.owed() if one.lift_id == lift_id)

    def paper(self, content: bytes = PDF) -> int:
        return self.do(keep_report_file, name="报告.pdf", content=content)

    def report(self, report_id: int) -> Report:
        return self.ask(lambda session: session.get_one(Report, report_id))

    def lift(self, lift_id: int) -> Lift:
        return self.ask(lambda session: session.get_one(Lift, lift_id))

    def told(self) -> list[tuple[str, str, str]]:
        """(template, whose, by which channel) of what was planned since this was asked last, as it leaves."""
        with self.database.read() as session:
            fresh = [one for one in session.exec(select(Notice).order_by(col(Notice.id))) if one.id not in self.seen]
            self.seen |= {one.id for one in fresh}
            names = {party: name for name, party in self.world.parties.items()}
            prepared = prepare(session, [one.id for one in fresh], ("sms", "telegram"), self.today)
            whose = {one.id: names[one.party_id] for one in fresh}
            return [(one.template, whose[one.notice_id], one.channel) for one in prepared]

    def bodies(self, template: str) -> list[str]:
        with self.database.read() as session:
            ids = session.exec(select(Notice.id).where(Notice.template == template)).all()
            return [one.body for one in prepare(session, ids, ("sms", "telegram"), self.today)]


@pytest.fixture
def desk(database: Database) -> Institute:
    """The small city of the bot's tests: today is Monday, 23 November 2026."""
    with database.write() as session:
        world = found_world(session)
    return Institute(database, world)
