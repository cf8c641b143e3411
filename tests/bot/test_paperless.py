"""Maintenance without paper in the chat: a contractor, the city's bureau, a unit and an inspector, hand in hand."""

import json
from datetime import timedelta
from typing import Any

import pytest
from phones.world import NOW, TODAY
from sqlmodel import select
from typer.testing import CliRunner

from actions.records.content import RecordContent
from actions.records.upload import Origin, upload_record
from store.records import MaintenanceRecord
from tixing.cli import app

pytestmark = pytest.mark.one_store
PHOTO = b"\xff\xd8\xff\xe0 a photo"
NAME = "广州示范捷安电梯工程有限公司"


def upload(database: Any, world: Any, key: str, lift: int) -> None:
    done = NOW - timedelta(hours=1)
    worker = {"name": "何师傅", "certificate": "粤T-1", "signed_at": done}
    said = {"kind": "half_month", "table": "tsg-t5002-2017", "lift_class": "A", "count": 31, "completed_at": done}
    content = RecordContent.model_validate({**said, "workers": [worker]})
    origin = Origin(world.parties["maintainer"], key)
    with database.write() as session:
        upload_record(session, world.lifts["own"][lift], content, origin, now=NOW, today=TODAY)


async def test_gp_03_to_08_a_contractor_registers_enters_its_workers_and_claims_a_lift(phone: Any, world: Any) -> None:
    city, admin, worker = phone("city_regulator"), phone("maintainer_contact"), phone("worker")
    await admin.write("/start")
    await admin.press("无纸化登记")
    assert "尚未在市市场监管局备案" in admin.text
    await city.write("/start")
    await city.press("无纸化维保")
    await city.press("维保单位和纸质记录")
    await city.press("登记备案")
    await city.write(f"备2026-001 {NAME}")
    await admin.write("/start")
    await admin.press("无纸化登记")
    await admin.press("注册本单位", twice=True)
    await admin.press("授权系统管理员")
    await admin.press(world.people["maintainer_contact"].name)
    await admin.press("完善资料")  # at once, who was a dispatcher until now
    await admin.press("单位地址")
    for value in ("广州市示例路1号", "2号", "何师傅", "14000000077", "020-12345678"):
        await admin.write(value)  # each is followed by the next that is missing
    assert "单位地址：广州市示例路1号" in admin.text
    assert "应急救援电话：+862012345678" in admin.text
    await admin.press("无纸化方式")
    await admin.press("市智慧维保平台")
    assert "无纸化方式：市智慧维保平台" in admin.text
    await admin.write("/start")
    assert "您在本单位还是" in admin.text
    assert "另外" not in admin.text
    await admin.press("维保人员")
    assert "3 人，其中 1 人没有有效证书" in admin.text
    await admin.press("未分级 · 无有效证书")
    await admin.press("证书")
    await admin.write("粤T-2024-0001")
    await admin.write("粤T-2024-0001 2028-06-30")
    assert "粤T-2024-0001，有效期至" in admin.text
    await admin.press("级别和上级")
    await admin.press("班组长")
    assert "班组长" in admin.text
    await worker.write("/start")
    await worker.press("维保单位认领")
    await worker.press("认领电梯")
    await worker.write("31109900120173000")
    unit = phone("elsewhere_contact")
    await unit.write("/start")
    await unit.press("维保单位认领")
    await unit.press("珠屿苑")
    await unit.press("是，由其维保", twice=True)
    assert "没有待确认的" in unit.text


async def test_gp_23_to_32_the_city_waives_paper_gives_an_opinion_and_the_inspector_sees_it(
    phone: Any, world: Any, database: Any, city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, lift in (("u1", 0), ("u2", 1)):
        upload(database, world, key, lift)
    with database.write() as session:
        record = session.exec(select(MaintenanceRecord).where(MaintenanceRecord.key == "u2")).one()
        record.state, record.decided_at = "objected", NOW
    officer, admin, inspector = phone("city_regulator"), phone("maintainer_admin"), phone("inspector")
    await officer.write("/start")
    await officer.press("无纸化维保")
    assert "记录 2 份" in officer.text
    await officer.press("图")
    await officer.press("表格（xlsx）")
    await officer.press("迟传人员")
    assert "没有" in officer.text
    await officer.press("返回")
    await officer.press("维保单位和纸质记录")
    await officer.press(NAME)
    assert "以下 1 台" in officer.text
    assert "不在其内：\n云荔花园1栋2梯" in officer.text
    await officer.press("确认停用纸质记录", twice=True)
    assert "已确认停用纸质记录 1 台" in officer.text
    await inspector.write("/start")
    await inspector.write("云荔花园1栋1梯")
    assert "无需纸质维保记录" in inspector.text
    await officer.press("提出意见或恢复纸质")
    await officer.write("抽查发现记录不实")
    await officer.press("中止意见（草稿）")
    await officer.press("中止 ")
    await officer.press("发出")
    await admin.write("/start")
    await admin.press("整改与中止意见")
    await admin.press("中止 ")
    await admin.press("办理")
    await admin.send_photo(PHOTO, caption="已重新培训")
    await admin.press("提交答复", twice=True)
    assert "已答复" in admin.text
    await officer.press("办理")
    await officer.press("了结")
    assert "已了结" in officer.text
    await admin.write("/start")
    await admin.press("记录查阅授权")
    await admin.press("新授权")
    await admin.press("云荔花园1栋")
    await admin.press("云荔花园1栋1梯")
    await admin.write("穗样检测有限公司")
    await admin.write("保险理赔")
    await admin.press("这台电梯，30天")
    assert "共 1 项" in admin.text
    unit = phone("legal_rep")
    await unit.write("/start")
    await unit.press("记录查阅授权")
    await unit.press("请确认")
    await unit.press("同意授权")
    assert "有效" in unit.text
    monkeypatch.setenv("TIXING_DATABASE_URL", city[0])
    for options in (["--apply", "穗样云维保"], ["--tested", "穗样云维保", "--passed"]):
        said = CliRunner().invoke(app, ["paperless", "platforms", *options, "--json"])
    assert json.loads(said.stdout)["platforms"][0]["tested_on"] is not None, said.output
    for name in ("contractors", "waivers", "claims", "opinions", "reads"):
        assert CliRunner().invoke(app, ["paperless", name]).exit_code == 0, name
        elsewhere = CliRunner().invoke(app, ["paperless", name, *([] if name == "reads" else ["--city", "nowhere"])])
        assert (elsewhere.exit_code == 0) == (name == "reads"), name
    await officer.write("/start")
    await officer.press("无纸化维保")
    await officer.press("平台名单")
    await officer.press("穗样云维保")
    await officer.press("列入名单", twice=True)
    assert "列入名单 " in officer.text
    shown = CliRunner().invoke(app, ["paperless", "figures", "--month", "2026-11"]).stdout
    assert "天河区: 0 of 1 contractors, 2 of 15 lifts" in shown
    assert "answered in time: 50 %, by default: 0 %" in shown
    assert "upload nothing: " in shown
    said = CliRunner().invoke(app, ["paperless", "figures", "--month", "2026-11", "--json"])
    assert json.loads(said.stdout)["total"]["records"] == 2, said.output
