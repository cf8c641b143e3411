from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlmodel import select

from actions.alerts.escalate import escalate
from actions.alerts.numbers import RescueCentre, set_rescue_centre
from actions.alerts.overdue import find_overdue
from actions.alerts.rungs import RUNGS, set_minutes
from actions.lifts.explain import explain_notice
from actions.people.responsibility import UseUnitChange, change_use_units
from actions.permissions import NotAllowedError
from actions.refusals import Refused
from actions.told.replies import Answer, Reply, sentence_of, take_reply
from notifier.index import load_index
from store.alerts import Alert, AlertState
from store.duties import Duty
from store.notices import Delivery, Notice
from store.parties import Chat, Contact, Party

TODAY = date(2026, 11, 23)
RESCUE = RescueCentre("天河电梯应急救援", "96333", "+862096333")


def climb(town) -> int:
    return town.act(escalate, now=town.now, today=town.now.date())


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
    assert rungs(town) == ["reported", "emergency", "unit_told"]


def test_entrapment_calls_the_emergency_number_and_the_rescue_centre_and_writes_to_everybody(town):
    town.act(set_rescue_centre, city_id="guangzhou", centre=RESCUE)
    town.do("set_emergency_phone", "admin", phone="020-38000000")
    town.do("report_entrapment", "contact", lift_id=town.lift())
    assert town.told() == [
        ("worker", "sms"),
        ("dispatcher", "sms"),
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
    assert channels == ["sms", "sms", "call_task", "sms", "sms", "sms"], "who a clerk calls is written to as well"


def test_a_lift_without_a_maintainer_still_tells_the_rescue_centre_and_the_unit(town):
    town.act(set_rescue_centre, city_id="guangzhou", centre=RESCUE)
    town.do("report_entrapment", "contact", lift_id=town.lift(maintainer=None))
    assert [name for name, _ in town.told()] == ["+862096333", "head", "manager"]


def test_nobody_answers_a_fault_and_it_climbs_each_rung_once(town):
    town.do("report_fault", "contact", lift_id=town.lift(), what="异响")
    assert climb(town) == 0
    for minutes, told in ((29, 0), (1, 1), (0, 0), (30, 1), (60, 1), (600, 0)):
        town.wait(minutes)
        assert climb(town) == told, (minutes, town.now)
    assert rungs(town) == ["reported", "dispatcher", "administrator", "unit_head"]
    assert town.told()[2:] == [("dispatcher", "voice"), ("admin", "sms"), ("head", "sms")]


def test_who_looks_late_tells_all_that_was_missed_once(town):
    town.do("report_fault", "contact", lift_id=town.lift(), what="异响")
    town.wait(6000)
    assert climb(town) == 3
    assert climb(town) == 0


def test_an_answer_stops_the_climb_until_nobody_sets_out(town):
    alert = town.do("report_fault", "contact", lift_id=town.lift(), what="异响")
    town.wait(10)
    town.do("acknowledge_alert", "dispatcher", alert_id=alert.id)
    town.wait(119)
    assert climb(town) == 0
    town.wait(1)
    assert climb(town) == 1
    assert rungs(town)[-1] == "not_under_way"


def test_the_minutes_of_a_rung_are_a_setting(town):
    town.act(set_minutes, kind="fault", rung="dispatcher", minutes=5)
    town.do("report_fault", "contact", lift_id=town.lift(), what="异响")
    town.wait(5)
    assert climb(town) == 1
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
    assert climb(town) == 0, "what is over is told no further"


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
    assert climb(town) == 1
    [message] = town.messages()
    assert message.name == "admin"
    assert "3 台" in message.body or "3台" in message.body
    assert len(message.lift_keys) == 3


def test_where_visits_are_on_demand_their_own_document_is_named(town):
    for _ in range(2):
        late_visit(town, town.lift(), rule="zs.onsite.full")
    find(town)
    town.wait(24 * 60)
    climb(town)
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


def call_of(town, rung: str, who: str | None):
    """As if the notice of this rung had been a call to this person, or to a number that is nobody's."""
    notice = next(one for one in town.notices() if one.step == rung)

    def call(session):
        row = {"channel": "voice", "address": "+8614000000007", "template": notice.template, "template_version": "1"}
        row |= {"language": "zh", "body": "有人被困", "segments": 1, "status": "delivered", "settled_at": town.now}
        contact = town.contacts[who] if who else None
        delivery = Delivery(notice_id=notice.id, contact_id=contact, attempted_at=town.now, **row)
        session.add(delivery)
        session.flush()
        return delivery.id

    return notice, town.in_store(call)


@pytest.mark.parametrize("who", ["dispatcher", None])
def test_key_1_in_the_call_says_that_the_maintainer_has_received_it(town, who):
    alert = town.do("report_entrapment", "contact", lift_id=town.lift())
    notice, delivery = call_of(town, "emergency", who)
    reply = Reply(notice.id, delivery, Answer.WILL_BOOK, "call", "k")
    assert town.act(take_reply, reply=reply, now=town.now, today=town.now.date())
    assert town.act(sentence_of, notice_id=notice.id, answer=Answer.WILL_BOOK) == "received"
    found = town.do("alert_now", "contact", alert_id=alert.id)
    assert (found.state, found.acknowledged_at) == ("acknowledged", town.now)


def test_1_from_anybody_else_answers_nothing_and_says_what_to_do(town):
    alert = town.do("report_entrapment", "contact", lift_id=town.lift())
    notice, delivery = call_of(town, "unit_told", "head")
    reply = Reply(notice.id, delivery, Answer.WILL_BOOK, "sms", "k")
    town.act(take_reply, reply=reply, now=town.now, today=TODAY)
    assert town.do("alert_now", "contact", alert_id=alert.id).state == "reported"
    assert town.act(sentence_of, notice_id=notice.id, answer=Answer.WILL_BOOK) == "call_them"
    town.do("free_people", "contact", alert_id=alert.id)
    assert town.act(sentence_of, notice_id=notice.id, answer=Answer.WILL_BOOK) == "is_over"


def test_of_many_who_receive_it_at_once_one_is_the_first(town):
    alert = town.do("report_fault", "contact", lift_id=town.lift(), what="门")
    people = ["worker", "dispatcher", "admin"] * 5

    def press(number: int) -> bool:
        try:
            town.do("acknowledge_alert", people[number], key=f"p{number}", alert_id=alert.id)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(press, range(len(people))))
    found = town.read(select(Alert))[0]
    winner = next(name for name, number in town.contacts.items() if number == found.acknowledged_by)
    assert {name for name, is_done in zip(people, done, strict=True) if is_done} == {winner}


def test_after_a_handover_the_new_unit_sees_what_is_open_and_the_old_one_does_not(town):
    lift = town.lift()
    alert = town.do("report_fault", "contact", lift_id=lift, what="门")
    change = UseUnitChange(lift, town.parties["ours"], town.parties["theirs"])
    town.act(change_use_units, changes=[change], on=TODAY, now=town.now)
    assert [one.id for one in town.do("open_alerts", "their_contact")] == [alert.id]
    assert town.do("open_alerts", "head") == []
    with pytest.raises(NotAllowedError):
        town.do("alert_now", "head", alert_id=alert.id)
    assert town.do("alert_now", "contact", alert_id=alert.id).id == alert.id, "who reported it may see it through"


def without_numbers(town, *names: str) -> None:
    def work(session):
        for name in names:
            session.get_one(Contact, town.contacts[name]).phone = None
            for chat in session.exec(select(Chat).where(Chat.contact_id == town.contacts[name])):
                chat.active = False

    town.in_store(work)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("case", ["no maintainer", "no number", "reachable"])
def test_nobody_is_said_to_have_been_told_who_was_not(town, case, language):
    town.act(set_rescue_centre, city_id="guangzhou", centre=RESCUE)
    if case == "no number":
        without_numbers(town, "worker", "dispatcher", "admin")
    town.in_store(lambda session: [setattr(party, "language", language) for party in session.exec(select(Party))])
    town.do("report_entrapment", "contact", lift_id=town.lift(maintainer=None if case == "no maintainer" else "fixers"))
    said = {one.name or one.address: one.body for one in town.messages()}
    heads, rescue = said["head"], said["+862096333"]
    told = {"zh": "正在通知", "en": "being told"}[language]
    badly = {"zh": ("立即自行打电话", "联系不上"), "en": ("call yourself now", "cannot be reached")}[language]
    assert (told in heads, told in rescue) == ((case == "reachable"),) * 2
    assert (badly[0] in heads, badly[1] in rescue) == ((case != "reachable"),) * 2


def test_what_the_unit_reads_of_its_maintainer_follows_what_has_left(town):
    alert = town.do("report_fault", "contact", lift_id=town.lift(), what="门")
    assert town.do("help_now", "contact", alert_id=alert.id).heard == "waiting"
    [notice] = town.notices()

    def deliver(channel):
        def work(session):
            row = {"channel": channel, "address": "a", "template": notice.template, "template_version": "1"}
            row |= {"language": "zh", "body": "门", "segments": 1, "status": "delivered", "settled_at": town.now}
            session.add(Delivery(notice_id=notice.id, attempted_at=town.now, **row))
            session.get_one(Notice, notice.id).status = "sent"

        return work

    town.in_store(deliver("call_task"))
    assert town.do("help_now", "contact", alert_id=alert.id).heard == "waiting", "a clerk has not called yet"
    town.in_store(deliver("sms"))
    assert town.do("help_now", "contact", alert_id=alert.id).heard == "told"


def test_a_lift_without_a_maintainer_has_told_nobody(town):
    alert = town.do("report_fault", "contact", lift_id=town.lift(maintainer=None), what="门")
    assert town.do("help_now", "contact", alert_id=alert.id).heard == "nobody"


def test_before_a_report_one_reads_what_it_would_set_going(town):
    lift = town.lift()
    found = town.do("help_to_come", "contact", lift_id=lift)
    assert (found.maintainer_told, found.maintainer_phone, found.rescue_dialled) == (True, "+8614000000007", False)
    town.act(set_rescue_centre, city_id="guangzhou", centre=RESCUE)
    found = town.do("help_to_come", "contact", lift_id=lift)
    assert (found.rescue_shown, found.rescue_dialled) == ("96333", True)
    with pytest.raises(NotAllowedError):
        town.do("help_to_come", "their_contact", lift_id=lift)
    assert not town.do("help_to_come", "contact", lift_id=town.lift(maintainer=None)).maintainer_told
