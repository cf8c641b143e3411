"""Who may read records and who did, what the city asks of contractors, and the figures of a month."""

from datetime import date, timedelta

import pytest
from phones.world import CITY, TODAY
from sqlmodel import col, select

from actions.paperless.figures import figures_of, paperless_figures, target_on
from actions.paperless.follow import follow_paperless
from actions.paperless.grants import agree_to_grant, ask_grant, grants_listed, withdraw_grant
from actions.paperless.late import late_workers
from actions.paperless.opinions import (
    answer_opinion,
    draft_opinion,
    opinion_story,
    opinions_listed,
    send_opinion,
    settle_opinion,
)
from actions.paperless.reads import lines_of_reads, log_record, reads_listed
from actions.paperless.register import file_maintainer, register_maintainer
from actions.paperless.rights import may_read_record, may_read_records, party_may_read
from actions.paperless.waivers import confirm_paperless, paper_of_lift
from actions.people.consents import consent_text, give_consent
from actions.permissions import NotAllowedError
from actions.records.extracts import extract_by_grant
from actions.records.reading import records_of_lift
from actions.records.showing import record_photo, record_shown
from actions.refusals import Refused
from notifier.prepare import preview
from schedules.rulebook import load_rulebook
from store.doors import TELEGRAM
from store.lifts import Responsibility
from store.notices import PAPERLESS, Notice
from store.parties import Party
from store.records import MaintenanceRecord, RecordState
from store.supervision import OpinionKind, ReadWhat, RecordRead
from tixing.documents import write_document
from tixing.drawing import draw_figures

TESTING_BODY = "穗样检测有限公司"


def told(contractor):
    query = select(Notice.template, Notice.audience).where(Notice.duty == PAPERLESS).order_by(col(Notice.id))
    return contractor.ask(lambda session: list(session.exec(query).all()))


def test_gp_23_records_are_for_the_two_sides_and_the_offices_and_others_need_both(contractor):
    world, record, lift = contractor.world, contractor.upload(), contractor.lift_id

    def may(who):
        def asks(session):
            actor = world.actor(session, who)
            whole = may_read_records(session, actor, lift, TODAY)
            assert whole == may_read_record(session, actor, session.get_one(MaintenanceRecord, record.id), TODAY)
            return whole

        return contractor.ask(asks)

    for who in ("unit_contact", "worker", "inspector", "district_regulator", "city_regulator"):
        assert may(who), who
    strangers = ("other_contact", "other_worker", "other_duty_officer", "other_district_regulator", "tester")
    assert [who for who in strangers if may(who)] == []
    asked = {"lift_id": lift, "to_name": TESTING_BODY, "purpose": "理赔", "until": TODAY}
    with pytest.raises(Refused):
        contractor.do(ask_grant, **asked | {"to_name": "无此单位"})
    grant = {"grant_id": contractor.do(ask_grant, **asked)}
    assert not may("tester")  # one side is not enough
    with pytest.raises(NotAllowedError):
        contractor.do(agree_to_grant, "other_legal_rep", **grant)
    contractor.do(agree_to_grant, "maintainer_admin", **grant)
    assert may("tester")
    with contractor.database.write() as session:
        about = {"by": "院办 李小满", "now": contractor.now, "today": TODAY}
        extract = extract_by_grant(session, grant["grant_id"], **about)
        [line] = lines_of_reads(session, select(RecordRead).where(RecordRead.what == ReadWhat.NAMES))
        assert (line.party, line.why) == (TESTING_BODY, "by authorization, on paper from 院办 李小满")
        with pytest.raises(Refused):
            extract_by_grant(session, grant["grant_id"], **about | {"today": TODAY + timedelta(days=1)})
    for language, untried in (("zh", "试验未附照片：制动器"), ("en", "Tests without a photo: ")):
        said = {"extract": extract, "by": about["by"], "on": TODAY, "unproved": [record.entry_id]}
        written = write_document("record_extract", language, said)
        assert "何师傅" in written
        assert "粤A-0001" in written
        assert untried in written
    body, other = world.parties["testing_body"], world.lifts["own"][1]
    later = TODAY + timedelta(days=1)
    assert not contractor.ask(lambda session: party_may_read(session, body, other, TODAY))
    assert not contractor.ask(lambda session: party_may_read(session, body, lift, later))
    contractor.do(withdraw_grant, **grant)
    assert not may("tester")
    assert [one.state for one in contractor.do(grants_listed)] == ["withdrawn"]


def test_gp_23_every_read_of_names_is_logged_and_both_sides_can_see_by_whom(contractor):
    contractor.upload(completed_at=contractor.now - timedelta(days=1))
    [late] = contractor.do(late_workers, "district_regulator")
    assert (late.name, late.late) == ("何师傅", 1)
    assert contractor.do(late_workers, "other_district_regulator") == []
    [read] = contractor.do(reads_listed, "maintainer_admin")
    assert (read.party, read.what, read.why) == ("天河区市场监督管理局", "names", "by law")
    assert contractor.do(reads_listed, "other_legal_rep") == []
    with contractor.database.write() as session:
        record = session.exec(select(MaintenanceRecord)).one()
        for who in ("inspector", "worker", "tester"):  # of one's own people nothing is logged
            actor = contractor.world.actor(session, who)
            log_record(session, actor, record, [ReadWhat.CERTIFICATES], contractor.now)
    logged = contractor.do(reads_listed, "legal_rep", lift_id=contractor.lift_id)
    assert [(one.party, one.why) for one in logged] == [(TESTING_BODY, "by authorization"), ("检验一部", "by law")]
    with pytest.raises(NotAllowedError):
        contractor.do(reads_listed, "worker")


def test_gp_26_an_opinion_is_drafted_sent_answered_returned_and_closed_and_a_suspension_brings_paper_back(contractor):
    ours = contractor.world.parties["maintainer"]
    contractor.upload()
    contractor.do(confirm_paperless, "city_regulator", party_id=ours)
    due = TODAY + timedelta(days=15)
    drafted = contractor.do(
        draft_opinion, "city_regulator", party_id=ours, kind=OpinionKind.SUSPENSION, text="记录不实", due_on=due
    )
    one = {"opinion_id": drafted}
    assert contractor.do(opinions_listed, "worker") == []
    with pytest.raises(NotAllowedError):
        contractor.do(opinion_story, "maintainer_admin", **one)
    contractor.do(send_opinion, "city_regulator", **one)
    with pytest.raises(Refused):
        contractor.do(send_opinion, "city_regulator", **one)
    assert contractor.do(paper_of_lift, "inspector", lift_id=contractor.lift_id).why == "suspended"
    with contractor.database.write() as session:
        follow_paperless(session, today=due + timedelta(days=1), now=contractor.now)
        follow_paperless(session, today=due + timedelta(days=2), now=contractor.now)
    waiting = [("gp.opinion.reg", "city_regulator"), ("gp.opinion", "maintainer_admin")]
    assert [one for one in told(contractor) if "opinion" in one[0]] == [("gp.opinion", "maintainer_admin"), *waiting]
    contractor.do(answer_opinion, "maintainer_admin", note="已整改", **one)
    contractor.do(settle_opinion, "city_regulator", closed=False, note="缺照片", **one)
    contractor.do(answer_opinion, "maintainer_contact", note="已补", **one)
    contractor.do(settle_opinion, "city_regulator", closed=True, **one)
    assert contractor.do(paper_of_lift, "inspector", lift_id=contractor.lift_id).waived
    [closed] = contractor.do(opinions_listed, "maintainer_admin", closed=True)
    assert (closed.state, contractor.do(opinions_listed, "city_regulator")) == ("closed", [])


def test_gp_01_gp_02_gp_28_gp_32_gp_33_coverage_and_punctuality_by_district_and_the_figures_of_a_month(
    contractor, monkeypatch
):
    days = (date(2021, 12, 31), date(2022, 1, 1), date(2026, 1, 1))
    assert [target_on(load_rulebook("guangzhou"), day) for day in days] == [30, 100, 100]
    assert target_on(load_rulebook("zhoushan"), TODAY) == 0
    world = contractor.world
    for name, number in (("广州示范捷安电梯工程有限公司", "1"), ("粤演机电有限公司", "2")):
        contractor.do(file_maintainer, "city_regulator", name=name, number=number, filed_on=TODAY)
    contractor.do(register_maintainer, "maintainer_admin")
    records = [contractor.upload(completed_at=contractor.now - timedelta(hours=hour)) for hour in (1, 2, 30)]
    with contractor.database.write() as session:
        for record in records:
            stored = session.get_one(MaintenanceRecord, record.id)
            stored.state, stored.decided_at = RecordState.SIGNED, contractor.now
        stored.decided_at = stored.sign_by + timedelta(hours=1)
    found = contractor.do(paperless_figures, "city_regulator")
    whole, *parts = found.coverage
    assert (whole.using, whole.contractors, whole.percent, whole.covered, found.target) == (1, 2, 50, 1, 100)
    assert {part.code: part.using for part in parts} == {"440105": 0, "440106": 1}
    assert found.idle == ["粤演机电有限公司"]
    [tally] = found.contractors
    assert (tally.records, tally.late, tally.on_time, tally.signed_in_time) == (3, 1, 66, 66)
    assert contractor.do(paperless_figures, "other_district_regulator").contractors == []
    with pytest.raises(NotAllowedError):
        contractor.do(paperless_figures, "district_regulator", district_code="440105")
    assert not found.units[0].never_signs
    with contractor.database.write() as session:
        follow_paperless(session, today=date(2026, 12, 1), now=contractor.now)
        follow_paperless(session, today=date(2026, 12, 2), now=contractor.now)
    monthly = [one for one in told(contractor) if one[0] == "gp.monthly"]
    assert sorted(monthly) == [("gp.monthly", "city_regulator"), *[("gp.monthly", "district_regulator")] * 2]
    with contractor.database.write() as session:
        follow_paperless(session, today=date(2027, 1, 22), now=contractor.now)
    assert len([one for one in told(contractor) if one[0] == "gp.monthly"]) == 6, "late after an outage, not never"
    ids = select(Notice.id).where(Notice.template == "gp.monthly").order_by(col(Notice.id))
    [sent, *_] = contractor.ask(lambda session: preview(session, session.exec(ids).first(), [TELEGRAM], TODAY))
    assert draw_figures(sent).startswith(b"\x89PNG"), "the figures carry their picture"
    shown = []
    monkeypatch.setattr("bot.paperless.sheets.draw", lambda name, language, data: shown.append(data) or b"")
    draw_figures(sent)
    [all_, *ways] = [shown[0]["lines"][place]["text"] for place in (0, 2, 3, 4, 5)]
    assert (all_, sum(ways)) == (3, 3), "signed, by default, objected and unsigned are all of them"
    november = contractor.ask(lambda session: figures_of(session, CITY, date(2026, 11, 1), date(2026, 12, 1)))
    assert (november.total.records, november.coverage[0].lifts) == (3, sum(map(len, list(world.lifts.values()))))


def test_gp_32_a_unit_that_never_signs_itself_is_a_finding(contractor):
    contractor.do(give_consent, version=consent_text().version, language="zh")
    ids = [contractor.upload(completed_at=contractor.now - timedelta(minutes=one)).id for one in (1, 2, 3)]
    with contractor.database.write() as session:
        for one in ids:
            record = session.get_one(MaintenanceRecord, one)
            record.state, record.decided_at = RecordState.SIGNED_BY_DEFAULT, contractor.now
    [unit] = contractor.do(paperless_figures, "district_regulator").units
    assert (unit.default_share, unit.never_signs) == (100, True)


def test_gp_23_a_new_contractor_reads_records_of_the_one_before_only_by_grant_and_the_unit_sees_who_read(contractor):
    world, record, lift = contractor.world, contractor.upload(), contractor.lift_id
    with contractor.database.write() as session:
        here = select(Responsibility).where(Responsibility.lift_id == lift, Responsibility.role == "maintainer")
        before = session.exec(here).one()
        before.to_on = TODAY
        after = world.parties["other_maintainer"]
        session.add(Responsibility(lift_id=lift, party_id=after, role="maintainer", from_on=TODAY))
        name = session.get_one(Party, after).name
    one, new = {"record_id": record.id}, "other_worker"

    def refused():
        for verb, said in ((record_shown, one), (record_photo, one | {"number": 1})):
            with pytest.raises(NotAllowedError):
                contractor.do(verb, new, **said)
        return contractor.do(records_of_lift, new, lift_id=lift) == []

    def read(who):
        shown = contractor.do(record_shown, who, **one)
        return shown.workers == [("何师傅", "粤A-0001")]

    assert refused()
    assert contractor.do(records_of_lift, "worker", lift_id=lift), "who made them reads them still"
    assert read("worker")
    granted = {"lift_id": lift, "to_name": name, "purpose": "交接", "until": TODAY}
    grant = {"grant_id": contractor.do(ask_grant, **granted)}
    contractor.do(agree_to_grant, "maintainer_admin", **grant)
    assert read(new)
    assert read(new), "drawn again"
    assert [line.record_id for line in contractor.do(records_of_lift, new, lift_id=lift)] == [record.id]
    contractor.now += timedelta(days=1)
    assert refused(), "its day is over"
    contractor.now -= timedelta(days=1)
    contractor.do(withdraw_grant, **grant)
    assert refused()
    assert read("inspector")
    logged = [(one.party, one.what, one.why) for one in contractor.do(reads_listed, "legal_rep", lift_id=lift)]
    by_law, by_grant = ("检验一部", "by law"), (name, "by authorization")
    kinds = ("certificates", "names")
    assert logged == [(party, what, why) for party, why in (by_law, by_grant) for what in kinds]
