"""The month's pack: what it says, and that its numbers are those of the store."""

import io
import json
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import text

MAY = ("evidence", "--month", "2026-05", "--at", "2026-05-31T18:00")
TOLD_IN_MAY = """SELECT count(*) FROM told WHERE on_date BETWEEN '2026-05-01' AND '2026-05-31' {more}"""

pytestmark = pytest.mark.usefixtures("can_print")


def squeezed(content: bytes) -> str:
    """The text of a PDF without blanks and line ends, which the layout puts anywhere."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def sheet(path: Path, name: str) -> list[dict[str, str]]:
    rows = list(load_workbook(path, read_only=True)[name].iter_rows(values_only=True))
    return [dict(zip(rows[0], (value or "" for value in row), strict=True)) for row in rows[1:]]


@pytest.fixture
def pack(lived) -> Path:
    folder = lived.folder / "pack"
    lived.ask(*MAY, "--out", str(folder))
    return folder


def count(lived, more: str = "") -> int:
    with lived.database.read() as session:
        found: int = session.execute(text(TOLD_IN_MAY.format(more=more))).scalar_one()
        return found


def test_the_manifest_names_every_file_with_its_digest(lived, pack):
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    assert {one["name"] for one in manifest["files"]} == {
        "evidence-2026-05-guangzhou.pdf",
        "evidence-2026-05-guangzhou.xlsx",
    }
    for one in manifest["files"]:
        content = (pack / one["name"]).read_bytes()
        assert (one["bytes"], one["sha256"]) == (len(content), sha256(content).hexdigest())


def test_there_is_one_row_for_each_lift_rung_and_party_of_the_ledger(lived, pack):
    rows = sheet(pack / "evidence-2026-05-guangzhou.xlsx", "告知明细")
    assert len(rows) == count(lived)
    keys = {(row["设备代码"], row["步骤"], row["告知对象"]) for row in rows}
    assert len(keys) == len(rows)
    delivered = [row for row in rows if row["结果"] == "已送达"]
    with lived.database.read() as session:
        expected = session.execute(
            text(
                TOLD_IN_MAY.format(
                    more="""AND state = 'told' AND notice_id IN
                    (SELECT notice_id FROM delivery WHERE status = 'delivered')"""
                )
            )
        ).scalar_one()
    assert len(delivered) == expected == 6
    assert {row["回执时间"] for row in delivered} == {"2026-05-14 09:30"}
    assert {(row["渠道"], row["收信人"]) for row in delivered} == {("短信", "使用单位联系人 140****0001")}


def test_every_text_that_went_out_stands_there_once(lived, pack):
    rows = sheet(pack / "evidence-2026-05-guangzhou.xlsx", "通知原文")
    with lived.database.read() as session:
        expected = session.execute(
            text("""SELECT d.notice_id, d.body FROM delivery d JOIN notice n ON n.id = d.notice_id
            WHERE n.planned_on BETWEEN '2026-05-01' AND '2026-05-31' ORDER BY d.notice_id, d.id""")
        ).all()
    assert [row["通知编号"] for row in rows] == [str(one.notice_id) for one in expected]
    assert "云荔花园" in "".join(row["内容"] for row in rows)


def test_the_list_has_an_officers_columns_and_how_each_unit_was_warned(pack):
    rows = sheet(pack / "evidence-2026-05-guangzhou.xlsx", "上报名单")
    assert len(rows) == 8
    warned, silent = rows[0], rows[-1]
    assert list(warned) == [
        *("序号", "使用登记证编号", "设备代码", "使用单位", "联系人及电话", "地址", "内部编号", "下次检验日期"),
        *("维保单位", "催检记录", "未约检原因"),
    ]
    assert warned["催检记录"].split("; ") == [
        "2026-02-02 短信：已送达",
        "2026-03-02 人工电话：已通话，拒绝",
        "2026-05-06 短信：已发出",
        "2026-05-14 短信：已送达",
    ]
    assert (warned["未约检原因"], warned["下次检验日期"]) == ("拒绝", "2026年05月".replace("05", "5"))
    assert silent["联系人及电话"] == "登记中没有可用的联系方式"
    assert "无可用联系方式" in silent["催检记录"]


def test_no_cell_is_a_formula_and_no_number_or_name_of_a_person_is_shown_whole(pack):
    book = load_workbook(pack / "evidence-2026-05-guangzhou.xlsx")
    cells = [cell for name in book.sheetnames for row in book[name].iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    shown = " ".join(str(cell.value) for cell in cells)
    assert "=1+1广州示例岭上制造有限公司" in shown
    assert "14000000001" not in shown
    assert "陈一鸣" not in shown


def test_the_summary_says_clauses_counts_and_who_was_not_told(lived, pack):
    said = squeezed((pack / "evidence-2026-05-guangzhou.pdf").read_bytes())
    assert "广州市2026年5月检验催办留痕" in said
    assert "“对催检后仍未在规定时间内约检的设备于当月20日前上报区监督管理部门”" in said
    assert "未约检上报区监管部门已发出8四7880008" in said
    assert "名单于2026年5月19日告知天河区市场监督管理局" in said
    assert "该单位没有可用的联系方式" in said
    assert "其中2台的使用单位此前一次也没有告知到" in said
    assert "第1/" in said
    main = "AND NOT is_copy AND state = 'told'"
    assert f"{count(lived, main)}已告知" in said
    assert "140****0001" in said
    assert "14000000001" not in said
    assert "陈一鸣" not in said


def test_a_list_that_nobody_at_the_district_could_be_given_is_not_called_told(live):
    lived = live(office=False)
    lived.ask(*MAY, "--out", str(lived.folder / "pack"))
    said = squeezed((lived.folder / "pack" / "evidence-2026-05-guangzhou.pdf").read_bytes())
    assert "名单应于2026年5月19日告知天河区市场监督管理局，没有送达：无可用联系方式" in said
    assert "名单于" not in said


def test_equal_input_gives_equal_bytes(lived, pack):
    again = lived.folder / "again"
    lived.ask(*MAY, "--out", str(again))
    for path in pack.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name


def test_a_zip_holds_the_same_files(lived, pack):
    path = lived.folder / "pack.zip"
    assert lived.run(*MAY, "--out", str(path)).exit_code == 0
    with zipfile.ZipFile(path) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            one.name: one.read_bytes() for one in pack.iterdir()
        }


def test_english_is_complete(lived):
    folder = lived.folder / "en"
    lived.ask(*MAY, "--language", "en", "--out", str(folder))
    said = squeezed((folder / "evidence-2026-05-guangzhou.pdf").read_bytes())
    assert "Thelisttothedistrict" in said
    assert "未告知" not in said
    rows = sheet(folder / "evidence-2026-05-guangzhou.xlsx", "Told")
    assert {row["Result"] for row in rows} >= {"delivered", "sent", "nobody to reach"}


def test_a_district_is_a_part_and_a_month_without_anything_is_empty(lived):
    tianhe = lived.ask(*MAY, "--district", "440106", "--out", str(lived.folder / "tianhe"))
    assert tianhe["rows"] == count(lived)
    assert (lived.folder / "tianhe" / "evidence-2026-05-guangzhou-440106.pdf").is_file()
    empty = lived.ask("evidence", "--month", "2027-05", "--out", str(lived.folder / "empty"))
    assert (empty["rows"], empty["listed"]) == (0, 0)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--month", "2026-13", "--out", "x"], "2026-13"),
        (["--month", "2026-05", "--city", "atlantis", "--out", "x"], "atlantis"),
        (["--month", "2026-05", "--district", "440199", "--out", "x"], "440199"),
        (["--month", "2026-05", "--language", "fr", "--out", "x"], "fr"),
        (["--month", "2026-05", "--out", "/dev/null/x"], "/dev/null/x"),
    ],
)
def test_a_mistake_is_one_sentence(lived, words, sentence):
    result = lived.run("evidence", *words)
    assert result.exit_code != 0
    assert sentence in str(result.exception)
