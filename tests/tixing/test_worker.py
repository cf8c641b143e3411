"""`tixing worker` as processes beside each other: one plans, all send, nobody is told twice, none is missed unseen."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, func, select

from actions.running.cities import ensure_city
from notifier.channels.twilio_sms import TwilioSms
from notifier.sending import BATCH, BATCH_SECONDS
from schedules.calendar import WorkingCalendar
from schedules.ladder import ensure_step_dates
from schedules.rulebook import load_rulebook
from schedules.turnover import note_derived
from store.database import Database
from store.duties import Duty, Told, ToldState
from store.leader import Leadership
from store.lifts import Lift, LiftRole, Responsibility
from store.notices import ChatMessage, Notice, NoticeStatus, PlanRun
from store.parties import Contact, ContactRole, Party
from store.settings import SENT_AS, Setting
from store.watch import Beat, Heartbeat
from tixing.cli import main
from tixing.times import business_day

PATIENCE = 60  # seconds that a loaded machine may take for any one step
IN_HAND = 2 * BATCH  # what one worker has begun at a time: a batch that is sent, and the one after it
AT_TWILIO = 2 * min(BATCH, int(TwilioSms.rates.per_second * BATCH_SECONDS))  # the same where a provider is slower
NOTICES = 2 * IN_HAND
NUMBER = IN_HAND + 20
GATE = 4711  # a lock of the server's at which messages wait while the test holds it
ACCOUNT, SECRET, SENDER = f"AC{'0' * 32}", "secret", "+14155552345"


def wait_for(condition: Callable[[], Any], *processes: subprocess.Popen[str]) -> Any:
    """What the condition gives once it is true; fails when a process ends before."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline
        for process in processes:
            assert process.poll() is None, process.communicate()[1]
        time.sleep(0.02)
    return found


@pytest.fixture
def start(database: Database) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """`start("a", TIXING_MODE="demo")`: a worker of that name on the test's store."""
    begun: list[subprocess.Popen[str]] = []

    def run(name: str, every: int = 1, **settings: str) -> subprocess.Popen[str]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("TIXING_")}
        environment |= {"TIXING_DATABASE_URL": database.url.render_as_string(hide_password=False), **settings}
        command = [
            sys.executable,
            "-c",
            "from tixing.cli import main; main()",
            "worker",
            "--name",
            name,
            "--every",
            str(every),
        ]
        begun.append(subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True))
        return begun[-1]

    yield run
    for process in begun:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def town(database: Database) -> Database:
    """A store with a city in which nothing is due."""
    with database.write() as session:
        ensure_city(session, "guangzhou", date(2025, 1, 1))
        note_derived(session, "guangzhou", today())
    return database


def today() -> date:
    return business_day(datetime.now(UTC))


def plan_notices(database: Database, number: int) -> None:
    """As many planned notices, each to a use unit of its own about one lift."""
    due = today() + timedelta(days=80)
    fixed = {"city_id": "guangzhou", "planned_on": today(), "send_on": today(), "duty": "periodic_inspection"}
    rung = {"rule": "gz.inspection", "step": "sms", "channel_class": "sms", "template": "gz.sms"}
    with database.write() as session:
        ensure_step_dates(session, load_rulebook("guangzhou").rules, [("gz.inspection", due)], WorkingCalendar())
        ids = range(10_001, 10_001 + number)
        session.add_all(Party(id=n, city_id="guangzhou", ref=f"u-{n}", name=f"广州示例{n}号有限公司") for n in ids)
        session.add_all(
            Lift(id=n, city_id="guangzhou", key=f"K{n}", valid_until=due, cycle=due, valid_precision="day") for n in ids
        )
        run = PlanRun(planned_on=today(), finished_at=datetime.now(UTC), notices=number, duties=number)
        session.add(run)
        session.flush()
        since, head = {"from_on": date(2025, 1, 1)}, {"role": ContactRole.UNIT_CONTACT, "name": "陈一鸣"}
        session.add_all(Contact(party_id=n, phone=f"+86140000{n}", **head, **since) for n in ids)
        session.add_all(Responsibility(lift_id=n, party_id=n, role=LiftRole.USE_UNIT, **since) for n in ids)
        session.add_all(
            Duty(id=n, rule="gz.inspection", kind="periodic_inspection", lift_id=n, cycle=str(due), due=due)
            for n in ids
        )
        session.add_all(Notice(id=n, party_id=n, run_id=run.id, audience="unit_contact", **fixed, **rung) for n in ids)
        session.flush()
        ledger = {"due": due, "step": "sms", "state": ToldState.RESERVED, "on_date": today()}
        session.add_all(Told(duty_id=n, party_id=n, notice_id=n, **ledger) for n in ids)


def ask(database: Database, question: Callable[[Session], Any]) -> Any:
    with database.read() as session:
        return question(session)


def statuses(database: Database) -> Counter[str]:
    return Counter(ask(database, lambda session: session.exec(select(Notice.status)).all()))


def signs(database: Database, kind: Beat) -> dict[str, datetime]:
    """When each process last gave a sign of life."""
    query = select(Heartbeat.process, Heartbeat.last_at).where(Heartbeat.kind == kind)
    return dict(ask(database, lambda session: session.exec(query).all()))


def owners(database: Database) -> list[str]:
    """Who has notices in hand."""
    query = select(Notice.lease_owner).where(Notice.status == NoticeStatus.SENDING).distinct()
    return ask(database, lambda session: session.exec(query).all())


@pytest.mark.slow
@pytest.mark.postgres
def test_of_two_workers_one_is_killed_midway_and_everybody_is_told_exactly_once(town: Database, start: Any) -> None:
    workers = {f"worker@{name}": start(name) for name in ("a", "b")}
    wait_for(lambda: signs(town, Beat.DISPATCH).keys() == workers.keys(), *workers.values())
    (leader,) = signs(town, Beat.PLAN)
    (other,) = workers.keys() - {leader}
    with town.engine.connect() as gate:
        gate.execute(text(f"SELECT pg_advisory_lock({GATE})"))
        gate.execute(
            text(
                f"""CREATE FUNCTION wait_midway() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF (SELECT count(*) FROM chat_message) >= {BATCH // 2} THEN
                    PERFORM pg_advisory_xact_lock_shared({GATE});
                END IF; RETURN NEW; END $$"""
            )
        )
        gate.execute(
            text("CREATE TRIGGER midway BEFORE INSERT ON chat_message FOR EACH ROW EXECUTE FUNCTION wait_midway()")
        )
        gate.commit()
        plan_notices(town, NOTICES)
        stalled = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :gate AND NOT granted")
        wait_for(lambda: ask(town, lambda s: s.execute(stalled, {"gate": GATE}).scalar_one()) == 2, *workers.values())
        assert len(owners(town)) == 2
        workers[leader].kill()
        workers[leader].wait()
        gate.execute(text(f"SELECT pg_advisory_unlock({GATE})"))
    wait_for(lambda: len(owners(town)) == 1, workers[other])
    wait_for(lambda: statuses(town) == {"sent": IN_HAND, "sending": IN_HAND}, workers[other])
    assert statuses(town) == {"sent": IN_HAND, "sending": IN_HAND}, "what the dead one had in hand waits for its lease"
    with town.write() as session:
        session.execute(text("UPDATE notice SET lease_until = '2000-01-01' WHERE status = 'sending'"))
    wait_for(lambda: statuses(town) == {"sent": NOTICES}, workers[other])
    addresses = ask(town, lambda session: session.exec(select(ChatMessage.address)).all())
    assert Counter(Counter(addresses).values()) == {1: NOTICES}
    assert ask(town, lambda s: s.exec(select(func.count()).where(Told.state == ToldState.TOLD)).one()) == NOTICES

    wait_for(lambda: other in signs(town, Beat.PLAN), workers[other])
    seen = signs(town, Beat.DISPATCH)
    assert seen[leader] < seen[other], "the dead one keeps its own last sign of life"
    workers[other].send_signal(signal.SIGTERM)
    _, said = workers[other].communicate(timeout=PATIENCE)
    assert (workers[other].returncode, "Traceback" in said) == (0, False)
    assert signs(town, Beat.DISPATCH).keys() == {leader, "worker"}, "who was told to go is not missed"


@pytest.mark.postgres
def test_when_the_one_that_plans_dies_another_plans_without_waiting_for_its_next_tick(
    town: Database, start: Any
) -> None:
    workers = {f"worker@{name}": start(name, every=300) for name in ("a", "b")}
    wait_for(lambda: signs(town, Beat.DISPATCH).keys() == workers.keys(), *workers.values())
    (leader,) = signs(town, Beat.PLAN)
    (other,) = workers.keys() - {leader}
    workers[leader].kill()
    workers[leader].wait()
    wait_for(lambda: other in signs(town, Beat.PLAN), workers[other])


def test_what_becomes_due_between_two_plans_does_not_wait_for_the_next_one(town: Database, start: Any) -> None:
    worker = start("a", every=300)  # longer than this test is patient
    wait_for(lambda: signs(town, Beat.DISPATCH), worker)
    plan_notices(town, 3)
    wait_for(lambda: statuses(town) == {"sent": 3}, worker)


@dataclass
class Twilio:
    """Keeps whom it was asked to tell and what was wrong with it; answers wait while it is shut."""

    spec: dict[str, Any]
    told: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    opened: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    def check(self, path: str, authorization: str | None, form: dict[str, str]) -> None:
        schema = self.spec["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
        self.faults += [f"unknown parameter {name}" for name in form if name not in schema["properties"]]
        self.faults += [f"missing parameter {name}" for name in schema["required"] if name not in form]
        if authorization != f"Basic {b64encode(f'{ACCOUNT}:{SECRET}'.encode()).decode()}" or ACCOUNT not in path:
            self.faults.append("wrong account")
        if form.get("From") != SENDER or not 1 <= len(form.get("Body", "")) <= 1600:
            self.faults.append("wrong sender or text")


@pytest.fixture
def twilio(shared_data: Callable[[str], Path]) -> Iterator[Twilio]:
    spec = json.loads(shared_data("specs/twilio_api_v2010.json").read_text(encoding="utf-8"))
    state = Twilio(spec["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]["post"])
    examples = state.spec["responses"]["201"]["content"]["application/json"]["examples"]
    example = examples["createWithQueuedStatus"]["value"]

    numbers = count(1)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            state.check(self.path, self.headers["Authorization"], form)
            state.told.append(form["To"])
            state.opened.wait(PATIENCE)
            said = json.dumps({**example, "sid": f"SM{next(numbers):032x}", "to": form["To"]}).encode()
            self.send_response(201)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield state
    state.opened.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.postgres
def test_told_to_stop_a_worker_settles_what_it_has_begun_and_claims_nothing_more(
    town: Database, start: Any, twilio: Twilio
) -> None:
    plan_notices(town, NUMBER)
    with town.write() as session:
        session.add(Setting(key=SENT_AS, value="real"))
    worker = start(
        "a",
        TIXING_MODE="live",
        TIXING_QUIET_HOURS="none",
        TIXING_TWILIO_ACCOUNT_SID=ACCOUNT,
        TIXING_TWILIO_AUTH_TOKEN=SECRET,
        TIXING_TWILIO_FROM=SENDER,
        TIXING_TWILIO_API=f"http://127.0.0.1:{twilio.port}",
    )
    wait_for(lambda: twilio.told and statuses(town).get("sending") == AT_TWILIO, worker)
    worker.send_signal(signal.SIGTERM)
    twilio.opened.set()
    _, said = worker.communicate(timeout=PATIENCE)
    assert (worker.returncode, "Traceback" in said) == (0, False)
    assert twilio.faults == []
    assert set(Counter(twilio.told).values()) == {1}
    waiting = NUMBER - len(twilio.told)
    assert statuses(town) == {"sent": len(twilio.told), "planned": waiting}
    assert waiting > BATCH  # what was on its way to the provider is finished, and nothing else
    untouched = (Notice.status == NoticeStatus.PLANNED, col(Notice.lease_until).is_(None), Notice.tries == 0)
    assert ask(town, lambda session: session.exec(select(func.count()).where(*untouched)).one()) == waiting


@pytest.mark.sqlite
@pytest.mark.parametrize("command", [("worker",), ("serve", "--port", "8765")])
def test_a_second_process_on_a_sqlite_store_is_refused_in_one_sentence(
    database: Database,
    command: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TIXING_DATABASE_URL", str(database.url))
    monkeypatch.setattr(sys, "argv", ["tixing", *command])
    with Leadership(database) as serving:
        assert serving.take()
        with pytest.raises(SystemExit) as ended:
            main()
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.count("\n") == 1
    assert said.startswith("tixing: another process serves sqlite:///")
    assert "move to a PostgreSQL database" in said
