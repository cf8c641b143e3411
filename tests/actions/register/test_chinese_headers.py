"""Every header row of real exports, with invented rows under it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SAMPLES = {
    "equipment_code": "31109900120170001", "registration_code": "31104401062009060001",
    "certificate": "梯11粤A00001(20)", "rescue_number": "900001", "factory_number": "SL-1", "internal_number": "3栋1梯",
    "district": "天河区", "compound": "云荔花园", "address": "天河区示例一路88号",
    "kind": "曳引驱动乘客电梯", "status": "在用", "put_into_use_on": "2017-04-01",
    "last_inspected_on": "20250520", "valid_until": "2027年02月",
    "use_unit": "广州示例云荔物业服务有限公司", "use_unit_contact": "陈一鸣", "use_unit_phone": "14000000001",
    "safety_manager": "李小满", "safety_manager_phone": "14000000002", "maintainer": "穗样电梯服务有限公司",
    "maintainer_contact": "黄秋实", "maintainer_phone": "14000000004",
}  # fmt: skip

# What each header row must be understood as, by the place of its columns.
SETS: dict[str, dict[int, str]] = {
    "0.columns": {
        0: "registration_code", 1: "certificate", 3: "kind", 4: "status", 5: "valid_until", 8: "put_into_use_on",
        11: "factory_number", 20: "district", 21: "address", 22: "compound", 25: "use_unit", 26: "use_unit_contact",
        27: "use_unit_phone", 28: "safety_manager", 29: "safety_manager_phone", 30: "maintainer",
        31: "maintainer_contact", 32: "maintainer_phone", 38: "rescue_number",
    },
    "1.elevator": {
        0: "registration_code", 1: "rescue_number", 4: "kind", 7: "status", 8: "use_unit", 9: "maintainer",
        10: "maintainer_contact", 14: "address",
    },
    "1.maintenance_records": {
        0: "registration_code", 1: "rescue_number", 2: "use_unit", 3: "address", 5: "maintainer",
        6: "maintainer_contact",
    },
    "1.yearly_inspection": {
        0: "registration_code", 1: "rescue_number", 2: "use_unit", 3: "address", 4: "last_inspected_on",
    },
    "2.columns": {
        1: "last_inspected_on", 2: "valid_until", 4: "equipment_code", 5: "status", 7: "internal_number",
        8: "safety_manager", 16: "kind", 19: "factory_number", 21: "put_into_use_on",
    },
    "3.columns": {
        1: "kind", 2: "registration_code", 5: "last_inspected_on", 6: "valid_until", 7: "address", 8: "status",
    },
    "4.columns": {
        0: "use_unit", 1: "registration_code", 2: "certificate", 3: "factory_number", 5: "kind", 7: "last_inspected_on",
        8: "valid_until", 9: "internal_number",
    },
}  # fmt: skip


@pytest.fixture
def headers(shared_data: Callable[[str], Path]) -> Any:
    """The collected header rows."""
    return json.loads(shared_data("registers/chinese-headers.json").read_text(encoding="utf-8"))


def header_of(headers: Any, name: str) -> list[str]:
    """One of them, such as 1.elevator."""
    number, part = name.split(".")
    columns: list[str] = headers["sets"][int(number)][part]
    return columns


def test_every_collected_header_row_is_tried(headers: Any) -> None:
    there = {f"{number}.{part}" for number, one in enumerate(headers["sets"]) for part in one if part != "note"}
    assert there == set(SETS)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("form", ["utf-8", "gb18030", "xlsx"])
def test_a_real_header_row_is_understood(desk: Any, headers: Any, name: str, form: str) -> None:
    header = header_of(headers, name)
    fields = SETS[name]
    row = {column: SAMPLES[fields[index]] if index in fields else "" for index, column in enumerate(header)}
    path = desk.xlsx([row], header=header) if form == "xlsx" else desk.csv([row], header=header, encoding=form)
    assert desk.take(path).created == 1
    [lift] = desk.all("SELECT valid_until, last_inspected_on, address, kind, put_into_use_on, district FROM lift")
    said = set(fields.values())
    assert lift == (
        "2027-02-28" if "valid_until" in said else None,
        "2025-05-20" if "last_inspected_on" in said else None,
        SAMPLES["address"] if "address" in said else "",
        SAMPLES["kind"] if "kind" in said else "",
        "2017-04-01" if "put_into_use_on" in said else None,
        "天河区" if said & {"district", "address"} else "",
    )
    names = {kind for (kind,) in desk.all("SELECT kind FROM lift_name")}
    stated = {name.removesuffix("_number") for name in said if name.endswith(("_code", "_number", "certificate"))}
    assert names == stated
    people = {name for (name,) in desk.all("SELECT name FROM contact")}
    has_unit = "use_unit" in said
    expected = {SAMPLES[f] for f in said & {"use_unit_contact", "safety_manager"} if has_unit}
    assert people == expected | {SAMPLES[f] for f in said & {"maintainer_contact"}}


def test_every_value_seen_there_is_understood(desk: Any, headers: Any) -> None:
    seen = headers["values_seen"]
    header = ("注册代码", "设备代码", "使用登记证编号", "检验日期", "下次检验日期")
    rows = [
        {"注册代码": code, "检验日期": inspected, "下次检验日期": valid}
        for code, inspected, valid in zip(
            seen["registration_codes"], [*seen["inspected_on"], ""], seen["next_inspection"][:4], strict=True
        )
    ]
    rows += [{"设备代码": code, "下次检验日期": "-"} for code in seen["device_codes"]]
    rows += [{"使用登记证编号": number, "下次检验日期": ""} for number in seen["certificates"]]
    summary = desk.take(desk.csv(rows, header=header))
    assert (summary.rows, summary.rejected) == (9, 0)
    validities = [day for (day,) in desk.all("SELECT valid_until FROM lift ORDER BY id")]
    assert validities == ["2025-04-30", "2018-04-30", "2026-05-31", "2024-05-31", None, None, None, None, None]
    assert {day for (day,) in desk.all("SELECT last_inspected_on FROM lift")} == {"2024-04-17", None}
