"""What departments ask of their own day and week."""

from typing import Any

from phones.world import TODAY, World
from sqlmodel import Session


def today(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {"first": TODAY, "last": TODAY}


SAMPLES = {"summary_of_desk": today, "summary_lifts": today}
