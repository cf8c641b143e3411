"""A platform of a maintainer in the small city, with its key, and the application that it asks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from phones.world import NOW, World, found_world
from sqlmodel import Session, col, select

from actions.interface.keys import By, Scope, make_key
from actions.records.content import written
from portal.api.app import Api
from portal.api.gate import Limits
from portal.app import make_app
from portal.limits import Limit
from schedules.items import VERSION, LiftClass, items_of
from store.database import Database
from store.records import MaintenanceRecord, RecordEntry, VisitKind
from tixing.interface.sandbox import connect

OFTEN = Limits(wrong=Limit(10_000, 60), asked=Limit(100_000, 60))
BY = By("陈一鸣", "对接测试", NOW)


def measured(kind: VisitKind, lift_class: LiftClass = LiftClass.TRACTION) -> dict[str, Any]:
    """A value that is fine for each item that is measured."""
    items = [one for one in items_of(lift_class, kind) if one.measure is not None]
    return {one.code: {"result": "ok", "value": str(one.measure.fine)} for one in items}


def found_key(session: Session, party_id: int, **how: Any) -> str:
    """A new key that is good for everything."""
    return make_key(session, BY, **{"party_id": party_id, "scopes": list(Scope), "lasts": timedelta(days=365), **how})[
        1
    ]


def found_platform(session: Session) -> tuple[World, str]:
    """The small city, in which the maintainer's own platform is listed, and its key."""
    world = found_world(session)
    connect(session, world.actor(session, "maintainer_admin"), world.actor(session, "city_regulator"), NOW)
    return world, found_key(session, world.parties["maintainer"])


@dataclass
class Platform:
    """`now` moves as a test wants."""

    database: Database
    world: World
    key: str
    now: datetime = NOW
    numbers: int = 0
    client: TestClient = field(init=False)
    limits: Limits = field(default_factory=lambda: OFTEN)

    def __post_init__(self) -> None:
        api = Api(limits=self.limits, private=True)
        self.client = TestClient(make_app(self.database, lambda: self.now, api=api), raise_server_exceptions=False)

    def new_key(self, session: Session, party_id: int, **how: Any) -> str:
        return found_key(session, party_id, **how)

    @property
    def lift(self) -> str:
        return self.lift_key("own")

    def lift_key(self, whose: str, number: int = 0) -> str:
        start = 1000 * (1 + ["own", "other", "elsewhere"].index(whose))
        return f"3110990012017{start + number:04d}"

    def said(self, kind: VisitKind = VisitKind.HALF_MONTH, **more: Any) -> dict[str, Any]:
        """A record with nothing wrong, of a visit that ended ten minutes ago."""
        self.numbers += 1
        done = written(self.now - timedelta(minutes=10))
        return {
            "lift": self.lift,
            "external_id": f"R-{self.numbers}",
            "kind": kind.value,
            "table": VERSION,
            "lift_class": "A",
            "count": len(items_of(LiftClass.TRACTION, kind)),
            "completed_at": done,
            "items": measured(kind),
            "workers": [{"name": "何师傅", "certificate": "粤A-0001", "signed_at": done}],
        } | more

    def ask(self, method: str, path: str, *, key: str | None = None, **more: Any) -> Response:
        headers = {"Authorization": f"Bearer {self.key if key is None else key}", **more.pop("headers", {})}
        return self.client.request(method, f"/api/v1{path}", headers=headers, **more)

    def upload(self, **more: Any) -> Response:
        return self.ask("POST", "/records", json=self.said(**more))

    def records(self) -> list[MaintenanceRecord]:
        with self.database.read() as session:
            return list(session.exec(select(MaintenanceRecord).order_by(col(MaintenanceRecord.id))))

    def entries(self) -> int:
        with self.database.read() as session:
            return len(session.exec(select(RecordEntry)).all())


@pytest.fixture
def make_platform(database: Database) -> Iterator[Callable[..., Platform]]:
    """`make_platform(limits=…)`, once."""
    made: list[Platform] = []

    def make(**more: Any) -> Platform:
        with database.write() as session:
            world, key = found_platform(session)
        made.append(Platform(database, world, key, **more))
        return made[-1]

    yield make
    for one in made:
        one.client.close()


@pytest.fixture
def platform(make_platform: Callable[..., Platform]) -> Platform:
    """The maintainer's own."""
    return make_platform()
