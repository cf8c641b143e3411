"""A register with one wrong column waits for a confirmation, an ordinary one does not."""

import csv
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from actions.register import NeedsConfirmation, undo_import
from tixing.cli import app

FIRST, SECOND = date(2026, 1, 5), date(2026, 2, 5)
NOW = datetime(2026, 2, 5, 1, tzinfo=UTC)
FAR = "2027-11"
LIFTS = 40
DISTRICTS = ("天河区", "越秀区")
Rows = list[dict[str, str]]


def town(office: Any, numbers: Iterable[int] = range(1, LIFTS + 1), **changes: str) -> Rows:
    """Two units in two districts with half of the lifts each; every lift with its dates and answers."""
    dates = {"安装监督检验合格日期": "2019-05-06", "下次自行检测日期": "2026-09-01", "按需维保": "否", "物联网": "是"}
    return [
        {
            **office.row(number, FAR, f"广州示例{number % 2}号物业服务有限公司"),
            "使用单位联系人手机号": f"1400000000{number % 2}",
            "区": DISTRICTS[number % 2],
            **dates,
            **changes,
        }
        for number in numbers
    ]


def write(office: Any, rows: Rows) -> Path:
    path: Path = office.folder / "columns.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def take(office: Any, rows: Rows, on: date = SECOND, **options: Any) -> Any:
    return office.take_file(write(office, rows), on, **options)


def wrong_codes(rows: Rows, count: int = LIFTS) -> Rows:
    """The first digit of the code is another."""
    return [{**row, "设备代码": f"4{row['设备代码'][1:]}"} for row in rows[:count]] + rows[count:]


def shifted(rows: Rows, column: str) -> Rows:
    """Each row has the cell of the row above it."""
    cells = [row[column] for row in rows]
    return [{**row, column: cell} for row, cell in zip(rows, [cells[-1], *cells], strict=False)]


@pytest.mark.parametrize("count", [LIFTS, 6])
def test_wrong_codes_that_double_the_lifts_wait(office: Any, count: int) -> None:
    take(office, town(office), FIRST)
    wrong = wrong_codes(town(office), count)
    with pytest.raises(NeedsConfirmation, match=rf"new lifts beside as many .*: {count} of 40"):
        take(office, wrong)
    assert take(office, wrong, confirmed=True).created == count


def test_wrong_codes_wait_again_after_they_were_undone(office: Any) -> None:
    take(office, town(office), FIRST)
    wrong = wrong_codes(town(office))
    undo_import(office.database, take(office, wrong, confirmed=True).import_id, now=NOW)
    with pytest.raises(NeedsConfirmation, match=r"new lifts beside as many .*: 40 of 40"):
        take(office, wrong)


def test_wrong_codes_of_a_handful_and_of_lifts_out_of_use_are_no_matter(office: Any) -> None:
    rows = [*town(office, range(1, 31)), *town(office, range(31, 41), 使用状态="停用")]
    take(office, rows, FIRST)
    assert take(office, [*wrong_codes(rows, 4)[:30], *wrong_codes(rows[30:])]).created == 14


def test_a_register_that_grows_or_speaks_of_a_part_goes_in_unasked(office: Any) -> None:
    rows = town(office)
    by_district = [[row for row in rows if row["区"] == district] for district in DISTRICTS]
    assert take(office, by_district[0], FIRST).created == 20
    assert take(office, by_district[1]).created == 20, "another district's file"
    assert take(office, by_district[0]).unchanged == 20, "a part, with nothing new"
    assert take(office, town(office, range(1, 100))).created == 59, "it grows"


@pytest.mark.parametrize(
    ("column", "cell", "what"),
    [
        ("安装监督检验合格日期", "2018-05-06", "installation date: 40 of 40"),
        ("安装监督检验合格日期", "", "installation date: 40 of 40"),
        ("下次自行检测日期", "2027-09-01", "next test date: 40 of 40"),
        ("下次自行检测日期", "2025-09-01", "next test date: 40 of 40"),
        ("下次自行检测日期", "", "next test date: 40 of 40"),
        ("按需维保", "是", "maintenance: 40 of 40"),
        ("物联网", "否", "maintenance: 40 of 40"),
        ("项目名", "广州示例物业服务有限公司", "place: 40 of 40"),
        ("内部编号", "", "place: 40 of 40"),
    ],
)
def test_a_wrong_column_waits(office: Any, column: str, cell: str, what: str) -> None:
    take(office, town(office), FIRST)
    wrong = town(office, **{column: cell})
    with pytest.raises(NeedsConfirmation, match=what):
        take(office, wrong)
    assert take(office, wrong, confirmed=True).updated == 40


def test_numbers_that_are_shifted_by_a_row_wait(office: Any) -> None:
    take(office, town(office), FIRST)
    with pytest.raises(NeedsConfirmation, match="place: 40 of 40"):
        take(office, shifted(town(office), "内部编号"))


def test_ordinary_changes_of_these_columns_go_in_unasked(office: Any) -> None:
    rows = town(office, 下次自行检测日期="2026-03-01", 安装监督检验合格日期="", 项目名="")
    take(office, rows, FIRST)
    after = town(office, 下次自行检测日期="2027-03-01")  # tests that were done move on; the rest is a first statement
    renumbered = [{**row, "内部编号": f"甲{at}"} if at < 8 else row for at, row in enumerate(after)]
    assert take(office, renumbered).updated == 40


@pytest.fixture
def run(office: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("TIXING_DATABASE_URL", office.database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("TIXING_MODE", "demo")

    def call(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    return call


def test_a_dry_run_counts_these_columns(office: Any, run: Any) -> None:
    take(office, town(office), FIRST)
    spoilt = town(office, 安装监督检验合格日期="2018-05-06", 下次自行检测日期="2027-09-01", 物联网="否", 项目名="别处")
    words = ("import", str(write(office, wrong_codes(spoilt, 6))), "--as-of", "2026-02-05", "--dry-run")
    changes = json.loads(run(*words, "--json").stdout)["changes"]
    names = ("installation_date", "next_test_date", "maintenance", "place", "new_beside_missing", "missing_from_file")
    assert [changes[name] for name in names] == [34, 34, 34, 34, 6, 6]
    text = run(*words).stdout
    assert "installation date: 34 change; next test date: 34 change; maintenance: 34 change; place: 34 change" in text
    assert "6 lifts of the store are not in the file, 6 new ones stand beside as many of these" in text


@pytest.mark.parametrize("number", ["99999999999999999999", "3000000000", "0", "77"])
def test_an_import_that_there_cannot_be_is_not_undone(office: Any, run: Any, number: str) -> None:
    take(office, town(office), FIRST)
    result = run("import", "--undo", number)
    assert str(result.exception) == f"there is no import {number}"
