"""An overdue notice is shown first and sent exactly as it was shown; a unit hears of a lift once a day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlmodel import select

from actions.evidence.clauses import Clauses
from actions.lifts.explain import explain_notice
from actions.permissions import NotAllowedError
from actions.refusals import Refused
from actions.running.brakes import pause
from actions.visits.inspections import book, record_inspection
from store.duties import Told
from store.lifts import Lift

TODAY = date(2026, 11, 23)
THERE = "440113"


@pytest.fixture
def two_units(officials):
    """Two units with overdue lifts: 3 and 1; one lift that is not due yet, one of another district."""
    officials.big, officials.small = officials.unit("广州示例云荔物业服务有限公司"), officials.unit("业主代表")
    officials.lifts = [officials.lift(officials.big) for _ in range(3)] + [officials.lift(officials.small)]
    officials.later = officials.lift(officials.big, date(2027, 2, 28))
    officials.elsewhere = officials.lift(officials.big, district=THERE)
    return officials


def told_about(officials, notice):
    with officials.database.read() as session:
        rows = session.exec(select(Told).where(Told.notice_id == notice.id)).all()
        return sorted(row.duty_id for row in rows)


def test_it_is_shown_who_gets_what_by_which_clause(two_units):
    shown = two_units.do("draft_push", "ann")
    assert [(unit.unit, len(unit.lifts)) for unit in shown.units] == [
        ("广州示例云荔物业服务有限公司", 3),
        ("业主代表", 1),
    ]
    assert shown.lifts == 4
    assert {unit.clause for unit in shown.units} == {"四10"}
    assert [person.role for person in shown.units[0].people] == ["legal_rep", "safety_manager"]
    assert two_units.notices() == []


def test_it_is_sent_as_it_was_shown_and_signed_by_the_bureau(two_units):
    shown = two_units.do("draft_push", "ann")
    done = two_units.do("send_push", "ann", push_id=shown.push_id)
    assert done.sent
    assert done.preview.units == shown.units
    notices = two_units.notices(step="pushed")
    assert [notice.party_id for notice in notices] == [two_units.big, two_units.small]
    assert {(one.template, one.audience, one.status) for one in notices} == {
        ("gz.overdue", "legal_rep_and_manager", "planned")
    }
    assert told_about(two_units, notices[0]) == [two_units.duty(lift).id for lift in two_units.lifts[:3]]


def test_only_chosen_lifts_are_told_of(two_units):
    shown = two_units.do("draft_push", "ann", lifts=[two_units.lifts[0], two_units.later])
    assert shown.lifts == 1
    assert shown.left_out == {"not_overdue": 1}
    two_units.do("send_push", "ann", push_id=shown.push_id)
    assert [told_about(two_units, one) for one in two_units.notices()] == [[two_units.duty(two_units.lifts[0]).id]]


def test_a_unit_hears_of_a_lift_once_a_day_whoever_sends(two_units):
    first, second = two_units.do("draft_push", "ann"), two_units.do("draft_push", "bob")
    two_units.do("send_push", "ann", push_id=first.push_id)
    again = two_units.do("send_push", "bob", push_id=second.push_id)
    assert not again.sent
    assert sorted(again.gone) == two_units.lifts
    assert again.preview.left_out == {"told_today": 4}
    with pytest.raises(Refused, match=r"push: nothing"):
        two_units.do("send_push", "bob", push_id=second.push_id)
    tomorrow = TODAY + timedelta(days=1)
    shown = two_units.do("draft_push", "bob", today=tomorrow)
    assert two_units.do("send_push", "bob", push_id=shown.push_id, today=tomorrow).sent
    assert len(two_units.notices(step="pushed")) == 4


def test_what_the_ladder_told_today_is_not_told_again(two_units):
    two_units.plan()
    assert {notice.step for notice in two_units.notices()} >= {"overdue"}
    assert two_units.do("draft_push", "ann").left_out == {"told_today": 4}


def test_what_has_changed_since_is_shown_and_not_sent(two_units):
    shown = two_units.do("draft_push", "ann")
    gone = two_units.lifts[0]
    two_units.act(record_inspection, lift_ids=[gone], on=TODAY, conclusion="pass", by=two_units.big, key="a")
    come = two_units.lift(two_units.small)
    done = two_units.do("send_push", "ann", push_id=shown.push_id)
    assert (done.sent, done.gone, done.come) == (False, (gone,), (come,))
    assert two_units.notices() == []
    done = two_units.do("send_push", "ann", push_id=shown.push_id)
    assert done.sent
    assert [len(unit.lifts) for unit in done.preview.units] == [2, 2]
    assert len(two_units.notices()) == 2


def test_of_chosen_lifts_nothing_new_comes_in(two_units):
    shown = two_units.do("draft_push", "ann", lifts=[two_units.lifts[0]])
    two_units.lift(two_units.big)
    assert two_units.do("send_push", "ann", push_id=shown.push_id).sent
    assert len(two_units.notices()) == 1


def test_a_draft_of_yesterday_is_shown_again(two_units):
    shown = two_units.do("draft_push", "ann")
    tomorrow = TODAY + timedelta(days=1)
    done = two_units.do("send_push", "ann", push_id=shown.push_id, today=tomorrow)
    assert not done.sent
    assert done.preview.on == tomorrow
    assert two_units.do("send_push", "ann", push_id=shown.push_id, today=tomorrow).sent


def test_a_tap_that_comes_twice_acts_once_and_answers_the_same(two_units):
    shown = two_units.do("draft_push", "ann", key="draft")
    assert two_units.do("draft_push", "ann", key="draft") == shown
    first = two_units.do("send_push", "ann", push_id=shown.push_id, key="send")
    assert two_units.do("send_push", "ann", push_id=shown.push_id, key="send") == first
    assert len(two_units.notices()) == 2
    with pytest.raises(Refused) as refused:
        two_units.do("send_push", "bob", push_id=shown.push_id)
    assert (refused.value.name, refused.value.facts["who"]) == ("push.sent_already", "ann")


@pytest.mark.both_stores
def test_two_officers_who_send_at_once_tell_each_unit_once(two_units):
    drafts = {who: two_units.do("draft_push", who).push_id for who in ("ann", "bob")}

    def send(who):
        return two_units.do("send_push", who, push_id=drafts[who]).sent

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, drafts)) == [False, True]
    assert len(two_units.notices(step="pushed")) == 2


def test_it_leaves_out_what_is_too_old_or_nobodys(officials):
    unit = officials.unit("广州示例云荔物业服务有限公司")
    officials.lift(unit, date(2025, 10, 31))
    officials.lift(None)
    shown = officials.do("draft_push", "ann")
    assert shown.left_out == {"too_old": 1, "no_unit": 1}
    with pytest.raises(Refused):
        officials.do("send_push", "ann", push_id=shown.push_id)


def test_a_booked_visit_does_not_take_it_back_a_result_does(two_units):
    shown = two_units.do("draft_push", "ann")
    two_units.do("send_push", "ann", push_id=shown.push_id)
    only = two_units.lifts[3]
    two_units.act(book, lift_ids=[only], visit_on=TODAY + timedelta(days=2), by=two_units.small, key="b")
    assert [one.status for one in two_units.notices(party_id=two_units.small)] == ["planned"]
    two_units.act(record_inspection, lift_ids=[only], on=TODAY, conclusion="pass", by=two_units.small, key="c")
    assert [one.status for one in two_units.notices(party_id=two_units.small, step="pushed")] == ["cancelled"]


@pytest.mark.parametrize("who", ["there", "street", "city", "unit"])
def test_only_the_own_bureau_pushes(two_units, who):
    two_units.unit("广州示例云荔物业服务有限公司", chat="unit")
    with pytest.raises(NotAllowedError):
        two_units.do("draft_push", who, lifts=[two_units.lifts[0]])
    shown = two_units.do("draft_push", "ann")
    with pytest.raises(NotAllowedError):
        two_units.do("send_push", who, push_id=shown.push_id)
    assert two_units.notices() == []


def test_the_city_pushes_where_no_district_has_a_bureau(two_units):
    with two_units.database.write() as session:
        session.get_one(Lift, two_units.lifts[0]).district_code = None
    assert two_units.do("draft_push", "city").lifts == 1


def test_its_clause_is_that_of_the_rung(two_units):
    shown = two_units.do("draft_push", "ann")
    two_units.do("send_push", "ann", push_id=shown.push_id)
    with two_units.database.read() as session:
        told = explain_notice(session, two_units.notices()[0].id)
    assert (told["clause"], told["rule"]) == ("四10", "gz.inspection")
    assert Clauses().of("gz.inspection", "pushed.2026-11-23") == Clauses().of("gz.inspection", "overdue")


def test_what_keeps_it_from_leaving_is_said_before_it_is_sent(two_units):
    shown = two_units.do("draft_push", "ann")
    assert shown.waits == ""
    two_units.act(lambda session, today, now: pause(session, city_id="guangzhou", reason="test", now=now))
    assert two_units.do("show_push", "ann", push_id=shown.push_id).waits == "paused"
