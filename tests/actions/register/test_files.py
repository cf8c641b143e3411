"""Files of every kind that people send, and those that are no register."""

import struct
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from actions.register import RegisterError

HEADER = ("设备代码", "电梯地址", "下次检验日期")
ROWS = [
    {"设备代码": "31109900120170001", "电梯地址": "天河区示例一路", "下次检验日期": "2027-02"},
    {"设备代码": "31109900120170002", "电梯地址": "番禺区示例二路", "下次检验日期": "2027年03月"},
]


def stored(desk: Any) -> list[tuple[Any, ...]]:
    """What came of ROWS."""
    return desk.all("SELECT key, address, valid_until, line FROM lift ORDER BY id")


EXPECTED = [
    ("31109900120170001", "天河区示例一路", "2027-02-28", 2),
    ("31109900120170002", "番禺区示例二路", "2027-03-31", 3),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_in_its_encoding_and_with_its_delimiter(desk: Any, encoding: str, delimiter: str) -> None:
    desk.take(desk.csv(ROWS, header=HEADER, encoding=encoding, delimiter=delimiter))
    assert stored(desk) == EXPECTED


def test_a_title_above_the_header_is_looked_past(desk: Any) -> None:
    desk.take(desk.csv(ROWS, header=HEADER, above=[["广州市电梯清单"], ["制表：业务拓展部", "", "2026年11月"]]))
    assert [(*row[:3], row[3] - 2) for row in stored(desk)] == EXPECTED


def test_excels_line_that_names_the_delimiter_is_looked_past(desk: Any) -> None:
    path = desk.csv(ROWS, header=HEADER, delimiter=";")
    path.write_text("sep=;\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert desk.take(path).created == 2


def test_a_spreadsheet_is_read_with_its_dates_and_numbers_as_text(desk: Any) -> None:
    header = (
        "救援识别码",
        "内部编号",
        "本次检验日期",
        "下次检验日期",
        "投入使用日期",
        "使用单位联系人手机号",
        "使用单位",
    )
    row = {
        "救援识别码": 900001.0,
        "内部编号": 3,
        "本次检验日期": datetime(2026, 3, 18),  # noqa: DTZ001  (a cell has no zone)
        "下次检验日期": date(2027, 2, 28),
        "投入使用日期": 42814,
        "使用单位联系人手机号": 14000000001,
        "使用单位": "示例物业",
    }
    desk.take(desk.xlsx([row], header=header))
    lift = desk.lift("900001")
    assert (lift["internal_number"], lift["last_inspected_on"], lift["valid_until"]) == (
        "3",
        "2026-03-18",
        "2027-02-28",
    )
    assert lift["put_into_use_on"] == "2017-03-20"
    assert desk.one("SELECT phone FROM contact") == "+8614000000001"


def test_a_title_above_the_header_of_a_sheet_is_looked_past(desk: Any) -> None:
    desk.take(desk.xlsx(ROWS, header=HEADER, above=[["广州市电梯清单"], []]))
    assert [(*row[:3], row[3] - 2) for row in stored(desk)] == EXPECTED


def test_a_code_that_excel_holds_as_a_number_is_refused(desk: Any) -> None:
    desk.take(desk.xlsx([{"设备代码": 31109900120170001}, {"设备代码": "31109900120170002"}], header=HEADER))
    assert desk.rejects()[0][:2] == (2, "excel_number")
    assert desk.one("SELECT key FROM lift") == "31109900120170002"


def test_a_formula_in_a_csv_stays_text(desk: Any) -> None:
    formula = '=HYPERLINK("http://example.invalid","x")'
    desk.take(desk.csv([{**ROWS[0], "电梯地址": formula}], header=HEADER))
    assert desk.one("SELECT address FROM lift") == formula


def test_of_several_sheets_the_one_with_a_register_is_read(desk: Any) -> None:
    path = desk.xlsx(ROWS, header=HEADER)
    with_sheets(path, {"说明": [["请勿修改"]]})
    assert desk.take(path).created == 2


def test_a_cell_merged_over_several_rows_is_said_in_each(desk: Any) -> None:
    rows = [
        {"设备代码": f"A{number}", "使用单位": unit} for number, unit in enumerate(["甲物业", "", "", "乙物业", ""])
    ]
    path = desk.xlsx(rows, header=("设备代码", "使用单位"), above=[["电梯清单"]])
    workbook = openpyxl.load_workbook(path)
    workbook.active.merge_cells("A1:B1")
    workbook.active.merge_cells("B3:B5")
    workbook.save(path)
    desk.take(path)
    query = (
        "SELECT lift.key, party.name FROM lift JOIN responsibility ON lift_id = lift.id"
        " JOIN party ON party_id = party.id"
    )
    assert desk.all(query) == [("A0", "甲物业"), ("A1", "甲物业"), ("A2", "甲物业"), ("A3", "乙物业")]
    assert desk.tasks("use_unit_missing")[0]["lines"] == [7]


def test_several_sheets_with_registers_are_not_guessed_at(desk: Any) -> None:
    path = desk.xlsx(ROWS, header=HEADER)
    with_sheets(path, {"番禺": [list(HEADER), ["1", "2", "3"]]})
    with pytest.raises(RegisterError, match="several sheets that are registers \\(Sheet, 番禺\\)"):
        desk.take(path)


def with_sheets(path: Path, sheets: dict[str, list[list[str]]]) -> None:
    """Add sheets to a workbook."""
    workbook = openpyxl.load_workbook(path)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(path)


def test_blank_rows_are_no_rows(desk: Any) -> None:
    path = desk.text("设备代码,电梯地址,下次检验日期\nA1,示例,2027-02\n,,\n\nA2,示例,2027-02\n,,\n")
    assert desk.take(path).rows == 2


def test_a_short_row_lacks_its_last_cells(desk: Any) -> None:
    desk.take(desk.text("设备代码,电梯地址,下次检验日期\nA1\n"))
    assert desk.tasks("no_validity")[0]["count"] == 1


def encrypted_workbook() -> bytes:
    """The frame of a workbook that is protected with a password: a compound file with an encrypted package."""

    def entry(name: str, kind: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF) -> bytes:
        raw = name.encode("utf-16-le") + b"\0\0"
        links = struct.pack("<HBBIII", len(raw), kind, 1, 0xFFFFFFFF, right, child)
        return raw.ljust(64, b"\0") + links + bytes(16) + struct.pack("<IQQIQ", 0, 0, 0, 0xFFFFFFFE, 0)

    head = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    fat = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE).ljust(512, b"\xff")
    folder = entry("Root Entry", 5, child=1) + entry("EncryptedPackage", 2, right=2) + entry("EncryptionInfo", 2)
    return head.ljust(512, b"\xff") + fat + folder.ljust(512, b"\0")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\n\n\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"hello world\n", "has no header row"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is neither a CSV nor an XLSX file"),
        (b"PK\x03\x04 broken", "cannot be read as a spreadsheet"),
        (b"\xd0\xcf\x11\xe0 broken", "cannot be read as a spreadsheet"),
        (encrypted_workbook(), "is protected with a password"),
        ("使用单位,下次检验日期\n示例,2027-02\n".encode(), "names only use_unit, valid_until"),
        ("设备代码\n1\n".encode(), "names only equipment_code"),
    ],
)
def test_a_file_that_is_no_register_is_one_clear_sentence(desk: Any, content: bytes, sentence: str) -> None:
    with pytest.raises(RegisterError, match=sentence) as error:
        desk.take(desk.text(content))
    assert "\n" not in str(error.value)
    assert desk.one("SELECT count(*) FROM import_run") == 0


def test_a_folder_and_a_missing_file_are_one_clear_sentence(desk: Any, tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="is a folder; name the CSV or XLSX file in it"):
        desk.take(tmp_path)
    with pytest.raises(RegisterError, match="there is no file"):
        desk.take(tmp_path / "none.csv")


def test_a_rejects_file_that_cannot_be_written_stops_before_anything_is_stored(desk: Any, tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="cannot be written"):
        desk.take(desk.csv(ROWS, header=HEADER), rejects=tmp_path / "none" / "rejects.csv")
    assert desk.one("SELECT count(*) FROM lift") == 0


def test_an_empty_sheet_is_one_clear_sentence(desk: Any) -> None:
    with pytest.raises(RegisterError, match="is empty"):
        desk.take(desk.xlsx([], header=()))


def test_a_register_without_rows_is_an_import_of_nothing(desk: Any) -> None:
    assert desk.take(desk.csv([], header=HEADER)).as_json() == {
        "import": 1, "rows": 0, "lifts": 0, "created": 0, "updated": 0, "unchanged": 0, "parties": 0, "rejected": 0
    }  # fmt: skip
