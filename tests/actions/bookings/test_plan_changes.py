"""What becomes of a published plan when its lifts, its days and its visits change."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select, update

from actions.plans.answers import agree_to_all, agree_to_round, plan_rounds_of_unit
from actions.plans.desk import plan_of_desk, publish_plan_of_desk
from actions.plans.holding import end_holds
from actions.visits.bookings import book_visit, cancel_visit, move_booking
from actions.visits.closed_day import close_for_weather
from actions.visits.inspections import record_inspection, renew_validity
from actions.visits.slots import set_usual_places
from notifier.prepare import prepare
from schedules.duties import rebuild
from store.lifts import Lift, LiftRole, LiftStatus, Responsibility
from store.notices import PLAN, Notice, NoticeStatus
from store.plans import PlanRound

from .conftest import CITY, noon
from .test_plan_holds import held, make, published, sound, told

pytestmark = pytest.mark.one_store

ONE_DAY = timedelta(days=1)


def apart(place: Any, count: int) -> list[int]:
    """Lifts of one unit, each at an address of its own, and so on a round of its own."""
    lifts = [place.lift(f"A{number}", "云荔物业") for number in range(1, count + 1)]

    def move(session: Session) -> None:
        for lift_id in lifts:
            lift = session.get_one(Lift, lift_id)
            lift.compound = lift.address = f"云荔路{lift_id}号"

    place.write(move)
    return lifts


def change_all_but_one(place: Any, lifts: list[int]) -> None:
    """The first goes to another unit, the second passes, the third is out of use, the fourth booked; not the fifth."""
    leaves, passes, rests, booked, _ = lifts
    now, today = noon(place.today), place.today

    def run(session: Session) -> None:
        theirs = update(Responsibility).where(
            col(Responsibility.lift_id) == leaves, col(Responsibility.role) == LiftRole.USE_UNIT
        )
        session.exec(theirs.values(to_on=today))
        other = place.parties["珠水物业"]
        session.add(Responsibility(lift_id=leaves, party_id=other, role=LiftRole.USE_UNIT, from_on=today))
        session.get_one(Lift, rests).status = LiftStatus.OUT_OF_USE
        session.flush()
        rebuild(session, city_id=CITY, today=today, now=now, lift_ids=[leaves, rests])
        by: Any = {"by": place.parties["天河检验部"], "now": now, "today": today, "key": "passed"}
        record_inspection(session, lift_ids=[passes], on=today, conclusion="pass", **by)

    place.write(run)
    place.do(book_visit, "陈一鸣", lift_ids=[booked], day=date(2026, 4, 20), half="am")


def test_only_what_can_still_be_answered_is_told_and_held(place: Any) -> None:
    lifts = apart(place, 5)
    make(place)
    change_all_but_one(place, lifts)
    assert place.do(publish_plan_of_desk, "何值班") == 0
    assert sum(held(place).values()) == 1
    assert told(place) == [("云荔物业", "plan.published", 1, 1)]
    assert sound(place)


def test_what_changes_while_the_notice_waits_is_left_out_of_it_and_holds_nothing(place: Any) -> None:
    lifts = apart(place, 5)
    published(place)
    assert sum(held(place).values()) == 5
    change_all_but_one(place, lifts)
    place.write(lambda session: end_holds(session, today=place.today))
    assert (sum(held(place).values()), sound(place)) == (1, True)
    query = select(Notice.id).where(Notice.duty == PLAN, Notice.status == NoticeStatus.PLANNED)
    (said,) = place.ask(lambda session: prepare(session, session.exec(query).all(), ["webchat"], place.today))
    assert "1 台电梯排定 1 次检验" in said.body
    done = place.do(agree_to_all, "陈一鸣", key="tap")
    assert (done.lifts, list(done.refused)) == (1, []), "nobody is asked about the others any more"
    states = sorted(one.state for one in place.do(plan_rounds_of_unit, "陈一鸣"))
    assert states == ["agreed", "booked", "changed", "changed"]
    again = place.do(agree_to_all, "陈一鸣", key="tap")
    assert [one.round_id for one in again.agreed] == [one.round_id for one in done.agreed], "a tap that arrives twice"


def test_a_plan_made_anew_cancels_nothing_that_is_done_rests_or_has_left_the_unit(place: Any) -> None:
    lifts = apart(place, 5)
    published(place)
    told(place)
    change_all_but_one(place, lifts)
    renewed: Any = {"by": place.parties["天河检验部"], "now": noon(place.today), "today": place.today, "key": "renewed"}
    place.write(lambda session: renew_validity(session, lift_id=lifts[1], valid_until=date(2027, 5, 31), **renewed))
    make(place)
    place.do(publish_plan_of_desk, "何值班")
    assert [one for one in told(place) if one[3] == 0 or one[2] > 1] == []


def test_each_visit_says_until_when_its_places_are_held(place: Any) -> None:
    place.write(lambda session: set_usual_places(session, None, 1))
    place.today = date(2026, 4, 10)
    apart(place, 3)
    rounds = sorted({one.day for one in published(place)})
    query = select(Notice.id).where(Notice.duty == PLAN)
    (said,) = place.ask(lambda session: prepare(session, session.exec(query).all(), ["webchat"], place.today))
    for day in rounds:
        last = min(day - 2 * ONE_DAY, place.today + timedelta(days=30))
        assert f"名额保留到 {last.month}月{last.day}日）" in said.body
        place.write(lambda session, last=last: end_holds(session, today=last))
        assert [half for half in held(place) if half[0] == day]
        place.write(lambda session, last=last: end_holds(session, today=last + ONE_DAY))
        assert not [half for half in held(place) if half[0] == day]
    first = rounds[0] - 2 * ONE_DAY
    assert f"到所列日期（最早 {first.month}月{first.day}日）" in said.body


def test_a_typhoon_moves_the_rounds_of_a_plan_too_and_tells_it(place: Any) -> None:
    apart(place, 1)
    (one,) = published(place)
    told(place)
    (moved,) = place.do(close_for_weather, "何值班", day=one.day).rounds
    (now,) = place.do(plan_rounds_of_unit, "陈一鸣")
    read = {"round_id": one.round_id, "day": one.day}
    assert place.refusal(agree_to_round, "陈一鸣", **read).facts["day"] == now.day, "it was shown another"
    (refused,) = place.do(agree_to_all, "陈一鸣", days={one.round_id: one.day}).refused
    assert refused[1].name == "plans.moved"
    assert moved.was == one.day
    assert moved.day == now.day != one.day
    assert told(place) == [("云荔物业", "plan.changed", 1, 1)]
    assert [day for day, _ in held(place)] == [now.day]
    assert list(place.do(close_for_weather, "何值班", day=one.day).rounds) == []


def test_a_round_that_was_agreed_to_follows_its_visit(place: Any) -> None:
    apart(place, 1)
    (one,) = published(place)
    (visit,) = place.do(agree_to_round, "陈一鸣", round_id=one.round_id).visits
    later = date(2026, 4, 28)
    place.do(move_booking, "陈一鸣", visit_id=visit.visit_id, day=later, half="pm")
    for shown in (place.do(plan_rounds_of_unit, "陈一鸣"), place.do(plan_of_desk, "何值班").rounds):
        assert [(it.day, it.half, it.state) for it in shown] == [(later, "pm", "agreed")]
    assert place.refusal(agree_to_round, "陈一鸣", round_id=one.round_id).facts["day"] == later
    place.do(cancel_visit, "陈一鸣", visit_id=visit.visit_id)
    assert [(it.day, it.state) for it in place.do(plan_rounds_of_unit, "陈一鸣")] == [(one.day, "proposed")]
    place.do(agree_to_round, "陈一鸣", round_id=one.round_id)
    assert place.ask(lambda session: session.get_one(PlanRound, one.round_id)).state == "agreed"
