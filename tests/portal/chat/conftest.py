"""Somebody who is on file, a browser, and a bot that says back what it was told."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlmodel import select

from actions.people.parties import add_contact, find_or_add_party
from bot.webchat import UnknownButton
from portal.app import make_app
from portal.chat_door import ChatDoor, Limits
from portal.chat_watch import Watch
from store.chats import Line, change_line, find_file, offers_button, write_line
from store.database import Database
from store.doors import WEBCHAT, WebAccount
from store.duties import Duty, Told, ToldState
from store.lifts import City, Lift
from store.notices import Delivery, Notice
from store.parties import ContactRole

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY, DUE = date(2026, 11, 23), date(2027, 2, 28)
PUBLIC = "https://lifts.example.org"
CHEN, LI, NOBODY = "+8614000000001", "+8614000000002", "+8614000000009"


class EchoBot:
    """Answers at once what it was told. A deed that came before does nothing."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.deeds: list[tuple[str, str, str]] = []  # address, deed, what

    async def write(self, address: str, text: str, *, deed: str) -> None:
        if text != "/start":  # the page greets whoever is new; nothing comes of it here
            self._take(address, deed, f"text {text}", Line(address, "in", text))

    async def press(self, address: str, message_id: int, data: str, *, deed: str) -> str:
        with self.database.read() as session:
            if not offers_button(session, address, message_id, data):
                raise UnknownButton
        if self._take(address, deed, f"press {message_id} {data}", None):
            with self.database.write() as session:
                change_line(session, address, message_id, {"text": f"pressed {data}", "keyboard": None})
        return f"toast {data}"

    async def send_file(self, address: str, number: int, caption: str, *, deed: str) -> None:
        with self.database.read() as session:
            file = find_file(session, number)
        assert file is not None
        kind = "photo" if file.mime.startswith("image/") else "document"
        media = {"kind": kind, "file": number, "name": file.name, "mime": file.mime, "size": file.size}
        self._take(address, deed, f"file {file.name}", Line(address, "in", caption, media=media))

    async def send_location(self, address: str, lat: float, lon: float, *, deed: str) -> None:
        line = Line(address, "in", "", media={"kind": "location", "lat": lat, "lon": lon})
        self._take(address, deed, f"place {lat} {lon}", line)

    def _take(self, address: str, deed: str, what: str, line: Line | None) -> bool:
        if any(known[:2] == (address, deed) for known in self.deeds):
            return False
        self.deeds.append((address, deed, what))
        with self.database.write() as session:
            if line is not None:
                write_line(session, line, at=NOW)
            write_line(session, Line(address, "out", f"echo: {what}"), at=NOW)
        return True

    @property
    def told(self) -> list[str]:
        """What it was told, without whom."""
        return [what for _, _, what in self.deeds]


@dataclass
class Town:
    """A unit of two people with a lift; `sent` are the codes, `moment` what the clock shows."""

    database: Database
    moment: datetime = NOW
    sent: list[tuple[str, str, str]] = field(default_factory=list)
    contacts: dict[str, int] = field(default_factory=dict)
    number: int = 0

    def __post_init__(self) -> None:
        with self.database.write() as session:
            session.add(City(id="guangzhou", name="广州市"))
            session.flush()
            self.unit = find_or_add_party(session, city_id="guangzhou", name="广州示例云荔物业服务有限公司", kind="u")
            for name, phone in (("陈一鸣", CHEN), ("李二", LI)):
                self.contacts[phone] = add_contact(
                    session, party_id=self.unit, role=ContactRole.UNIT_CONTACT, name=name, phone=phone, as_of=TODAY
                )
            session.add(Lift(id=1, city_id="guangzhou", key="31101", district_code="440106"))
            session.flush()
            about = {"rule": "gz.inspection", "kind": "periodic_inspection", "cycle": str(DUE), "due": DUE}
            session.add(Duty(id=1, lift_id=1, **about))

    async def __call__(self, number: str, code: str, language: str) -> None:
        """Take a code to its telephone."""
        self.sent.append((number, code, language))

    def now(self) -> datetime:
        """What the clock shows."""
        return self.moment

    def say(self, address: str, text: str, **line: Any) -> int:
        """A line of the bot's; its number."""
        with self.database.write() as session:
            return write_line(session, Line(address, "out", text, **line), at=self.moment)

    def change(self, address: str, number: int, **changed: Any) -> None:
        """A line of the bot's says something else."""
        with self.database.write() as session:
            assert change_line(session, address, number, changed)

    def notify(self, address: str, *, at: datetime | None = None, status: str = "sent") -> tuple[int, int]:
        """A notice to this inbox; its line and its attempt. `sending`: the pass has not settled it yet."""
        self.number += 1
        at = at or self.moment
        plan = {"city_id": "guangzhou", "planned_on": TODAY, "send_on": TODAY, "party_id": self.unit, "tries": 1}
        rung = {"duty": "periodic_inspection", "rule": "gz.inspection", "step": f"step-{self.number}"}
        who = {"audience": "unit_contact", "channel_class": "chat", "template": "gz.call", "status": status}
        lease = {"lease_until": at + timedelta(minutes=5)} if status == "sending" else {"settled_at": at}
        with self.database.write() as session:
            notice = Notice(**plan, **rung, **who, **lease)
            session.add(notice)
            session.flush()
            key = {"duty_id": 1, "due": DUE, "step": notice.step, "party_id": self.unit}
            session.add(Told(**key, state=ToldState.TOLD, notice_id=notice.id, on_date=TODAY))
            said = {"template": "gz.call", "template_version": "0", "language": "zh", "body": "…", "segments": 1}
            line = write_line(session, Line(address, "out", "您好<&>：1台电梯"), at=at)
            change_line(session, address, line, {"notice_id": notice.id})
            settled = {"provider_id": str(line), "settled_at": at} if status == "sent" else {}
            attempt = Delivery(
                notice_id=notice.id, channel=WEBCHAT, address=address, attempted_at=at, status=status, **said, **settled
            )
            session.add(attempt)
            session.flush()
            return line, attempt.id

    def state_of(self, attempt: int) -> tuple[str, str]:
        """The states of an attempt and of its notice."""
        with self.database.read() as session:
            delivery = session.get_one(Delivery, attempt)
            return delivery.status, session.get_one(Notice, delivery.notice_id).status

    def account(self, address: str) -> WebAccount:
        """The account of an inbox."""
        with self.database.read() as session:
            return session.get_one(WebAccount, int(address))


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database)


@dataclass
class Phone:
    """A browser. It says where its page comes from, as browsers do."""

    client: TestClient
    town: Town
    origin: str = PUBLIC
    deeds: int = 0

    def post(self, path: str, body: dict[str, Any], **headers: str) -> Response:
        """Send something to the chat's door."""
        said = {"Origin": self.origin, "Content-Type": "application/json"} | headers
        return self.client.post(f"/chat/{path}", content=json.dumps(body), headers=said)

    def get(self, path: str, **asked: Any) -> Response:
        """Ask the chat's door."""
        return self.client.get(f"/chat/{path}", params=asked)

    def do(self, path: str, **body: Any) -> Response:
        """A deed with a name of its own."""
        self.deeds += 1
        return self.post(path, {"deed": f"deed-{self.deeds:04}", **body})

    def send(self, content: bytes, name: str = "a.jpg", **headers: str) -> Response:
        """A file."""
        self.deeds += 1
        said = {"Origin": self.origin, "X-Deed": f"deed-{self.deeds:04}", "X-Name": name}
        return self.client.post("/chat/files", content=content, headers=said | headers)

    def sign_in(self, number: str = CHEN) -> str:
        """In, by the code that comes; the inbox."""
        assert self.post("code", {"phone": number}).status_code == 200
        code = self.town.sent[-1][1]
        assert self.post("sign-in", {"phone": number, "code": code}).status_code == 200
        return self.inbox(number)

    def inbox(self, number: str) -> str:
        """The inbox of an account."""
        with self.town.database.read() as session:
            return str(session.exec(select(WebAccount.id).where(WebAccount.phone == number)).one())

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What it shows at once."""
        found: list[dict[str, Any]] = self.get("lines").json()["lines"]
        return found


MakePhone = Callable[..., Phone]


@pytest.fixture
def echo(database: Database) -> EchoBot:
    return EchoBot(database)


@pytest.fixture
def make_phone(town: Town, echo: EchoBot) -> Iterator[MakePhone]:
    """`make_phone(public_url=…, tries_out=…)`; several browsers of one server by `beside=`."""
    clients: list[TestClient] = []

    def make(
        public_url: str | None = PUBLIC,
        *,
        tries_out: bool = False,
        limits: Limits | None = None,
        at: str | None = None,
        client: tuple[str, int] = ("203.0.113.9", 5000),
        beside: Phone | None = None,
    ) -> Phone:
        if beside is not None:
            app: Any = beside.client.app
        else:
            watch = Watch(town.database, every=0.05)
            door = ChatDoor(echo, town, b"k" * 32, watch, public_url, tries_out, limits or Limits())
            app = make_app(town.database, town.now, chat_door=door)
        base = at or public_url or "http://localhost:8000"
        made = TestClient(app, base_url=base, client=client)
        clients.append(made)
        return Phone(made if beside is not None else made.__enter__(), town, base)

    yield make
    for client in reversed(clients):
        if getattr(client, "portal", None) is not None:
            client.__exit__(None, None, None)


@pytest.fixture
def phone(make_phone: MakePhone) -> Phone:
    return make_phone()


@pytest.fixture
def in_time() -> Callable[..., None]:
    """`in_time(check)`: waits until it holds."""

    def wait(check: Callable[[], bool], seconds: float = 10) -> None:
        until = time.monotonic() + seconds
        while not check():
            assert time.monotonic() < until, "it did not happen"
            time.sleep(0.02)

    return wait


@pytest.fixture
def client_without_chat(database: Database) -> TestClient:
    return TestClient(make_app(database, lambda: NOW))


@pytest.fixture
def client_with_chat(phone: Phone) -> TestClient:
    return phone.client
