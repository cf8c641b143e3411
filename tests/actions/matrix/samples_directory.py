"""Who is to be spoken to."""

from typing import Any

from phones.world import World
from sqlmodel import Session


def nothing(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {}


SAMPLES = {"directory": nothing}
