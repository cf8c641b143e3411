"""Maintenance through the real dispatcher: today's list, a label, the record, a second worker, a delay."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from phones.world import NOW, TODAY
from sqlmodel import select

from actions.maintaining.labels import Labels
from actions.people.parties import add_contact, bind_chat
from bot.services import Services
from schedules.duties import rebuild
from store.database import Database
from store.doors import TELEGRAM
from store.events import Event, EventKind
from store.lifts import Lift, LiftRole, Responsibility
from store.parties import Contact, ContactRole
from store.records import MaintenanceRecord, RecordEntry
from store.upkeep import DelayStatement, UpkeepVisit

pytestmark = pytest.mark.one_store

PNG = b"\x89PNG\r\n\x1a\n0"
LABELS = Labels(b"k" * 32, "https://tixing.example")
SECOND = 1999


@pytest.fixture
def services() -> Services:
    """A process that can read labels."""

    async def no_post(*_: Any) -> None:
        return None

    return Services(no_post, b"key", labels=LABELS)


@pytest.fixture
def due_today(database: Database, world: Any) -> list[int]:
    """Three lifts of our unit that are due today, two that are overdue; and a second worker."""
    lifts = world.lifts["own"][:5]
    with database.write() as session:
        for number, lift_id in enumerate(lifts):
            on = TODAY - timedelta(days=15 if number < 3 else 17)
            session.get_one(Lift, lift_id).kind = "曳引驱动乘客电梯"
            about = {"on_date": on, "known_on": on, "recorded_at": NOW, "payload": {"on": on.isoformat()}}
            session.add(Event(kind=EventKind.ONSITE_VISIT, lift_id=lift_id, **about))
        session.flush()
        rebuild(session, city_id="guangzhou", today=TODAY, now=NOW, lift_ids=lifts)
        party = world.parties["maintainer"]
        second = add_contact(
            session, party_id=party, role=ContactRole.WORKER, name="何二", phone="+8614000000999", as_of=TODAY
        )
        bind_chat(session, channel=TELEGRAM, address=str(SECOND), contact_id=second)
    return lifts


def only(database: Database, table: Any) -> Any:
    with database.read() as session:
        return session.exec(select(table)).one()


async def test_gp_10_an_ordinary_visit_takes_few_taps(phone: Any, due_today: Any, database: Database) -> None:
    worker = phone("worker")
    await worker.write(f"/start {LABELS.token(due_today[0])}")
    assert "已扫电梯二维码" in worker.text
    assert "今天到期" in worker.text
    await worker.press("资料无误，开始半月维保", twice=True)
    assert "请直接发数值" in worker.text
    await worker.write("7.5")
    await worker.write("8")  # a better value, no note
    await worker.press("全部正常，去签名")
    assert "正常，8 mm" in worker.text
    assert "备注" not in worker.text
    assert "全部 31 项均已检查" in worker.text
    with database.write() as session:  # in the worker's other window
        session.exec(select(UpkeepVisit)).one().completed_at = NOW - timedelta(hours=1)
    await worker.press("签名并上传")
    assert "完成时间：11-23 09:00" in worker.text, "what is signed is what was shown"
    await worker.press("签名并上传", twice=True)
    assert "已签名上传" in worker.text
    assert "已请使用单位签名" in worker.text
    record = only(database, MaintenanceRecord)
    assert (record.kind, record.faults, record.late_upload) == ("half_month", 0, False)
    await worker.press("下一台")
    assert "4 台，其中逾期 2 台" in worker.text


async def test_gp_07_a_worker_is_bound_by_the_number_that_was_entered(
    phone: Any, world: Any, due_today: Any, database: Database
) -> None:
    number = "+8614000000888"
    with database.write() as session:
        party = world.parties["maintainer"]
        entered = add_contact(session, party_id=party, role=ContactRole.WORKER, name="何三", phone=number, as_of=TODAY)
    newcomer = phone(1888)
    await newcomer.write("/start")
    assert not newcomer.sees("今日维保")
    await newcomer.share_contact(number)
    await newcomer.write(f"/start {LABELS.token(due_today[0])}")
    await newcomer.press("资料无误")
    assert only(database, UpkeepVisit).worker_id == entered
    with database.write() as session:
        session.get_one(Contact, entered).to_on = TODAY
    await newcomer.write(f"/start {LABELS.token(due_today[1])}")
    assert "资料无误" not in str(newcomer.screen.labels), "whoever was removed is nobody"


async def test_gp_18_all_fine_but_these_with_a_second_worker(phone: Any, due_today: Any, database: Database) -> None:
    worker, second = phone("worker"), phone(SECOND)
    await worker.write("/start")
    await worker.press("今日维保")
    await worker.press("1栋1梯")
    await worker.write("设备代码末位应为7")
    await worker.press("记下，开始半月维保")
    assert "备注：设备代码末位应为7" in worker.text
    await worker.send_location(23.1291, 113.2644)
    assert "已定位" in worker.text
    await worker.press("有问题的项目")
    await worker.write("29 40")
    assert "1 到 31" in worker.messages[-2].text
    await worker.write("11 29")
    await worker.press("不适用")
    await worker.write("无轿顶平台")
    await worker.press("下一项")
    await worker.write("700")
    assert any("不可能" in sent.text for sent in worker.messages)
    await worker.write("6.5")
    assert "故障" in worker.text
    await worker.press("正常")
    assert "超出要求" in worker.popup
    await worker.send_photo(PNG, caption="锁钩磨损")
    await worker.press("有危险，停梯")
    await worker.press("已停梯，立即上报", twice=True)
    await worker.press("回到记录")
    assert "已报停梯" in worker.text
    await worker.press("附加项目、第二人、时间")
    await worker.press("第二人")
    await worker.press("何二")
    await worker.press("去签名")
    assert "何二还没有确认" in worker.text
    await second.write("/start")
    await second.press("今日维保")
    await second.press("请确认")
    await second.press("我参加了")
    assert "您已确认参加" in second.text
    await worker.press("返回")
    await worker.press("去签名")
    await worker.press("签名并上传")
    record = only(database, MaintenanceRecord)
    assert (record.faults, record.dangerous) == (1, True)
    assert only(database, RecordEntry).kind == "record"
    unit = phone("safety_manager")
    await unit.write("/records 1栋1梯")
    await unit.press("半月")
    assert "锁钩磨损 📷1" in unit.text
    await unit.press("照片")
    assert any("1. " in sent.text and "层门" in sent.text for sent in unit.messages[-2:])


async def test_a_worker_reads_that_nothing_shows_them_to_be_there(phone: Any, due_today: Any) -> None:
    worker = phone("worker")
    await worker.write("/start")
    await worker.press("今日维保")
    await worker.press("1栋1梯")
    await worker.press("资料无误")
    await worker.write("8")
    await worker.press("全部正常，去签名")
    assert "没有到场凭据" in worker.text
    await worker.press("有问题的项目")
    await worker.write("菜单")
    assert "请选择要办的事" in worker.text


async def test_a_reason_that_the_signature_asks_for_is_taken_where_it_is_asked(
    phone: Any, due_today: Any, database: Database
) -> None:
    worker = phone("worker")
    await worker.write(f"/start {LABELS.token(due_today[0])}")
    await worker.press("资料无误")
    await worker.write("8")
    await worker.press("有问题的项目")
    await worker.write("13")
    await worker.press("故障")
    await worker.press("回到记录")
    await worker.press("去签名")
    assert "缺原因：13. " in worker.text
    await worker.write("油杯破裂")
    await worker.press("签名并上传")
    assert only(database, UpkeepVisit).note == ""


async def test_a_lift_out_of_use_is_said_to_be(phone: Any, due_today: Any, database: Database) -> None:
    with database.write() as session:
        session.get_one(Lift, due_today[0]).status = "scrapped"
    worker = phone("worker")
    await worker.write(f"/start {LABELS.token(due_today[0])}")
    assert "登记为已报废" in worker.text
    await worker.press("开始")
    await worker.write("/start")
    await worker.press("今日维保")
    assert "另有 1 份记录没写完" in worker.text


async def test_a_label_that_is_not_ours_opens_nothing(phone: Any, due_today: Any, database: Database) -> None:
    worker, other, unit, office = (phone(who) for who in ("worker", "other_worker", "unit_contact", "other_contact"))
    forged = dataclasses.replace(LABELS, key=b"x" * 32).token(due_today[0])
    await worker.write(f"/start {forged}")
    assert any("不是本平台的电梯标签" in sent.text for sent in worker.messages)
    await other.write(f"/start {LABELS.token(due_today[0])}")
    assert any("不由贵公司维保" in sent.text for sent in other.messages)
    await office.write(f"/start {LABELS.token(due_today[0])}")
    assert any("不归您所在的单位" in sent.text for sent in office.messages)
    await unit.write(f"/start {LABELS.token(due_today[0])}")
    assert "1栋1梯" in unit.text
    with database.read() as session:
        assert session.exec(select(UpkeepVisit)).all() == []


async def test_gp_24_a_delay_is_stated_in_chat_and_read_by_unit_and_regulator(
    phone: Any, due_today: Any, database: Database
) -> None:
    worker = phone("worker")
    await worker.write("/start")
    await worker.press("今日维保")
    await worker.press("延期说明")
    for place in ("云荔花园1栋", "1栋1梯", "1栋2梯"):
        await worker.press(place)
    await worker.press("下一步")
    await worker.press("自然灾害")
    await worker.send_photo(PNG, caption="台风，小区封门")
    assert "照片 1 张" in worker.text
    await worker.press("继续")
    await worker.press("前补做", twice=True)
    assert "最近 2 份" in worker.text
    with database.read() as session:
        assert [one.is_late for one in session.exec(select(DelayStatement))] == [False, False]
    for reader in ("unit_contact", "district_regulator"):
        person = phone(reader)
        await person.write("/start")
        await person.press("维保延期说明")
        await person.press("1栋1梯")
        assert "台风，小区封门" in person.text
    await worker.press("1栋1梯")
    with database.write() as session:  # the lift is handed over while the statement is open
        for one in session.exec(select(Responsibility).where(Responsibility.role == LiftRole.MAINTAINER)):
            one.to_on = TODAY
    await worker.press("看照片")
    assert "没有您可以办理的" in worker.popup


async def test_the_plan_of_two_weeks_and_whose_a_lift_is(phone: Any, due_today: Any, database: Database) -> None:
    admin = phone("maintainer_admin", "en")
    await admin.write("/start")
    await admin.press("Visits today")
    assert "add yourself as a worker" in admin.text, "an administrator has no button to another lift"
    await admin.press("Two weeks")
    assert "5" in admin.text
    await admin.press("Give lifts a worker")
    for button in ("云荔花园1栋", "1栋1梯", "Next", "Forget where these"):
        await admin.press(button)
    assert "Forgotten for 0 lifts" in admin.popup
    await admin.press("何二")
    assert "何二 1" in admin.text


async def test_a_full_record_fits_into_a_message_and_is_refused_where_it_does_not_fit_into_an_entry(
    phone: Any, due_today: Any, database: Database
) -> None:
    worker = phone("worker")
    await worker.write(f"/start {LABELS.token(due_today[0])}")
    await worker.press("换维保类别")
    await worker.press("年度维保（76 项）")
    with database.write() as session:
        visit = session.exec(select(UpkeepVisit)).one()
        codes = [
            f"A-{table}-{number:02}" for table, most in ((1, 31), (2, 13), (4, 17)) for number in range(1, most + 1)
        ]
        visit.findings = {code: {"result": "fault", "words": "磨损" * 150} for code in codes}
        visit.extra = [{"name": f"{number}" + "附" * 190} for number in range(20)]
        visit.note = "注" * 300
        session.add(visit)
    await worker.write("/start")
    await worker.press("今日维保")
    await worker.press("✏️ 云荔花园1栋1梯")
    await worker.press("继续填写")
    assert "另有 49 项" in worker.text
    await worker.press("其余正常，去签名")
    assert "还不能签名" in worker.text
    for value in ("8", "7"):
        await worker.write(value)
    await worker.press("签名并上传")
    assert "写得太多" in worker.popup
    await worker.press("返回")
    await worker.press("附加项目、第二人、时间")
    await worker.press("附加项目")
    assert "20. 19附" in worker.text
