"""Photos of a site check: kept for whoever sent them until they are part of a case, and read by who may read that."""

from sqlmodel import Session, col, select

from actions.actors import Asked
from actions.photos import keep_photo
from actions.registry import verb
from actions.regulator.case_readers import HOLDERS
from actions.regulator.cases import STREET
from actions.regulator.scope import is_their_case
from store.cases import CaseStep
from store.doors import StoredFile


@verb(STREET)
def keep_case_photo(session: Session, asked: Asked, *, content: bytes) -> int:
    """Keep a photo; its id. The same one again is the same."""
    return keep_photo(session, asked, content)


@verb(HOLDERS, reads=True, case_id=is_their_case)
def case_photos(session: Session, asked: Asked, *, case_id: int) -> list[tuple[str, bytes]]:
    """The photos of a case, oldest first, as (name, content)."""
    steps = session.exec(select(CaseStep).where(CaseStep.case_id == case_id).order_by(col(CaseStep.id))).all()
    files = [session.get_one(StoredFile, photo) for step in steps for photo in step.photos]
    return [(file.name, file.content) for file in files]
