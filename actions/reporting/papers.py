"""The file of a report, and the photo of a mark that hangs: kept before they belong to anything."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from actions.actors import DEPARTMENT, UNIT, Actor, Asked
from actions.refusals import Refused
from actions.registry import verb
from actions.sniffing import DOCX, PDF, Kind, clean_name, sniff
from store.chats import keep_file
from store.doors import StoredFile

LARGEST = 10 * 1024 * 1024  # bytes
REPORTS, MARKS = "report", "mark"  # with the party the file's address: no inbox, so that the web chat shows it nobody


@verb(DEPARTMENT)
def keep_report_file(session: Session, asked: Asked, *, name: str, content: bytes) -> int:
    """Keep a PDF or DOCX; its number."""
    return keep_paper(session, asked.actor.party_id, name=name, content=content, now=asked.now)


def keep_paper(session: Session, department_id: int, *, name: str, content: bytes, now: datetime) -> int:
    """The same for a department without a chat."""
    kind = sniff(content, name)
    if kind not in (PDF, DOCX):
        raise Refused("reports.wrong_file")
    return _keep(session, f"{REPORTS}/{department_id}", name, content, kind, now)


@verb(UNIT)
def keep_mark_photo(session: Session, asked: Asked, *, content: bytes) -> int:
    """Keep a photo; its number."""
    kind = sniff(content, "")
    if kind is None or not kind.is_photo:
        raise Refused("reports.no_photo")
    return _keep(session, f"{MARKS}/{asked.actor.party_id}", "", content, kind, asked.now)


def is_own_paper(session: Session, actor: Actor, file_id: Any) -> bool:
    """A guard: a file that the own department has kept."""
    return _lies_at(session, f"{REPORTS}/{actor.party_id}", file_id)


def is_own_photo(session: Session, actor: Actor, photo_id: Any) -> bool:
    """A guard: a photo that the own unit has kept."""
    return _lies_at(session, f"{MARKS}/{actor.party_id}", photo_id)


def _keep(session: Session, address: str, name: str, content: bytes, kind: Kind, now: datetime) -> int:
    if len(content) > LARGEST:
        raise Refused("reports.too_large", megabytes=LARGEST // 1024 // 1024)
    return keep_file(session, address, clean_name(name, kind), content, at=now, mime=kind.mime).id


def _lies_at(session: Session, address: str, file_id: Any) -> bool:
    file = session.get(StoredFile, file_id)
    return file is not None and file.address == address
