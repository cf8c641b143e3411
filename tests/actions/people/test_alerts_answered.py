"""Key 1 and its answer, whoever takes a step first, and what the reporter reads of who was told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlmodel import select

from actions.alerts.numbers import RescueCentre, set_rescue_centre
from actions.people.responsibility import UseUnitChange, change_use_units
from actions.permissions import NotAllowedError
from actions.refusals import Refused
from actions.told.replies import Answer, Reply, sentence_of, take_reply
from store.alerts import Alert
from store.notices import Delivery, Notice
from store.parties import Chat, Contact, Party

TODAY = date(2026, 11, 23)
RESCUE = RescueCentre("天河电梯应急救援", "96333", "+862096333")


@pytest.mark.parametrize("who", ["dispatcher", None])
def test_key_1_in_the_call_says_that_the_maintainer_has_received_it(town, who):
    alert = town.do("report_entrapment", "contact", lift_id=town.lift())
    notice, delivery = town.send("emergency", who, channel="voice")
    reply = Reply(notice.id, delivery, Answer.WILL_BOOK, "call", "k")
    assert town.act(take_reply, reply=reply, now=town.now, today=town.now.date())
    assert town.act(sentence_of, notice_id=notice.id, answer=Answer.WILL_BOOK) == "received"
    found = town.do("alert_now", "contact", alert_id=alert.id)
    assert (found.state, found.acknowledged_at) == ("acknowledged", town.now)


def test_1_from_anybody_else_answers_nothing_and_says_what_to_do(town):
    alert = town.do("report_entrapment", "contact", lift_id=town.lift())
    notice, delivery = town.send("unit_told", "head", channel="voice")
    reply = Reply(notice.id, delivery, Answer.WILL_BOOK, "sms", "k")
    town.act(take_reply, reply=reply, now=town.now, today=TODAY)
    assert town.do("alert_now", "contact", alert_id=alert.id).state == "reported"
    assert town.act(sentence_of, notice_id=notice.id, answer=Answer.WILL_BOOK) == "call_them"
    town.do("free_people", "contact", alert_id=alert.id)
    assert town.act(sentence_of, notice_id=notice.id, answer=Answer.WILL_BOOK) == "is_over"


@pytest.mark.both_stores
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
