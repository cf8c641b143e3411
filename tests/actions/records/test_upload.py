"""A record that is uploaded is kept as it came, in the chain of its lift, and the lift's dates follow."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from actions.alerts.escalate import escalate
from actions.lifts.upkeep import open_alerts
from actions.people.consents import consent_text, give_consent
from actions.records.answering import sign_maintenance
from actions.records.reading import records_of_lift
from actions.records.upload import Origin
from actions.refusals import Refused
from store.alerts import AlertTold
from store.chain import START, entry_hash, read_content, salted
from store.duties import Duty
from store.notices import Notice
from store.records import PlatformRole, RecordPersonal

FIXED = {"A-1-29": {"result": "fixed", "value": "7.5"}}


def test_a_record_says_all_of_the_visit_and_no_name(contractor):
    record = contractor.upload(items=FIXED, extra=[{"item": "轿厢地板", "result": "ok"}], note="已清洁")
    [entry] = contractor.entries()
    said = read_content(entry.body)
    assert said["but"] == {"A-1-29": {"result": "fixed", "value": "7.5"}}
    assert (said["all"], said["platform"], said["maintainer"]["name"]) == (31, "city", "广州示范捷安电梯工程有限公司")
    assert "何师傅" not in entry.body.decode()
    personal = contractor.ask(lambda session: session.get_one(RecordPersonal, (entry.id, "worker1.name")))
    assert said["people"]["worker1.name"] == salted(personal.salt, "何师傅")
    assert (record.state, record.consent_id, record.late_upload) == ("pending", None, False)


def test_each_entry_stands_on_the_one_before(contractor):
    for _ in range(3):
        contractor.upload()
        contractor.now += timedelta(days=1)
    other = contractor.world.lifts["own"][1]
    contractor.upload(lift_id=other)
    before = START
    for place, entry in enumerate(contractor.entries(), start=1):
        assert (entry.seq, entry.hash) == (place, entry_hash(before, entry.body))
        before = entry.hash
    assert [one.seq for one in contractor.entries(other)] == [1]


def test_one_upload_is_kept_once_however_often_it_arrives(contractor):
    origin = contractor.origin()
    first, again = contractor.upload(origin=origin), contractor.upload(origin=origin, note="again")
    assert first.id == again.id
    assert len(contractor.entries()) == 1


def test_two_records_of_one_second_owe_a_signature_each(contractor):
    done = contractor.now - timedelta(minutes=10)
    first, _ = (contractor.upload(completed_at=done) for _ in range(2))
    query = select(Duty).where(Duty.kind == "record_signature", col(Duty.closed_on).is_(None))
    query = query.where(col(Duty.withdrawn_at).is_(None))
    assert len(contractor.ask(lambda session: session.exec(query).all())) == 2
    contractor.do(sign_maintenance, record_ids=[first.id])
    assert len(contractor.ask(lambda session: session.exec(query).all())) == 1


def test_only_their_own_lift_and_nothing_of_tomorrow(contractor):
    theirs = contractor.origin(maintainer_id=contractor.world.parties["other_maintainer"])
    for origin, said in ((theirs, {}), (None, {"completed_at": contractor.now + timedelta(hours=1)})):
        with pytest.raises(Refused):
            contractor.upload(origin=origin, **said)
    assert contractor.entries() == []


def test_silence_may_count_only_here_and_with_consent(contractor):
    version = consent_text().version
    contractor.do(give_consent, version=version, language="zh")
    assert contractor.upload().consent_id is not None
    source = contractor.world.parties["maintainer"]
    elsewhere = Origin(source, "x", PlatformRole.OWN, source_id=source, external_id="R-1")
    assert contractor.upload(origin=elsewhere).consent_id is None


def test_gp_12_late_and_in_the_last_minutes_is_said(contractor):
    late = contractor.upload(completed_at=contractor.now - timedelta(days=1))
    assert late.late_upload
    contractor.now += timedelta(hours=13, minutes=50)  # ten to midnight
    assert contractor.upload().short_notice


def test_of_records_completed_in_the_same_minute_none_is_left_out_between_two_pages(contractor):
    made = [contractor.upload(completed_at=contractor.now - timedelta(hours=1)).id for _ in range(4)]
    first = contractor.do(records_of_lift, lift_id=contractor.lift_id, limit=2)
    rest = contractor.do(records_of_lift, lift_id=contractor.lift_id, after=first[-1].record_id)
    assert [line.record_id for line in (*first, *rest)] == made[::-1]


def test_gp_18_a_dangerous_record_of_another_platform_stops_the_lift_as_the_chat_does(contractor):
    faults = {"A-1-11": {"result": "fault", "reason": "护栏脱落"}, "A-1-06": {"result": "fault", "reason": "失灵"}}
    for _ in range(2):
        contractor.upload(items=faults, dangerous=True, origin=contractor.origin(key="api:1:7"))
    cases = contractor.do(open_alerts, "maintainer_admin")
    assert sorted(one.state for one in cases) == ["arrived", "reported"]
    told = contractor.ask(lambda session: session.exec(select(Notice.template)).all())
    assert sorted(told) == ["alert.fault", "alert.fault.danger", "gp.sign.noconsent"]
    contractor.now += timedelta(days=15)
    with contractor.database.write() as session:
        assert escalate(session, now=contractor.now, today=contractor.today) > 0
    told = contractor.ask(lambda session: session.exec(select(AlertTold.rung)).all())
    assert "not_mended" in told
    contractor.upload()
    assert not contractor.do(open_alerts, "maintainer_admin")
    late = contractor.now - timedelta(days=1)
    contractor.upload(items=faults, completed_at=late)
    assert not contractor.do(open_alerts, "maintainer_admin"), "a later record found both fine"
