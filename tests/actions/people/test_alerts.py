from datetime import date

import pytest
from sqlmodel import select

from actions.alerts.numbers import RescueCentre, set_rescue_centre
from actions.alerts.rungs import RUNGS, set_minutes
from actions.lifts.explain import explain_notice
from actions.permissions import NotAllowedError
from actions.refusals import Refused
from store.alerts import Alert, AlertState

TODAY = date(2026, 11, 23)
RESCUE = RescueCentre("天河电梯应急救援", "96333", "+862096333")


def rungs(town) -> list[str]:
    return [notice.step for notice in town.notices()]


def test_a_fault_goes_to_the_worker_and_the_dispatcher_of_the_lift_s_maintainer_at_once(town):
    alert = town.do("report_fault", "contact", lift_id=town.lift(), what="门关不上")
    assert (alert.state, alert.maintainer_party_id) == (AlertState.REPORTED, town.parties["fixers"])
    assert town.told() == [("worker", "telegram"), ("dispatcher", "telegram")]
    body = town.messages()[0].body
    assert "云荔花园1栋1梯" in body
    assert "门关不上" in body
    assert "+8614000000001" in body, "whoever comes can phone whoever reported it"


def test_a_double_tap_reports_one_fault_and_tells_once(town):
    lift = town.lift()
    first, second = (town.do("report_fault", "contact", key="t", lift_id=lift, what="门") for _ in range(2))
    assert first.id == second.id
    assert len(town.notices()) == 1


def test_two_reports_of_somebody_shut_in_one_lift_are_two_alerts(town):
    lift = town.lift()
    assert (
        town.do("report_entrapment", "contact", lift_id=lift).id
        != town.do("report_entrapment", "manager", lift_id=lift).id
    )


def test_a_double_tap_on_entrapment_opens_one(town):
    lift = town.lift()
    for _ in range(2):
        town.do("report_entrapment", "contact", key="once", lift_id=lift)
    assert len(town.read(select(Alert))) == 1
    assert rungs(town) == ["reported", "in_chat", "emergency", "unit_told"]


def test_entrapment_calls_the_emergency_number_and_the_rescue_centre_and_writes_to_everybody(town):
    town.act(set_rescue_centre, city_id="guangzhou", centre=RESCUE)
    town.do("set_emergency_phone", "admin", phone="020-38000000")
    town.do("report_entrapment", "contact", lift_id=town.lift())
    assert town.told() == [
        ("worker", "sms"),
        ("dispatcher", "sms"),
        ("worker", "telegram"),
        ("dispatcher", "telegram"),
        ("+862038000000", "voice"),
        ("+862096333", "voice"),
        ("head", "sms"),
        ("manager", "sms"),
    ]
    spoken = next(one for one in town.messages() if one.address == "+862096333")
    assert "900001" in spoken.body, "the number on the lift's rescue plate"


def test_without_an_emergency_number_the_dispatcher_is_called(town):
    town.do("report_entrapment", "contact", lift_id=town.lift())
    assert ("dispatcher", "voice") in town.told()


def test_without_a_machine_that_calls_somebody_gets_a_call_to_make(town):
    town.do("report_entrapment", "contact", lift_id=town.lift())
    channels = [one.channel for one in town.messages(channels=("sms", "call_task"))]
    assert channels == ["sms", "sms", "none", "call_task", "sms", "sms", "sms"], (
        "who a clerk calls is written to as well"
    )


def test_a_lift_without_a_maintainer_still_tells_the_rescue_centre_and_the_unit(town):
    town.act(set_rescue_centre, city_id="guangzhou", centre=RESCUE)
    town.do("report_entrapment", "contact", lift_id=town.lift(maintainer=None))
    assert [name for name, _ in town.told()] == ["+862096333", "head", "manager"]


def test_nobody_answers_a_fault_and_it_climbs_each_rung_once(town):
    town.do("report_fault", "contact", lift_id=town.lift(), what="异响")
    assert town.climb() == []
    for minutes, told in ((29, 0), (1, 1), (0, 0), (30, 1), (60, 1), (600, 0)):
        town.wait(minutes)
        assert len(town.climb()) == told, (minutes, town.now)
    assert rungs(town) == ["reported", "dispatcher", "administrator", "unit_head"]
    assert town.told()[2:] == [("dispatcher", "voice"), ("admin", "sms"), ("head", "sms")]


def test_who_looks_late_tells_all_that_was_missed_once(town):
    town.do("report_fault", "contact", lift_id=town.lift(), what="异响")
    town.wait(6000)
    assert len(town.climb()) == 3
    assert town.climb() == []


def test_an_answer_stops_the_climb_until_nobody_sets_out(town):
    alert = town.do("report_fault", "contact", lift_id=town.lift(), what="异响")
    town.wait(10)
    town.do("acknowledge_alert", "dispatcher", alert_id=alert.id)
    town.wait(119)
    assert town.climb() == []
    town.wait(1)
    assert len(town.climb()) == 1
    assert rungs(town)[-1] == "not_under_way"


def test_the_minutes_of_a_rung_are_a_setting(town):
    town.act(set_minutes, kind="fault", rung="dispatcher", minutes=5)
    town.do("report_fault", "contact", lift_id=town.lift(), what="异响")
    town.wait(5)
    assert len(town.climb()) == 1
    with pytest.raises(ValueError, match="has no rung"):
        town.act(set_minutes, kind="entrapment", rung="rescue", minutes=5)
    with pytest.raises(ValueError, match="one minute"):
        town.act(set_minutes, kind="fault", rung="dispatcher", minutes=0)


def test_an_entrapment_keeps_every_time_until_everybody_is_out(town):
    alert = town.do("report_entrapment", "contact", lift_id=town.lift())
    moments = [alert.reported_at]
    for verb, who in (
        ("acknowledge_alert", "dispatcher"),
        ("set_out", "worker"),
        ("arrive", "worker"),
        ("free_people", "contact"),
    ):
        town.wait(4)
        alert = town.do(verb, who, alert_id=alert.id)
        moments.append(town.now)
    assert alert.state == AlertState.FREED
    kept = [alert.reported_at, alert.acknowledged_at, alert.on_the_way_at, alert.arrived_at, alert.ended_at]
    assert kept == moments
    assert (alert.on_the_way_by, alert.ended_by) == (town.contacts["worker"], town.contacts["contact"])
    town.wait(600)
    assert town.climb() == [], "what is over is told no further"


def test_the_second_of_two_is_told_who_was_first_and_the_same_tap_answers_the_same(town):
    alert = town.do("report_fault", "contact", lift_id=town.lift(), what="异响")
    town.do("acknowledge_alert", "dispatcher", key="a", alert_id=alert.id)
    first_at = town.now
    town.wait(1)
    again = town.do("acknowledge_alert", "dispatcher", key="a", alert_id=alert.id)
    assert again.acknowledged_at == first_at
    with pytest.raises(Refused) as refused:
        town.do("acknowledge_alert", "worker", alert_id=alert.id)
    assert (refused.value.name, refused.value.facts["who"]) == ("alerts.already", "dispatcher")


@pytest.mark.parametrize(
    ("done", "then"),
    [("arrive", "set_out"), ("finish_fault", "arrive"), ("finish_fault", "acknowledge_alert")],
)
def test_nothing_goes_backwards(town, done, then):
    alert = town.do("report_fault", "contact", lift_id=town.lift(), what="异响")
    town.do(done, "worker", alert_id=alert.id)
    with pytest.raises(Refused, match="already"):
        town.do(then, "dispatcher", alert_id=alert.id)


@pytest.mark.parametrize(("kind", "verb"), [("entrapment", "finish_fault"), ("fault", "free_people")])
def test_each_kind_ends_in_its_own_words(town, kind, verb):
    said = {"what": "异响"} if kind == "fault" else {}
    alert = town.do(f"report_{kind}", "contact", lift_id=town.lift(), **said)
    with pytest.raises(Refused, match="ends otherwise"):
        town.do(verb, "worker", alert_id=alert.id)


def test_a_fault_with_neither_words_nor_photo_is_refused(town):
    with pytest.raises(Refused, match="nothing said"):
        town.do("report_fault", "contact", lift_id=town.lift(), what="  ")


@pytest.mark.parametrize("who", ["their_contact", "their_head", "other_dispatcher"])
def test_nobody_reports_or_touches_what_is_another_s(town, who):
    lift = town.lift()
    alert = town.do("report_entrapment", "contact", lift_id=lift)
    with pytest.raises(NotAllowedError):
        town.do("report_entrapment", who, lift_id=lift)
    with pytest.raises(NotAllowedError):
        town.do("free_people", who, alert_id=alert.id)


def test_a_use_unit_does_not_acknowledge_for_the_maintainer(town):
    alert = town.do("report_fault", "contact", lift_id=town.lift(), what="异响")
    with pytest.raises(NotAllowedError):
        town.do("acknowledge_alert", "head", alert_id=alert.id)


def test_a_photo_says_it_too_and_both_sides_see_it(town):
    alert = town.do("report_fault", "contact", lift_id=town.lift(), what="", photo=b"a photo")
    assert town.do("alert_photo", "worker", alert_id=alert.id) == b"a photo"
    with pytest.raises(NotAllowedError):
        town.do("alert_photo", "other_dispatcher", alert_id=alert.id)


def test_an_emergency_number_must_be_one(town):
    with pytest.raises(Refused, match="no phone"):
        town.do("set_emergency_phone", "admin", phone="办公室")
    assert town.do("set_emergency_phone", "admin", phone="138 0013 8000") == "+8613800138000"
    assert town.do("emergency_phone", "worker") == "+8613800138000"
    with pytest.raises(NotAllowedError):
        town.do("set_emergency_phone", "worker", phone="13800138000")


def test_kinds_have_their_rungs_in_an_order_that_never_waits_less():
    for rungs_of_kind in RUNGS.values():
        minutes = [rung.minutes for rung in rungs_of_kind if rung.state == AlertState.REPORTED]
        assert minutes == sorted(minutes)


def test_explain_gives_the_clause_of_a_notice_beside_all_rules(town):
    town.do("report_fault", "contact", lift_id=town.lift(), what="异响")
    [notice] = town.notices()
    said = town.act(explain_notice, notice_id=notice.id)
    assert (said["rule"], said["clause"]) == ("", "第四十五条")
    assert "立即赶赴现场" in said["quote"]
