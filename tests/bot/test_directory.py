"""Contacts at every level, as far as one's role goes."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from tixing.cli import app

pytestmark = pytest.mark.one_store


async def test_gz_37_each_role_sees_whom_it_may_speak_to(
    phone: Any, world: Any, city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = {name: world.people[name].phone for name in world.people}
    officer = phone("duty_officer")
    await officer.write("/start")
    await officer.press("联系人")
    for name in ("duty_officer", "district_regulator", "city_regulator", "maintainer_contact"):
        assert number[name] in officer.text
    assert number["other_district_regulator"] not in officer.text
    unit = phone("unit_contact")
    await unit.write("/who")
    assert number["duty_officer"] in unit.text
    assert number["maintainer_contact"] in unit.text
    assert "天河区市场监督管理局" in unit.text
    assert number["district_regulator"] not in unit.text
    assert "海珠区" not in unit.text
    bureau = phone("city_regulator")
    await bureau.write("/who")
    assert "区监管部门" in bureau.text
    stranger = phone(9001)
    await stranger.write("/who")
    assert number["duty_officer"] not in stranger.text
    monkeypatch.setenv("TIXING_DATABASE_URL", city[0])
    said = CliRunner().invoke(app, ["directory", "--district", "天河区", "--json"]).stdout
    places = json.loads(said)["places"]
    assert {"department", "district", "city", "maintainer"} <= {place["level"] for place in places}
    assert number["duty_officer"] not in said
    assert number["duty_officer"] in CliRunner().invoke(app, ["directory", "--phones"]).stdout
