"""What a new day changes by itself: rules that begin, years that open, tests that were missed."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from actions.lifts.facts import record_fact
from actions.people.parties import add_contact, find_or_add_party
from actions.running.cities import end_regime, ensure_city, regimes_of, set_regime
from actions.visits.inspections import book
from schedules.duties import rebuild
from schedules.happenings import Answered, DatedFact
from schedules.planner import plan_day
from schedules.regimes import join, refuse_contradictions, rulebook_of
from schedules.rulebook import RulebookError, load_rulebook, rulebook_ids
from schedules.turnover import note_imported
from store.database import Database
from store.duties import Duty, Told
from store.events import Event, EventKind
from store.lifts import BEGINNING, Lift, LiftRole, Responsibility
from store.notices import Notice
from store.parties import ContactRole
from store.tasks import Task, TaskKind

HAND_OVER = (
    "UPDATE told SET state = 'told' WHERE state = 'reserved'",
    "UPDATE notice SET status = 'sent' WHERE status = 'planned'",
)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(4), tzinfo=UTC)


class Place:
    """One city with one use unit; days go by in it."""

    def __init__(self, database: Database, city: str, since: date) -> None:
        self.database, self.city, self.since = database, city, since
        with database.write() as session:
            ensure_city(session, city, since)
            self.unit = find_or_add_party(session, city_id=city, name="示例物业", kind="u")
            role = ContactRole.UNIT_CONTACT
            add_contact(session, party_id=self.unit, role=role, phone="+8614000000001", as_of=since)

    def lift(self, key: str, passed: date, valid_until: date | None) -> int:
        with self.database.write() as session:
            lift = Lift(
                city_id=self.city,
                key=key,
                district="定海区",
                district_code="330902",
                installed_pass_on=passed,
                valid_until=valid_until,
                valid_precision="day" if valid_until else None,
                cycle=valid_until,
                known_from=self.since,
            )
            session.add(lift)
            session.flush()
            answer = {"lift_id": lift.id, "party_id": self.unit, "role": LiftRole.USE_UNIT, "from_on": self.since}
            session.add(Responsibility(**answer))
            session.flush()
            rebuild(session, city_id=self.city, today=self.since, now=noon(self.since), lift_ids=[lift.id])
            return lift.id

    def restate(self, lift_id: int, today: date, **stated: date) -> None:
        """The register states something else of the lift."""
        with self.database.write() as session:
            lift = session.get_one(Lift, lift_id)
            for name, value in stated.items():
                setattr(lift, name, value)
            session.flush()
            rebuild(session, city_id=self.city, today=today, now=noon(today), lift_ids=[lift_id])

    def live(self, first: date, last: date) -> None:
        for offset in range((last - first).days + 1):
            today = first + timedelta(days=offset)
            with self.database.write() as session:
                plan_day(session, today=today, now=noon(today))
                for statement in HAND_OVER:
                    session.execute(text(statement))

    def report(self, lift_id: int, fact: Answered | DatedFact, today: date) -> None:
        with self.database.write() as session:
            common = {"by": self.unit, "now": noon(today), "today": today, "key": f"{fact.kind}:{today}"}
            record_fact(session, lift_ids=[lift_id], fact=fact, **common)

    def duties(self, lift_id: int) -> dict[tuple[str, date | None], Duty]:
        with self.database.read() as session:
            query = select(Duty).where(Duty.lift_id == lift_id, col(Duty.withdrawn_at).is_(None))
            return {(duty.rule, duty.due): duty for duty in session.exec(query)}

    def exits(self) -> list[tuple[int | None, date]]:
        with self.database.read() as session:
            query = select(Event.lift_id, Event.on_date).where(Event.kind == EventKind.TESTING_EXITED)
            return list(session.exec(query).all())

    def said(self, session: Session) -> list[tuple[date, str, str]]:
        return [(notice.planned_on, notice.rule, notice.step) for notice in session.exec(select(Notice))]


def test_a_lift_that_is_not_tested_in_its_window_leaves_the_pilot_the_day_after(database: Database) -> None:
    place = Place(database, "zhoushan", date(2021, 3, 1))
    missed = place.lift("L1", date(2017, 5, 20), date(2021, 5, 31))
    tested = place.lift("L2", date(2017, 5, 20), date(2021, 5, 31))
    place.live(date(2021, 7, 1), date(2021, 7, 30))
    place.report(tested, DatedFact(kind="test_done", on=date(2021, 7, 30)), date(2021, 7, 30))
    place.live(date(2021, 7, 31), date(2021, 7, 31))
    assert place.exits() == []
    place.live(date(2021, 8, 1), date(2021, 8, 20))
    assert place.exits() == [(missed, date(2021, 8, 1))]
    assert ("zs.legacy", date(2021, 5, 31)) in place.duties(missed)  # its own validity holds again, and is over
    assert not any(rule == "zs.legacy" for rule, _ in place.duties(tested))


def test_an_exit_is_void_when_the_test_was_done_in_time_and_the_next_missed_test_is_an_exit_again(
    database: Database,
) -> None:
    place = Place(database, "zhoushan", date(2021, 3, 1))
    lift = place.lift("L1", date(2017, 5, 20), date(2021, 5, 31))
    place.live(date(2021, 8, 1), date(2021, 8, 2))
    assert ("zs.legacy", date(2021, 5, 31)) in place.duties(lift)
    place.report(lift, DatedFact(kind="test_done", on=date(2021, 7, 28)), date(2021, 8, 9))
    place.live(date(2021, 8, 10), date(2021, 8, 11))
    assert not any(rule == "zs.legacy" for rule, _ in place.duties(lift))
    assert place.exits() == [(lift, date(2021, 8, 1))]
    place.live(date(2022, 8, 1), date(2022, 8, 2))
    assert place.exits() == [(lift, date(2021, 8, 1)), (lift, date(2022, 8, 1))]


def test_when_other_rules_begin_each_unit_is_told_once_and_no_open_rung_is_told_again(database: Database) -> None:
    place = Place(database, "zhoushan", date(2024, 1, 5))
    lift = place.lift("L1", date(2017, 6, 20), date(2024, 6, 30))
    place.live(date(2024, 1, 5), date(2024, 4, 1))
    assert not any(rule.startswith("nat.") for rule, _ in place.duties(lift))
    place.live(date(2024, 4, 2), date(2024, 4, 30))
    inspection = place.duties(lift)["nat.inspection", date(2024, 6, 30)]
    assert not any(rule.startswith("zs.") for rule, _ in place.duties(lift))
    with database.read() as session:
        told = session.exec(select(Told).where(Told.duty_id == inspection.id, Told.party_id == place.unit)).all()
        handed = [line for line in place.said(session) if line[2] == "handover"]
    assert [line[0] for line in handed] == [date(2024, 4, 2)]
    steps = {row.step: row.state for row in told}
    assert steps["handover.2024-04-02"] == "told"
    assert steps["sms"] == "superseded"


def test_a_new_year_brings_the_duties_of_the_next_one(database: Database) -> None:
    place = Place(database, "national", date(2025, 11, 1))
    lift = place.lift("L1", date(2017, 5, 20), None)
    place.live(date(2025, 12, 30), date(2025, 12, 31))
    years = {due.year for _, due in place.duties(lift) if due}
    assert max(years) == 2026
    place.live(date(2026, 1, 1), date(2026, 1, 1))
    assert max(due.year for _, due in place.duties(lift) if due) == 2027


def test_guangzhou_s_campaign_beside_the_national_rule_keeps_its_ladder(database: Database) -> None:
    place = Place(database, "guangzhou", date(2026, 1, 5))
    with database.write() as session:
        rules = {"rulebook": "national", "from_on": date(2024, 4, 2), "beside": "guangzhou"}
        set_regime(session, "guangzhou", **rules)
    lift = place.lift("L1", date(2017, 5, 20), date(2026, 5, 31))
    assert ("gz.inspection", date(2026, 5, 31)) in place.duties(lift)
    assert ("nat.test", date(2027, 5, 31)) in place.duties(lift)
    assert not any(rule == "nat.inspection" for rule, _ in place.duties(lift))


@pytest.mark.parametrize("name", rulebook_ids())
def test_no_rulebook_opens_two_duties_of_one_kind(name: str) -> None:
    refuse_contradictions(load_rulebook(name))
    refuse_contradictions(join("national", name))


def test_two_rules_for_one_duty_are_refused() -> None:
    book = load_rulebook("pingluo")
    twice = book.model_copy(update={"rules": (*book.rules, book.rules[0].model_copy(update={"id": "pl.again"}))})
    with pytest.raises(RulebookError, match=r"pl\.registration and pl\.again"):
        refuse_contradictions(twice)


def test_what_is_overdue_is_not_told_again_when_other_rules_begin(database: Database) -> None:
    place = Place(database, "zhoushan", date(2023, 12, 5))
    overdue = place.lift("L1", date(2015, 2, 20), date(2024, 2, 29))
    place.lift("L2", date(2017, 6, 20), date(2024, 6, 30))
    place.report(overdue, Answered(kind="testing_exited", on=date(2023, 12, 5)), date(2023, 12, 5))
    place.live(date(2023, 12, 5), date(2024, 4, 1))
    with database.read() as session:
        earlier = [line for line in place.said(session) if line[2] == "overdue"]
    assert [line[0] for line in earlier] == [date(2024, 3, 1)] * 2  # the unit and the district's regulator
    place.live(date(2024, 4, 2), date(2024, 5, 31))
    assert ("zs.legacy", date(2024, 2, 29)) in place.duties(overdue)
    with database.read() as session:
        assert [line for line in place.said(session) if line[2] == "overdue"] == earlier
        handed = session.exec(select(Notice).where(Notice.step == "handover")).one()
        assert handed.facts == {"from": "2024-04-02", "rules": "national"}
        about = session.exec(select(Told.due).where(Told.notice_id == handed.id)).all()
    assert sorted(about) == [date(2024, 2, 29), date(2024, 6, 30)]


def test_a_visit_that_was_booked_under_the_earlier_rules_pauses_the_inspection_or_becomes_a_task(
    database: Database,
) -> None:
    place = Place(database, "zhoushan", date(2024, 1, 5))
    left_pilot = place.lift("L1", date(2011, 6, 20), date(2024, 6, 30))
    tested_now = [place.lift(key, date(2012, 6, 20), date(2024, 6, 30)) for key in ("L2", "L3")]
    lifts, visit = [left_pilot, *tested_now], date(2024, 4, 20)
    place.report(left_pilot, Answered(kind="testing_exited", on=date(2024, 1, 5)), date(2024, 1, 5))
    place.live(date(2024, 3, 1), date(2024, 3, 18))
    today = date(2024, 3, 18)
    with database.write() as session:
        book(session, lift_ids=lifts, visit_on=visit, by=place.unit, now=noon(today), today=today, key="visit")
    for lift in lifts:
        assert [duty.booked_on for duty in place.duties(lift).values() if duty.booked_on] == [visit]
    place.live(date(2024, 3, 19), date(2024, 4, 19))
    assert place.duties(left_pilot)["nat.inspection", date(2024, 6, 30)].booked_on == visit
    assert all(place.duties(lift)["nat.test", date(2024, 6, 30)].booked_on is None for lift in tested_now)
    with database.read() as session:
        [task] = session.exec(select(Task).where(Task.kind == TaskKind.BOOKING_OF_FORMER_RULES)).all()
        assert (task.party_id, task.status) == (place.unit, "open")
        assert task.detail == {"rules": "national", "visits": ["2024-04-20"], "lifts": 2, "keys": ["L2", "L3"]}
        reminded = {line[1:] for line in place.said(session) if line[0] >= date(2024, 4, 2)}
    assert reminded == {("nat.inspection", "handover")}


def test_the_task_about_booked_visits_ends_when_the_earlier_rules_hold_again(database: Database) -> None:
    place = Place(database, "zhoushan", date(2024, 1, 5))
    lift, visit, today = place.lift("L1", date(2012, 6, 20), date(2024, 6, 30)), date(2024, 4, 20), date(2024, 3, 18)
    place.live(date(2024, 3, 17), today)
    with database.write() as session:
        book(session, lift_ids=[lift], visit_on=visit, by=place.unit, now=noon(today), today=today, key="visit")
    place.live(date(2024, 4, 2), date(2024, 4, 3))
    with database.write() as session:
        [task] = session.exec(select(Task).where(Task.kind == TaskKind.BOOKING_OF_FORMER_RULES)).all()
        assert task.status == "open"
        end_regime(session, "zhoushan", date(2024, 4, 2))
    place.live(date(2024, 4, 4), date(2024, 4, 4))
    with database.read() as session:
        [task] = session.exec(select(Task).where(Task.kind == TaskKind.BOOKING_OF_FORMER_RULES)).all()
        assert (task.status, task.closed_on) == ("done", date(2024, 4, 4))


@pytest.mark.parametrize("year", [2011, 2012], ids=["the same year's date", "a year that was one of testing"])
def test_a_date_that_was_told_before_the_hand_over_and_comes_back_after_it_is_not_told_again(
    year: int, database: Database
) -> None:
    place, told_of = Place(database, "zhoushan", date(2024, 1, 5)), date(2024, 6, 30)
    lift = place.lift("L1", date(year, 6, 20), told_of)
    place.report(lift, Answered(kind="testing_exited", on=date(2024, 1, 5)), date(2024, 1, 5))
    place.live(date(2024, 3, 1), date(2024, 3, 29))
    with database.read() as session:
        assert [line[2] for line in place.said(session)] == ["sms"]
    place.restate(lift, date(2024, 3, 30), valid_until=date(2024, 8, 31))
    place.live(date(2024, 3, 30), date(2024, 4, 9))
    assert ("nat.inspection", told_of) not in place.duties(lift)
    place.restate(lift, date(2024, 4, 10), valid_until=told_of, installed_pass_on=date(2011, 6, 20))
    place.live(date(2024, 4, 10), date(2024, 4, 29))
    inspection = place.duties(lift)["nat.inspection", told_of]
    with database.read() as session:
        steps = dict(session.exec(select(Told.step, Told.state).where(Told.duty_id == inspection.id)).all())
        again = [line for line in place.said(session) if line[0] >= date(2024, 4, 10) and line[2] == "sms"]
    assert (steps["sms"], again) == ("superseded", [])


def test_going_back_to_the_pilot_s_rules_is_told_too(database: Database) -> None:
    place = Place(database, "zhoushan", date(2024, 1, 5))
    place.lift("L1", date(2012, 6, 20), date(2024, 6, 30))
    place.live(date(2024, 4, 1), date(2024, 4, 30))
    with database.write() as session:
        set_regime(session, "zhoushan", rulebook="zhoushan", from_on=date(2024, 5, 6))
    place.live(date(2024, 5, 1), date(2024, 5, 10))
    with database.read() as session:
        handed = session.exec(select(Notice).where(Notice.step == "handover").order_by(col(Notice.id))).all()
        said = [(notice.planned_on, notice.template) for notice in handed]
    assert said == [(date(2024, 4, 2), "nat.handover"), (date(2024, 5, 6), "zs.handover")]
    assert handed[1].facts == {"from": "2024-05-06", "rules": "zhoushan"}


def test_going_back_to_a_city_s_own_rules_is_told_too(database: Database) -> None:
    place, begin = Place(database, "guangzhou", date(2026, 11, 1)), date(2026, 11, 24)
    place.lift("L1", date(2017, 2, 20), date(2027, 2, 28))
    place.live(date(2026, 11, 22), date(2026, 11, 23))
    with database.write() as session:
        set_regime(session, "guangzhou", rulebook="national", from_on=begin, beside="guangzhou")
    place.live(begin, begin)
    with database.write() as session:
        end_regime(session, "guangzhou", begin)
    place.live(date(2026, 11, 25), date(2026, 11, 26))
    with database.read() as session:
        handed = session.exec(select(Notice).where(Notice.step == "handover").order_by(col(Notice.id))).all()
        said = [(notice.planned_on, notice.template) for notice in handed]
    assert said == [(begin, "nat.handover"), (date(2026, 11, 25), "gz.handover")]


@pytest.mark.parametrize("city", ["chongqing", "pingluo"])
def test_rules_of_visits_alone_are_handed_over_with_the_next_visit(database: Database, city: str) -> None:
    place, begin = Place(database, city, date(2022, 3, 1)), date(2022, 4, 4)
    lift = place.lift("L1", date(2017, 6, 20), date(2024, 6, 30))
    place.report(lift, DatedFact(kind="onsite_visit", on=date(2022, 3, 28)), date(2022, 3, 28))
    with database.write() as session:
        set_regime(session, city, rulebook="regulation", from_on=begin)
        set_regime(session, city, rulebook=city, from_on=date(2022, 4, 8))
    place.live(date(2022, 4, 1), date(2022, 4, 9))
    with database.read() as session:
        handed = session.exec(select(Notice).where(Notice.step == "handover").order_by(col(Notice.id))).all()
        templates = {notice.planned_on: notice.template for notice in handed}
    own = {"chongqing": "cq.visit.handover", "pingluo": "pl.visit.handover"}[city]
    assert templates == {begin: "visit.handover", date(2022, 4, 8): own}


def test_an_overdue_inspection_stands_for_all_that_the_next_rules_date_before_they_began(database: Database) -> None:
    """By the national rule the eighth year is one of testing, due in the same month."""
    place, begin = Place(database, "guangzhou", date(2026, 9, 1)), date(2026, 11, 24)
    lift = place.lift("L1", date(2018, 10, 10), date(2026, 10, 31))
    place.live(date(2026, 11, 23), date(2026, 11, 23))
    with database.write() as session:
        set_regime(session, "guangzhou", rulebook="national", from_on=begin)
    place.live(begin, date(2026, 11, 26))
    kinds = ("periodic_inspection", "legacy_inspection", "self_test")
    duties = place.duties(lift).values()
    overdue = [(duty.rule, duty.due) for duty in duties if duty.kind in kinds and duty.due and duty.due < begin]
    assert overdue == [("gz.inspection", date(2026, 10, 31))]
    with database.read() as session:
        assert {step for on, _, step in place.said(session) if on >= begin} == {"handover"}


def test_a_test_that_was_late_by_the_earlier_rules_is_late_and_ends_no_pilot(database: Database) -> None:
    place, begin = Place(database, "national", date(2025, 1, 5)), date(2025, 6, 2)
    lift = place.lift("L1", date(2017, 3, 20), date(2026, 3, 31))
    place.live(date(2025, 5, 30), date(2025, 5, 31))
    late = ("nat.test", date(2025, 3, 31))
    with database.write() as session:
        set_regime(session, "national", rulebook="zhoushan", from_on=begin)
    place.live(begin, date(2025, 6, 4))
    assert place.exits() == []
    assert place.duties(lift)[late].closed_on is None
    place.report(lift, DatedFact(kind="test_done", on=date(2025, 6, 4)), date(2025, 6, 4))
    assert place.duties(lift)[late].closed_on == date(2025, 6, 4)


def test_a_test_of_former_rules_that_is_missed_under_the_pilot_brings_its_inspection(database: Database) -> None:
    """From the pilot to the national rule and back, while the window of one test is open."""
    place = Place(database, "zhoushan", date(2024, 1, 5))
    lift = place.lift("L1", date(2019, 2, 10), date(2024, 2, 29))
    place.live(date(2024, 4, 1), date(2024, 4, 3))
    with database.write() as session:
        set_regime(session, "zhoushan", rulebook="zhoushan", from_on=date(2024, 4, 15))
    place.live(date(2024, 4, 15), date(2024, 4, 30))
    assert [duty.due for (rule, _), duty in place.duties(lift).items() if rule == "zs.test"][:1] == [date(2024, 4, 30)]
    assert place.exits() == []
    place.live(date(2024, 5, 1), date(2024, 5, 2))
    assert place.exits() == [(lift, date(2024, 5, 1))]
    assert {("zs.legacy", date(2024, 2, 29)), ("zs.test", date(2024, 4, 30))} <= set(place.duties(lift))


def test_chongqing_s_pilot_is_followed_by_no_rule_that_was_not_in_force(database: Database) -> None:
    place = Place(database, "chongqing", date(2022, 12, 1))
    lift = place.lift("L1", date(2017, 6, 20), date(2024, 6, 30))
    place.report(lift, DatedFact(kind="onsite_visit", on=date(2022, 12, 28)), date(2022, 12, 28))
    place.live(date(2022, 12, 31), date(2023, 4, 3))
    assert {rule for rule, _ in place.duties(lift)} == {"nat.onsite"}
    place.live(date(2024, 4, 1), date(2024, 4, 2))
    assert ("nat.inspection", date(2024, 6, 30)) in place.duties(lift)
    with database.read() as session:
        handed = session.exec(select(Notice).where(Notice.step == "handover").order_by(col(Notice.id))).all()
        said = [(notice.planned_on, notice.template, notice.facts) for notice in handed]
    assert said == [
        (date(2023, 1, 1), "visit.handover", {"from": "2023-01-01", "rules": "regulation"}),
        (date(2024, 4, 2), "nat.handover", {"from": "2024-04-02", "rules": "national"}),
    ]


def test_a_hand_over_that_comes_late_names_the_day_from_which_the_rules_hold(database: Database) -> None:
    place = Place(database, "zhoushan", date(2024, 1, 5))
    place.lift("L1", date(2017, 6, 20), date(2024, 6, 30))
    place.live(date(2024, 3, 1), date(2024, 3, 31))
    place.live(date(2024, 4, 9), date(2024, 4, 9))
    with database.read() as session:
        handed = session.exec(select(Notice).where(Notice.step == "handover")).one()
        assert (handed.planned_on, handed.facts) == (date(2024, 4, 9), {"from": "2024-04-02", "rules": "national"})


def test_a_campaign_beside_the_law_is_no_hand_over(database: Database) -> None:
    place = Place(database, "national", date(2026, 1, 5))
    lift = place.lift("L1", date(2017, 5, 20), date(2026, 5, 31))
    place.live(date(2026, 2, 25), date(2026, 3, 9))
    with database.write() as session:
        set_regime(session, "national", rulebook="national", from_on=date(2026, 3, 10), beside="guangzhou")
    place.live(date(2026, 3, 10), date(2026, 3, 10))
    inspection = place.duties(lift)["gz.inspection", date(2026, 5, 31)]
    with database.read() as session:
        told = session.exec(select(Told).where(Told.duty_id == inspection.id, Told.party_id == place.unit)).all()
        assert [line for line in place.said(session) if line[2] == "handover"] == []
    assert {row.step: row.state for row in told} == {"sms": "superseded", "call": "superseded"}


def test_rules_that_change_before_the_first_plan_are_no_news(database: Database) -> None:
    place = Place(database, "national", date(2026, 1, 5))
    lift = place.lift("L1", date(2017, 5, 20), date(2026, 5, 31))
    with database.write() as session:
        note_imported(session, "national", date(2026, 1, 5))
        set_regime(session, "national", rulebook="guangzhou", from_on=date(2026, 1, 1))
    place.live(date(2026, 1, 6), date(2026, 1, 6))
    assert {rule for rule, _ in place.duties(lift)} == {"gz.inspection"}
    with database.read() as session:
        assert place.said(session) == []


def test_the_same_rules_may_begin_twice_and_be_taken_back(database: Database) -> None:
    with database.write() as session:
        ensure_city(session, "national", date(2026, 1, 5))
        set_regime(session, "national", rulebook="guangzhou", from_on=date(2026, 3, 1))
        set_regime(session, "national", rulebook="national", from_on=date(2026, 5, 1))
        begun = [(regime.from_on, regime.rulebook) for regime in regimes_of(session, "national")]
        assert begun == [
            (BEGINNING, "national"),
            (date(2026, 3, 1), "guangzhou"),
            (date(2026, 5, 1), "national"),
        ]
        assert end_regime(session, "national", date(2026, 3, 1))
        assert not end_regime(session, "national", date(2026, 3, 1))
        assert rulebook_of(session, "national", date(2026, 4, 1)).id == "national"


def test_the_same_rules_beginning_again_are_told_again_before_any_reminder_is_left_out(database: Database) -> None:
    place = Place(database, "guangzhou", date(2026, 1, 5))
    place.lift("L1", date(2017, 5, 20), date(2026, 5, 31))
    place.live(date(2026, 2, 2), date(2026, 2, 9))
    with database.write() as session:
        set_regime(session, "guangzhou", rulebook="national", from_on=date(2026, 2, 10))
    place.live(date(2026, 2, 10), date(2026, 2, 11))
    with database.write() as session:
        end_regime(session, "guangzhou", date(2026, 2, 10))
    place.live(date(2026, 2, 12), date(2026, 2, 27))
    with database.write() as session:
        set_regime(session, "guangzhou", rulebook="national", from_on=date(2026, 5, 6))
    place.live(date(2026, 5, 6), date(2026, 5, 6))
    with database.read() as session:
        told = [line[0] for line in place.said(session) if line[2] == "handover"]
    assert told == [date(2026, 2, 10), date(2026, 2, 12), date(2026, 5, 6)]


def test_a_clock_that_is_put_back_hands_nobody_back(database: Database) -> None:
    place = Place(database, "zhoushan", date(2024, 1, 5))
    lift = place.lift("L1", date(2017, 6, 20), date(2024, 6, 30))
    place.live(date(2024, 4, 1), date(2024, 4, 2))
    with database.read() as session:
        before = place.said(session)
    place.live(date(2024, 4, 1), date(2024, 4, 2))
    with database.read() as session:
        assert place.said(session) == before
    assert not any(rule.startswith("zs.") for rule, _ in place.duties(lift))


def test_a_plan_of_a_day_far_ahead_was_a_mistake_and_today_s_rules_hold(database: Database) -> None:
    place = Place(database, "national", date(2026, 1, 5))
    lift = place.lift("L1", date(2017, 10, 20), date(2026, 10, 31))
    with database.write() as session:
        set_regime(session, "national", rulebook="guangzhou", from_on=date(2026, 8, 1))
    place.live(date(2026, 9, 1), date(2026, 9, 1))
    assert {rule for rule, _ in place.duties(lift)} == {"gz.inspection"}
    place.live(date(2026, 2, 2), date(2026, 2, 2))
    assert ("nat.inspection", date(2026, 10, 31)) in place.duties(lift)


def test_a_duty_of_rules_that_are_not_in_force_is_left_for_those_that_are(database: Database) -> None:
    place = Place(database, "zhoushan", date(2024, 1, 5))
    lift = place.lift("L1", date(2017, 6, 20), date(2024, 6, 30))
    place.live(date(2024, 4, 1), date(2024, 4, 2))
    with database.write() as session:  # by the rules of a day before: nothing may be counted as told by it
        rebuild(session, city_id="zhoushan", today=date(2024, 4, 1), now=noon(date(2024, 4, 2)), lift_ids=[lift])
    place.live(date(2024, 5, 6), date(2024, 6, 3))
    left = {rule: duty.next_step for (rule, _), duty in place.duties(lift).items() if rule.startswith("zs.")}
    assert left
    assert None not in left.values()
