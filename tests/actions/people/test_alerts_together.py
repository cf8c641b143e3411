"""Two people report one lift: what is done about the one is done about the other, and no report is closed unheard."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from sqlmodel import col, select

from actions.alerts.escalate import escalate
from actions.alerts.replied import receive_alert
from actions.alerts.steps import end_by_operator
from actions.refusals import Refused
from store.alerts import Alert
from store.notices import Notice

pytestmark = pytest.mark.one_store


def states(town: Any) -> list[str]:
    return [one.state for one in town.read(select(Alert).order_by(col(Alert.id)))]


def heard(town: Any, template: str = "alert.entrapment.step") -> list[str]:
    """Who hears of a step, as it is now."""
    return [one.name for one in town.messages() if one.template == template]


def both(town: Any) -> tuple[Alert, Alert]:
    """One lift, reported by two within a minute."""
    lift = town.lift()
    first = town.do("report_entrapment", "contact", lift_id=lift)
    town.wait(1)
    return first, town.do("report_entrapment", "manager", lift_id=lift)


@pytest.mark.parametrize("which", [0, 1])
def test_the_end_of_one_ends_the_other_and_both_reporters_hear_it(town: Any, which: int) -> None:
    reports = both(town)
    town.do("free_people", "worker", alert_id=reports[which].id)
    assert states(town) == ["freed", "freed"]
    assert sorted(heard(town)) == ["contact", "manager"]
    assert town.climb(60) == []


def test_who_is_on_one_is_on_the_other_too(town: Any) -> None:
    first, second = both(town)
    town.do("acknowledge_alert", "dispatcher", alert_id=first.id)
    assert states(town) == ["acknowledged"] * 2
    town.do("arrive", "worker", alert_id=second.id)
    assert states(town) == ["arrived"] * 2
    assert town.climb(60) == []


def test_who_reports_it_while_they_are_on_the_way_joins_them(town: Any) -> None:
    lift = town.lift()
    first = town.do("report_entrapment", "contact", lift_id=lift)
    town.do("set_out", "worker", alert_id=first.id)
    town.wait(10)
    second = town.do("report_entrapment", "manager", lift_id=lift)
    assert (second.state, second.on_the_way_by) == ("on_the_way", town.contacts["worker"])
    before = len(town.notices())
    town.climb(25)  # the first has waited 35 minutes by now, the second 25
    assert [one.step for one in town.notices()[before:]] == ["not_there"]


def test_a_word_of_long_ago_answers_no_new_report(town: Any) -> None:
    lift = town.lift()
    first = town.do("report_entrapment", "contact", lift_id=lift)
    town.do("set_out", "worker", alert_id=first.id)
    town.wait(31)
    assert town.do("report_entrapment", "manager", lift_id=lift).state == "reported"


def test_what_is_reported_after_they_were_there_is_another_matter(town: Any) -> None:
    lift = town.lift()
    first = town.do("report_entrapment", "contact", lift_id=lift)
    town.do("arrive", "worker", alert_id=first.id)
    town.wait(1)
    later = town.do("report_entrapment", "manager", lift_id=lift)
    assert later.state == "reported"
    town.do("free_people", "worker", alert_id=first.id)
    assert states(town) == ["freed", "reported"]
    assert town.do("report_entrapment", "contact", lift_id=lift).state == "reported"
    town.do("free_people", "worker", alert_id=later.id)
    assert states(town) == ["freed"] * 3


def test_a_report_that_came_while_somebody_looked_stays_open(town: Any) -> None:
    first, _ = both(town)
    town.do("free_people", "worker", alert_id=first.id, seen=[])
    assert states(town) == ["freed", "reported"]


def test_no_fault_ends_an_entrapment_and_a_mistake_is_that_of_one_report(town: Any) -> None:
    lift = town.lift()
    shut_in = town.do("report_entrapment", "contact", lift_id=lift)
    fault = town.do("report_fault", "manager", lift_id=lift, what="门")
    town.do("finish_fault", "worker", alert_id=fault.id)
    assert states(town) == ["reported", "done"]
    other = town.do("report_entrapment", "manager", lift_id=lift)
    town.do("withdraw_entrapment", "manager", alert_id=other.id)
    assert states(town) == ["reported", "done", "withdrawn"]
    town.act(end_by_operator, alert_id=shut_in.id, by="Chen Yiming", now=town.now, today=town.now.date())
    assert states(town) == ["freed", "done", "withdrawn"]


def test_faults_in_the_same_words_are_one_and_in_others_two(town: Any) -> None:
    lift, elsewhere = town.lift(), town.lift()
    first = town.do("report_fault", "contact", lift_id=lift, what="门关不上")
    town.do("report_fault", "manager", lift_id=lift, what=" 门关不上 ")
    town.do("report_fault", "head", lift_id=lift, what="异响")
    town.do("report_fault", "head", lift_id=elsewhere, what="门关不上")
    town.do("finish_fault", "worker", alert_id=first.id)
    assert states(town) == ["done", "done", "reported", "reported"]
    assert heard(town, "alert.fault.step") == ["contact", "manager"]


def test_each_report_names_the_others(town: Any) -> None:
    first, _ = both(town)
    [other] = town.do("alert_now", "worker", alert_id=first.id).others
    assert (other.who, other.phone) == ("manager", "+8614000000002")
    assert [one.who for one in town.do("open_alerts", "worker")] == ["contact", "manager"]


def test_1_said_again_is_said_of_all(town: Any) -> None:
    first, _ = both(town)
    town.do("acknowledge_alert", "dispatcher", alert_id=first.id)
    [notice] = [one for one in town.notices() if one.step == "emergency"][:1]
    town.wait(5)
    answer = {"contact_id": town.contacts["dispatcher"], "way": "key", "now": town.now, "today": town.now.date()}
    town.in_store(lambda session: receive_alert(session, session.get_one(Notice, notice.id), **answer))
    assert [one.on_it_at is not None for one in town.read(select(Alert))] == [True, True]


@pytest.mark.both_stores
def test_steps_on_both_at_once_wait_for_each_other_and_never_for_ever(town: Any) -> None:
    reports = both(town)
    town.wait(20)

    def press(number: int) -> None:
        verb, who = (("acknowledge_alert", "worker"), ("set_out", "dispatcher"), ("free_people", "admin"))[number % 3]
        if number == 1:
            town.act(escalate, now=town.now, today=town.now.date())
        with suppress(Refused):
            town.do(verb, who, key=f"p{number}", alert_id=reports[number // 3 % 2].id)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(press, range(12)))
    ends = {(one.state, one.ended_at, one.ended_by) for one in town.read(select(Alert))}
    assert ends == {("freed", town.now, town.contacts["admin"])}
    assert town.climb(60) == []
