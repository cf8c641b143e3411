"""Answers to requests that carry an Idempotency-Key: the same request again gets the same answer, for two days."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col

from store.database import insert_new
from store.interface import ApiAnswer

KEPT = timedelta(hours=48)


def find_answer(session: Session, key_id: int, name: str, now: datetime) -> ApiAnswer | None:
    """What was answered under this name, unless that is too long ago."""
    found = session.get(ApiAnswer, (key_id, name))
    return found if found is not None and found.at > now - KEPT else None


def keep_answer(session: Session, answer: ApiAnswer) -> None:
    """Keep it; an older one of that name goes, and so does all that is repeated no more."""
    session.execute(delete(ApiAnswer).where(col(ApiAnswer.at) <= answer.at - KEPT))
    insert_new(session, ApiAnswer, answer.model_dump())
