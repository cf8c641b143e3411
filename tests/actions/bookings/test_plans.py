"""A department's plan before its units: agreed to, which shortens validities and books, or declined."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from actions.permissions import NotAllowedError
from actions.plans.answers import agree_to_round, decline_round, plan_round_of_unit, plan_rounds_of_unit
from actions.plans.desk import plan_of_desk, publish_plan_of_desk
from actions.plans.holding import end_holds
from actions.plans.make import Made, Wanted, current_plan, make_year_plan, publish_plan
from actions.plans.telling import tell_plan
from actions.visits.bookings import book_visit, cancel_visit
from actions.visits.inspections import renew_validity
from actions.visits.slots import set_places
from notifier.plan_facts import still_proposed
from schedules.dates import add_months
from store.lifts import Lift
from store.notices import PLAN, Notice, NoticeStatus
from store.parties import ContactScope, Party
from store.plans import PlanLiftRow, YearPlanMade

from .test_plan_holds import held, sound, told

MAY, AUGUST = date(2026, 5, 31), date(2026, 8, 31)
BEGINS = date(2026, 4, 13)


def make(place: Any, *, publish: bool = True, first: date = BEGINS, **wanted: Any) -> Made:
    """Plan the rest of the year for 天河检验部."""

    def run(session: Session) -> Made:
        desk = session.get_one(Party, place.parties["天河检验部"])
        now = place.asked("何值班").now
        made = make_year_plan(session, desk, Wanted(2026, first, **wanted), today=place.today, now=now)
        plan = current_plan(session, desk.id, 2026)
        if publish and plan is not None:
            publish_plan(session, plan, now, today=place.today)
        return made

    found: Made = place.write(run)
    return found


def shown(place: Any, who: str = "陈一鸣") -> Any:
    return place.do(plan_rounds_of_unit, who)


def valid(place: Any, lift_id: int) -> date | None:
    found: date | None = place.ask(lambda session: session.get_one(Lift, lift_id).valid_until)
    return found


@pytest.fixture
def months(place: Any) -> list[int]:
    """Two lifts until the end of May, one until the end of August."""
    return [place.lift("L1", "云荔物业"), place.lift("L2", "云荔物业"), place.lift("L3", "云荔物业", valid=AUGUST)]


def test_gz_04_a_unit_sees_the_plan_of_its_lifts_once_it_is_published(place: Any, months: list[int]):
    made = make(place, publish=False)
    assert (made.planned, made.rounds, made.refused) == (3, 2, {})
    assert shown(place) == []
    make(place)
    assert [(len(one.lifts), one.adjusted, one.state) for one in shown(place)] == [
        (2, None, "proposed"),
        (1, None, "proposed"),
    ]
    assert shown(place, "黄敏") == []


def test_gz_03_one_earlier_visit_is_agreed_to_in_one_tap(place: Any, months: list[int]):
    make(place, most_months=6)
    (one,) = shown(place)
    assert (one.adjusted, one.earlier_lifts, one.most_lost, one.fee_percent) == (MAY, 1, 92, 92)
    assert one.day <= date(2026, 4, 30)
    done = place.do(agree_to_round, "陈一鸣", key="tap", round_id=one.round_id)
    assert [len(visit.lifts) for visit in done.visits] == [3]
    assert place.do(agree_to_round, "陈一鸣", key="tap", round_id=one.round_id).repeated
    assert [valid(place, lift_id) for lift_id in months] == [MAY, MAY, MAY]
    assert {(place.duty(lift_id).due, place.duty(lift_id).booked_on) for lift_id in months} == {(MAY, one.day)}
    assert sum(place.taken().values()) == 3
    assert shown(place)[0].state == "agreed"
    assert place.refusal(agree_to_round, "陈一鸣", round_id=one.round_id).name == "plans.agreed"


def test_gz_03_the_fee_of_a_unit_that_is_exempt_stays(place: Any, months: list[int]):
    make(place, most_months=6, exempt=frozenset({place.parties["云荔物业"]}))
    assert [(one.exempt, one.fee_percent) for one in shown(place)] == [(True, 100)]


def test_gz_03_whoever_declines_keeps_every_date_and_is_not_offered_it_again(place: Any, months: list[int]):
    make(place, most_months=6)
    (one,) = shown(place)
    place.do(decline_round, "陈一鸣", round_id=one.round_id)
    assert [valid(place, lift_id) for lift_id in months] == [MAY, MAY, AUGUST]
    assert place.taken() == {}
    assert place.do(plan_round_of_unit, "陈一鸣", round_id=one.round_id).state == "declined"
    make(place, most_months=6)
    assert [(len(one.lifts), one.adjusted) for one in shown(place)] == [(2, None), (1, None)]


def test_gz_03_what_was_declined_since_a_plan_was_made_is_not_offered_by_it(place: Any, months: list[int]):
    make(place, most_months=6)
    make(place, publish=False, most_months=6)
    (one,) = shown(place)
    place.do(decline_round, "陈一鸣", round_id=one.round_id)
    told(place)
    place.do(publish_plan_of_desk, "何值班")
    (again,) = shown(place)
    assert (again.round_id != one.round_id, again.state, held(place), sound(place)) == (True, "declined", {}, True)
    assert [template for _, template, *_ in told(place)] == []


def test_a_round_of_a_plan_that_was_made_anew_is_refused(place: Any, months: list[int]):
    make(place)
    before, kept, _ = shown(place)[0].round_id, held(place), told(place)
    draft = make(place, publish=False)
    assert (shown(place)[0].round_id, held(place), draft.planned) == (before, kept, 3), "what was published holds"
    make(place)
    assert (held(place), sound(place), told(place)) == (kept, True, []), "the same again is told to nobody"
    assert place.refusal(agree_to_round, "陈一鸣", round_id=before).name == "plans.replaced"


def test_a_round_is_agreed_to_for_those_of_its_lifts_that_are_what_they_were(place: Any, months: list[int]):
    make(place, most_months=6)
    asked, unit = place.asked("陈一鸣"), place.parties["云荔物业"]
    later = add_months(AUGUST, 1)
    place.write(
        lambda session: renew_validity(
            session, lift_id=months[2], valid_until=later, by=unit, now=asked.now, today=place.today, key="moved"
        )
    )
    (one,) = shown(place)
    assert ([lift.lift_id for lift in one.lifts], one.off, one.booked) == (months[:2], 1, 0)
    desk = place.do(plan_of_desk, "何值班")
    assert (dict(desk.lifts), sum(held(place).values())) == ({"proposed": 2, "changed": 1}, 3)
    place.write(lambda session: end_holds(session, today=place.today))
    assert (sum(held(place).values()), sound(place)) == (2, True), "of those only"
    said = place.ask(lambda session: session.exec(select(Notice.facts).where(Notice.duty == PLAN)).one())
    leaves = place.ask(lambda session: still_proposed(session, {1: said}))[1][PLAN]
    assert (len(leaves["lifts"]), [(line["n"], line["early"]) for line in leaves["rounds"]]) == (2, [(2, 0)])
    assert len(told(place)) == 1
    place.write(lambda session: tell_plan(session, session.exec(select(YearPlanMade)).one(), place.today))
    assert told(place) == [], "and not told twice"
    place.do(book_visit, "陈一鸣", lift_ids=months[:1], day=date(2026, 4, 8), half="am")
    assert (sum(held(place).values()), sound(place)) == (1, True)
    place.today = date(2026, 4, 2)
    done = place.do(agree_to_round, "陈一鸣", key="tap", round_id=one.round_id)
    assert [[lift.key for lift in visit.lifts] for visit in done.visits] == [["L2"]]
    again = place.do(agree_to_round, "陈一鸣", key="tap", round_id=one.round_id)
    assert [[lift.key for lift in visit.lifts] for visit in again.visits] == [["L2"]]
    assert (valid(place, months[2]), held(place)) == (later, {})
    (one,) = shown(place)
    assert ([lift.lift_id for lift in one.lifts], one.state) == (months[1:2], "agreed")


def test_lifts_that_are_booked_are_left_to_their_booking(place: Any, months: list[int]):
    make(place)
    first = shown(place)[0]
    done = place.do(book_visit, "陈一鸣", lift_ids=months[:2], day=date(2026, 4, 8), half="day")
    assert place.refusal(agree_to_round, "陈一鸣", round_id=first.round_id).name == "plans.changed"
    assert make(place).planned == 1
    place.do(cancel_visit, "陈一鸣", visit_id=done.visits[0].visit_id)
    assert make(place).planned == 3


def test_where_no_half_has_room_by_now_it_is_booked_over_the_whole_day(place: Any, months: list[int]):
    make(place, most_months=6)
    (one,) = shown(place)
    desk = place.parties["天河检验部"]
    place.write(lambda session: set_places(session, desk, [(one.day, "am"), (one.day, "pm")], 2))
    assert place.do(agree_to_round, "陈一鸣", round_id=one.round_id).visits[0].half is None


def test_no_validity_is_shortened_where_the_day_is_closed(place: Any, months: list[int]):
    make(place, most_months=6)
    (one,) = shown(place)
    desk = place.parties["天河检验部"]
    place.write(lambda session: set_places(session, desk, [(one.day, "am"), (one.day, "pm")], 0))
    assert place.refusal(agree_to_round, "陈一鸣", round_id=one.round_id).name == "bookings.full"
    assert [valid(place, lift_id) for lift_id in months] == [MAY, MAY, AUGUST]


def test_a_round_whose_day_has_come_is_refused(place: Any, months: list[int]):
    make(place)
    one = shown(place)[0]
    place.today = one.day
    assert place.refusal(agree_to_round, "陈一鸣", round_id=one.round_id).name == "plans.day_passed"
    assert place.refusal(decline_round, "陈一鸣", round_id=one.round_id).name == "plans.day_passed"
    with pytest.raises(NotAllowedError):
        place.do(agree_to_round, "黄敏", round_id=one.round_id)


def test_whoever_is_there_for_some_lifts_of_a_round_sees_these_and_does_not_answer(place: Any, months: list[int]):
    make(place, most_months=6)
    contact = place.people["陈一鸣"].contact_id
    place.write(lambda session: session.add(ContactScope(contact_id=contact, compound="云荔花园", building="1栋")))
    (one,) = shown(place)
    assert (len(one.lifts), one.whole) == (1, False)
    with pytest.raises(NotAllowedError):
        place.do(agree_to_round, "陈一鸣", round_id=one.round_id)


def test_what_cannot_be_planned_is_kept_with_its_reason(place: Any):
    place.lift("L1", "云荔物业", valid=None)
    place.lift("L2", "云荔物业", valid=date(2026, 3, 1))
    place.lift("L3", "云荔物业")
    assert make(place).refused == {"no_validity": 1, "validity_past": 1}
    rows = place.ask(lambda session: session.exec(select(PlanLiftRow.why).order_by(PlanLiftRow.lift_id)).all())
    assert list(rows) == ["no_validity", "validity_past", None]


def test_gz_03_after_an_earlier_visit_is_agreed_to_only_what_was_told_of_the_later_date_is_corrected(place: Any):
    place.today = date(2026, 6, 8)
    july, told = date(2026, 7, 31), text("UPDATE told SET state = 'told' WHERE state = 'reserved'")
    place.lift("L1", "云荔物业", valid=july)
    later = place.lift("L2", "云荔物业", valid=AUGUST)
    assert len(place.plan(place.today)) > 0
    place.write(lambda session: session.execute(told))
    place.write(lambda session: session.execute(text("UPDATE notice SET status = 'sent' WHERE status = 'planned'")))
    make(place, first=date(2026, 6, 22), most_months=6)
    place.do(agree_to_round, "陈一鸣", round_id=shown(place)[0].round_id)
    assert place.duty(later).due == july
    said = select(Notice.template).where(Notice.status == NoticeStatus.PLANNED, Notice.duty != PLAN)
    assert place.ask(lambda session: session.exec(said).all()) == ["gz.corrected"]
    assert place.plan(date(2026, 6, 9)) == []
