"""A desk at which registers are written and imported."""

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlmodel import Session

from actions.register import ImportSummary, import_register
from store.database import Database

HEADER = (
    "设备代码", "注册代码", "使用登记证编号", "救援识别码", "出厂编号", "内部编号", "区", "项目名", "楼栋", "电梯地址",
    "设备品种", "使用状态", "安装监督检验合格日期", "投入使用日期", "本次检验日期", "下次检验日期", "使用单位名称",
    "使用单位统一社会信用代码", "使用单位联系人", "使用单位联系人手机号", "安全管理员", "安全管理员手机号",
    "法定代表人", "法定代表人电话", "维保单位名称", "维保单位统一社会信用代码", "维保单位联系人", "维保单位联系电话",
)  # fmt: skip
ROW = {
    "设备代码": "31109900120170001",
    "注册代码": "31104401062009060001",
    "使用登记证编号": "梯11粤A00001(20)",
    "救援识别码": "900001",
    "出厂编号": "SL-0001",
    "内部编号": "3栋1梯",
    "区": "天河区",
    "项目名": "云荔花园",
    "楼栋": "3栋",
    "电梯地址": "天河区示例一路88号",
    "设备品种": "曳引驱动乘客电梯",
    "使用状态": "在用",
    "安装监督检验合格日期": "2017-03-18",
    "投入使用日期": "2017-04-01",
    "本次检验日期": "2025-05-20",
    "下次检验日期": "2027-02",
    "使用单位名称": "广州示例云荔物业服务有限公司",
    "使用单位统一社会信用代码": "",
    "使用单位联系人": "陈一鸣",
    "使用单位联系人手机号": "14000000001",
    "安全管理员": "李小满",
    "安全管理员手机号": "14000000002",
    "法定代表人": "何永安",
    "法定代表人电话": "14000000003",
    "维保单位名称": "穗样电梯服务有限公司",
    "维保单位统一社会信用代码": "",
    "维保单位联系人": "黄秋实",
    "维保单位联系电话": "14000000004",
}


@dataclass
class Desk:
    """Writes registers into a folder, imports them, and looks into the store."""

    database: Database
    folder: Path

    def row(self, number: int = 1, **changes: str) -> dict[str, str]:
        """A whole row about lift `number`; `changes` by header."""
        own = {
            "设备代码": f"311099001201700{number:02d}",
            "注册代码": f"311044010620090600{number:02d}",
            "使用登记证编号": f"梯11粤A000{number:02d}(20)",
            "救援识别码": f"9000{number:02d}",
            "出厂编号": f"SL-00{number:02d}",
            "内部编号": f"3栋{number}梯",
        }
        return {**ROW, **own, **changes}

    def csv(
        self,
        rows: Sequence[dict[str, str]],
        *,
        header: Sequence[str] = HEADER,
        encoding: str = "utf-8",
        delimiter: str = ",",
        above: Sequence[Sequence[str]] = (),
        name: str = "register.csv",
    ) -> Path:
        """A CSV file of these rows."""
        path = self.folder / name
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, delimiter=delimiter)
            writer.writerows(above)
            writer.writerow(header)
            writer.writerows([row.get(column, "") for column in header] for row in rows)
        return path

    def xlsx(
        self,
        rows: Sequence[dict[str, Any]],
        *,
        header: Sequence[str] = HEADER,
        above: Sequence[Sequence[str]] = (),
        name: str = "register.xlsx",
    ) -> Path:
        """An XLSX file of these rows, cells with the types that they have here."""
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        assert sheet is not None
        for cells in (*above, header, *([row.get(column, "") for column in header] for row in rows)):
            sheet.append(list(cells))
        path = self.folder / name
        workbook.save(path)
        return path

    def text(self, text: str | bytes, name: str = "register.csv") -> Path:
        """A file that holds just this."""
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def take(
        self,
        path: Path,
        *,
        on: str = "2026-11-01",
        mapping: str | None = None,
        rejects: Path | None = None,
        city_id: str = "guangzhou",
        derive: Callable[[Session, int], None] | None = None,
        **options: Any,
    ) -> ImportSummary:
        """Import the file."""
        day = date.fromisoformat(on)
        now = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        options |= {"mapping": mapping, "rejects": rejects, "derive": derive}
        return import_register(self.database, path, city_id=city_id, as_of=day, now=now, **options)

    def take_rows(self, *rows: dict[str, str], on: str = "2026-11-01") -> ImportSummary:
        """Import a CSV file of these rows."""
        return self.take(self.csv(rows), on=on)

    def all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the store as text and numbers, alike on both kinds; `?` marks stand for the values."""
        with self.database.engine.connect() as connection:
            found = connection.exec_driver_sql(self._marked(query), values)
            return [tuple(map(plain, row)) for row in found]

    def _marked(self, query: str) -> str:
        return query if self.database.is_sqlite else query.replace("%", "%%").replace("?", "%s")

    def one(self, query: str, *values: Any) -> Any:
        """The single value of the single row."""
        [(value,)] = self.all(query, *values)
        return value

    def lift(self, key: str = "31109900120170001") -> dict[str, Any]:
        """A lift as stored."""
        with self.database.engine.connect() as connection:
            found = connection.exec_driver_sql(self._marked("SELECT * FROM lift WHERE key = ?"), (key,))
            return {name: plain(value) for name, value in found.mappings().one().items()}

    def tasks(self, kind: str) -> list[dict[str, Any]]:
        """The details of the open tasks of a kind, with their line."""
        rows = self.all("SELECT line, detail FROM task WHERE kind = ? AND status = 'open' ORDER BY id", kind)
        return [{"line": line, **json.loads(detail)} for line, detail in rows]

    def rejects(self) -> list[tuple[int, str, str]]:
        """Line, reason and sentence of the refused rows."""
        return [(row[0], row[1], row[2]) for row in self.all("SELECT line, reason, detail FROM import_reject")]

    def everything(self) -> list[list[tuple[Any, ...]]]:
        """Every row that an import could have changed."""
        tables = ("lift", "lift_name", "party", "contact", "responsibility", "event", "task")
        return [self.all(f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in tables]


def plain(value: Any) -> Any:
    """A value as SQLite keeps it: days as text, JSON as text, true as 1."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return int(value) if isinstance(value, bool) else value


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """A desk with an empty store."""
    return Desk(database, tmp_path)
