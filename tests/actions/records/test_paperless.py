"""Who does maintenance without paper: registered step by step, lifts matched, platforms listed, paper given up."""

from datetime import timedelta

import pytest
from phones.world import CITY, TODAY
from sqlmodel import col, select

from actions.alerts.numbers import set_emergency_phone
from actions.identity.staff import end_person
from actions.paperless.claims import claim_lift, claims_listed, decide_claim
from actions.paperless.follow import follow_paperless
from actions.paperless.platforms import (
    apply_own_platform,
    apply_third_party,
    check_platform,
    list_platform,
    platforms_listed,
    record_test,
    remove_platform,
    require_may_upload,
)
from actions.paperless.register import (
    Data,
    file_maintainer,
    my_registration,
    name_administrator,
    register_maintainer,
    say_data,
)
from actions.paperless.waivers import confirm_paperless, paper_of_lift, revoke_paperless
from actions.paperless.ways import choose_way, way_on
from actions.paperless.workers import certify_worker, grade_worker, my_team
from actions.permissions import NotAllowedError
from actions.refusals import Refused
from schedules.announcements import parties_of
from store.lifts import LiftRole
from store.notices import PAPERLESS, Notice
from store.paperless import Level
from store.records import PlatformRole
from store.tasks import Task, TaskKind

NAME = "广州示范捷安电梯工程有限公司"
ADMIN = "maintainer_admin"


def told(contractor):
    """Templates and audiences of what was planned about it, oldest first."""
    query = select(Notice.template, Notice.audience).where(Notice.duty == PAPERLESS).order_by(col(Notice.id))
    return contractor.ask(lambda session: list(session.exec(query).all()))


def registered(contractor):
    contractor.do(file_maintainer, "city_regulator", name=NAME, number="备-1", filed_on=TODAY)
    contractor.do(register_maintainer, ADMIN)


def refused(contractor, why, verb, who, /, **what):
    with pytest.raises(Refused) as said:
        contractor.do(verb, who, **what)
    assert said.value.name == f"paperless.{why}"


def test_gp_03_gp_04_gp_05_a_contractor_is_filed_registered_and_named_in_this_order_and_hears_what_is_missing(
    contractor,
):
    world = contractor.world
    refused(contractor, "file_first", register_maintainer, ADMIN)
    contractor.do(file_maintainer, "city_regulator", name=NAME, number="备-1", filed_on=TODAY)
    refused(contractor, "number_taken", file_maintainer, "city_regulator", name="粤演机电有限公司", number="备-1",
            filed_on=TODAY)  # fmt: skip
    worker = world.people["worker"].contact_id
    refused(contractor, "register_first", name_administrator, ADMIN, contact_id=worker)
    refused(contractor, "register_first", choose_way, ADMIN, way=PlatformRole.CITY)
    contractor.do(register_maintainer, "maintainer_contact")
    contractor.do(name_administrator, "maintainer_contact", contact_id=world.people["maintainer_contact"].contact_id)
    with contractor.database.write() as session:
        follow_paperless(session, today=TODAY, now=contractor.now)
        follow_paperless(session, today=TODAY + timedelta(days=13), now=contractor.now)
    assert told(contractor) == [("gp.incomplete", "maintainer_admin")]
    for field, value in (
        ("address", "示例路1号"),
        ("office", "示例路2号"),
        ("contact", "何师傅"),
        ("phone", "14000000077"),
    ):
        contractor.do(say_data, ADMIN, field=Data(field), value=value)
    contractor.do(set_emergency_phone, ADMIN, phone="020-12345678")
    contractor.do(choose_way, ADMIN, way=PlatformRole.CITY)
    refused(contractor, "one_way", choose_way, ADMIN, way=PlatformRole.CITY, platform_id=1)
    assert contractor.do(my_registration, "worker").missing == ("certificates",)
    contractor.do(certify_worker, ADMIN, contact_id=worker, certificate="粤T-1", valid_until=TODAY)
    assert contractor.do(my_registration, ADMIN).missing == ()
    contractor.now += timedelta(days=1)
    assert contractor.do(my_registration, ADMIN).missing == ("certificates",)


def test_gp_06_gp_07_workers_have_levels_and_certificates_and_whoever_is_removed_sees_nothing_at_once(contractor):
    registered(contractor)
    world = contractor.world
    worker, leader = (world.people[name].contact_id for name in ("worker", "maintainer_contact"))
    refused(
        contractor, "leader_not_above", grade_worker, ADMIN, contact_id=worker, level=Level.WORKER, leader_id=leader
    )
    contractor.do(grade_worker, ADMIN, contact_id=leader, level=Level.LEADER)
    contractor.do(grade_worker, ADMIN, contact_id=worker, level=Level.WORKER, leader_id=leader)
    refused(contractor, "leads_others", grade_worker, ADMIN, contact_id=leader, level=Level.WORKER)
    with pytest.raises(NotAllowedError):
        contractor.do(certify_worker, "worker", contact_id=worker, certificate="1", valid_until=TODAY)
    other = world.people["other_worker"].contact_id
    with pytest.raises(NotAllowedError):
        contractor.do(certify_worker, ADMIN, contact_id=other, certificate="1", valid_until=TODAY)
    contractor.do(certify_worker, ADMIN, contact_id=worker, certificate="粤T-1", valid_until=TODAY)
    [mine] = [one for one in contractor.do(my_team, "worker") if one.contact_id == worker]
    assert (mine.level, mine.leader != "", "****" in mine.phone, mine.is_certified) == ("worker", True, True, True)
    contractor.do(end_person, ADMIN, contact_id=worker)
    with pytest.raises(LookupError):
        contractor.do(my_team, "worker")


def test_gp_08_a_lift_is_matched_by_any_of_its_names_and_a_conflict_is_decided_by_its_unit(contractor):
    world, lift_id = contractor.world, contractor.lift_id
    assert contractor.do(claim_lift, "worker", name="梯11粤A01000(20)").state == "matched"
    refused(contractor, "no_such_lift", claim_lift, "worker", name="31109900129999999")
    claim = contractor.do(claim_lift, "other_worker", name="31109900120171000")
    assert (claim.state, told(contractor)[-3:]) == (
        "open",
        [("gp.claim.unit", "unit_contact"), ("gp.claim.reg", "district_regulator"),
         ("gp.claim.maint", "maintainer_admin")],
    )  # fmt: skip
    assert [one.claim_id for one in contractor.do(claims_listed, "unit_contact")] == [claim.claim_id]
    assert contractor.do(claims_listed, "other_contact") == []
    dispute = select(Task).where(Task.kind == TaskKind.MAINTAINER_DISPUTED)
    [task] = contractor.ask(lambda session: session.exec(dispute).all())
    assert (task.owner_party_id, task.status) == (world.parties["bureau"], "open")
    for stranger in ("other_contact", "other_district_regulator", "other_worker"):
        with pytest.raises(NotAllowedError):
            contractor.do(decide_claim, stranger, claim_id=claim.claim_id, accepted=True)
    with contractor.database.write() as session:
        follow_paperless(session, today=TODAY + timedelta(days=7), now=contractor.now)
    assert told(contractor)[-1] == ("gp.claim.reg", "district_regulator")
    contractor.do(decide_claim, "unit_contact", claim_id=claim.claim_id, accepted=True)
    held = contractor.ask(lambda session: parties_of(session, [lift_id], [LiftRole.MAINTAINER]))
    assert held == {(lift_id, LiftRole.MAINTAINER): world.parties["other_maintainer"]}
    assert told(contractor)[-2:] == [("gp.claim.maint", "maintainer_admin")] * 2
    assert contractor.ask(lambda session: session.exec(dispute).one()).outcome == "accepted"
    refused(contractor, "claim_over", decide_claim, "district_regulator", claim_id=claim.claim_id, accepted=False)


def test_gp_16_gp_34_a_platform_is_listed_after_its_test_checked_and_removed_and_its_contractors_move(contractor):
    registered(contractor)
    ours, source = contractor.world.parties["maintainer"], {}
    with contractor.database.write() as session:
        platform = apply_third_party(session, CITY, "穗样云维保", now=contractor.now, today=TODAY, key="a")
        source["id"], source["party"] = platform.id, platform.party_id

    def test(passed, key):
        with contractor.database.write() as session:
            record_test(session, source["party"], passed=passed, ref="run", now=contractor.now, today=TODAY, key=key)

    def may_upload(on=TODAY, lift_id=contractor.lift_id):
        contractor.ask(lambda session: require_may_upload(session, source["party"], ours, [lift_id], on=on))

    listed = {"platform_id": source["id"]}
    refused(contractor, "test_first", list_platform, "city_regulator", **listed)
    refused(contractor, "not_listed", remove_platform, "city_regulator", reason="未上名单", **listed)
    test(True, "t1")
    test(False, "t2")  # the last one counts
    refused(contractor, "test_first", list_platform, "city_regulator", **listed)
    test(True, "t3")
    refused(contractor, "not_listed", choose_way, ADMIN, way=PlatformRole.THIRD_PARTY, **listed)
    assert contractor.do(platforms_listed, "unit_contact") == []
    contractor.do(list_platform, "city_regulator", **listed)
    with pytest.raises(Refused, match="other way"):
        may_upload()
    contractor.do(choose_way, ADMIN, way=PlatformRole.CITY)
    contractor.do(choose_way, ADMIN, way=PlatformRole.THIRD_PARTY, **listed)
    may_upload()
    with pytest.raises(Refused, match="not matched"):
        may_upload(lift_id=contractor.world.lifts["elsewhere"][0])
    refused(contractor, "say_why", check_platform, "city_regulator", passed=False, **listed)
    contractor.do(check_platform, "city_regulator", passed=False, note="字段缺失", **listed)
    until = contractor.do(remove_platform, "city_regulator", reason="抽查不符", **listed)
    assert told(contractor)[-1] == ("gp.platform", "maintainer_admin")
    assert "way" in contractor.do(my_registration, ADMIN).missing
    may_upload(on=until)
    with contractor.database.write() as session:  # it asks anew: its contractors keep their time
        apply_third_party(session, CITY, "穗样云维保", now=contractor.now, today=TODAY, key="b")
    may_upload(on=until)
    with pytest.raises(Refused, match="not listed"):
        may_upload(on=until + timedelta(days=1))
    later = TODAY + timedelta(days=10)
    contractor.do(choose_way, ADMIN, way=PlatformRole.CITY, from_on=later)
    ways = [contractor.ask(lambda session, on=on: way_on(session, ours, on).way) for on in (TODAY, later)]
    assert ways == ["third_party", "city"]
    contractor.do(apply_own_platform, ADMIN)
    assert {one.state for one in contractor.do(platforms_listed, "city_regulator")} == {"applied"}


def test_gp_25_gp_27_gp_29_paper_is_given_up_by_lift_from_upload_and_confirmation_and_inspectors_see_it(contractor):
    registered(contractor)
    ours, lift_id = contractor.world.parties["maintainer"], contractor.lift_id
    refused(contractor, "nothing_uploaded", confirm_paperless, "city_regulator", party_id=ours)
    contractor.upload(completed_at=contractor.now - timedelta(days=1))  # late: no effective upload
    refused(contractor, "nothing_uploaded", confirm_paperless, "city_regulator", party_id=ours)
    contractor.upload()
    assert not contractor.do(paper_of_lift, "inspector", lift_id=lift_id).waived
    contractor.now += timedelta(days=3)
    assert contractor.do(confirm_paperless, "city_regulator", party_id=ours) == 1
    for officer in ("inspector", "district_regulator", "unit_contact"):
        state = contractor.do(paper_of_lift, officer, lift_id=lift_id)
        assert (state.waived, state.since) == (True, contractor.today)
    assert not contractor.do(paper_of_lift, "inspector", lift_id=contractor.world.lifts["own"][1]).waived
    assert told(contractor)[-2:] == [("gp.waiver.maint", "maintainer_admin"), ("gp.waiver.unit", "unit_contact")]
    assert contractor.do(confirm_paperless, "city_regulator", party_id=ours) == 0
    assert contractor.do(revoke_paperless, "city_regulator", party_id=ours, reason="停传") == 1
    assert not contractor.do(paper_of_lift, "inspector", lift_id=lift_id).waived
