"""The lines of the web chat, and the files that belong to them."""

import mimetypes
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from store.database import table_of
from store.doors import StoredFile
from store.notices import ChatMessage
from store.records import RecordPhoto

UNKNOWN_KIND = "application/octet-stream"


@dataclass(frozen=True)
class Line:
    """What is said in a chat, as `ChatMessage` keeps it."""

    address: str
    direction: str
    text: str
    is_html: bool = False
    keyboard: dict[str, Any] | None = None
    media: dict[str, Any] | None = None


def write_line(session: Session, line: Line, *, at: datetime) -> int:
    """Add a line; its number."""
    table = table_of(ChatMessage)
    row = {**asdict(line), "at": at, "version": 1, "gone": False}
    return int(session.execute(insert(table).values(row).returning(table.c.id)).scalar_one())


def change_line(session: Session, address: str, number: int, changed: dict[str, Any]) -> bool:
    """Make a line say something else; False if this chat has no such line."""
    table = table_of(ChatMessage)
    which = (table.c.id == number, table.c.address == address, table.c.gone.is_(False))
    statement = update(table).where(*which).values(**changed, version=table.c.version + 1).returning(table.c.id)
    return session.execute(statement).first() is not None


def take_back_line(session: Session, address: str, number: int) -> bool:
    """Show a line no more; False if this chat has no such line."""
    return change_line(session, address, number, {"gone": True, "keyboard": None})


def offers_button(session: Session, address: str, number: int, data: str) -> bool:
    """Whether that line of this chat has a button with that data."""
    table = table_of(ChatMessage).c
    query = select(table.keyboard).where(table.id == number, table.address == address, table.gone.is_(False))
    keyboard = session.execute(query).scalar()
    rows = (keyboard or {}).get("inline", [])
    return any(button.get("data") == data for row in rows for button in row)


def keep_file(session: Session, address: str, name: str, content: bytes, *, at: datetime, mime: str = "") -> StoredFile:
    """Keep a file for this chat; `mime` by its name where it is not said."""
    kept = StoredFile(
        address=address,
        name=name,
        mime=mime or mimetypes.guess_type(name)[0] or UNKNOWN_KIND,
        size=len(content),
        sha256=sha256(content).hexdigest(),
        content=content,
        at=at,
    )
    session.add(kept)
    session.flush()
    return kept


def media_of(kind: str, kept: StoredFile) -> dict[str, Any]:
    """What a line says of a stored file that is shown with it."""
    return {"kind": kind, "file": kept.id, "name": kept.name, "mime": kept.mime, "size": kept.size}


def forget_lines(session: Session, *, before: datetime, most: int) -> int:
    """Forget the oldest lines, where they were said before that, up to so many; how many.

    Lines come one after the other: where the first is young enough, so are the others.
    """
    line = table_of(ChatMessage)
    oldest = select(line.c.id, line.c.at).order_by(line.c.id)
    first = session.execute(oldest.limit(1)).first()
    if first is None or first.at >= before:
        return 0
    old = [number for number, at in session.execute(oldest.limit(most)) if at < before]
    return len(session.execute(delete(line).where(line.c.id.in_(old)).returning(line.c.id)).all()) if old else 0


def forget_files(session: Session, *, before: datetime, most: int, but: Collection[int]) -> int:
    """Forget the files that came before that, but those of maintenance records and `but`, up to so many; how many."""
    file = table_of(StoredFile)
    loose = file.c.at < before, file.c.id.not_in(select(table_of(RecordPhoto).c.file_id))
    found = session.execute(select(file.c.id).where(*loose).order_by(file.c.at)).scalars()
    old = [number for number in found if number not in but][:most]
    return len(session.execute(delete(file).where(file.c.id.in_(old)).returning(file.c.id)).all()) if old else 0


def find_file(session: Session, number: int) -> StoredFile | None:
    """A file by its number; who may see it is asked by whoever shows it."""
    return session.get(StoredFile, number)
