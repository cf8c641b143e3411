"""What a file is by its content: a name and a stated type say nothing. Only a few kinds are taken."""

import io
import zipfile
from dataclasses import dataclass

TEXT_BEGINNING = 64 * 1024  # bytes that are looked at
MOST_PARTS = 5_000


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken; `is_photo`: it is shown and not only offered."""

    mime: str
    ending: str
    is_photo: bool = False


JPEG = Kind("image/jpeg", ".jpg", is_photo=True)
PNG = Kind("image/png", ".png", is_photo=True)
WEBP = Kind("image/webp", ".webp", is_photo=True)
PDF = Kind("application/pdf", ".pdf")
XLSX = Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx")
DOCX = Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx")
CSV = Kind("text/csv", ".csv")
TXT = Kind("text/plain", ".txt")
KINDS = (JPEG, PNG, WEBP, PDF, XLSX, DOCX, CSV, TXT)


def sniff(content: bytes, name: str) -> Kind | None:
    """The kind of a file; None for one that is not taken."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    ending = name.lower().rpartition(".")[2]
    is_text = ending in ("csv", "txt") and _is_text(content)
    return {"csv": CSV, "txt": TXT}[ending] if is_text else None


def clean_name(stated: str, kind: Kind) -> str:
    """A name to be shown and saved under: no folders, no control characters, the ending of its kind."""
    last = stated.replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*').strip(" .")
    stem = shown.rpartition(".")[0] or shown
    return f"{stem[:80] or 'file'}{kind.ending}"


def _office(content: bytes) -> Kind | None:
    """A table or a text of Office without macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = set(parts.namelist()[:MOST_PARTS])
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return XLSX if "xl/workbook.xml" in names else DOCX if "word/document.xml" in names else None


def _is_text(content: bytes) -> bool:
    beginning = content[:TEXT_BEGINNING]
    if b"\0" in beginning:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            beginning.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(beginning) - 4:  # the cut may lie within a sign
                continue
        return True
    return False
