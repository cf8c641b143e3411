"""A made-up city that has lived up to the day on which the demo opens; every test gets a copy of its store."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

from store.database import Database
from tixing.demo.city import DemoLift, make_city
from tixing.demo.data import CityData, city_data
from tixing.demo.passes import pass_day
from tixing.demo.play import DemoCity
from tixing.demo.run import OPENS_ON, open_city

BEGAN = date(2026, 8, 1)


@pytest.fixture(scope="session")
def data() -> CityData:
    return city_data()


@pytest.fixture(scope="session")
def lifts(data: CityData) -> list[DemoLift]:
    return make_city(data, BEGAN)


@pytest.fixture(scope="session")
def lived_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Lived through once, for all workers of a run."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "lived"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        city, done = folder / "city", folder / "done"
        if not done.exists():
            city.mkdir()
            database = Database(f"sqlite:///{city / 'demo.sqlite'}")
            open_city(database, city, OPENS_ON)
            database.close()
            done.touch()
    return city


@pytest.fixture
def copy_city(
    lived_folder: Path, tmp_path: Path, data: CityData, lifts: list[DemoLift]
) -> Iterator[Callable[[], DemoCity]]:
    """Makes a city on the opening day whose store nobody else uses."""
    databases: list[Database] = []

    def copy() -> DemoCity:
        folder = tmp_path / f"city{len(databases)}"
        shutil.copytree(lived_folder, folder)
        database = Database(f"sqlite:///{folder / 'demo.sqlite'}")
        databases.append(database)
        return DemoCity(database, data, lifts, pass_day, BEGAN)

    yield copy
    for database in databases:
        database.close()


@pytest.fixture
def city(copy_city: Callable[[], DemoCity]) -> DemoCity:
    return copy_city()
