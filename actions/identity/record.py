"""What people change about themselves and their colleagues is a fact with who said so; one tap is done once."""

from typing import Any

from sqlmodel import Session, select

from actions.actors import Asked
from store.events import Event, EventKind
from store.locks import hold

SOMEBODY_ELSE, STILL_NAMED = "somebody_else", "still_named"  # in the detail of a task about the people of a party


def done_before(session: Session, asked: Asked) -> dict[str, Any] | None:
    """What was recorded of this very tap, if it came before. Others who change the same people wait until we are done.

    To be asked before anything is read that is to be changed.
    """
    hold(session, f"people/{asked.actor.party_id}")
    query = select(Event.payload).where(Event.idempotency_key == _key(asked))
    payload = session.exec(query).first()
    return dict(payload) if payload is not None else None


def record(session: Session, asked: Asked, did: str, **about: Any) -> None:
    """Write down what was done; `about` holds ids and no numbers of telephones."""
    session.add(
        Event(
            kind=EventKind.PEOPLE_CHANGED,
            party_id=asked.actor.party_id,
            on_date=asked.today,
            known_on=asked.today,
            recorded_at=asked.now,
            payload={"did": did, "by": asked.actor.contact_id, **about},
            source=asked.actor.channel,
            idempotency_key=_key(asked),
        )
    )
    session.flush()


def _key(asked: Asked) -> str:
    return f"{asked.key}:people"
