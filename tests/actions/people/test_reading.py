"""What was sent, what a house may be told, what a maintainer has to do."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from actions.permissions import NotAllowedError
from actions.refusals import Refused
from actions.visits.inspections import book
from schedules.planner import plan_day
from store.duties import Duty
from store.lifts import Lift
from store.notices import Delivery, Notice
from store.parties import ContactScope


def plan(town) -> None:
    town.in_store(lambda session: plan_day(session, today=town.now.date(), now=town.now))


def test_a_party_reads_what_it_was_sent_and_nobody_else_s(town):
    town.lift(valid_until=date(2026, 12, 31))
    plan(town)
    ours = town.do("sent_to_us", "contact").lines
    assert {line.places for line in ours} == {("云荔花园1栋1梯",)}
    assert town.do("sent_to_us", "their_contact").lines == []
    number = town.read(select(Notice.id).where(Notice.party_id == town.parties["ours"]))[0]
    assert town.do("attempts_of", "contact", notice_id=number) == []
    with pytest.raises(NotAllowedError):
        town.do("attempts_of", "their_contact", notice_id=number)


def test_of_each_notice_stands_to_whom_it_went_and_whether_it_came(town):
    town.do("report_fault", "contact", lift_id=town.lift(), what="门")
    [notice] = town.notices()

    def send(session):
        row = {"channel": "sms", "address": "+8614000000007", "template": "alert.fault", "template_version": "1"}
        row |= {"language": "zh", "body": "门", "segments": 1, "status": "delivered", "settled_at": town.now}
        session.add(Delivery(notice_id=notice.id, contact_id=town.contacts["dispatcher"], attempted_at=town.now, **row))

    town.in_store(send)
    [attempt] = town.do("attempts_of", "admin", notice_id=notice.id)
    assert (attempt.who, attempt.channel, attempt.status) == ("dispatcher", "sms", "delivered")
    [line] = town.do("sent_to_us", "admin").lines
    assert (line.places, line.lifts) == (("云荔花园1栋1梯",), 1)


def test_who_is_there_for_one_building_reads_of_that_one_alone(town):
    for day in (date(2026, 12, 31), date(2026, 12, 31), date(2026, 10, 31)):
        town.lift(valid_until=day)
    plan(town)
    every = {line.notice_id: line for line in town.do("sent_to_us", "contact").lines}
    mixed = next(number for number, line in every.items() if line.places == ("云荔花园1栋1梯", "云荔花园2栋1梯"))
    elsewhere = next(number for number, line in every.items() if line.places == ("云荔花园3栋1梯",))
    row = {"channel": "sms", "address": "+8614000000002", "template": "gz.sms", "template_version": "1"}
    row |= {"language": "zh", "body": "2栋", "segments": 1, "status": "sent", "settled_at": town.now}
    row |= {"notice_id": mixed, "attempted_at": town.now}
    town.in_store(lambda session: session.add(Delivery(contact_id=town.contacts["manager"], **row)))
    place = {"contact_id": town.contacts["contact"], "compound": "云荔花园", "building": "1栋"}
    town.in_store(lambda session: session.add(ContactScope(**place)))

    shown = town.do("sent_to_us", "contact").lines
    assert mixed in {line.notice_id for line in shown}
    assert {(line.places, line.lifts) for line in shown} == {(("云荔花园1栋1梯",), 1)}
    story = town.do("notice_story", "contact", notice_id=mixed)
    assert [lift["place"] for lift in story["lifts"]] == ["云荔花园1栋1梯"]
    assert [one.body for one in town.do("attempts_of", "contact", notice_id=mixed)] == [""]
    for verb in ("attempts_of", "notice_story", "lifts_of_notice"):
        with pytest.raises(NotAllowedError):
            town.do(verb, "contact", notice_id=elsewhere)
    assert [one.body for one in town.do("attempts_of", "manager", notice_id=mixed)] == ["2栋"]

    town.in_store(lambda session: session.add(Delivery(contact_id=town.contacts["contact"], **row)))
    assert {one.body for one in town.do("attempts_of", "contact", notice_id=mixed)} == {"2栋"}  # it was their own


def test_a_long_history_is_turned_page_by_page(town):
    lift = town.lift()
    for _ in range(10):
        town.do("report_fault", "contact", lift_id=lift, what="门")
    first = town.do("sent_to_us", "admin")
    second = town.do("sent_to_us", "admin", before=first.next_before)
    ids = [line.notice_id for line in (*first.lines, *second.lines)]
    assert (len(ids), ids, second.next_before) == (10, sorted(ids, reverse=True), None)


def test_a_house_is_told_of_lifts_and_days_and_of_nobody(town):
    lifts = [town.lift(valid_until=date(2026, 12, 31)), town.lift(valid_until=date(2026, 10, 31))]
    visit = date(2026, 12, 8)
    by = town.parties["ours"]
    town.act(book, lift_ids=lifts[:1], visit_on=visit, by=by, now=town.now, today=town.now.date(), key="b")
    house = town.do("house_text", "contact", lift_ids=lifts)
    assert [(lift.place, lift.visit_on, lift.is_overdue) for lift in house.lifts] == [
        ("云荔花园1栋1梯", visit, False),
        ("云荔花园2栋1梯", None, True),
    ]
    assert house.days == [visit]
    assert not set(vars(house.lifts[0])) & {"phone", "contact", "certificate", "who"}


def test_a_stop_notice_is_offered_only_where_it_is_true(town):
    late, faulty = town.lift(valid_until=date(2026, 10, 31)), town.lift()
    town.do("report_fault", "contact", lift_id=faulty, what="门")
    assert town.do("reasons_to_stop", "contact", lift_ids=[late]) == ["overdue"]
    assert town.do("reasons_to_stop", "contact", lift_ids=[faulty]) == ["fault"]
    assert town.do("reasons_to_stop", "contact", lift_ids=[late, faulty]) == []
    assert town.do("stop_notice", "contact", lift_ids=[late], why="overdue").lifts[0].is_overdue
    with pytest.raises(Refused, match="not so"):
        town.do("stop_notice", "contact", lift_ids=[late], why="fault")


def test_a_lift_out_of_use_may_be_told_so(town):
    lift = town.lift()

    def stop(session):
        session.get(Lift, lift).status = "out_of_use"

    town.in_store(stop)
    assert town.do("reasons_to_stop", "contact", lift_ids=[lift]) == ["out_of_use"]


def test_nobody_writes_for_another_s_house(town):
    lift = town.lift()
    for verb, more in (("house_text", {}), ("reasons_to_stop", {}), ("stop_notice", {"why": "fault"})):
        with pytest.raises(NotAllowedError):
            town.do(verb, "their_head", lift_ids=[lift], **more)


def duty(town, lift_id: int | None, kind: str, days: int, party: str | None = None) -> None:
    row = {"rule": f"r.{kind}", "kind": kind, "cycle": f"{kind}{days}", "due": town.now.date() + timedelta(days=days)}
    party_id = town.parties[party] if party else None
    town.in_store(lambda session: session.add(Duty(lift_id=lift_id, party_id=party_id, **row)))


def test_a_maintainer_sees_what_is_overdue_and_due_on_its_lifts_by_kind(town):
    ours, others = town.lift(valid_until=None), town.lift(maintainer="others", valid_until=None)
    for lift in (ours, others):
        duty(town, lift, "onsite_maintenance", -2)
        duty(town, lift, "onsite_maintenance", 3)
        duty(town, lift, "remote_check", 20)
        duty(town, lift, "self_test", 90)
    counts = {one.kind: (one.overdue, one.soon) for one in town.do("due_by_kind", "worker")}
    assert counts["onsite_maintenance"] == (1, 1)
    assert counts["remote_check"] == (0, 1)
    assert "self_test" not in counts
    page = town.do("due_of_kind", "worker", kind="onsite_maintenance")
    assert [(line.place, line.is_overdue) for line in page.lines] == [
        ("云荔花园1栋1梯", True),
        ("云荔花园1栋1梯", False),
    ]
    assert page.total == 2


def test_papers_of_the_lifts_and_of_the_maintainer_itself(town):
    lift = town.lift(valid_until=None)
    duty(town, lift, "insurance_renewal", 10)
    duty(town, None, "certificate_renewal", -1, party="fixers")
    duty(town, None, "certificate_renewal", -1, party="others")
    page = town.do("papers_that_end", "admin")
    assert [(line.place, line.is_overdue) for line in page.lines] == [("", True), ("云荔花园1栋1梯", False)]


def test_open_alerts_show_who_is_shut_in_first_and_each_party_its_own(town):
    town.do("report_fault", "contact", lift_id=town.lift(), what="门")
    town.wait(1)
    town.do("report_entrapment", "contact", lift_id=town.lift())
    for who in ("worker", "manager"):
        assert [one.kind for one in town.do("open_alerts", who)] == ["entrapment", "fault"], who
    for who in ("other_dispatcher", "their_contact"):
        assert town.do("open_alerts", who) == [], who


def test_whoever_stands_there_sees_numbers_to_call(town):
    alert = town.do("report_entrapment", "contact", lift_id=town.lift())
    found = town.do("help_now", "contact", alert_id=alert.id)
    assert (found.rescue_number, found.maintainer_phone, found.is_stopped) == ("900001", "+8614000000007", False)
    town.do("set_emergency_phone", "admin", phone="020-38000000")
    assert town.do("help_now", "contact", alert_id=alert.id).maintainer_phone == "+862038000000"
