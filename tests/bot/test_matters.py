"""A hazard and a special reason, from the department to the bureau and back."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

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
