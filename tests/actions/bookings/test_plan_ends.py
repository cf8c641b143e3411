"""What a published plan promised and cannot keep: said, given back, and never offered twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlmodel import Session, col, select, update

from actions.people.responsibility import UseUnitChange, change_use_units
from actions.plans.answers import agree_to_all, agree_to_round, plan_rounds_of_unit
from actions.plans.desk import left_out_of_desk
from actions.plans.make import PlanError, Wanted, current_plan, make_year_plan, publish_plan
from actions.plans.shorten import follow_agreed
from actions.visits.closed_day import close_for_weather
from actions.visits.slots import set_places, set_usual_places
from schedules.duties import rebuild
from store.lifts import Lift, LiftRole, LiftStatus, Responsibility
from store.parties import Party
from store.plans import PlanRound

from .conftest import CITY, YUEXIU, noon
from .test_plan_changes import apart
from .test_plan_holds import AUGUST, MAY, held, make, published, sound, told

pytestmark = pytest.mark.one_store

ONE_DAY = timedelta(days=1)


def change(place: Any, lift_id: int, **now: Any) -> None:
    def run(session: Session) -> None:
        session.get_one(Lift, lift_id).sqlmodel_update(now)
        session.flush()
        rebuild(session, city_id=CITY, today=place.today, now=noon(place.today), lift_ids=[lift_id])

    place.write(run)


def follow(place: Any) -> None:
    place.write(lambda session: follow_agreed(session, now=noon(place.today), today=place.today))


def test_what_a_closed_day_leaves_without_a_day_is_off_the_plan_and_its_unit_is_told(place: Any) -> None:
    apart(place, 2)
    first, *_ = published(place)
    told(place)
    days = [place.today + number * ONE_DAY for number in range(90)]
    desk = place.parties["天河检验部"]
    place.write(lambda session: set_places(session, desk, [(day, half) for day in days for half in ("am", "pm")], 0))
    done = place.do(close_for_weather, "何值班", day=first.day)
    assert [one.day for one in done.rounds] == [None] * len(done.rounds)
    assert ("云荔物业", "plan.changed", 2, 2 - len(done.rounds)) in told(place)
    assert [one.why for one in place.do(left_out_of_desk, "何值班")] == ["no_capacity"] * len(done.rounds)
    assert first.round_id not in {one.round_id for one in place.do(plan_rounds_of_unit, "陈一鸣")}


def test_a_round_is_moved_to_no_day_on_which_its_places_are_held_no_more(place: Any) -> None:
    place.lift("A1", "云荔物业")
    (one,) = published(place)
    place.today = one.day - 2 * ONE_DAY
    (moved,) = place.do(close_for_weather, "何值班", day=one.day).rounds
    assert moved.day - 2 * ONE_DAY > place.today


def test_gz_03_a_validity_comes_back_where_the_visit_does_not_hold_any_more(place: Any) -> None:
    rests, leaves = place.lift("L1", "云荔物业", valid=AUGUST), place.lift("L2", "云荔物业", valid=AUGUST)
    stays = place.lift("L3", "云荔物业")
    (one,) = published(place, most_months=6)
    place.do(agree_to_round, "陈一鸣", round_id=one.round_id)
    change(place, rests, status=LiftStatus.OUT_OF_USE)
    follow(place)
    valid = place.ask(lambda session: dict(session.exec(select(Lift.key, Lift.valid_until)).all()))
    assert valid == {"L1": AUGUST, "L2": MAY, "L3": MAY}
    (shown,) = place.do(plan_rounds_of_unit, "陈一鸣")
    assert (shown.state, [lift.key for lift in shown.lifts]) == ("agreed", ["L2", "L3"])
    goes = UseUnitChange(leaves, place.parties["云荔物业"], place.parties["珠水物业"])
    place.write(lambda session: change_use_units(session, [goes], on=place.today, now=noon(place.today)))
    follow(place)
    assert (place.duty(leaves).due, place.taken()) == (AUGUST, {(one.day, one.half): 1})
    change(place, stays, status=LiftStatus.OUT_OF_USE)
    assert [it.state for it in place.do(plan_rounds_of_unit, "陈一鸣")] == ["changed"], "before the next pass too"
    follow(place)
    follow(place)  # with every pass
    assert place.ask(lambda session: session.get_one(PlanRound, one.round_id).state) == "proposed"


def test_nobody_is_offered_two_days_for_one_lift_by_the_plans_of_two_years(place: Any) -> None:
    place.today = date(2026, 11, 2)
    place.lift("A1", "云荔物业", valid=date(2027, 1, 31))

    def plan(session: Session, year: int, first: date) -> None:
        desk = session.get_one(Party, place.parties["天河检验部"])
        make_year_plan(session, desk, Wanted(year, first), today=place.today, now=noon(place.today))
        made = current_plan(session, desk.id, year)
        assert made is not None
        publish_plan(session, made, noon(place.today), today=place.today)

    place.write(lambda session: plan(session, 2026, date(2026, 11, 16)))
    with pytest.raises(PlanError, match="another plan"):
        place.write(lambda session: plan(session, 2027, date(2027, 1, 4)))
    assert sum(held(place).values()) == 1


def test_no_place_is_held_where_nobody_can_answer_and_no_other_department_is_agreed_to(place: Any) -> None:
    nobodys, other = apart(place, 2)
    ended = update(Responsibility).where(col(Responsibility.lift_id) == nobodys)
    place.write(
        lambda session: session.exec(
            ended.where(col(Responsibility.role) == LiftRole.USE_UNIT).values(to_on=place.today)
        )
    )
    change(place, nobodys)
    (one,) = published(place)
    assert sum(held(place).values()) == 1
    change(place, other, district_code=YUEXIU)
    assert place.refusal(agree_to_round, "陈一鸣", round_id=one.round_id).name == "plans.changed"


def test_only_the_lifts_of_a_district_that_goes_leave_a_round(place: Any) -> None:
    place.hand_district(YUEXIU, "天河检验部")
    _, goes = place.lift("A1", "云荔物业"), place.lift("A2", "云荔物业")
    published(place)
    told(place)
    change(place, goes, district_code=YUEXIU)  # as a register corrects it
    place.hand_district(YUEXIU, "检验九部")
    (one,) = place.do(plan_rounds_of_unit, "陈一鸣")
    assert ([lift.key for lift in one.lifts], one.off, sum(held(place).values()), sound(place)) == (["A1"], 0, 1, True)
    assert ("云荔物业", "plan.changed", 2, 1) in told(place)


@pytest.mark.both_stores
def test_two_units_that_agree_to_all_at_once_never_wait_for_each_other(place: Any) -> None:
    place.write(lambda session: set_usual_places(session, None, 40))
    lifts = [place.lift(f"{unit[0]}{number}", unit) for unit in ("云荔物业", "珠水物业") for number in range(6)]
    for lift_id in lifts:
        change(place, lift_id, compound=f"{lift_id}号", address=f"{lift_id}号")
    make(place)

    def cross(session: Session) -> None:
        """One begins with a morning, the other with an afternoon of the same day."""
        rounds = session.exec(select(PlanRound).order_by(col(PlanRound.party_id), col(PlanRound.id))).all()
        units = sorted({one.party_id or 0 for one in rounds})
        for number, one in enumerate(rounds):
            one.day, one.half = rounds[0].day, ("am", "pm")[(number + units.index(one.party_id or 0)) % 2]
        plan = current_plan(session, place.parties["天河检验部"], 2026)
        assert plan is not None
        publish_plan(session, plan, noon(place.today), today=place.today)

    place.write(cross)
    asked, ready = [place.asked("陈一鸣"), place.asked("黄敏")], Barrier(2)

    def agree(one: Any) -> int:
        ready.wait()
        with place.database.write() as session:
            return agree_to_all(session, one).lifts

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(agree, asked)) == [6, 6]
    assert sound(place)
