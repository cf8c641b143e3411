"""Twilio as it calls us, and somebody who was told something."""

import base64
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha1
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlmodel import col, select

from portal.aliyun import AliyunDoor, path_secret
from portal.app import make_app
from portal.twilio import TwilioDoor
from store.database import Database
from store.duties import Duty, Told, ToldState
from store.events import Event
from store.lifts import City, Lift
from store.notices import Delivery, Notice, NoticeLog
from store.opt_outs import OptOut
from store.parties import AreaRole, Contact, Jurisdiction, Party
from store.tasks import Task

TOKEN, PUBLIC, NUMBER = "12345", "https://lifts.example.org", "+85251234567"
NINE, DAY, DUE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC), date(2026, 11, 23), date(2027, 2, 28)


@dataclass
class Twilio:
    """Signs what it says, and says it."""

    client: TestClient

    def say(self, path: str, *, signature: str | None = None, **form: str) -> Response:
        """A form with its signature, or with another one."""
        said = PUBLIC + path + "".join(name + form[name] for name in sorted(form))
        signed = base64.b64encode(hmac.new(TOKEN.encode(), said.encode(), sha1).digest()).decode()
        headers = {"X-Twilio-Signature": signed if signature is None else signature}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self.client.post(path, content=urlencode(form).encode(), headers=headers)


@pytest.fixture
def make_twilio(database: Database) -> Iterator[Callable[..., Twilio]]:
    """`make_twilio(guests=…)`."""
    clients: list[TestClient] = []

    def make(guests: frozenset[str] | None = None) -> Twilio:
        app = make_app(database, lambda: NINE, TwilioDoor(TOKEN, PUBLIC, guests))
        clients.append(TestClient(app))
        return Twilio(clients[-1].__enter__())

    yield make
    for client in clients:
        client.__exit__(None, None, None)


@dataclass
class Aliyun:
    """Pushes batches to its address, and what we wrote back."""

    client: TestClient
    secret: str
    written: list[tuple[str, str]]

    def push(self, kind: str, *items: Any, body: bytes | None = None, secret: str | None = None) -> Response:
        """A batch, or another body."""
        content = json.dumps(items).encode() if body is None else body
        path = f"/webhooks/aliyun/{self.secret if secret is None else secret}/{kind}"
        return self.client.post(path, content=content, headers={"Content-Type": "application/json"})


@pytest.fixture
def make_aliyun(database: Database) -> Iterator[Callable[..., Aliyun]]:
    """`make_aliyun(guests=…)`."""
    clients: list[TestClient] = []

    def make(guests: frozenset[str] | None = None, *, is_open: bool = True) -> Aliyun:
        written: list[tuple[str, str]] = []

        async def write_back(number: str, answer: Any) -> None:
            written.append((number, answer.signature + answer.text))

        secret = path_secret("a-secret-of-the-house")
        door = AliyunDoor(secret, write_back, guests) if is_open else None
        clients.append(TestClient(make_app(database, lambda: NINE, aliyun_door=door)))
        return Aliyun(clients[-1].__enter__(), secret, written)

    yield make
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def aliyun(make_aliyun: Callable[..., Aliyun]) -> Aliyun:
    return make_aliyun()


@pytest.fixture
def at_home(database: Database) -> "Person":
    """Somebody with a number of the mainland."""
    return Person(database, "+8614000000001")


@pytest.fixture
def twilio(make_twilio: Callable[..., Twilio]) -> Twilio:
    return make_twilio()


class Person:
    """The contact of a unit with two lifts, who was told of them."""

    def __init__(self, database: Database, number: str = NUMBER) -> None:
        self.database, self.number = database, number
        self.told = 0
        with database.write() as session:
            session.add(City(id="guangzhou", name="广州市"))
            session.flush()
            for party_id, name in ((1, "示例物业有限公司"), (900, "检验一部")):
                session.add(Party(id=party_id, city_id="guangzhou", ref=f"u-{party_id}", name=name))
            session.flush()
            desk = {"role": AreaRole.INSPECTION_DEPARTMENT, "party_id": 900, "from_on": DAY}
            session.add(Jurisdiction(city_id="guangzhou", district_code="*", **desk))
            session.add(Contact(id=5, party_id=1, role="legal_rep", name="李小满", phone=number, from_on=DAY))
            for number in (1, 2):
                session.add(Lift(id=number, city_id="guangzhou", key=f"3110{number}", district_code="440106"))
                session.flush()
                about = {"rule": "gz.inspection", "kind": "periodic_inspection", "cycle": str(DUE), "due": DUE}
                session.add(Duty(id=number, lift_id=number, **about))

    def tell(self, channel: str, body: str = "您好<&>", *, language: str = "zh", status: str = "sent") -> int:
        """Tell of both lifts; the id of the attempt, which the provider knows as <channel>-<number>."""
        self.told += 1
        with self.database.write() as session:
            plan = {"city_id": "guangzhou", "planned_on": DAY, "send_on": DAY, "party_id": 1, "tries": 1}
            rung = {"duty": "periodic_inspection", "rule": "gz.inspection", "step": f"step-{self.told}"}
            who = {"audience": "unit_head", "channel_class": "call", "template": "gz.call", "status": status}
            notice = Notice(**plan, **rung, **who)
            session.add(notice)
            session.flush()
            for duty_id in (1, 2):
                key = {"duty_id": duty_id, "due": DUE, "step": notice.step, "party_id": 1}
                session.add(Told(**key, state=ToldState.TOLD, notice_id=notice.id, on_date=DAY))
            said = {"template": "gz.call", "template_version": "0", "language": language, "body": body, "segments": 1}
            sent = {"status": status, "attempted_at": NINE, "settled_at": NINE}
            where = {"channel": channel, "address": self.number, "contact_id": 5}
            known = {"provider_id": f"{channel}-{self.told}"} if status == "sent" else {}
            delivery = Delivery(notice_id=notice.id, **where, **said, **sent, **known)
            session.add(delivery)
            session.flush()
            return delivery.id

    def all(self, model: Any) -> list[Any]:
        """All rows of a table in their order."""
        with self.database.read() as session:
            return list(session.exec(select(model).order_by(col(model.id))))

    @property
    def history(self) -> list[str]:
        """What the notices' own history says of answers."""
        return [line.detail for line in self.all(NoticeLog) if "answered" in line.detail]

    @property
    def tasks(self) -> list[tuple[str, str, str]]:
        """(kind, status, outcome)."""
        return [(task.kind, task.status, task.outcome) for task in self.all(Task)]

    @property
    def state(self) -> list[Any]:
        """Everything that an answer could change."""
        models = (Notice, Delivery, Event, Task, OptOut)
        return [[row.model_dump() for row in self.all(model)] for model in models]


@pytest.fixture
def person(database: Database) -> Person:
    return Person(database)
