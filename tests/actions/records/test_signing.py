"""Signing, objecting and silence: each case of domain/date-rules.md section 4 that is about a signature."""

import json
from datetime import datetime, timedelta

import pytest
from phones.world import NOW, add_many_lifts
from sqlmodel import col, select

from actions.people.consents import withdraw_consent
from actions.permissions import NotAllowedError
from actions.records.answering import (
    note_on_maintenance,
    object_to_maintenance,
    remark_on_maintenance,
    sign_maintenance,
)
from actions.records.reading import records_of_lift, records_to_answer, waiting_records
from actions.records.showing import record_shown
from actions.records.unanswered import follow_objections
from actions.refusals import Refused
from store.chain import read_content
from store.duties import Duty
from store.interface import WebhookEndpoint, WebhookMessage
from store.lifts import Responsibility
from store.notices import RECORD_SIGNATURE, RECORDS, Notice
from store.records import PlatformRole
from store.zone import SHANGHAI

NEXT = 24


def templates(contractor, *, every=False):
    query = select(Notice).where(Notice.duty == RECORD_SIGNATURE)
    if not every:
        query = query.where(Notice.status == "planned")
    return contractor.ask(lambda session: [one.template for one in session.exec(query.order_by(col(Notice.id)))])


def kinds(contractor):
    return [one.kind for one in contractor.entries()]


def signature_open(contractor):
    query = select(Duty.closed_on).where(Duty.kind == RECORD_SIGNATURE, col(Duty.withdrawn_at).is_(None))
    return contractor.ask(lambda session: None in session.exec(query).all())


def uploaded(contractor, hour=10, minute=40, **said):
    contractor.at(hour, minute)
    record = contractor.upload(**said)
    contractor.send()
    return record


def test_gp_13_p01_signed_in_time(contractor):
    contractor.consent()
    record = uploaded(contractor)
    contractor.at(16)
    done = contractor.do(sign_maintenance, record_ids=[record.id])
    again = contractor.do(sign_maintenance, "legal_rep", record_ids=[record.id])
    assert (done.signed, again.before, again.signed) == (1, 1, 0)
    contractor.at(0, day=NEXT)
    assert (contractor.end_day(), contractor.state(record)) == (0, "signed")
    said = read_content(contractor.entries()[-1].body)
    assert (kinds(contractor), said["record"]) == (["record", "signed"], 1)
    assert "name" in said["people"], "who signed is a personal value"
    assert not signature_open(contractor)


def test_gp_14_p02_silence_signs_at_midnight_and_the_unit_is_told_in_the_morning(contractor):
    contractor.consent()
    record = uploaded(contractor)
    contractor.at(23, 59)
    assert contractor.end_day() == 0
    contractor.at(0, day=NEXT)
    assert (contractor.end_day(), contractor.end_day()) == (1, 0)
    assert (contractor.state(record), kinds(contractor)) == ("signed_by_default", ["record", "defaulted"])
    assert (templates(contractor), contractor.send()) == (["gp.default"], []), "nobody is woken"
    contractor.at(8, day=NEXT)
    assert [one.template for one in contractor.send()] == ["gp.default"]
    with_comment = contractor.do(remark_on_maintenance, record_id=record.id, text="润滑未见补油痕迹")
    assert (with_comment.state, kinds(contractor)[-1]) == ("signed_by_default", "note")
    with pytest.raises(Refused):
        contractor.do(object_to_maintenance, record_id=record.id, text="太晚")
    assert not signature_open(contractor)


def test_p03_of_a_lift_without_a_unit_nobody_is_to_be_asked(contractor):
    other = contractor.world.lifts["own"][1]
    with contractor.database.write() as session:
        answers = select(Responsibility).where(Responsibility.lift_id == other, Responsibility.role == "use_unit")
        session.delete(session.exec(answers).one())
    contractor.at(9)
    contractor.upload()
    contractor.upload(lift_id=other)
    contractor.at(0, 5, day=NEXT)
    contractor.end_day()
    told = select(Notice.facts).where(Notice.template == "gp.unsigned")
    said = [one[RECORDS] for one in contractor.ask(lambda session: session.exec(told).all())]
    assert sorted((bool(one["unit"]), len(one["each"])) for one in said) == [(False, 1), (True, 1)]


def test_p03_without_consent_it_waits_and_the_maintainer_hears_once(contractor):
    records = [uploaded(contractor, minute=minute) for minute in (30, 40)]
    contractor.at(0, 5, day=NEXT)
    assert [contractor.end_day() for _ in range(3)] == [0, 0, 0]
    assert [contractor.state(one) for one in records] == ["pending", "pending"]
    assert templates(contractor)[-1:] == ["gp.unsigned"]
    assert templates(contractor, every=True).count("gp.unsigned") == 1
    assert [line.state for line in contractor.do(records_to_answer, "maintainer_admin")] == ["pending", "pending"]
    contractor.at(7, day=NEXT)
    assert contractor.do(sign_maintenance, record_ids=[one.id for one in records]).signed == 2
    assert templates(contractor) == [], "what the morning would have said is not so any more"


@pytest.mark.parametrize("reached", [True, False])
def test_p04_two_minutes_count_where_the_unit_was_reached_and_else_not(contractor, reached):
    contractor.consent()
    contractor.at(23, 58)
    record = contractor.upload(completed_at=contractor.now - timedelta(minutes=28))
    assert sorted(templates(contractor)) == ["gp.short", "gp.sign"]
    if reached:
        contractor.send()
    contractor.at(0, day=NEXT)
    contractor.end_day()
    assert record.short_notice
    assert contractor.state(record) == ("signed_by_default" if reached else "pending")


def test_p05_what_comes_late_is_signed_by_the_end_of_the_day_on_which_it_comes(contractor):
    contractor.consent()
    contractor.at(8, day=NEXT)
    record = contractor.upload(completed_at=contractor.now - timedelta(hours=11))
    contractor.send()
    assert record.late_upload
    contractor.at(12, day=NEXT)
    assert contractor.end_day() == 0
    contractor.at(0, day=25)
    assert (contractor.end_day(), contractor.state(record)) == (1, "signed_by_default")


def test_p06_an_objection_ends_silence_and_a_note_answers_it(contractor):
    contractor.consent()
    record = uploaded(contractor)
    contractor.at(20)
    contractor.do(object_to_maintenance, record_id=record.id, text="未清洁底坑")
    contractor.do(object_to_maintenance, "legal_rep", record_id=record.id, text="同意上述意见")  # the first one stands
    contractor.at(0, day=NEXT)
    assert (contractor.end_day(), contractor.state(record)) == (0, "objected")
    assert contractor.do(sign_maintenance, record_ids=[record.id]).signed == 0, "nothing was answered"
    first, before = contractor.entries()[0].body, contractor.now
    for day in range(25, 25 + 14):  # two working days, and a week after that
        contractor.now = datetime(2026, 11, 1, 9, tzinfo=SHANGHAI) + timedelta(days=day - 1)
        with contractor.database.write() as session:
            follow_objections(session, today=contractor.today, now=contractor.now)
    waiting = select(Notice.template, Notice.planned_on).where(col(Notice.template).startswith("gp.waiting"))
    assert [(name, on.isoformat()) for name, on in contractor.ask(lambda session: session.exec(waiting).all())] == [
        ("gp.waiting", "2026-11-26"), ("gp.waiting.desk", "2026-12-03"),
    ]  # fmt: skip
    contractor.now = before
    contractor.do(note_on_maintenance, "worker", key="tap", record_id=record.id, text="已补做底坑清洁")
    contractor.do(note_on_maintenance, "worker", key="tap", record_id=record.id, text="已补做底坑清洁")
    assert contractor.do(sign_maintenance, record_ids=[record.id]).signed == 1
    assert kinds(contractor) == ["record", "objected", "note", "signed"]
    assert contractor.entries()[0].body == first
    shown = contractor.do(record_shown, "maintainer_contact", record_id=record.id)
    assert [one.what for one in shown.remarks] == ["objected", "answers", "signed"]
    assert {"gp.objected", "gp.noted"} <= set(templates(contractor, every=True))


def test_p07_only_who_is_registered_to_sign_decides(contractor):
    contractor.consent()
    agreed, objected = uploaded(contractor), uploaded(contractor, minute=50)
    for _ in range(2):
        kept = contractor.do(sign_maintenance, "unit_contact", record_ids=[agreed.id])
    contractor.do(object_to_maintenance, "unit_contact", record_id=objected.id, text="不对")
    assert (kept.signed, kept.kept, kept.before) == (0, 0, 1)
    assert kinds(contractor) == ["record", "record", "note", "note"]
    assert [contractor.state(one) for one in (agreed, objected)] == ["pending", "pending"]
    lines = contractor.do(waiting_records).lines
    assert [(line.record_id, line.said) for line in lines] == [(objected.id, "objects"), (agreed.id, "agrees")]
    contractor.at(0, day=NEXT)
    contractor.end_day()
    assert [contractor.state(one) for one in (agreed, objected)] == ["signed_by_default", "pending"]
    assert contractor.do(sign_maintenance, record_ids=[objected.id]).signed == 1


def test_p07_whatever_a_contact_objects_is_kept_and_the_maintainer_sees_that_it_is_to_be_answered(contractor):
    contractor.consent()
    record = uploaded(contractor)
    for text in ("未清洁", "未清洁", "灯也坏了"):  # the first tap comes twice
        contractor.do(object_to_maintenance, "unit_contact", key=text, record_id=record.id, text=text)
    shown = contractor.do(record_shown, record_id=record.id)
    assert ([one.text for one in shown.remarks], shown.has_consent) == (["未清洁", "灯也坏了"], False)
    assert [line.record_id for line in contractor.do(records_to_answer, "maintainer_admin")] == [record.id]
    contractor.do(note_on_maintenance, "worker", record_id=record.id, text="已换灯")
    assert contractor.do(records_to_answer, "maintainer_admin") == []
    assert contractor.do(sign_maintenance, "unit_contact", record_ids=[record.id]).kept == 1


def test_p08_nobody_edits_and_nobody_elses_record_is_answered(contractor):
    record = uploaded(contractor)
    for verb, who, said in (
        (sign_maintenance, "other_legal_rep", {"record_ids": [record.id]}),
        (object_to_maintenance, "other_contact", {"record_id": record.id, "text": "x"}),
        (note_on_maintenance, "other_worker", {"record_id": record.id, "text": "x"}),
        (record_shown, "elsewhere_contact", {"record_id": record.id}),
        (records_of_lift, "other_district_regulator", {"lift_id": record.lift_id}),
    ):
        with pytest.raises(NotAllowedError):
            contractor.do(verb, who, **said)
    assert kinds(contractor) == ["record"]


@pytest.mark.parametrize(
    ("withdrawn", "state"), [(12, "pending"), (16, "pending"), (23, "pending"), (NEXT, "signed_by_default")]
)
def test_gp_15_p13_consent_that_ends_before_the_deadline_signs_nothing(contractor, withdrawn, state):
    contractor.consent()
    contractor.at(12)
    if withdrawn == 12:
        contractor.do(withdraw_consent)
    record = uploaded(contractor, hour=15)
    contractor.at(16)
    if withdrawn == 16:
        contractor.do(withdraw_consent)
    contractor.at(3, day=NEXT)  # an outage: the pass comes three hours late
    if withdrawn in (23, NEXT):  # said before midnight, and it reached us after it
        said_at = record.sign_by - timedelta(hours=1) if withdrawn == 23 else None
        contractor.do(withdraw_consent, came_at=said_at)
    contractor.end_day()
    assert contractor.state(record) == state


def test_after_a_withdrawal_nothing_says_any_more_that_silence_counts(contractor):
    contractor.consent()
    contractor.at(11)
    record = contractor.upload()
    contractor.do(withdraw_consent)
    assert templates(contractor) == ["gp.sign.noconsent"]
    assert not contractor.do(record_shown, record_id=record.id).has_consent


def test_what_was_signed_in_time_stands_however_late_it_reaches_us(contractor):
    contractor.consent()
    first, second = uploaded(contractor), uploaded(contractor, hour=13)
    contractor.at(2, day=NEXT)  # down since the evening: one signature comes before the pass, one after it
    assert contractor.do(sign_maintenance, record_ids=[first.id]).signed == 1
    contractor.end_day()
    assert contractor.state(second) == "signed_by_default"
    said_at = second.sign_by - timedelta(minutes=5)
    assert contractor.do(sign_maintenance, record_ids=[second.id], came_at=said_at).signed == 1
    assert kinds(contractor) == ["record", "record", "signed", "defaulted", "signed"]


def test_thirty_lifts_are_one_message_with_what_was_not_in_order_first(contractor):
    with contractor.database.write() as session:
        lifts = add_many_lifts(session, contractor.world, 30)
    contractor.at(15)
    first = contractor.upload(lift_id=lifts[0])
    contractor.send()
    for number, lift_id in enumerate(lifts[1:], start=1):
        contractor.now += timedelta(seconds=5)
        fault = {"items": {"A-1-29": {"result": "fault", "reason": "异响"}}} if number == 20 else {}
        contractor.upload(lift_id=lift_id, **fault)
    query = select(Notice).where(Notice.template == "gp.sign.noconsent").order_by(col(Notice.id))
    notices = contractor.ask(lambda session: list(session.exec(query)))
    assert [len(one.facts[RECORDS]["each"]) for one in notices] == [1, 29]
    waiting = contractor.do(waiting_records)
    assert ([line.faults for line in waiting.notable], len(waiting.plain)) == ([1], 29)
    ids = [line.record_id for line in waiting.plain]
    assert contractor.do(sign_maintenance, record_ids=ids).signed == 29
    [left] = contractor.ask(lambda session: session.get_one(Notice, notices[1].id).facts[RECORDS]["each"])
    assert (left["faults"], first.id in ids) == (1, True), "a message that has not left asks for the rest"


def sign_and_break(session, asked, *, record_ids):
    sign_maintenance(session, asked, record_ids=record_ids)
    raise RuntimeError(len(session.exec(select(WebhookMessage)).all()))


def test_the_platform_that_uploaded_a_record_is_told_in_the_same_transaction_what_is_said_to_it(contractor):
    ours = contractor.world.parties["maintainer"]
    with contractor.database.write() as session:
        session.add(WebhookEndpoint(party_id=ours, source_id=ours, url="https://x.cn", secret="whsec_", made_at=NOW))
    record = contractor.upload(origin=contractor.origin(platform=PlatformRole.OWN, source_id=ours, external_id="R-1"))
    contractor.upload()  # by the city's own way: nobody is told
    contractor.do(sign_maintenance, "unit_contact", record_ids=[record.id])
    contractor.do(object_to_maintenance, record_id=record.id, text="未清洁底坑")
    contractor.do(note_on_maintenance, "worker", record_id=record.id, text="已补做")
    with pytest.raises(RuntimeError, match="4"):  # neither the signature nor the message is kept
        contractor.do(sign_and_break, record_ids=[record.id])
    contractor.do(sign_maintenance, record_ids=[record.id])
    query = select(WebhookMessage).order_by(col(WebhookMessage.id))
    messages = contractor.ask(lambda session: session.exec(query).all())
    assert [one.what for one in messages] == ["record.noted", "record.objected", "record.noted", "record.signed"]
    acts = [one["said"].get("text") for one in json.loads(messages[-1].body)["data"]["acts"]]
    assert acts == [None, "未清洁底坑", "已补做", None]
