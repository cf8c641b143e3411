"""Late visits and failed monitoring: found by the plan, one alert for each maintainer and kind."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from actions.alerts.overdue import find_overdue
from actions.refusals import Refused
from notifier.index import load_index
from store.alerts import Alert, AlertState
from store.duties import Duty
from store.notices import Notice


def late_visit(town, lift_id: int, kind: str = "onsite_maintenance", rule: str = "r") -> None:
    def work(session):
        session.add(Duty(rule=rule, kind=kind, lift_id=lift_id, cycle="x", due=town.now.date() - timedelta(days=1)))

    town.in_store(work)


def find(town) -> int:
    return town.act(find_overdue, now=town.now, today=town.now.date())


def test_late_visits_are_one_alert_of_their_maintainer_and_climb_when_nobody_takes_note(town):
    for _ in range(3):
        late_visit(town, town.lift())
    assert find(town) == 1
    assert find(town) == 0, "once a day"
    [alert] = town.read(select(Alert))
    assert (alert.kind, alert.lift_id, alert.maintainer_party_id) == ("visits_late", None, town.parties["fixers"])
    town.wait(24 * 60)
    assert len(town.climb()) == 1
    [message] = town.messages()
    assert message.name == "admin"
    assert "3 台" in message.body or "3台" in message.body
    assert len(message.lift_keys) == 3


def test_where_visits_are_on_demand_their_own_document_is_named(town):
    for _ in range(2):
        late_visit(town, town.lift(), rule="zs.onsite.full")
    find(town)
    town.wait(24 * 60)
    town.climb()
    [notice] = town.read(select(Notice))
    assert notice.facts["basis"]["clause"] == "附件1 一(二)3"
    assert load_index().entry(notice.template).basis(notice.facts["alert"]["rules"][0]).document == "zhoushan"


def test_an_alert_that_was_found_ends_when_it_is_true_no_more(town):
    late_visit(town, town.lift(), "iot_restore")
    find(town)

    def close(session):
        session.exec(select(Duty).where(Duty.kind == "iot_restore")).one().closed_on = date(2026, 11, 24)

    town.in_store(close)
    town.wait(24 * 60)
    assert find(town) == 0
    [alert] = town.read(select(Alert))
    assert (alert.state, alert.ended_by) == (AlertState.DONE, None)


def test_nobody_says_by_hand_that_late_visits_are_done(town):
    late_visit(town, town.lift())
    find(town)
    [alert] = town.read(select(Alert))
    town.do("acknowledge_alert", "admin", alert_id=alert.id)
    with pytest.raises(Refused, match="ends otherwise"):
        town.do("finish_fault", "admin", alert_id=alert.id)


def test_a_maintainer_s_alert_is_opened_again_for_the_next_time(town):
    late_visit(town, town.lift())
    find(town)

    def close(session):
        for duty in session.exec(select(Duty).where(Duty.kind == "onsite_maintenance", Duty.cycle == "x")):
            duty.closed_on = date(2026, 11, 24)

    town.in_store(close)
    town.wait(24 * 60)
    find(town)
    late_visit(town, town.lift())
    town.wait(24 * 60)
    assert find(town) == 1
