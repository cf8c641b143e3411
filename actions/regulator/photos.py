"""Photos of a site check: kept for whoever sent them until they are part of a case, and read by who may read that."""

from hashlib import sha256

from sqlmodel import Session, col, select

from actions.actors import Asked
from actions.refusals import Refused
from actions.registry import verb
from actions.regulator.case_readers import HOLDERS
from actions.regulator.cases import STREET
from actions.regulator.scope import is_their_case
from store.cases import CaseStep
from store.doors import StoredFile

KINDS = {b"\xff\xd8\xff": ("image/jpeg", "jpg"), b"\x89PNG\r\n\x1a\n": ("image/png", "png")}
LARGEST = 10_000_000  # bytes


@verb(STREET)
def keep_case_photo(session: Session, asked: Asked, *, content: bytes) -> int:
    """Keep a photo; its id. The same one again is the same."""
    return keep_photo(session, asked, content)


def keep_photo(session: Session, asked: Asked, content: bytes) -> int:
    """Keep a photo for whoever sent it."""
    kind = next((kind for head, kind in KINDS.items() if content.startswith(head)), None)
    if kind is None or len(content) > LARGEST:
        raise Refused("case.no_photo")
    mime, ending = kind
    digest = sha256(content).hexdigest()
    query = select(StoredFile).where(StoredFile.sha256 == digest, StoredFile.address == asked.actor.address)
    known = session.exec(query).first()
    if known is not None:
        return known.id
    file = StoredFile(
        address=asked.actor.address,
        name=f"{asked.today.isoformat()}.{ending}",
        mime=mime,
        size=len(content),
        sha256=digest,
        content=content,
        at=asked.now,
    )
    session.add(file)
    session.flush()
    return file.id


@verb(HOLDERS, reads=True, case_id=is_their_case)
def case_photos(session: Session, asked: Asked, *, case_id: int) -> list[tuple[str, bytes]]:
    """The photos of a case, oldest first, as (name, content)."""
    steps = session.exec(select(CaseStep).where(CaseStep.case_id == case_id).order_by(col(CaseStep.id))).all()
    files = [session.get_one(StoredFile, photo) for step in steps for photo in step.photos]
    return [(file.name, file.content) for file in files]
