"""Platforms that upload for the maintainers of a made-up city, and remember what was acknowledged."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from contractors.world import FIRST_CHAT, Contractor, found
from sqlmodel import select

from actions.actors import find_actors
from actions.interface.keys import By, Scope, make_key
from actions.records.content import written
from schedules.items import VERSION, LiftClass, items_of
from schedules.items import lift_class as class_of
from schedules.moments import day_of
from store.database import Database
from store.doors import TELEGRAM
from store.lifts import Lift
from store.records import VisitKind
from tixing.client import Client
from tixing.interface.sandbox import connect

BATCH = 50  # records of one request
CITY_OFFICER = str(FIRST_CHAT + 3)
Records = list[dict[str, Any]]


@dataclass
class Platform:
    """Uploads for one maintainer, and remembers what was acknowledged, and when."""

    key: str
    lifts: Sequence[tuple[str, str]]  # the code and the kind of each
    number: int
    sent: int = 0
    batches: list[Records] = field(default_factory=list)
    acknowledged: list[tuple[float, list[str]]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    refused: int = 0

    def next_batch(self, now: datetime) -> Records:
        """The next lifts in turn, each visited a moment ago."""
        made = []
        for _ in range(BATCH):
            code, kind = self.lifts[self.sent % len(self.lifts)]
            self.sent += 1
            made.append(_record(code, kind, f"P{self.number}-{self.sent}", now - timedelta(minutes=10)))
        self.batches.append(made)
        return made

    def send(self, address: str, batch: Records) -> None:
        """Send one; OSError or ProblemError where it was not answered."""
        began = time.monotonic()
        answer = Client(address, self.key).upload_batch({"records": batch})
        self.waits.append(time.monotonic() - began)
        self.refused += answer["refused"]
        kept = [said["external_id"] for said, it in zip(batch, answer["results"], strict=True) if not it["errors"]]
        self.acknowledged.append((time.monotonic(), kept))


def found_platforms(database: Database, lifts: int) -> list[Platform]:
    """A city in the store, with a platform for each maintainer; a key for each."""
    now = datetime.now(UTC)
    with database.write() as session:
        world = found(session, seed=1, lifts=lifts, today=day_of(now), now=now - timedelta(days=1))
        [officer] = find_actors(session, TELEGRAM, CITY_OFFICER)
        platforms = []
        for number, contractor in enumerate(world.contractors.values()):
            [admin] = find_actors(session, TELEGRAM, contractor.admin)
            connect(session, admin, officer, now)
            by = By("soak", "soak", now)
            key = make_key(session, by, party_id=contractor.party_id, scopes=list(Scope), lasts=timedelta(days=1))[1]
            platforms.append(Platform(key, _codes(session, contractor), number))
        return platforms


def _codes(session: Any, contractor: Contractor) -> list[tuple[str, str]]:
    lifts = session.exec(select(Lift)).all()
    return [(one.key, one.kind or "") for one in lifts if one.id in set(contractor.lift_ids)]


def _record(code: str, kind: str, name: str, done: datetime) -> dict[str, Any]:
    of, said = class_of(kind) or LiftClass.TRACTION, written(done)
    items = items_of(of, VisitKind.HALF_MONTH)
    fine = {one.code: str(one.measure.fine) for one in items if one.measure is not None}
    return {
        "lift": code,
        "external_id": name,
        "kind": VisitKind.HALF_MONTH.value,
        "table": VERSION,
        "lift_class": of.value,
        "count": len(items),
        "completed_at": said,
        "items": {name: {"result": "ok", "value": value} for name, value in fine.items()},
        "workers": [{"name": "何师傅", "certificate": "粤A-0001", "signed_at": said}],
    }
