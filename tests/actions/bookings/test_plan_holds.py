"""A published plan: told to its units, places held until they answer, changes told, no half day overbooked."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlmodel import Session, select

from actions.plans import telling
from actions.plans.answers import agree_to_all, agree_to_round, decline_round, plan_rounds_of_unit
from actions.plans.away import inspector_away
from actions.plans.desk import left_out_of_desk, plan_of_desk, publish_plan_of_desk
from actions.plans.holding import end_holds
from actions.plans.make import Wanted, make_year_plan
from actions.plans.telling import tell_plan
from actions.refusals import Refused
from actions.visits.bookings import book_visit, bookings_of, cancel_visit
from actions.visits.inspections import record_inspection
from actions.visits.slots import change_places, set_usual_places
from notifier.plan_facts import still_proposed
from store.held import give_up_places, misheld
from store.lifts import Lift
from store.notices import PLAN, WITHDRAWN, Notice
from store.parties import Party
from store.plans import PlanLiftRow, PlanRound, YearPlanMade
from store.slots import Slot, Visit, VisitLift, miscounted

from .conftest import TIANHE, YUEXIU

BEGINS, MAY, AUGUST = date(2026, 4, 13), date(2026, 5, 31), date(2026, 8, 31)


def make(place: Any, **wanted: Any) -> None:
    def run(session: Session) -> None:
        desk = session.get_one(Party, place.parties["天河检验部"])
        asked = place.asked("何值班")
        make_year_plan(session, desk, Wanted(2026, BEGINS, **wanted), today=place.today, now=asked.now)

    place.write(run)


def published(place: Any, **wanted: Any) -> Any:
    make(place, **wanted)
    place.do(publish_plan_of_desk, "何值班")
    return place.do(plan_rounds_of_unit, "陈一鸣")


def held(place: Any) -> dict[tuple[date, str], int]:
    rows = place.ask(lambda session: session.exec(select(Slot).where(Slot.held > 0)).all())
    return {(slot.day, slot.half): slot.held for slot in rows}


def told(place: Any) -> list[tuple[str, str, int, int]]:
    """Of each notice of the plan: whose, which, how many lifts on how many visits; all of them leave."""
    names = {party: name for name, party in place.parties.items()}
    rows = place.ask(lambda session: session.exec(select(Notice).where(Notice.duty == PLAN)).all())
    place.write(lambda session: session.execute(text("UPDATE notice SET status = 'sent' WHERE status = 'planned'")))
    found = [(names[one.party_id], one.template, one.facts[PLAN]) for one in rows if one.status == "planned"]
    return sorted((name, template, len(said["lifts"]), len(said["rounds"])) for name, template, said in found)


def split_off(place: Any, visit_id: int, lift_id: int) -> None:
    def run(session: Session) -> None:
        visit = session.get_one(Visit, visit_id)
        same = visit.model_dump(include={"department_id", "party_id", "day", "half", "made_at", "made_by"})
        other = Visit(**same)
        session.add(other)
        session.flush()
        query = select(VisitLift).where(VisitLift.lift_id == lift_id, VisitLift.visit_id == visit_id)
        session.exec(query).one().visit_id = other.id

    place.write(run)


def sound(place: Any) -> bool:
    return place.ask(misheld) == place.ask(miscounted) == 0


@pytest.fixture
def sixty(place: Any) -> list[int]:
    """Sixty lifts of one unit, three of another; half days take thirty."""
    place.write(lambda session: set_usual_places(session, None, 30))
    for number in range(3):
        place.lift(f"B{number}", "珠水物业")
    return [place.lift(f"A{number:02}", "云荔物业") for number in range(60)]


def test_gz_04_a_published_plan_is_told_once_to_each_unit_held_and_agreed_to_in_one_tap(
    place: Any, sixty: list[int]
) -> None:
    rounds = published(place)
    assert sum(len(one.lifts) for one in rounds) == 60
    assert told(place) == [("云荔物业", "plan.published", 60, len(rounds)), ("珠水物业", "plan.published", 3, 1)]
    assert (sum(held(place).values()), place.taken()) == (63, {})
    looks: list[str] = []
    event.listen(place.database.engine, "before_cursor_execute", lambda *about: looks.append(about[2]))
    place.write(lambda session: end_holds(session, today=place.today))
    assert sum("round_place" in look for look in looks) == 2, "of all rounds at once, every minute"
    assert not any("plan_lift" in look and "round_place" not in look for look in looks)
    done = place.do(agree_to_all, "陈一鸣")
    assert (done.lifts, list(done.refused)) == (60, [])
    assert (sum(place.taken().values()), sum(held(place).values()), sound(place)) == (60, 3, True)
    plan = place.do(plan_of_desk, "何值班")
    assert (plan.published, dict(plan.lifts), plan.left_out) == (True, {"agreed": 60, "proposed": 3}, {})
    make(place)  # anew: those that are booked are off it, and the other unit's day stays as it was told
    assert sum(held(place).values()) == 3, "by the plan before, until this one is published"
    place.do(publish_plan_of_desk, "何值班")
    assert [one[0] for one in told(place)] in ([], ["珠水物业"])
    assert (sum(held(place).values()), sound(place)) == (3, True)


def test_a_place_that_is_held_is_nobody_elses_until_its_day_and_then_everybodys(place: Any) -> None:
    place.write(lambda session: set_usual_places(session, None, 1))
    place.lift("A1", "云荔物业")
    second = place.lift("B1", "珠水物业")
    (one,) = published(place)
    wish = {"lift_ids": [second], "day": one.day, "half": one.half}
    assert place.refusal(book_visit, "黄敏", **wish).name == "bookings.full"
    place.write(lambda session: end_holds(session, today=place.today + timedelta(days=1)))
    assert sum(held(place).values()) == 2
    place.today = one.day - timedelta(days=1)
    place.write(lambda session: end_holds(session, today=place.today))
    assert (one.day, one.half) not in held(place)
    place.today = date(2026, 4, 10)
    place.do(book_visit, "黄敏", **wish)
    assert (place.taken(), sound(place)) == ({(one.day, one.half): 1}, True)


def test_who_declines_or_books_another_day_gives_the_places_back(place: Any) -> None:
    lifts = [place.lift("A1", "云荔物业"), place.lift("A2", "云荔物业", valid=AUGUST)]
    one, other = published(place)
    place.do(decline_round, "陈一鸣", round_id=one.round_id)
    assert sum(held(place).values()) == 1
    place.do(book_visit, "陈一鸣", lift_ids=lifts[1:], day=date(2026, 7, 1), half="am")
    assert (held(place), sound(place)) == ({}, True)
    assert [one.state for one in place.do(plan_rounds_of_unit, "陈一鸣") if one.round_id == other.round_id] == [
        "booked"
    ]


@pytest.mark.both_stores
def test_agreeing_and_booking_at_once_overbook_nothing(place: Any) -> None:
    place.write(lambda session: set_usual_places(session, None, 4))
    for number in range(4):
        place.lift(f"A{number}", "云荔物业")
    others = [place.lift(f"B{letter}", "珠水物业") for letter in "ABCDEFGH"]  # of other buildings
    (one,) = published(place)
    place.do(change_places, "何值班", first=one.day, last=one.day, half=None, places=5)
    deeds: list[Any] = [(agree_to_round, place.asked("陈一鸣"), {"round_id": one.round_id})]
    deeds += [
        (book_visit, place.asked("黄敏"), {"lift_ids": [lift], "day": one.day, "half": half})
        for lift, half in zip(others, ("am", "pm") * 4, strict=True)
    ]
    ready = Barrier(len(deeds))

    def press(deed: Any) -> str:
        ready.wait()
        try:
            with place.database.write() as session:
                deed[0](session, deed[1], **deed[2])
        except Refused as refused:
            return refused.name
        return "done"

    with ThreadPoolExecutor(len(deeds)) as pool:
        heard = list(pool.map(press, deeds))
    assert heard[0] == "done", "its own places were held"
    assert all(count <= 5 for count in place.taken().values())
    assert sound(place)


def test_gz_03_calling_an_earlier_visit_off_gives_the_validity_back(place: Any) -> None:
    lifts = [place.lift("L1", "云荔物业"), place.lift("L2", "云荔物业", valid=AUGUST)]
    (one,) = published(place, most_months=6)
    assert (one.adjusted, one.fee_percent) == (MAY, 87)
    (visit,) = place.do(agree_to_round, "陈一鸣", round_id=one.round_id).visits
    place.do(cancel_visit, "陈一鸣", visit_id=visit.visit_id)
    valid = place.ask(lambda session: [session.get_one(Lift, lift_id).valid_until for lift_id in lifts])
    assert valid == [MAY, AUGUST]
    assert {place.duty(lift_id).due for lift_id in lifts} == {MAY, AUGUST}
    assert place.do(plan_rounds_of_unit, "陈一鸣")[0].state == "proposed", "nobody has said no to an earlier visit"
    (visit,) = place.do(agree_to_round, "陈一鸣", round_id=one.round_id).visits
    assert {place.duty(lift_id).due for lift_id in lifts} == {MAY}
    split_off(place, visit.visit_id, lifts[0])  # its district went to another department
    place.do(cancel_visit, "陈一鸣", visit_id=visit.visit_id)
    assert place.do(plan_rounds_of_unit, "陈一鸣")[0].state == "agreed", "the other lift's visit stands"
    (rest,) = place.do(bookings_of, "陈一鸣")
    place.do(cancel_visit, "陈一鸣", visit_id=rest.visit_id)
    assert [place.duty(lift_id).due for lift_id in lifts] == [MAY, AUGUST]
    assert place.do(plan_rounds_of_unit, "陈一鸣")[0].state == "proposed"


def test_gz_03_a_validity_stays_shortened_once_the_visit_has_taken_place(place: Any) -> None:
    lifts = [place.lift("L1", "云荔物业"), place.lift("L2", "云荔物业", valid=AUGUST)]
    (one,) = published(place, most_months=6)
    place.do(agree_to_round, "陈一鸣", round_id=one.round_id)
    place.today, desk = one.day, place.parties["天河检验部"]
    ended: Any = {"on": one.day, "conclusion": "fail", "by": desk, "now": place.asked("何值班").now, "today": one.day}
    place.write(lambda session: record_inspection(session, lift_ids=lifts, key="failed", **ended))
    day = one.day + timedelta(days=14)
    (again,) = place.do(book_visit, "何值班", lift_ids=lifts, day=day, half="day").visits
    place.do(cancel_visit, "何值班", visit_id=again.visit_id)
    assert {place.duty(lift_id).due for lift_id in lifts} == {MAY}
    assert place.ask(lambda session: session.get_one(PlanRound, one.round_id)).state == "agreed"


def test_a_plan_made_anew_says_what_is_off_and_which_places_are_not_held(place: Any, monkeypatch: Any) -> None:
    place.write(lambda session: set_usual_places(session, None, 1))
    first, second = place.lift("A1", "云荔物业"), place.lift("A2", "云荔物业", valid=AUGUST)
    published(place)
    assert told(place) == [("云荔物业", "plan.published", 2, 2)]

    def fall_off(session: Session) -> None:
        plan = session.exec(select(YearPlanMade)).one()
        gone = session.exec(select(PlanLiftRow).where(PlanLiftRow.lift_id == second)).one()
        kept = session.exec(select(PlanLiftRow).where(PlanLiftRow.lift_id == first)).one()
        gone.round_id, gone.why = None, "no_capacity"
        give_up_places(session, [kept.round_id or 0])
        tell_plan(session, plan, place.today)
        tell_plan(session, plan, place.today)

    place.write(fall_off)
    query = select(Notice).where(Notice.status == "planned", Notice.duty == PLAN)
    (notice,) = place.ask(lambda session: session.exec(query).all())
    said = notice.facts[PLAN]
    assert (notice.template, len(said["rounds"])) == ("plan.changed", 1)
    assert [(lift["key"], of == WITHDRAWN) for lift, of in zip(said["lifts"], said["of"], strict=True)] == [
        ("A1", False),
        ("A2", True),
    ]
    answered = {**notice.facts, PLAN: {**said, "rounds": [{**said["rounds"][0], "day": "2026-01-01"}]}}
    left = place.ask(lambda session: still_proposed(session, {1: answered}))[1][PLAN]
    assert (left["rounds"], [lift["key"] for lift in left["lifts"]]) == ([], ["A2"]), "what is off is said all the same"
    # what waits leaves just when more changes: it is left as it is, and what changed is told after it
    look = telling._told

    def leaves(session: Session, *rest: Any) -> Any:
        found = look(session, *rest)
        session.execute(text("UPDATE notice SET status = 'sent' WHERE status = 'planned'"))
        return found

    def change(session: Session) -> None:
        plan, kept = session.exec(select(YearPlanMade)).one(), session.exec(select(PlanLiftRow)).all()
        moved = session.get_one(PlanRound, next(row.round_id for row in kept if row.round_id))
        moved.day += timedelta(days=1)
        tell_plan(session, plan, place.today)

    monkeypatch.setattr(telling, "_told", leaves)
    place.write(change)
    assert place.ask(lambda session: session.get_one(Notice, notice.id)).facts == notice.facts
    rounds = place.ask(lambda session: session.exec(query).one()).facts[PLAN]["rounds"]
    assert [one["held"] for one in rounds] == [False]


def test_an_inspector_who_is_ill_moves_what_nobody_has_answered_and_names_what_is_booked(place: Any) -> None:
    place.write(lambda session: set_usual_places(session, None, 2))
    for number in range(2):
        place.lift(f"A{number}", "云荔物业")
    place.lift("B0", "珠水物业")
    place.lift("B1", "珠水物业", valid=None)
    rounds = published(place)
    told(place)
    place.do(agree_to_round, "陈一鸣", round_id=rounds[0].round_id)
    (waiting,) = place.do(plan_rounds_of_unit, "黄敏")
    place.today = waiting.day - timedelta(days=3)
    done = place.do(inspector_away, "何值班", key="away", days=5)
    (moved,) = [one for one in done.moved if one.unit == "珠水物业"]
    assert moved.was == waiting.day
    assert moved.day is not None
    assert not done.first <= moved.day <= done.last
    assert ("珠水物业", "plan.changed", 1, 1) in told(place)
    booked = {(day, half) for day, half in place.taken() if done.first <= day <= done.last}
    assert {(one.day, one.half) for one in done.over} == booked
    again = place.do(inspector_away, "何值班", key="away", days=5)
    assert (list(again.moved), again.first, again.last) == (list(done.moved), done.first, done.last), "a tap twice"
    assert place.refusal(inspector_away, "何值班", days=5).name == "plans.away_already"
    assert place.refusal(inspector_away, "越秀值班", days=5).name == "plans.no_inspectors"
    longer = place.do(inspector_away, "何值班", days=7)
    assert longer.first == done.last + timedelta(days=1)
    assert [one.why for one in place.do(left_out_of_desk, "罗检验")] == ["no_validity"]
    assert sound(place)


def test_lifts_of_a_district_that_goes_are_off_the_plan_and_hold_no_place_any_more(place: Any) -> None:
    place.hand_district(YUEXIU, "天河检验部")
    for key, unit, district in (("A1", "云荔物业", TIANHE), ("A2", "云荔物业", YUEXIU), ("B1", "珠水物业", TIANHE)):
        place.lift(key, unit, district=district)
    published(place)
    told(place)
    assert sum(held(place).values()) == 3
    place.hand_district(TIANHE, "检验九部")
    (stays,) = place.do(plan_rounds_of_unit, "陈一鸣")
    assert ([one.key for one in stays.lifts], place.do(plan_rounds_of_unit, "黄敏")) == (["A2"], [])
    assert (sum(held(place).values()), sound(place)) == (1, True)
    assert ("珠水物业", "plan.changed", 1, 0) in told(place)
