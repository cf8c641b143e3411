"""What a use unit does beside booking, and what a maintainer looks up, through the real dispatcher over HTTP."""

import struct
from datetime import timedelta
from typing import Any

import pytest
from phones.world import TODAY, add_many_lifts
from sqlmodel import col, select

from bot.unit.house import draw_roll
from schedules.planner import plan_day
from store.consents import SigningConsent
from store.database import Database
from store.duties import Duty
from store.lifts import Responsibility
from store.parties import Party
from store.tasks import Task

pytestmark = pytest.mark.one_store

CODE = "91440101MA5AKB5C0R"


async def test_a_head_reads_agrees_and_withdraws(phone: Any, database: Database) -> None:
    head = phone("legal_rep")
    await head.write("/start")
    await head.press("同意书")
    assert "24时前没有签名" in head.text
    assert "尚未同意" in head.text
    await head.press("代表单位同意", twice=True)
    assert "已同意" in head.text
    await head.press("撤回同意")
    await head.press("确认撤回", twice=True)
    assert "尚未同意" in head.text
    with database.read() as session:
        [kept] = session.exec(select(SigningConsent)).all()
    assert kept.withdrawn_at is not None


async def test_who_is_no_head_reads_it_and_has_nothing_to_press(phone: Any) -> None:
    contact = phone("unit_contact")
    await contact.write("/start")
    await contact.press("同意书")
    assert not contact.sees("代表单位同意")
    assert "由法定代表人或安全管理员确认" in contact.text


async def test_what_was_sent_to_us_is_listed_with_its_state(phone: Any, database: Database, clock: Any) -> None:
    with database.write() as session:
        plan_day(session, today=TODAY, now=clock())
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("收到的通知")
    assert unit.sees("定期检验")
    await unit.press("定期检验")
    assert "还没有发出" in unit.text
    await unit.press("返回")
    assert unit.sees("定期检验")


async def test_a_text_and_a_picture_for_the_house(phone: Any) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("小区公告")
    await unit.press("1栋1梯")
    await unit.press("1栋2梯")
    assert "已选 2 台" in unit.text
    await unit.press("下一步")
    await unit.press("检验情况")
    said = next(sent.text for sent in reversed(unit.messages) if "电梯检验情况" in sent.text)
    assert "云荔花园1栋1梯：检验2027年2月到期" in said
    assert "http" not in said
    assert "+86" not in said
    assert any(sent.media == "photo" for sent in unit.messages)
    assert unit.sees("主菜单"), "a way on"


async def test_a_notice_for_the_door_of_a_lift_that_may_not_run(phone: Any) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("小区公告")
    await unit.write("4栋1梯")
    await unit.press("4栋1梯")
    await unit.press("下一步")
    await unit.press("停梯公告：检验到期")
    said = next(sent.text for sent in reversed(unit.messages) if "停梯公告" in sent.text and "·" in sent.text)
    assert "即日起停止使用" in said


async def test_sixty_lifts_are_chosen_at_once_and_the_text_fits(phone: Any, database: Database, world: Any) -> None:
    with database.write() as session:
        add_many_lifts(session, world, 60, compound="岭上科创产业园国际会展中心北区二期")
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("小区公告")
    await unit.press("全选")
    assert "已选 60 台" in unit.text
    await unit.press("下一步")
    await unit.press("检验情况")
    said = next(sent.text for sent in reversed(unit.messages) if "电梯检验情况" in sent.text)
    assert said.count("·") == 60


def test_the_picture_of_sixty_lifts_with_long_names_is_one_that_telegram_takes() -> None:
    rows = "\n".join(
        f"· 岭上科创产业园国际会展中心北区二期{number}栋东侧{number}号货梯：检验2027年2月到期" for number in range(60)
    )
    picture = draw_roll(f"<b>电梯检验情况</b>\n{rows}\n云荔物业\n2026年11月23日", "zh")
    width, height = struct.unpack(">II", picture[16:24])
    assert width + height <= 10_000
    assert height <= 20 * width


def unit_of(database: Database, lift_id: int) -> int:
    query = select(Responsibility.party_id).where(Responsibility.lift_id == lift_id, Responsibility.role == "use_unit")
    with database.read() as session:
        return session.exec(query.where(col(Responsibility.to_on).is_(None))).one()


async def test_a_handover_is_proposed_by_one_and_confirmed_by_the_other(
    phone: Any, database: Database, world: Any
) -> None:
    with database.write() as session:
        session.get_one(Party, world.parties["other"]).credit_code = CODE
    old, new = phone("legal_rep"), phone("other_legal_rep")
    await old.write("/start")
    await old.press("物业交接")
    await old.press("移交电梯")
    await old.press("1栋1梯")
    await old.press("下一步")
    await old.write("1234")
    await old.write(CODE)
    assert "已记录" in old.text
    await new.write("/start")
    await new.press("物业交接")
    assert "1 件等您确认" in new.text
    await new.press("接管 广州示例云荔")
    assert "云荔花园1栋1梯" in new.text
    await new.press("确认交接", twice=True)
    assert "已确认" in new.text
    assert unit_of(database, world.lifts["own"][0]) == world.parties["other"]


async def test_who_claims_lifts_by_their_codes_hears_only_that_it_was_recorded(
    phone: Any, database: Database, world: Any
) -> None:
    old, new = phone("safety_manager"), phone("other_legal_rep")
    await new.write("/start")
    await new.press("物业交接")
    await new.press("接管电梯")
    await new.write("梯11粤A01000(20)\n梯11粤A01001(20)\n没有这台")
    assert "已记录：3 台" in new.text.replace("</b>", "").replace("<b>", "")
    await old.write("/start")
    await old.press("物业交接")
    await old.press("移交 广州示例星桥")
    await old.press("提出异议")
    for unusable in ("   ", "长" * 201):
        await old.write(unusable)
    assert any("写了201个字，最多200个字" in one.text for one in old.messages[-2:])
    await old.write("有误")
    await old.press("返回")
    await old.write("我们没有移交")
    assert "我们没有移交" in old.text
    with database.read() as session:
        assert session.exec(select(Task).where(Task.kind == "handover")).all() == []
    await old.press("确认提出异议", twice=True)
    assert "已提出异议" in old.text
    with database.read() as session:
        [task] = session.exec(select(Task).where(Task.kind == "handover")).all()
    assert (task.detail["why"], task.detail["note"]) == ("disputed", "我们没有移交")
    assert unit_of(database, world.lifts["own"][0]) == world.parties["own"]


def hand_over(database: Database, *lift_ids: int) -> None:
    with database.write() as session:
        for one in session.exec(select(Responsibility).where(col(Responsibility.lift_id).in_(lift_ids))):
            one.to_on = TODAY


async def test_what_is_anothers_by_now_is_left_out_of_what_was_chosen(
    phone: Any, database: Database, world: Any
) -> None:
    head, contact, lifts = phone("legal_rep"), phone("unit_contact"), world.lifts["own"]
    await head.write("/start")
    for step in ("物业交接", "移交电梯", "1栋1梯", "1栋2梯", "1栋3梯"):
        await head.press(step)
    await contact.write("/start")
    for step in ("小区公告", "1栋2梯", "1栋3梯", "下一步"):
        await contact.press(step)
    hand_over(database, lifts[0])
    await head.press("下一步")
    assert "没有算在内：云荔花园1栋1梯，共 1 台。还剩 2 台" in head.popup
    hand_over(database, lifts[1])
    await head.write(CODE)
    assert any("没有算在内：云荔花园1栋2梯，共 1 台" in one.text for one in head.messages[-3:])
    assert "已记录：1 台" in head.text
    await contact.press("检验情况")
    assert "没有算在内：云荔花园1栋2梯" in contact.popup
    assert "已选 1 台" in contact.text
    hand_over(database, lifts[2])
    await contact.press("检验情况")
    assert "请重新选电梯" in contact.popup
    await contact.press("返回")
    await contact.press("下一步")
    assert "请先选电梯" in contact.popup


async def test_a_maintainer_looks_up_what_is_due(phone: Any, database: Database, world: Any) -> None:
    with database.write() as session:
        for number, kind in enumerate(("onsite_maintenance", "insurance_renewal")):
            lift_id = world.lifts["own"][number]
            due = TODAY - timedelta(days=2 - number * 5)
            session.add(Duty(rule="r", kind=kind, lift_id=lift_id, cycle="x", due=due))
    worker = phone("worker")
    await worker.write("/start")
    await worker.press("维保事项")
    assert worker.sees("现场维保")
    await worker.press("现场维保")
    assert "云荔花园1栋1梯" in worker.text
    assert "已超期" in worker.text
    await worker.press("返回")
    await worker.press("证件和保险")
    assert "云荔花园1栋2梯" in worker.text


async def test_an_administrator_gives_the_emergency_number_and_a_worker_does_not(phone: Any) -> None:
    admin, worker = phone("maintainer_admin"), phone("worker")
    await admin.write("/start")
    await admin.press("维保事项")
    await admin.press("应急电话")
    await admin.write("办公室")
    assert "尚未填写" in admin.text
    await admin.write("020-38000000")
    assert "+862038000000" in admin.text
    await worker.write("/start")
    await worker.press("维保事项")
    await worker.press("应急电话")
    await worker.write("020-11111111")
    assert "+862038000000" in worker.text


async def test_of_sixty_lifts_one_is_chosen_by_its_building(phone: Any, database: Database, world: Any) -> None:
    with database.write() as session:
        add_many_lifts(session, world, 120, compound="星海名苑二期西区")
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("报修")
    labels = [one for one in unit.screen.labels if "星海" in one]
    assert labels[:2] == ["星海名苑二期西区1栋 10台", "星海名苑二期西区2栋 10台"]
    await unit.press("下一页")
    await unit.press("下一页")
    await unit.press("星海名苑二期西区10栋")
    await unit.press("按楼栋选")
    await unit.press("云荔花园2栋")
    await unit.press("2栋3梯")
    assert "云荔花园2栋3梯" in unit.text
