"""Every verb, with sample arguments about what is one's own and what is another's: samples_<subject>.py."""

import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from phones.world import World, found_world
from sqlmodel import Session

from store.database import Database

Sample = Callable[[Session, World, str], dict[str, Any]]


@pytest.fixture(scope="session")
def samples() -> dict[str, Sample]:
    """By verb: from the world and whose things are meant (own, other, elsewhere) the arguments."""
    found: dict[str, Sample] = {}
    for path in sorted(Path(__file__).parent.glob("samples_*.py")):
        found.update(runpy.run_path(str(path))["SAMPLES"])
    return found


@pytest.fixture(scope="session")
def city(store_kind: str, stores: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, World]]:
    """The small city; each trial is rolled back."""
    database: Database = stores.make(store_kind, tmp_path_factory.mktemp("matrix"))
    with database.write() as session:
        world = found_world(session)
    yield database, world
    stores.drop(database)
