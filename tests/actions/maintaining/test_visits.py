"""A visit from the worker's side: begun, written, signed; what the record then says."""

from datetime import date, datetime, timedelta

import pytest
from phones.world import TODAY
from sqlmodel import select

from actions.lifts.house import house_text
from actions.lifts.upkeep import open_alerts
from actions.maintaining.begin import begin_visit, check_in, drop_visit, visit_to_begin
from actions.maintaining.day import assign_lifts, forget_places, plan_of_maintainer, work_of_day
from actions.maintaining.second import confirm_second, fellow_workers, name_second
from actions.maintaining.sign import sign_visit, visit_page
from actions.maintaining.writing import (
    add_extra_item,
    measure_item,
    note_visit,
    read_moment,
    say_item,
    say_when_done,
    show_item,
    stop_for_item,
)
from actions.paperless.workers import certify_worker
from actions.permissions import NotAllowedError
from actions.records.content import Result
from actions.records.showing import record_shown
from actions.refusals import Refused
from bot.texts import refusal
from store.alerts import Alert
from store.chain import read_content
from store.lifts import Lift, LiftRole, Responsibility
from store.notices import Notice
from store.records import RecordEntry, RecordPersonal, VisitKind
from store.settings import Setting
from store.tasks import Task, TaskKind
from store.upkeep import LiftClass, LiftUpkeep
from store.zone import SHANGHAI

PNG = b"\x89PNG\r\n\x1a\n0"
MONTH = timedelta(days=30)
LOCK, SELF_CHECK, CAR_TOP = "A-1-29", "A-1-06", "A-1-11"


def begun(crew, **said):
    return crew.do(begin_visit, lift_id=crew.lift_id, kind=VisitKind.HALF_MONTH, **said)


def refused(crew, verb, **arguments):
    with pytest.raises(Refused) as why:
        crew.do(verb, **arguments)
    return why.value.name


def body_of(crew, record):
    return read_content(crew.ask(lambda session: session.get_one(RecordEntry, record.entry_id)).body)


def test_gp_10_18_a_record_says_all_fine_but_these(crew):
    visit = begun(crew, by_label=True)
    assert refused(crew, sign_visit, visit_id=visit) == "upkeep.lacks_value"
    for nonsense, name in (
        ("七", "upkeep.no_number"),
        ("1e1", "upkeep.no_number"),
        ("1,000", "upkeep.no_number"),
        ("7.00001", "upkeep.no_number"),
    ):
        assert refused(crew, measure_item, visit_id=visit, code=LOCK, value=nonsense) == name
    assert refused(crew, measure_item, visit_id=visit, code=LOCK, value="700") == "upkeep.impossible"
    crew.do(measure_item, visit_id=visit, code=LOCK, value="6,5 mm")
    page = crew.do(visit_page, visit_id=visit)
    assert [(line.number, line.finding.result) for line in page.exceptions] == [(29, Result.FAULT)]
    assert refused(crew, say_item, visit_id=visit, code=LOCK, result=Result.OK) == "upkeep.outside"
    crew.do(measure_item, visit_id=visit, code=LOCK, value="８ｍｍ")
    assert crew.do(visit_page, visit_id=visit).exceptions[0].finding.result == Result.FIXED
    crew.do(say_item, visit_id=visit, code=CAR_TOP, result=Result.NOT_APPLICABLE)
    assert refused(crew, sign_visit, visit_id=visit) == "upkeep.lacks_words"
    crew.do(say_item, visit_id=visit, code=CAR_TOP, words="无轿顶平台")
    crew.do(show_item, visit_id=visit, code=SELF_CHECK, photo=PNG)
    crew.do(add_extra_item, visit_id=visit, words="清理地坎")
    crew.do(note_visit, visit_id=visit, words="已告知物业")
    record = crew.do(sign_visit, visit_id=visit, key="sign")
    assert crew.do(sign_visit, visit_id=visit, key="again").id == record.id
    said = body_of(crew, record)
    assert said["but"] == {
        LOCK: {"result": "fixed", "value": "8"},
        CAR_TOP: {"result": "not_applicable", "reason": "无轿顶平台"},
    }
    assert (said["all"], said["class"], said["place"]) == (31, "A", {"how": "code"})
    assert said["photos_of"] == {SELF_CHECK: said["photos"]}, "which photo shows which item"
    assert crew.do(record_shown, record_id=record.id).untried == []
    assert said["table"].startswith("tsg-t5002-2017/")
    assert (said["note"], said["extra"], len(said["photos"])) == (
        "已告知物业",
        [{"item": "清理地坎", "result": "ok"}],
        1,
    )
    assert refused(crew, note_visit, visit_id=visit, words="x") == "upkeep.uploaded"
    assert crew.duty().due == TODAY + timedelta(days=15)


def test_gp_18_a_record_says_of_which_test_there_is_no_photo(crew):
    visit = begun(crew)
    crew.do(measure_item, visit_id=visit, code=LOCK, value="8")
    record = crew.do(sign_visit, visit_id=visit)
    assert [one.name[:3] for one in crew.do(record_shown, record_id=record.id).untried] == ["制动器"]


def test_gp_09_what_is_registered_and_not_so_on_site_becomes_a_task_and_is_told(crew):
    for _ in range(2):
        visit = begun(crew, wrong="登记为10层，实为12层", key="begin")
    for words in ("已告知", "已告知物业"):
        crew.do(note_visit, visit_id=visit, words=words)
    assert crew.do(visit_page, visit_id=visit).note == "登记为10层，实为12层；已告知物业"
    [task] = crew.ask(lambda session: session.exec(select(Task).where(Task.kind == TaskKind.WRONG_ON_SITE)).all())
    assert (task.detail["note"], task.owner_party_id) == ("登记为10层，实为12层", crew.world.parties["department"])
    told = crew.ask(lambda session: session.exec(select(Notice.template, Notice.party_id).order_by(Notice.id)).all())
    assert [tuple(one) for one in told] == [
        ("gp.wrong", crew.world.parties["own"]), ("gp.wrong.maint", crew.world.parties["maintainer"]),
    ]  # fmt: skip


def test_gp_09_the_first_visit_learns_where_the_lift_is_and_later_ones_are_measured(crew):
    def went(latitude, longitude, *, by_label):
        visit = begun(crew, by_label=by_label)
        assert crew.do(check_in, visit_id=visit, latitude=latitude, longitude=longitude) is None
        crew.do(measure_item, visit_id=visit, code=LOCK, value="8")
        crew.do(sign_visit, visit_id=visit)

    went(0, 0, by_label=True)
    went(23.4, 113.2, by_label=False)  # from an office, as far as anybody knows
    assert crew.ask(lambda session: session.get(LiftUpkeep, crew.lift_id)) is None
    went(23.4, 113.2, by_label=True)
    assert crew.do(forget_places, who="maintainer_admin", lift_ids=[crew.lift_id]) == 1
    went(23.1291, 113.2644, by_label=True)
    kept = crew.ask(lambda session: session.get_one(LiftUpkeep, crew.lift_id))
    assert (kept.latitude, kept.located_by) == (23.1291, crew.world.people["worker"].contact_id)
    crew.now += timedelta(days=14)
    visit = begun(crew, by_label=True)
    assert crew.do(check_in, visit_id=visit, latitude=23.1391, longitude=113.2644) == 1112
    assert crew.do(visit_page, visit_id=visit).far
    with crew.database.write() as session:
        session.add(Setting(key="upkeep_presence", value={"location": True, "metres": 2000}))
    other = crew.do(begin_visit, lift_id=crew.world.lifts["own"][1], kind=VisitKind.HALF_MONTH, by_label=True)
    crew.do(measure_item, visit_id=other, code=LOCK, value="8")
    assert refused(crew, sign_visit, visit_id=other) == "upkeep.lacks_location", "a photo of a label is no presence"
    assert not crew.do(visit_page, visit_id=visit).far


def test_gp_30_a_second_worker_confirms_and_true_times_are_kept(crew):
    visit = begun(crew)
    [second] = crew.do(fellow_workers)
    for chosen in (second.contact_id, None, second.contact_id):
        crew.do(name_second, visit_id=visit, contact_id=chosen)
    crew.do(measure_item, visit_id=visit, code=LOCK, value="8")
    assert refused(crew, sign_visit, visit_id=visit) == "upkeep.lacks_second"
    assert refused(crew, confirm_second, visit_id=visit, was_there=True) == "upkeep.not_the_second"
    [(number, _, _)] = crew.do(work_of_day, who="second").to_confirm
    crew.do(confirm_second, who="second", visit_id=number, was_there=True)
    crew.now += timedelta(days=1)
    assert refused(crew, say_when_done, visit_id=visit, words="23:59") == "upkeep.in_future"
    crew.do(say_when_done, visit_id=visit, words="11月23日 11:20")
    record = crew.do(sign_visit, visit_id=visit)
    assert (record.late_upload, body_of(crew, record)["completed_at"]) == (True, "2026-11-23T11:20:00+08:00")
    assert len(body_of(crew, record)["signed_at"]) == 2
    told = crew.ask(lambda session: session.exec(select(Notice).order_by(Notice.id)).all())
    to_second = [one for one in told if one.facts.get("paperless", {}).get("contact") == second.contact_id]
    assert [(one.template, one.status) for one in to_second] == [
        ("gp.second.named", "cancelled"),  # it had not left when nobody was named
        ("gp.second.named", "planned"),
        ("gp.second", "planned"),
    ]
    assert read_moment("12-31 8:05", crew.now.replace(year=2027, month=1, day=2), MONTH).year == 2026
    assert read_moment("昨天 17:30", crew.now, MONTH) == read_moment("yesterday 17:30", crew.now, MONTH)
    assert crew.now - timedelta(days=2) < read_moment("昨天 17:30", crew.now, MONTH) < crew.now - timedelta(hours=10)
    assert read_moment("2-29 8:00", crew.now.replace(year=2028, month=1, day=10), MONTH) is None, "2027 had no such day"


def test_gp_30_who_was_named_by_mistake_is_not_asked_where_the_question_has_not_left(crew):
    visit = begun(crew)
    [second] = crew.do(fellow_workers)
    crew.do(name_second, visit_id=visit, contact_id=second.contact_id)
    crew.do(drop_visit, visit_id=visit)
    [told] = crew.ask(lambda session: session.exec(select(Notice).where(Notice.template == "gp.second.named")).all())
    assert (told.status, told.reason) == ("cancelled", "another was named, or nobody")


def test_gp_06_a_record_names_the_certificate_and_nobody_signs_by_one_that_has_ended(crew):
    visit = begun(crew)
    crew.do(measure_item, visit_id=visit, code=LOCK, value="8")
    [second] = crew.do(fellow_workers)
    crew.do(name_second, visit_id=visit, contact_id=second.contact_id)

    def certify(contact_id, number, until):
        said = {"certificate": number, "valid_until": until}
        crew.do(certify_worker, who="maintainer_admin", contact_id=contact_id, **said)

    certify(second.contact_id, "粤T-2", TODAY - timedelta(days=1))
    with pytest.raises(Refused) as why:
        crew.do(confirm_second, who="second", visit_id=visit, was_there=True)
    for language, words in (("zh", "何二的证书（粤T-2）有效期到2026年11月22日"), ("en", "ended on 2026-11-22")):
        assert words in refusal(why.value.name, language, **why.value.facts)
    certify(second.contact_id, "粤T-2", TODAY)
    crew.do(confirm_second, who="second", visit_id=visit, was_there=True)
    crew.now += timedelta(days=1)
    certify(crew.world.people["worker"].contact_id, "粤T-1", TODAY)
    assert refused(crew, sign_visit, visit_id=visit) == "paperless.certificate_lapsed"
    certify(crew.world.people["worker"].contact_id, "粤T-1", crew.today)
    record = crew.do(sign_visit, visit_id=visit)
    people = select(RecordPersonal.value).where(RecordPersonal.entry_id == record.entry_id)
    assert {"粤T-1", "粤T-2"} <= set(crew.ask(lambda session: session.exec(people).all()))


def test_a_dangerous_fault_is_told_at_once_and_once(crew):
    visit = begun(crew)
    assert refused(crew, stop_for_item, visit_id=visit, code=CAR_TOP) == "upkeep.what_is_wrong"
    crew.do(say_item, visit_id=visit, code=CAR_TOP, result=Result.FAULT, words="护栏脱落")
    for _ in range(2):
        crew.do(stop_for_item, visit_id=visit, code=CAR_TOP)
    [alert] = crew.ask(lambda session: session.exec(select(Alert)).all())
    assert "护栏脱落" in alert.what
    told = crew.ask(lambda session: session.exec(select(Notice.template)).all())
    assert sorted(told) == ["alert.fault", "alert.fault.danger"]
    assert refused(crew, say_item, visit_id=visit, code=CAR_TOP, result=Result.OK) == "upkeep.reported_already"
    crew.do(measure_item, visit_id=visit, code=LOCK, value="8")
    record = crew.do(sign_visit, visit_id=visit)
    assert (record.faults, record.dangerous) == (1, True)


def test_what_was_stopped_and_mended_is_signed_and_words_about_a_fine_item_are_kept(crew):
    visit = begun(crew)
    crew.do(measure_item, visit_id=visit, code=LOCK, value="6.5")
    crew.do(stop_for_item, visit_id=visit, code=LOCK)
    crew.do(measure_item, visit_id=visit, code=LOCK, value="8")
    crew.do(say_item, visit_id=visit, code=CAR_TOP, words="护栏略有晃动")
    assert [line.item.code for line in crew.do(visit_page, visit_id=visit).measured] == [CAR_TOP]
    signed_at = datetime(2026, 11, 23, 23, 59, 58, tzinfo=SHANGHAI)
    crew.now = signed_at + timedelta(hours=1)
    record = crew.do(sign_visit, visit_id=visit, came_at=signed_at)
    assert (record.late_upload, record.sign_by) == (False, signed_at + timedelta(days=1, seconds=2)), "we were down"
    assert (record.faults, record.dangerous) == (0, False)
    assert body_of(crew, record)["but"] == {
        LOCK: {"result": "fixed", "value": "8"},
        CAR_TOP: {"result": "ok", "reason": "护栏略有晃动"},
    }


def test_a_lift_that_is_handed_over_is_uploaded_for_the_day_on_which_it_was_theirs(crew):
    visit = begun(crew)
    crew.do(measure_item, visit_id=visit, code=LOCK, value="8")
    crew.now += timedelta(days=1)
    role, other = LiftRole.MAINTAINER, crew.world.parties["other_maintainer"]
    with crew.database.write() as session:
        theirs = (Responsibility.lift_id == crew.lift_id, Responsibility.role == role)
        session.exec(select(Responsibility).where(*theirs)).one().to_on = crew.today
        session.add(Responsibility(lift_id=crew.lift_id, party_id=other, role=role, from_on=crew.today))
    assert [number for number, _ in crew.do(work_of_day).left] == [visit]
    assert refused(crew, sign_visit, visit_id=visit) == "records.not_their_lift", "it would be of today"
    with pytest.raises(NotAllowedError):
        crew.do(note_visit, visit_id=visit, words="不再填写")
    crew.do(say_when_done, visit_id=visit, words="昨天 15:00")
    assert crew.do(sign_visit, visit_id=visit).maintainer_id == crew.world.parties["maintainer"]


def test_the_kind_that_is_due_follows_from_the_records_and_a_class_that_nobody_knows_is_asked_once(crew):
    with crew.database.write() as session:
        session.get_one(Lift, crew.lift_id).kind = "消防员电梯"
    assert crew.do(visit_to_begin, lift_id=crew.lift_id).lift_class is None
    assert refused(crew, begin_visit, lift_id=crew.lift_id, kind=VisitKind.HALF_MONTH) == "upkeep.which_class"
    kinds = []
    for _ in range(8):
        to_begin = crew.do(visit_to_begin, lift_id=crew.lift_id)
        kinds.append(to_begin.kind.kind)
        visit = crew.do(begin_visit, lift_id=crew.lift_id, kind=kinds[-1], as_class=LiftClass.SERVICE)
        crew.do(measure_item, visit_id=visit, code="C-1-17", value="6")
        crew.do(sign_visit, visit_id=visit)
        crew.now += timedelta(days=15)
    assert crew.do(visit_to_begin, lift_id=crew.lift_id).lift_class == LiftClass.SERVICE
    assert kinds == ["half_month"] * 6 + ["quarter", "half_month"], "90 days on, the next one would be too late"


def test_sixty_lifts_are_spread_and_never_after_their_day(crew):
    own = crew.world.lifts["own"]
    crew.visited(date(2026, 11, 15), own[:8])
    crew.visited(date(2026, 11, 5), own[8:10])
    me = crew.world.people["worker"].contact_id
    assert crew.do(assign_lifts, who="maintainer_admin", lift_ids=own[4:10], worker_id=me) == 6
    plan = crew.do(plan_of_maintainer, who="maintainer_admin")
    assert sum(day.lifts for day in plan) == 10
    assert (plan[0].day, plan[0].lifts, plan[0].late) == (TODAY, 2, 2)
    assert all(TODAY <= day.day <= date(2026, 11, 30) for day in plan)
    work = crew.do(work_of_day)
    assert [one.lift_id for one in work.mine] == own[8:10]
    assert (work.later, work.unknown > 0, list(work.others)) == (8, True, [])
    assert [one.lift_id for one in crew.do(work_of_day, who="second").others] == own[8:10]


def test_gp_18_a_fault_opens_a_case_that_a_later_record_joins_and_ends(crew):
    def visited(*faults):
        visit = begun(crew)
        for code, words in faults:
            crew.do(say_item, visit_id=visit, code=code, result=Result.FAULT, words=words)
        crew.do(measure_item, visit_id=visit, code=LOCK, value="8")
        crew.do(sign_visit, visit_id=visit)
        crew.now += timedelta(days=14)

    visited((CAR_TOP, "护栏松动"))
    [case] = crew.do(open_alerts, who="unit_contact")
    assert (case.what, case.state) == ("轿顶：护栏松动", "arrived")
    assert crew.do(open_alerts, who="maintainer_admin") == [case]
    assert not crew.do(house_text, who="unit_contact", lift_ids=[crew.lift_id]).lifts[0].is_faulty, "it goes on"
    visited((CAR_TOP, "仍未更换"))
    [case] = crew.do(open_alerts, who="unit_contact")
    words, note = case.what.split("\n")
    assert (words, note.split()[-1]) == ("轿顶：护栏松动", "仍未更换")
    visited()
    assert not crew.do(open_alerts, who="unit_contact")
    told = crew.ask(lambda session: session.exec(select(Notice.template).order_by(Notice.id)).all())
    assert not [one for one in told if one.startswith("alert.")], "the push names it, and the worker knows"
