"""Photos and files: few kinds, known by their content; each inbox sees its own."""

import io
import zipfile
from typing import Any

import pytest

from actions.sniffing import sniff
from portal import chat_files

LI = "+8614000000002"
JPEG, PNG = b"\xff\xd8\xff\xe0" + b"0" * 40, b"\x89PNG\r\n\x1a\n" + b"0" * 40


def office(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parts:
        for name in ("[Content_Types].xml", *names):
            parts.writestr(name, "x")
    return made.getvalue()


@pytest.fixture
def inbox(phone: Any) -> str:
    address: str = phone.sign_in()
    return address


def file_of(phone: Any) -> dict[str, Any]:
    return next(line["media"] for line in reversed(phone.lines) if line["media"])


def test_a_photo_is_kept_told_and_shown(phone: Any, echo: Any, inbox: str) -> None:
    assert phone.send(JPEG, "%E7%85%A7%E7%89%87.png").json() == {"taken": True}
    assert echo.told == ["file 照片.jpg"]
    file = file_of(phone)
    assert file == {"kind": "photo", "file": file["file"], "name": "照片.jpg", "mime": "image/jpeg", "size": len(JPEG)}
    shown = phone.get(f"files/{file['file']}")
    assert (shown.content, shown.headers["Content-Type"]) == (JPEG, "image/jpeg")
    assert shown.headers["Content-Disposition"].startswith("inline; filename*=UTF-8''%E7%85%A7")


def test_a_document_is_only_ever_saved(phone: Any, inbox: str) -> None:
    phone.send(b"%PDF-1.7 ...", "../../etc/report.exe")
    file = file_of(phone)
    assert (file["kind"], file["name"], file["mime"]) == ("document", "report.pdf", "application/pdf")
    shown = phone.get(f"files/{file['file']}")
    assert shown.headers["Content-Disposition"] == "attachment; filename*=UTF-8''report.pdf"
    assert "sandbox" in shown.headers["Content-Security-Policy"]


def test_nobody_sees_the_file_of_another(phone: Any, inbox: str, make_phone: Any) -> None:
    phone.send(JPEG)
    number = file_of(phone)["file"]
    li = make_phone(beside=phone)
    li.sign_in(LI)
    theirs, nobodys = li.get(f"files/{number}"), li.get(f"files/{number + 1000}")
    assert (theirs.status_code, theirs.content) == (nobodys.status_code, nobodys.content)
    assert theirs.status_code == 404
    for odd in ("0", "-1", "x", str(2**31), "1.0", "%2e%2e"):
        assert li.get(f"files/{odd}").status_code in (400, 404, 405)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (JPEG, "a.txt", "image/jpeg"),
        (PNG, "a", "image/png"),
        (b"RIFF0000WEBPVP8 ", "a", "image/webp"),
        (office("xl/workbook.xml"), "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (
            office("word/document.xml"),
            "a.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("a,b\n甲,乙\n".encode(), "a.csv", "text/csv"),
        ("甲,乙\n".encode("gb18030"), "a.CSV", "text/csv"),
        ("甲" * 40_000).encode() and (("甲" * 40_000).encode(), "a.txt", "text/plain"),
        (b"<html><script>alert(1)</script>", "a.html", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", None),
        (b"MZ\x90\x00", "a.exe", None),
        (b"MZ\x90\x00", "a.txt", None),
        (b"GIF89a", "a.gif", None),
        (office("xl/workbook.xml", "xl/vbaProject.bin"), "a.xlsx", None),
        (office("META-INF/MANIFEST.MF"), "a.jar", None),
        (b"PK\x03\x04 and nothing else", "a.xlsx", None),
        (b"hello", "a", None),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, name: str, kind: str | None) -> None:
    found = sniff(content, name)
    assert (found.mime if found is not None else None) == kind


def test_what_is_not_taken_is_said_and_not_kept(phone: Any, echo: Any, inbox: str) -> None:
    answer = phone.send(b"MZ\x90\x00", "a.exe")
    assert (answer.status_code, answer.json()["error"]) == (415, "wrong_kind")
    answer = phone.send(b"", "a.txt")
    assert (answer.status_code, answer.json()["error"]) == (400, "empty_file")
    assert echo.told == []


def test_a_file_that_is_too_large_is_refused_before_it_is_read(phone: Any, echo: Any, inbox: str) -> None:
    answer = phone.send(b"\xff\xd8\xff" + b"0" * (10 * 1024 * 1024), "a.jpg")
    assert (answer.status_code, answer.json()) == (413, {"error": "too_large", "facts": {"megabytes": 10}})
    assert phone.send(b"\xff\xd8\xff" + b"0" * (10 * 1024 * 1024 - 3), "a.jpg").status_code == 200


def test_a_day_has_room_for_so_much(phone: Any, inbox: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_files, "LARGEST_DAY", 60)
    assert phone.send(JPEG).status_code == 200
    answer = phone.send(PNG)
    assert (answer.status_code, answer.json()["error"]) == (409, "enough_files")


def test_the_same_file_under_the_same_name_of_its_deed_acts_once(phone: Any, echo: Any, inbox: str) -> None:
    for _ in range(2):
        phone.send(JPEG, **{"X-Deed": "the-same-deed"})
    assert echo.told == ["file a.jpg"]
