"""Two people report one lift: what is done about the one is done about the other, and no report is closed unheard."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from actions.actors import Asked
from actions.alerts.escalate import escalate
from actions.alerts.replied import answer_to, receive_alert
from actions.alerts.steps import end_by_operator
from actions.alerts.together import hold_open_alerts
from actions.people.responsibility import UseUnitChange, change_use_units
from actions.refusals import Refused
from actions.registry import VERBS
from store.alerts import Alert
from store.locks import hold_all_cities
from store.notices import Notice

pytestmark = pytest.mark.one_store


def states(town: Any) -> list[str]:
    return [one.state for one in town.read(select(Alert).order_by(col(Alert.id)))]


def heard(town: Any, template: str = "alert.entrapment.step") -> list[str]:
    """Who hears of a step, as it is now."""
    return [one.name for one in town.messages() if one.template == template]


def answer_call(town: Any, number: int = 0) -> str:
    """The dispatcher presses 1 in the call about this report; the name of what they hear."""
    notice = [one for one in town.notices() if one.step == "emergency"][number]
    answer = {"contact_id": town.contacts["dispatcher"], "way": "key", "now": town.now, "today": town.now.date()}
    town.in_store(lambda session: receive_alert(session, session.get_one(Notice, notice.id), **answer))
    return town.in_store(lambda session: answer_to(session, session.get_one(Notice, notice.id)))


def mistakes(town: Any) -> list[str]:
    """Who is told of a mistake."""
    return [
        name for name, number in town.contacts.items() if f"mistake:{number}" in {one.step for one in town.notices()}
    ]


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
    town.do("free_people", "worker", alert_id=shut_in.id)
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
    town.wait(5)
    answer_call(town)
    assert [one.on_it_at is not None for one in town.read(select(Alert))] == [True, True]


def test_an_operator_ends_what_they_name_and_nothing_else(town: Any) -> None:
    first, _ = both(town)
    town.act(end_by_operator, alert_id=first.id, by="Chen Yiming", now=town.now, today=town.now.date())
    assert states(town) == ["freed", "reported"]


def test_1_about_what_was_said_twice_and_taken_back_is_an_answer_to_the_report_that_stands(town: Any) -> None:
    first, second = both(town)
    town.do("withdraw_entrapment", "manager", alert_id=second.id)
    [other] = town.do("alert_now", "dispatcher", alert_id=second.id).others
    assert other.id == first.id
    assert answer_call(town, 1) == "received"
    assert states(town) == ["acknowledged", "withdrawn"]
    town.do("free_people", "worker", alert_id=first.id)
    assert answer_call(town, 1) == "is_over"


@pytest.mark.postgres
@pytest.mark.both_stores
def test_help_is_called_while_a_plan_holds_all_alerts(town: Any) -> None:
    lift = town.lift()
    town.do("set_out", "worker", alert_id=town.do("report_entrapment", "contact", lift_id=lift).id)
    asked = Asked(town.actor("manager"), town.now, town.now.date(), "k")
    with town.database.write() as plan:
        hold_all_cities(plan)
        hold_open_alerts(plan)
        for _ in range(2):  # and once more by the same tap
            with town.database.write(waits=0.2) as session:
                VERBS["report_entrapment"].run(session, asked, lift_id=lift)
    assert states(town) == ["on_the_way", "reported"]
    assert len([one for one in town.notices() if one.step == "emergency"]) == 2


def test_nobody_is_there_for_a_report_that_they_have_not_seen(town: Any) -> None:
    first, _ = both(town)
    town.do("arrive", "worker", alert_id=first.id, seen=[])
    assert states(town) == ["arrived", "reported"]


@pytest.mark.parametrize(("verb", "state"), [("arrive", "arrived"), ("free_people", "freed")])
def test_what_was_said_in_an_outage_is_not_said_of_what_was_reported_after_it(town: Any, verb: str, state: str) -> None:
    lift = town.lift()
    first = town.do("report_entrapment", "contact", lift_id=lift)
    town.wait(5)
    said_at = town.now
    town.wait(5)
    town.do("report_entrapment", "manager", lift_id=lift)
    town.wait(60)
    town.do(verb, "worker", alert_id=first.id, came_at=said_at)
    found = town.read(select(Alert).order_by(col(Alert.id)))
    assert [one.state for one in found] == [state, "reported"]
    assert (found[0].arrived_at or found[0].ended_at) == said_at


def test_the_wait_of_a_step_that_was_said_in_an_outage_begins_when_it_is_known(town: Any) -> None:
    alert = town.do("report_entrapment", "contact", lift_id=town.lift())
    began = town.now
    town.wait(240)
    done = town.do("acknowledge_alert", "worker", alert_id=alert.id, came_at=began - timedelta(minutes=1))
    assert done.acknowledged_at == began, "not before it was reported"
    assert town.climb(9) == []
    assert town.climb(1) == ["not_under_way"]


def test_a_fault_that_comes_again_after_somebody_was_there_is_not_repaired_with_the_first(town: Any) -> None:
    lift = town.lift()
    first = town.do("report_fault", "contact", lift_id=lift, what="门")
    town.do("report_fault", "head", lift_id=lift, what="门")
    town.do("arrive", "worker", alert_id=first.id)
    town.wait(60)
    town.do("report_fault", "manager", lift_id=lift, what="门")
    town.do("finish_fault", "worker", alert_id=first.id, seen=[])
    assert states(town) == ["done", "arrived", "reported"], "the second was not shown"
    town.do("finish_fault", "worker", alert_id=2)
    assert states(town) == ["done", "done", "reported"]


def test_a_mistake_is_told_although_people_are_there_for_another_matter(town: Any) -> None:
    lift = town.lift()
    first = town.do("report_entrapment", "contact", lift_id=lift)
    town.do("arrive", "worker", alert_id=first.id)
    town.wait(60)
    later = town.do("report_entrapment", "manager", lift_id=lift)
    assert not town.do("alert_now", "head", alert_id=later.id).still_said
    town.do("withdraw_entrapment", "head", alert_id=later.id)
    assert mistakes(town) == ["manager"]


def test_nobody_hears_that_there_is_no_fault_while_another_reports_the_same(town: Any) -> None:
    lift = town.lift()
    reports = [
        town.do("report_fault", who, lift_id=lift, what=what) for who, what in (("contact", "门"), ("manager", "门"))
    ]
    assert town.do("alert_now", "head", alert_id=reports[1].id).still_said
    town.do("withdraw_fault", "head", alert_id=reports[1].id)
    assert mistakes(town) == []
    other = town.do("report_fault", "manager", lift_id=lift, what="异响")
    town.do("withdraw_fault", "head", alert_id=other.id)
    assert mistakes(town) == ["manager"]
    town.do("withdraw_fault", "head", alert_id=reports[0].id)
    assert mistakes(town) == ["contact", "manager"]


@pytest.mark.parametrize(("is_said_again", "state"), [(False, "reported"), (True, "on_the_way")])
def test_a_report_that_joined_is_no_word_of_theirs(town: Any, is_said_again: bool, state: str) -> None:
    lift = town.lift()
    first = town.do("report_entrapment", "contact", lift_id=lift)
    town.do("set_out", "worker", alert_id=first.id)
    town.wait(29)
    assert town.do("report_entrapment", "manager", lift_id=lift).state == "on_the_way"
    if is_said_again:
        answer_call(town)
    town.wait(29)
    assert town.do("report_entrapment", "head", lift_id=lift).state == state


def test_a_report_of_a_former_unit_is_a_matter_of_its_own(town: Any) -> None:
    lift = town.lift()
    first = town.do("report_entrapment", "contact", lift_id=lift)
    change = UseUnitChange(lift, town.parties["ours"], town.parties["theirs"])
    town.act(change_use_units, changes=[change], on=town.now.date(), now=town.now)
    second = town.do("report_entrapment", "their_contact", lift_id=lift)
    assert town.do("alert_now", "contact", alert_id=first.id).others == []
    assert [one.id for one in town.do("alert_now", "worker", alert_id=first.id).others] == [second.id]
    town.do("free_people", "contact", alert_id=first.id)
    assert states(town) == ["freed", "reported"]


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
