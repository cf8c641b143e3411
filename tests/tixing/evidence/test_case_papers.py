"""`explain … --pdf`: the paper for a case file."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from tixing.documents import LANGUAGES
from tixing.evidence.words import load_words

LATIN_ONLY = Path("/usr/share/fonts/truetype/dejavu")  # comes with fontconfig on Debian

pytestmark = pytest.mark.usefixtures("can_print")


def squeezed(content: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_a_lifts_story_says_who_was_told_when_by_which_clause_and_with_which_receipt(lived):
    path = lived.folder / "lift.pdf"
    result = lived.run("explain", "31109900120170001", "--pdf", str(path))
    assert result.exit_code == 0, result.output
    said = squeezed(path.read_bytes())
    for expected in (
        "云荔花园3栋1梯",
        "梯11粤A00001(20)",
        "四5“提前3个月发送短信至使用单位联系人”",
        "2026-02-02短信提醒四5广州示例云荔物业服务有限公司",
        "短信使用单位联系人140****0001",
        "2026-02-0209:00",
        "已送达",
        "2026-02-0209:30",
        "已通话，拒绝",
        "2026年3月4日",
        "登记检验有效期至2026-05-31",
    ):
        assert "".join(expected.split()) in said, expected
    assert "14000000001" not in said
    assert "陈一鸣" not in said


def test_a_notice_says_its_clause_its_attempts_its_text_its_lifts_and_its_history(lived):
    path = lived.folder / "notice.pdf"
    assert lived.run("explain", "notice:1", "--pdf", str(path), "--language", "zh").exit_code == 0
    said = squeezed(path.read_bytes())
    for expected in ("通知1", "涉及电梯（6台）", "提前3个月发送短信至使用单位联系人", "31109900120170006", "已送达"):
        assert expected in said, expected
    english = lived.folder / "notice.en.pdf"
    assert lived.run("explain", "notice:1", "--pdf", str(english), "--language", "en").exit_code == 0
    assert "Lifts(6)" in squeezed(english.read_bytes())


def test_json_goes_beside_it(lived):
    data = lived.ask("explain", "notice:1", "--pdf", str(lived.folder / "n.pdf"))
    assert data["notice"] == 1


def test_a_page_can_hold_the_longest_names_and_sixty_lifts(shell):
    header = (
        "使用登记证编号,设备代码,区,项目名,内部编号,下次检验日期,使用单位名称,使用单位负责人姓名,使用单位负责人手机号"
    )
    long = "广州示例岭上科创产业园物业管理有限公司黄埔经济技术开发区分公司" * 2
    rows = [
        f"梯11粤A{number:012}(20),3110990012017{number:04},黄埔区,岭上科创产业园国际会展中心北区二期,"
        f"12栋教学楼东侧{number}号货梯,2026年05月,{long},欧阳立夏,14000000001"
        for number in range(1, 61)
    ]
    path = shell.folder / "register.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    assert shell.run("import", str(path), "--as-of", "2026-01-05").exit_code == 0
    assert shell.run("tick", "--at", "2026-02-02T09:00").exit_code == 0
    pdf = shell.folder / "notice.pdf"
    assert shell.run("explain", "notice:1", "--pdf", str(pdf)).exit_code == 0
    pages = PdfReader(pdf).pages
    assert len(pages) > 2
    said = squeezed(pdf.read_bytes())
    assert all(f"3110990012017{number:04}" in said for number in range(1, 61))
    # a table that goes over pages repeats its head
    assert said.count("设备代码") == len([page for page in pages if "3110990012017" in page.extract_text()])


def test_a_machine_without_chinese_letters_is_told_so_instead_of_printing_boxes(lived, require):
    if not LATIN_ONLY.is_dir():
        require("pdf", f"no fonts without Chinese letters in {LATIN_ONLY}")
    config = lived.folder / "fonts.conf"
    cache = f"<cachedir>{lived.folder}</cachedir>"
    config.write_text(f"<fontconfig><dir>{LATIN_ONLY}</dir>{cache}</fontconfig>", encoding="utf-8")
    environment = {**os.environ, "FONTCONFIG_FILE": str(config)}
    code = "from tixing.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "explain", "notice:1", "--pdf", str(lived.folder / "x.pdf")],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "fonts-noto-cjk" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (lived.folder / "x.pdf").exists()


def keys(words: dict[str, object]) -> dict[str, object]:
    return {name: keys(value) if isinstance(value, dict) else "" for name, value in words.items()}


def test_both_languages_have_the_same_words():
    first, *others = (keys(load_words(language)) for language in LANGUAGES)
    assert all(other == first for other in others)
