"""A small town for planning tests: lifts with a unit, a maintainer and the offices of Guangzhou."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from actions.people.parties import add_contact, find_or_add_party
from actions.running.cities import ensure_city
from schedules.calendar import WorkingCalendar
from schedules.duties import rebuild
from schedules.planner import plan_day
from store.database import Database
from store.duties import Duty, Told, ToldState
from store.lifts import Lift, LiftRole, Responsibility
from store.notices import Notice, NoticeStatus
from store.parties import ContactRole

CITY = "guangzhou"


def noon(day: date) -> datetime:
    return datetime.combine(day, time(4), tzinfo=UTC)


@dataclass
class Town:
    """Drives one store by dates; `said` is what has been planned and handed over, as (day, party, step, lift keys)."""

    database: Database
    said: list[tuple[date, str, str, tuple[str, ...]]] = field(default_factory=list)

    def unit(self, name: str, phone: str | None = "+8614000000001", kind: str = "u") -> int:
        with self.database.write() as session:
            ensure_city(session, CITY, date(2020, 1, 1))
            party = find_or_add_party(session, city_id=CITY, name=name, kind=kind)
            role = ContactRole.UNIT_CONTACT if kind == "u" else ContactRole.MAINTAINER_CONTACT
            if phone:
                add_contact(session, party_id=party, role=role, phone=phone, as_of=date(2020, 1, 1))
            return party

    def lift(
        self,
        key: str,
        valid_until: date,
        unit: int | None,
        *,
        on: date,
        maintainer: int | None = None,
        district: str = "440106",
    ) -> int:
        with self.database.write() as session:
            ensure_city(session, CITY, on)
            lift = Lift(
                city_id=CITY,
                key=key,
                district_code=district,
                valid_until=valid_until,
                valid_precision="day",
                cycle=valid_until,
            )
            session.add(lift)
            session.flush()
            for role, party in ((LiftRole.USE_UNIT, unit), (LiftRole.MAINTAINER, maintainer)):
                if party is not None:
                    session.add(Responsibility(lift_id=lift.id, party_id=party, role=role, from_on=on))
            session.flush()
            rebuild(session, city_id=CITY, today=on, now=noon(on), lift_ids=[lift.id])
            return lift.id

    def plan(self, today: date, *, send: bool = True) -> list[tuple[str, str, tuple[str, ...]]]:
        """Plan the day and hand over what was planned unless told not to: (party, step, lifts) of each notice."""
        with self.database.write() as session:
            plan_day(session, today=today, now=noon(today))
        with self.database.write() as session:
            planned = self._planned(session)
            if send:
                session.execute(text("UPDATE told SET state = 'told' WHERE state = 'reserved'"))
                session.execute(text("UPDATE notice SET status = 'sent' WHERE status = 'planned'"))
        if send:
            self.said += [(today, *entry) for entry in planned]
        return planned

    def live(self, first: date, last: date) -> list[tuple[date, str, str, tuple[str, ...]]]:
        """Plan and hand over every day from `first` to `last`; what was said in that time."""
        begun = len(self.said)
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            self.plan(date.fromordinal(ordinal))
        return self.said[begun:]

    def duty(self, lift_id: int) -> Duty:
        with self.database.read() as session:
            query = select(Duty).where(Duty.lift_id == lift_id, col(Duty.withdrawn_at).is_(None))
            return session.exec(query.order_by(col(Duty.id).desc())).first()

    def states(self, lift_id: int) -> dict[str, str]:
        """step → state of the ledger for the present due date of the lift's duty."""
        duty = self.duty(lift_id)
        with self.database.read() as session:
            rows = session.exec(select(Told).where(Told.duty_id == duty.id, Told.due == duty.due)).all()
        return {row.step: row.state for row in rows if not row.is_copy}

    def _planned(self, session: Session) -> list[tuple[str, str, tuple[str, ...]]]:
        found = []
        for notice in session.exec(select(Notice).where(Notice.status == NoticeStatus.PLANNED).order_by(Notice.id)):
            keys = session.exec(
                select(Lift.key)
                .join(Duty, col(Duty.lift_id) == Lift.id)
                .join(Told, col(Told.duty_id) == Duty.id)
                .where(Told.notice_id == notice.id, Told.state == ToldState.RESERVED)
                .order_by(Lift.key)
            ).all()
            name = session.execute(text("SELECT name FROM party WHERE id = :id"), {"id": notice.party_id}).scalar_one()
            found.append((name, notice.step, tuple(keys)))
        return found


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database)


@pytest.fixture
def calendar() -> WorkingCalendar:
    return WorkingCalendar()


@pytest.fixture
def act(town: Town) -> Callable[..., object]:
    """`act(action, today, **arguments)`: do it in a write transaction at noon of that day."""

    def run(action: Callable[..., object], today: date, **arguments: object) -> object:
        with town.database.write() as session:
            return action(session, today=today, now=noon(today), **arguments)

    return run
