"""An exit from the testing pilot says what it brings, and what is over is offered to nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from actions.people.parties import add_contact, find_or_add_party
from actions.people.responsibility import UseUnitChange, change_use_units
from actions.running.cities import ensure_city
from notifier.facts import load_facts
from notifier.prepare import prepare
from schedules.duties import rebuild
from schedules.planner import plan_day
from schedules.rulebook import load_rulebook
from store.database import Database
from store.duties import Duty, Told
from store.lifts import Lift, LiftRole, Responsibility
from store.notices import Notice
from store.parties import ContactRole

CITY = "zhoushan"
VALID = date(2021, 5, 31)
PASSED = date(2017, 5, 20)
OPTION_ENDS = date(2021, 4, 30)
EXIT = date(2021, 8, 1)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(4), tzinfo=UTC)


@dataclass
class Island:
    """Lifts of one unit and one maintainer under the pilot, first spoken of on some day."""

    database: Database

    def party(self, name: str, kind: str, role: ContactRole, on: date) -> int:
        with self.database.write() as session:
            ensure_city(session, CITY, on)
            party = find_or_add_party(session, city_id=CITY, name=name, kind=kind)
            add_contact(session, party_id=party, role=role, phone=f"+861400000000{ord(kind) % 10}", as_of=on)
            return party

    def lift(self, key: str, since: date) -> int:
        unit = self.party("示例物业", "u", ContactRole.UNIT_CONTACT, since)
        maintainer = self.party("示例维保", "m", ContactRole.MAINTAINER_CONTACT, since)
        place = {"district": "定海区", "district_code": "330902", "installed_pass_on": PASSED, "known_from": since}
        with self.database.write() as session:
            valid = {"valid_until": VALID, "valid_precision": "month", "cycle": VALID}
            lift = Lift(city_id=CITY, key=key, compound="示例花园", **place, **valid)
            session.add(lift)
            session.flush()
            for role, party in ((LiftRole.USE_UNIT, unit), (LiftRole.MAINTAINER, maintainer)):
                session.add(Responsibility(lift_id=lift.id, party_id=party, role=role, from_on=since))
            session.flush()
            rebuild(session, city_id=CITY, today=since, now=noon(since), lift_ids=[lift.id])
            return lift.id

    def plan(self, today: date, *, send: bool = True) -> list[Notice]:
        with self.database.write() as session:
            plan_day(session, today=today, now=noon(today))
            if send:
                session.execute(text("UPDATE told SET state = 'told' WHERE state = 'reserved'"))
                session.execute(text("UPDATE notice SET status = 'sent' WHERE status = 'planned'"))
            return list(session.exec(select(Notice).where(Notice.planned_on == today).order_by(col(Notice.id))))

    def rungs(self, today: date, *, send: bool = True) -> list[tuple[str, str]]:
        return [(notice.template, notice.step) for notice in self.plan(today, send=send)]

    def live(self, first: date, last: date) -> list[tuple[str, str]]:
        days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
        return [rung for day in days for rung in self.rungs(day)]

    def read(self, question: Callable[[Session], object]) -> object:
        with self.database.read() as session:
            return question(session)


@pytest.fixture
def island(database: Database) -> Island:
    return Island(database)


def test_an_exit_and_the_inspection_that_it_brings_are_one_message_to_each(island: Island) -> None:
    lift = island.lift("L1", date(2021, 3, 1))
    island.live(date(2021, 7, 1), date(2021, 7, 31))
    told = island.rungs(EXIT, send=False)
    assert sorted(told) == [("zs.test.exit", "exit"), ("zs.test.exit.maint", "exit"), ("zs.test.exit.reg", "exit")]

    def words(session: Session) -> list[str]:
        notices = session.exec(select(Notice.id).where(Notice.planned_on == EXIT).order_by(col(Notice.template))).all()
        return [message.body for message in prepare(session, notices, ["sms", "webchat"], EXIT)]

    unit, maintainer, regulator = island.read(words)
    assert "检测试点终止" in unit
    assert "原检验已于2021年5月到期，请立即停用" in unit
    assert "其中1台检验有效期已满" in regulator
    assert "停用" in maintainer

    def ledger(session: Session) -> set[tuple[str, str]]:
        query = select(Told.step, Told.state).join(Duty, col(Duty.id) == Told.duty_id)
        return set(session.exec(query.where(Duty.lift_id == lift, Duty.rule == "zs.legacy")).all())

    assert ("overdue", "superseded") in island.read(ledger)


def test_the_next_days_tell_nothing_of_the_inspection_again(island: Island) -> None:
    island.lift("L1", date(2021, 3, 1))
    island.live(date(2021, 7, 1), EXIT)
    assert island.live(EXIT + timedelta(days=1), date(2021, 8, 31)) == []


def test_a_first_pass_after_the_exit_is_one_message_too(island: Island) -> None:
    island.lift("L1", date(2021, 3, 1))
    assert [name for name, _ in island.rungs(date(2021, 9, 6))].count("zs.test.exit") == 1
    assert not [name for name, _ in island.rungs(date(2021, 9, 6)) if name.startswith("inspection.")]


def test_one_sms_for_a_unit_with_many_lifts_that_left(island: Island) -> None:
    for number in range(12):
        island.lift(f"L{number}", date(2021, 3, 1))
    island.live(date(2021, 7, 1), date(2021, 7, 31))
    island.plan(EXIT, send=False)

    def unit(session: Session) -> list[tuple[str, int]]:
        notices = session.exec(select(Notice.id).where(Notice.template == "zs.test.exit")).all()
        assert len(load_facts(session, notices)[notices[0]].lifts) == 12
        return [(message.body, message.segments) for message in prepare(session, notices, ["sms"], EXIT)]

    ((body, segments),) = island.read(unit)
    assert segments == 1
    assert "12台电梯" in body


def test_the_option_to_stay_out_is_offered_before_its_last_day(island: Island) -> None:
    island.lift("L1", date(2021, 3, 1))
    assert ("zs.opt_out", "near30") in island.live(date(2021, 3, 1), OPTION_ENDS)


def test_on_its_last_day_it_is_still_offered_to_a_register_that_comes_late(island: Island) -> None:
    island.lift("L1", OPTION_ENDS)
    assert ("zs.opt_out", "near30") in island.rungs(OPTION_ENDS)


def test_an_option_that_is_over_is_not_offered(island: Island) -> None:
    lift = island.lift("L1", date(2021, 5, 6))
    assert "zs.opt_out" not in [name for name, _ in island.live(date(2021, 5, 6), date(2021, 5, 12))]

    def option(session: Session) -> Duty:
        return session.exec(select(Duty).where(Duty.lift_id == lift, Duty.rule == "zs.opt_out")).one()

    assert island.read(option).next_on is None


def test_an_offer_that_could_not_leave_in_time_is_taken_back(island: Island) -> None:
    island.lift("L1", date(2021, 4, 26))
    assert ("zs.opt_out", "near30") in island.rungs(date(2021, 4, 26), send=False)
    island.rungs(date(2021, 5, 1), send=False)

    def offers(session: Session) -> list[tuple[str, str]]:
        query = select(Notice.status, Notice.reason).where(Notice.template == "zs.opt_out")
        return [(status, reason) for status, reason in session.exec(query)]

    assert island.read(offers) == [("cancelled", "lapsed")]


def test_a_new_unit_is_not_introduced_to_an_option_that_is_over(island: Island) -> None:
    lift = island.lift("L1", date(2021, 5, 6))
    old = island.party("示例物业", "u", ContactRole.UNIT_CONTACT, date(2021, 5, 6))
    new = island.party("新物业", "u", ContactRole.UNIT_CONTACT, date(2021, 5, 6))
    with island.database.write() as session:
        change_use_units(session, [UseUnitChange(lift, old, new)], on=date(2021, 5, 10), now=noon(date(2021, 5, 10)))

    def introduced(session: Session) -> set[str]:
        return set(session.exec(select(Notice.rule).where(Notice.step == "introduction", Notice.party_id == new)).all())

    found = island.read(introduced)
    assert "zs.test" in found
    assert "zs.opt_out" not in found


def test_a_mark_that_is_due_already_is_not_asked_for_by_a_day_that_has_passed(island: Island) -> None:
    island.lift("L1", date(2021, 6, 7))
    island.plan(date(2021, 6, 7), send=False)

    def words(session: Session) -> list[str]:
        notices = session.exec(select(Notice.id).where(Notice.rule == "zs.mark")).all()
        return [message.body for message in prepare(session, notices, ["sms"], date(2021, 6, 7))]

    (body,) = island.read(words)
    assert "请最迟" not in body
    assert "应于5月30日前更换" in body


def test_a_rung_that_lapses_is_followed_by_none_that_does_not() -> None:
    rule = next(rule for rule in load_rulebook("zhoushan").rules if rule.id == "zs.opt_out")
    last = rule.steps[0].model_copy(update={"step": "after", "lapses": False})
    with pytest.raises(ValueError, match="follows one that lapses"):
        type(rule).model_validate(rule.model_dump() | {"steps": [rule.steps[0].model_dump(), last.model_dump()]})


def test_a_rung_covers_a_rule_that_there_is() -> None:
    broken = load_rulebook("zhoushan").model_dump(mode="json", exclude_none=True)
    broken["rules"][0]["steps"][0]["covers"] = "zs.nothing"
    with pytest.raises(ValueError, match=r"there is no rule 'zs\.nothing'"):
        type(load_rulebook("zhoushan")).model_validate(broken)
