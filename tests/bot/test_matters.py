"""A hazard and a special reason, from the department to the bureau and back."""

import json
from typing import Any

import pytest
from sqlmodel import col, select
from typer.testing import CliRunner

from notifier.prepare import prepare
from store.database import Database
from store.matters import MatterStep
from store.notices import Notice
from store.tasks import Task, TaskKind
from tixing.cli import app

pytestmark = pytest.mark.one_store
PHOTO = b"\xff\xd8\xff\xe0 a photo"


async def test_gz_19_gz_20_both_go_to_the_bureau_and_come_back(
    phone: Any, city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspector, bureau = phone("inspector"), phone("district_regulator")
    await inspector.write("/start")
    await inspector.press("隐患与特殊原因")
    await inspector.press("新上报")
    await inspector.write("云荔花园1栋1梯")
    await inspector.press("云荔花园")
    await inspector.press("电梯隐患")
    await inspector.press("上报区监管部门")
    assert "请写一句话" in (inspector.popup or inspector.text)
    await inspector.send_photo(PHOTO, caption="限速器未校验")
    assert "您写的：限速器未校验" in inspector.text
    assert "照片 1 张" in inspector.text
    await inspector.press("上报区监管部门", twice=True)
    assert "未了结 1 件" in inspector.text
    await inspector.press("新上报")
    await inspector.write("云荔花园1栋1梯")
    await inspector.press("云荔花园")
    await inspector.press("等待维修资金")
    await inspector.press("上报区监管部门")
    await bureau.write("/start")
    await bureau.press("隐患与特殊原因")
    assert "未了结 2 件" in bureau.text
    await bureau.press("隐患 云荔花园")
    assert "限速器未校验" in bureau.text
    assert not bureau.sees("办理")
    await bureau.press("返回")
    await bureau.press("特殊原因 云荔花园")
    await bureau.press("办理")
    await bureau.press("同意")
    assert "已同意" in bureau.text
    await inspector.press("隐患 云荔花园")
    await inspector.press("办理")
    await inspector.write("现场核查，已校验")
    await inspector.press("核查：已消除")
    assert "已了结" in inspector.text
    monkeypatch.setenv("TIXING_DATABASE_URL", city[0])
    said = CliRunner().invoke(app, ["matters", "--json"])
    assert [one["reason"] for one in json.loads(said.stdout)["matters"]] == ["maintenance_fund"]


async def test_gz_20_a_unit_says_why_and_hears_what_the_bureau_answers(phone: Any, world: Any, city: Any) -> None:
    unit, officer, bureau = phone("unit_contact"), phone("duty_officer"), phone("district_regulator")
    await unit.write("/start")
    await unit.press("电梯有变化")
    await unit.press("特殊原因，不能按时检验")
    await unit.press("1栋1梯")
    await unit.press("1栋2梯")
    await unit.press("下一步")
    await unit.press("等待业主决定")
    await unit.send_photo(PHOTO, caption="业主大会下月表决")
    assert "您写的：业主大会下月表决" in unit.text
    assert "照片 1 张" in unit.text
    await unit.press("提交检验部门", twice=True)
    assert "已提交：2 台，转检验一部" in unit.text
    assert "催检提醒照常" in unit.text
    await officer.write("/start")
    await officer.press("其他待办")
    await officer.press("等待业主决定")
    assert "业主大会下月表决" in officer.text
    for place in ("1栋1梯", "1栋2梯"):
        await officer.write("/start")
        await officer.press("隐患与特殊原因")
        await officer.press("新上报")
        await officer.write(f"云荔花园{place}")
        await officer.press("云荔花园")
        await officer.press("等待业主决定")
        await officer.press("上报区监管部门")
    await bureau.write("/start")
    await bureau.press("隐患与特殊原因")
    await bureau.press("特殊原因 云荔花园")
    assert "业主大会下月表决" in bureau.text
    await bureau.press("办理")
    await bureau.press("同意")
    database = Database(city[0])
    with database.read() as session:
        tasks = session.exec(select(Task).where(Task.kind == TaskKind.SPECIAL_REASON)).all()
        assert [(one.status, one.outcome) for one in tasks] == [("done", "reported")], "one task, and it has ended"
        assert session.exec(select(MatterStep.photos).order_by(col(MatterStep.id)).limit(1)).one() != []
        (told,) = session.exec(select(Notice).where(Notice.template == "gz.reason.unit")).all()
        assert told.party_id == world.parties["own"]
        (message,) = prepare(session, [told.id], ["sms"], told.planned_on)
        assert "监管部门已同意。到期日不变" in message.body
    database.close()
