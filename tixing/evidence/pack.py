"""A month's pack: the summary as PDF, the tables as a workbook, and a manifest with the digest of each."""

import io
import json
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlmodel import Session

from actions.evidence.attempts import load_attempts
from actions.evidence.month import MonthEvidence
from actions.workbook import put, write_workbook
from tixing.errors import TixingError
from tixing.evidence.month_paper import month_data
from tixing.evidence.month_tables import month_tables
from tixing.evidence.pdf import write_pdf
from tixing.evidence.words import Say

MANIFEST = "manifest.json"


def make_pack(session: Session, found: MonthEvidence, language: str) -> dict[str, bytes]:
    """The files by name; the manifest is the last of them."""
    say, part = Say(language), found.part
    numbers = [*(entry.notice_id for entry in found.entries), *(entry.notice_id for entry in found.offices)]
    attempts = load_attempts(session, (number for number in numbers if number))
    name = "-".join(["evidence", f"{part.month:%Y-%m}", part.city_id, *([part.district] if part.district else [])])
    files = {
        f"{name}.pdf": write_pdf("month", month_data(found, say)),
        f"{name}.xlsx": write_workbook(month_tables(found, attempts, say), found.today),
    }
    return {**files, MANIFEST: json.dumps(_manifest(found, language, files), ensure_ascii=False, indent=2).encode()}


def save_pack(files: Mapping[str, bytes], out: Path) -> None:
    """Write the files into the folder `out`, or into one archive if its name ends in .zip; TixingError if it cannot."""
    try:
        if out.suffix.lower() == ".zip":
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_bytes(_zipped(files))
            return
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (out / name).write_bytes(content)
    except OSError as error:
        raise TixingError(f"{out} cannot be written: {error.strerror}; name another --out") from error


def _manifest(found: MonthEvidence, language: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "month": f"{found.part.month:%Y-%m}",
        "city": found.part.city_id,
        "district": found.part.district,
        "as_of": found.today.isoformat(),
        "language": language,
        "rows": len(found.entries),
        "untold": len(found.untold),
        "listed": len(found.listed),
        "offices": len(found.offices),
        "files": [
            {"name": name, "bytes": len(content), "sha256": sha256(content).hexdigest()}
            for name, content in files.items()
        ],
    }


def _zipped(files: Mapping[str, bytes]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            put(archive, name, content)
    return raw.getvalue()
