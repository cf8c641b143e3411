"""Fixtures that every room's tests share."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from store.database import Database

REQUIRED = set(os.environ.get("TIXING_REQUIRE", "").split(","))
SHARED = Path(__file__).resolve().parents[2] / "shared"


def skip_or_fail(what: str, reason: str) -> None:
    """Skip visibly; where TIXING_REQUIRE names `what`, fail instead."""
    if what in REQUIRED:
        pytest.fail(f"{reason} (TIXING_REQUIRE names {what!r})")
    pytest.skip(reason)


@pytest.fixture
def require() -> Callable[[str, str], None]:
    """`require("browser", "no Chromium found")`: a visible skip, or a failure where it is required."""
    return skip_or_fail


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """The path of a file of the data folder that lies beside a checkout, such as `registers/maryland.csv`."""

    def find(name: str) -> Path:
        path = SHARED / "data" / name
        if not path.exists():
            skip_or_fail("shared", f"the data file {name} is not beside this checkout")
        return path

    return find


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty store in a file of its own."""
    database = Database(f"sqlite:///{tmp_path / 'store.sqlite'}")
    database.migrate()
    yield database
    database.close()
