"""An import that changes much waits for a confirmation; one that is tried out stores nothing."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel, func, select
from typer.testing import CliRunner, Result

from actions.register import NeedsConfirmation, keep_threshold
from store.imports import ImportRun
from tixing.cli import app

FIRST, SECOND = date(2026, 1, 5), date(2026, 1, 6)
LIFTS = 200
FAR = "2027-11"


def rows(office: Any, number: int = LIFTS, first: int = 1, **changes: str) -> list[dict[str, str]]:
    """`changes` in the first `number` rows."""
    return [{**office.row(one, FAR), **(changes if one < first + number else {})} for one in range(1, LIFTS + 1)]


@pytest.fixture
def town(office: Any) -> Any:
    """200 lifts."""
    office.take(rows(office, 0), FIRST)
    return office


def imports(office: Any) -> int:
    return office.ask(lambda session: session.exec(select(func.count()).select_from(ImportRun)).one())


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"下次检验日期": "2026-03"}, "validity: 5 of 200 (2.5 %, 2 % go unasked)"),
        ({"下次检验日期": ""}, "validity: 5 of 200"),
        ({"使用单位名称": "广州示例新物业服务有限公司"}, "use unit: 5 of 200"),
        ({"使用状态": "报停"}, "status: 5 of 200"),
        ({"区": "越秀区"}, "district: 5 of 200"),
    ],
)
def test_more_than_two_percent_wait(town: Any, changes: dict[str, str], what: str) -> None:
    with pytest.raises(NeedsConfirmation) as refused:
        town.take(rows(town, 5, **changes), SECOND)
    assert what in str(refused.value)
    assert "--dry-run" in str(refused.value)
    assert "--yes" in str(refused.value)
    assert imports(town) == 1
    town.take(rows(town, 5, **changes), SECOND, confirmed=True)
    assert imports(town) == 2


@pytest.mark.parametrize(
    ("column", "before", "after", "what"),
    [
        ("使用单位联系人手机号", "14099999999", "14088888888", "people no longer named"),
        ("维保单位名称", "甲维保公司", "乙维保公司", "maintainer"),
    ],
)
def test_people_and_maintainers_change_more_often(town: Any, column: str, before: str, after: str, what: str) -> None:
    town.take(rows(town, LIFTS, **{column: before}), FIRST, confirmed=True)
    mixed = [{**row, column: after if at < 20 else before} for at, row in enumerate(rows(town, 0))]
    town.take(mixed, SECOND)
    with pytest.raises(NeedsConfirmation, match=rf"{what}: 1\d\d of \d+ .*10 % go unasked"):
        town.take(rows(town, LIFTS, **{column: after}), SECOND)


def people_file(office: Any, wrong: Callable[[list[list[str]]], None] = lambda rows: None) -> Path:
    """40 lifts of two units with two people each; `wrong` spoils the rows before they are written."""
    header = "设备代码,区,下次检验日期,使用单位名称,使用单位联系人,使用单位联系人手机号,安全管理员,安全管理员手机号"
    lines = [
        [
            *(f"3110990012017{number:04}", "天河区", FAR, f"广州示例{unit}物业服务有限公司"),
            *("陈一鸣", f"1400000000{unit}", "林小雨", f"1400000001{unit}"),
        ]
        for number in range(1, 41)
        for unit in [1 + number // 21]
    ]
    wrong(lines)
    path = office.folder / "people.csv"
    path.write_text("\n".join([header, *(",".join(line) for line in lines)]), encoding="utf-8")
    return path


def swap_numbers(lines: list[list[str]]) -> None:
    for line in lines:
        line[5], line[7] = line[7], line[5]


def shift_numbers(lines: list[list[str]]) -> None:
    """Each lift gets the number of the row above it: unit 2 keeps its own and hears of unit 1's person too."""
    numbers = [line[5] for line in lines]
    for line, number in zip(lines, [numbers[-1], *numbers], strict=False):
        line[5] = number


def lose_numbers(lines: list[list[str]]) -> None:
    for line in lines:
        line[5] = line[4]


@pytest.mark.parametrize("wrong", [swap_numbers, shift_numbers, lose_numbers])
def test_few_wrong_numbers_that_stand_for_many_lifts_wait(office: Any, wrong: Any) -> None:
    office.take_file(people_file(office), FIRST)
    with pytest.raises(NeedsConfirmation, match="other phone numbers of their use unit: 40 of 40"):
        office.take_file(people_file(office, wrong), SECOND)
    office.take_file(people_file(office, wrong), SECOND, confirmed=True)
    assert imports(office) == 2


def test_a_number_of_few_lifts_and_a_first_number_are_welcome(office: Any) -> None:
    rows = [*(office.row(number, FAR, "甲物业", 使用单位联系人手机号="") for number in range(1, 96))]
    office.take(
        [*rows, *(office.row(number, FAR, "乙物业", 使用单位联系人手机号="14000000001") for number in range(96, 101))],
        FIRST,
    )
    for row in rows:
        row["使用单位联系人手机号"] = "14000000002"
    office.take(
        [*rows, *(office.row(number, FAR, "乙物业", 使用单位联系人手机号="14000000003") for number in range(96, 101))],
        SECOND,
    )
    assert imports(office) == 2


def test_a_handful_is_never_stopped(office: Any) -> None:
    office.take([office.row(number, FAR) for number in range(1, 6)], FIRST)
    office.take([office.row(number, "2026-03") for number in range(1, 5)], SECOND)
    assert imports(office) == 2


def test_a_first_register_and_new_lifts_are_never_stopped(town: Any) -> None:
    town.take([town.row(number, FAR) for number in range(501, 901)], SECOND)
    assert imports(town) == 2


def test_dates_that_were_missing_are_welcome(office: Any) -> None:
    office.take(rows(office, LIFTS, 下次检验日期=""), FIRST)
    office.take(rows(office, 0), SECOND)
    assert office.lift(7).valid_until == date(2027, 11, 30)


def test_a_new_validity_with_its_inspection_is_the_ordinary_course(office: Any) -> None:
    header = "本次检验日期"

    def month(count: int, valid: str, inspected: str) -> Path:
        lines = [f"设备代码,区,下次检验日期,{header},使用单位名称"]
        for one in range(1, LIFTS + 1):
            is_new = one <= count
            stated = (valid, inspected) if is_new else ("2026-02", "2025-02-10")
            lines.append(f"3110990012017{one:04},天河区,{stated[0]},{stated[1]},广州示例物业服务有限公司")
        path = office.folder / "month.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    office.take_file(month(0, "", ""), FIRST)
    office.take_file(month(20, "2027-02", "2026-01-05"), SECOND)
    with pytest.raises(NeedsConfirmation, match="validity: 40 of 200"):
        office.take_file(month(60, "2027-02", "2026-09-05"), SECOND)  # inspections of the future are none


def test_the_threshold_is_kept_with_the_register(town: Any) -> None:
    town.do(keep_threshold, percent=10)
    town.take(rows(town, 20, 下次检验日期="2026-03"), SECOND)
    with pytest.raises(NeedsConfirmation, match="10 % go unasked"):
        town.take(rows(town, 60, 下次检验日期="2026-04"), SECOND)


@pytest.fixture
def run(town: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("TIXING_DATABASE_URL", str(town.database.url))
    monkeypatch.setenv("TIXING_MODE", "demo")

    def call(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    return call


def everything(office: Any) -> dict[str, list[str]]:
    """The whole store: the rows of each table."""
    with office.database.engine.connect() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for table in SQLModel.metadata.sorted_tables
        }


def test_a_dry_run_shows_everything_and_stores_nothing(town: Any, run: Any) -> None:
    wrong = town.register([*rows(town, 30, 下次检验日期="2026-03"), town.row(7, FAR)])
    before = everything(town)
    result = run("import", str(wrong), "--as-of", "2026-01-06", "--dry-run", "--json")
    assert everything(town) == before
    shown = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (shown["dry_run"], shown["rows"], shown["updated"], shown["unchanged"]) == (True, 201, 30, 170)
    assert shown["import"] is None, "nothing was stored under any number"
    changes = shown["changes"]
    assert changes["validity"] == {
        "changed": 30,
        "earlier": 30,
        "later": 0,
        "most_days_earlier": 609,
        "most_days_later": 0,
        "new_cycles": 0,
        "with_inspection": 0,
        "lost": 0,
        "gained": 0,
    }
    assert len(changes["examples"]) == 10
    assert changes["examples"][0] == {"line": 2, "lift": "31109900120170001", "from": "2027-11-30", "to": "2026-03-31"}
    assert changes["needs_confirmation"] == [{"what": "validity", "count": 30, "of": 200, "allowed_percent": 2.0}]
    notices = shown["notices"]
    assert (notices["on"], notices["without_import"]) == ("2026-01-06", 0)
    assert notices["total"] >= 30
    assert sum(notices["by_step"].values()) == notices["total"] == sum(notices["by_audience"].values())
    assert notices["held"] is None, "no plan was made yet with which to compare"


def test_a_dry_run_names_lifts_that_the_file_lacks_and_exits_as_the_import_would(town: Any, run: Any) -> None:
    part = town.register(rows(town, 0)[:150])
    result = run("import", str(part), "--as-of", "2026-01-06", "--dry-run", "--json")
    assert (result.exit_code, json.loads(result.stdout)["changes"]["missing_from_file"]) == (0, 50)
    wrong = town.register(rows(town, 30, 下次检验日期="2026-03"))
    assert run("import", str(wrong), "--dry-run", "--yes").exit_code == 0
    assert run("import", str(wrong), "--dry-run", "--threshold", "50").exit_code == 0
    assert run("import", str(wrong), "--dry-run").exit_code == 1
    assert imports(town) == 1


def test_a_dry_run_reads_for_a_person(town: Any, run: Any) -> None:
    wrong = town.register(rows(town, 30, 下次检验日期="2026-03", 使用单位名称="广州示例新物业服务有限公司"))
    text = run("import", str(wrong), "--as-of", "2026-01-06", "--dry-run").stdout
    for piece in (
        "dry run, nothing of this was stored: 200 rows, 200 lifts (0 new, 30 changed, 170 unchanged)",
        "validity: 30 earlier (by 609 days at most)",
        "use unit: 30 change",
        "notices on 2026-01-06:",
        "needs --yes: validity: 30 of 200",
        "line 2: 31109900120170001: 2027-11-30 > 2026-03-31",
    ):
        assert piece in text
    assert "import 2" not in text


def test_without_yes_the_command_stores_nothing_and_says_what_to_do(town: Any, run: Any) -> None:
    wrong = str(town.register(rows(town, 30, 下次检验日期="2026-03")))
    before = everything(town)
    result = run("import", wrong, "--as-of", "2026-01-06")
    assert result.exception is not None
    assert result.exception.exit_code == 1
    assert "look at it with --dry-run" in str(result.exception)
    assert everything(town) == before
    assert run("import", wrong, "--as-of", "2026-01-06", "--yes").exit_code == 0
    assert run("import", wrong, "--undo", "1").exit_code != 0
    assert run("import").exit_code != 0
