"""Photos that people send in: kept for whoever sent them until they are part of a record."""

from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlmodel import Session, select

from actions.actors import Actor, Asked
from actions.refusals import Refused
from actions.sniffing import JPEG, PNG, sniff
from store.doors import StoredFile

KINDS = (JPEG, PNG)
LARGEST = 10_000_000  # bytes


def is_their_photo(session: Session, actor: Actor, photos: Any) -> bool:
    """A guard: files that came through this person's own door."""
    found = [session.get(StoredFile, photo) for photo in photos]
    return all(file is not None and file.address == actor.address for file in found)


def keep_photo(session: Session, asked: Asked, content: bytes) -> int:
    """Keep a photo; its id. The same one again is the same."""
    return keep_photo_at(session, asked.actor.address, content, now=asked.now, today=asked.today).id


def keep_photo_at(session: Session, address: str, content: bytes, *, now: datetime, today: date) -> StoredFile:
    """Keep a photo for whoever is at this address, which need be no chat."""
    kind = sniff(content, "")
    if kind not in KINDS or len(content) > LARGEST:
        raise Refused("case.no_photo")
    digest = sha256(content).hexdigest()
    known = find_photo_at(session, address, digest)
    if known is not None:
        return known
    file = StoredFile(
        address=address,
        name=f"{today.isoformat()}{kind.ending}",
        mime=kind.mime,
        size=len(content),
        sha256=digest,
        content=content,
        at=now,
    )
    session.add(file)
    session.flush()
    return file


def find_photo_at(session: Session, address: str, digest: str) -> StoredFile | None:
    """The photo of this digest (sha256, hex) that came to this address."""
    return session.exec(select(StoredFile).where(StoredFile.sha256 == digest, StoredFile.address == address)).first()
