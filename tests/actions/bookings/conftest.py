"""Two units and their departments: lifts valid until the end of May 2026, today is the first of April."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlmodel import Session, col, select

from actions.actors import Actor, Asked, find_actors
from actions.checks.desk import checks_of_desk
from actions.people.offices import Wish, set_office
from actions.people.parties import add_contact, bind_chat, find_or_add_party
from actions.refusals import Refused
from actions.running.cities import add_area_party, ensure_city
from actions.visits.slots import set_usual_places
from schedules.duties import rebuild
from schedules.planner import plan_day
from store.database import Database
from store.duties import Duty
from store.events import Event
from store.lifts import Lift, LiftRole, Responsibility
from store.notices import Notice, NoticeStatus
from store.parties import AreaRole, ContactRole
from store.slots import Slot, VisitLift

CITY = "guangzhou"
VALID = date(2026, 5, 31)
TODAY = date(2026, 4, 1)
TIANHE, YUEXIU = "440106", "440104"


def noon(day: date) -> datetime:
    return datetime.combine(day, time(4), tzinfo=UTC)


@dataclass
class Place:
    """A store with people in it. `today` moves as a test wants."""

    database: Database
    today: date = TODAY
    taps: int = 0
    people: dict[str, Actor] = field(default_factory=dict)
    parties: dict[str, int] = field(default_factory=dict)

    def person(self, who: str, party: str, role: ContactRole, phone: str) -> None:
        with self.database.write() as session:
            contact = add_contact(
                session, party_id=self.parties[party], role=role, name=who, phone=phone, as_of=date(2020, 1, 1)
            )
            bind_chat(session, channel="webchat", address=who, contact_id=contact)
            self.people[who] = find_actors(session, "webchat", who)[0]

    def lift(
        self, key: str, unit: str, *, district: str = TIANHE, valid: date | None = VALID, status: str = "in_use"
    ) -> int:
        with self.database.write() as session:
            lift = Lift(
                city_id=CITY, key=key, district_code=district, status=status, compound="云荔花园",
                building=f"{key[-1]}栋", internal_number=f"{key[-1]}栋1梯", address="天河区云荔路1号",
                valid_until=valid, valid_precision="day" if valid else None, cycle=valid,
            )  # fmt: skip
            session.add(lift)
            session.flush()
            session.add(
                Responsibility(
                    lift_id=lift.id, party_id=self.parties[unit], role=LiftRole.USE_UNIT, from_on=date(2020, 1, 1)
                )
            )
            session.flush()
            rebuild(session, city_id=CITY, today=self.today, now=noon(self.today), lift_ids=[lift.id])
            return lift.id

    def asked(self, who: str, key: str | None = None) -> Asked:
        self.taps += 1
        return Asked(self.people[who], noon(self.today), self.today, f"tap{self.taps}" if key is None else key)

    def do(self, verb: Callable[..., Any], who: str, key: str | None = None, **arguments: Any) -> Any:
        """Use a verb as this person, in a transaction of its own."""
        asked = self.asked(who, key)
        with self.database.write() as session:
            return verb(session, asked, **arguments)

    def ask(self, question: Callable[[Session], Any]) -> Any:
        with self.database.read() as session:
            return question(session)

    def write(self, deed: Callable[[Session], Any]) -> Any:
        with self.database.write() as session:
            return deed(session)

    def hand_district(self, code: str, to: str) -> Any:
        """A district goes to the department of this name."""
        wish = Wish(CITY, AreaRole.INSPECTION_DEPARTMENT, code, "陈一鸣", "分工", name=to)
        change = self.write(lambda session: set_office(session, wish, now=noon(self.today), today=self.today))
        found = {who: self.ask(lambda session, who=who: find_actors(session, "webchat", who)) for who in self.people}
        self.people |= {who: actors[0] for who, actors in found.items() if actors}
        return change

    def checks(self, who: str = "何值班") -> Any:
        """What units have said that this department is to look into."""
        return self.do(checks_of_desk, who)

    def refusal(self, verb: Callable[..., Any], who: str, **arguments: Any) -> Refused:
        with pytest.raises(Refused) as refused:
            self.do(verb, who, **arguments)
        return refused.value

    def duty(self, lift_id: int) -> Duty:
        query = select(Duty).where(Duty.lift_id == lift_id, Duty.kind == "periodic_inspection")
        return self.ask(lambda session: session.exec(query).one())

    def taken(self) -> dict[tuple[date, str], int]:
        """What is taken of each half day of which anything is."""
        rows = self.ask(lambda session: session.exec(select(Slot).where(Slot.taken > 0)).all())
        return {(slot.day, slot.half): slot.taken for slot in rows}

    def gone(self, lift_id: int) -> list[str | None]:
        query = select(VisitLift.gone).where(VisitLift.lift_id == lift_id).order_by(col(VisitLift.id))
        return self.ask(lambda session: list(session.exec(query)))

    def events(self, *kinds: str) -> list[Event]:
        query = select(Event).where(col(Event.kind).in_(kinds)).order_by(col(Event.id))
        return self.ask(lambda session: list(session.exec(query)))

    def plan(self, day: date) -> list[tuple[str, str]]:
        """Plan a day; the (step, template) of what is to go out then."""
        with self.database.write() as session:
            plan_day(session, today=day, now=noon(day))
            rows = session.exec(select(Notice).where(Notice.planned_on == day, Notice.status == NoticeStatus.PLANNED))
            return [(notice.step, notice.template) for notice in rows]


@pytest.fixture
def place(database: Database) -> Place:
    """Two units, the department of two districts, one of a third; ten lifts fit into half a day."""
    made = Place(database)
    with database.write() as session:
        ensure_city(session, CITY, date(2020, 1, 1))
        for name in ("云荔物业", "珠水物业"):
            made.parties[name] = find_or_add_party(session, city_id=CITY, name=name, kind="u")
        made.parties["维保一公司"] = find_or_add_party(session, city_id=CITY, name="维保一公司", kind="m")
        for name, code in (("天河检验部", TIANHE), ("越秀检验部", YUEXIU)):
            made.parties[name] = add_area_party(
                session, city_id=CITY, role=AreaRole.INSPECTION_DEPARTMENT, name=name, district_codes=[code],
                as_of=date(2020, 1, 1),
            )  # fmt: skip
        set_usual_places(session, None, 10)
    made.person("陈一鸣", "云荔物业", ContactRole.UNIT_CONTACT, "+8614000000001")
    made.person("黄敏", "珠水物业", ContactRole.SAFETY_MANAGER, "+8614000000002")
    made.person("何值班", "天河检验部", ContactRole.DUTY_OFFICER, "+8614000000003")
    made.person("罗检验", "天河检验部", ContactRole.INSPECTOR, "+8614000000004")
    made.person("越秀值班", "越秀检验部", ContactRole.DUTY_OFFICER, "+8614000000005")
    made.person("维保甲", "维保一公司", ContactRole.WORKER, "+8614000000006")
    return made
