"""The small city in a store of its own, and `tixing campaign` on it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from phones.world import World, found_world
from sqlmodel import Session, col, select
from typer.testing import CliRunner, Result

from store.database import Database
from store.tasks import Task, TaskKind, TaskStatus
from tixing.cli import app

HEADER = "设备代码,使用登记证编号,行政区,使用单位名称,地址"


@dataclass
class Store:
    """The small city, and the command on it."""

    url: str
    folder: Path
    world: World

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(app, ["campaign", *words])

    def json(self, *words: str) -> dict[str, Any]:
        result = self.run(*words, "--json")
        assert result.exception is None, result.exception
        found: dict[str, Any] = json.loads(result.stdout)
        return found

    def list(self, *rows: str) -> str:
        path = self.folder / "list.csv"
        path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
        return str(path)

    def take(self, *rows: str) -> dict[str, Any]:
        return self.json("import", self.list(*rows), "--year", "2027")

    def tasks(self, kind: TaskKind) -> dict[str, dict[str, Any]]:
        """Those that are open, by key: what stands in each, and its owner."""
        query = select(Task).where(Task.kind == kind, Task.status == TaskStatus.OPEN).order_by(col(Task.key))
        return self.write(
            lambda session: {one.key: one.detail | {"owner": one.owner_party_id} for one in session.exec(query)}
        )

    def write(self, do: Callable[[Session], Any]) -> Any:
        database = Database(self.url)
        with database.write() as session:
            done = do(session)
        database.close()
        return done


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """The small city in a file, founded once."""
    path = tmp_path_factory.mktemp("city") / "store.sqlite"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    with database.write() as session:
        world = found_world(session)
    database.close()
    return path, world


@pytest.fixture
def store(founded: tuple[Path, World], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """On the day on which the city was founded."""
    path, world = founded
    url = f"sqlite:///{copy(path, tmp_path)}"
    monkeypatch.setenv("TIXING_DATABASE_URL", url)
    monkeypatch.setattr("tixing.commands.campaign.now_utc", lambda: datetime(2026, 11, 23, 2, tzinfo=UTC))
    return Store(url, tmp_path, world)
