"""Whatever happens in whatever order: silence never signs without a consent that held, and of nobody who was not asked
in time or who has spoken."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from actions.people.consents import withdraw_consent
from actions.records.answering import note_on_maintenance, object_to_maintenance, sign_maintenance
from actions.records.upload import Origin
from actions.refusals import Refused
from store.consents import SigningConsent
from store.database import Database
from store.records import MaintenanceRecord, PlatformRole, RecordState

pytestmark = pytest.mark.one_store
HOURS = st.sampled_from([-30, -2, 1, 3, 9, 15, 24])
DEEDS = st.one_of(
    st.sampled_from(["consent", "withdraw", "upload", "upload late", "upload elsewhere", "send", "pass", "sign"]),
    st.sampled_from(["word", "object", "contact objects", "note"]),
    HOURS,
)
NIGHTLY = ["upload", "send", 15, "pass"]


@dataclass
class OneSession:
    """A store in which everything is one transaction, which is rolled back."""

    session: Session

    @contextmanager
    def write(self) -> Iterator[Session]:
        yield self.session
        self.session.flush()

    read = write


@dataclass
class Told:
    """What happened, as a bystander saw it."""

    asked: dict[int, datetime] = field(default_factory=dict)
    spoke: set[int] = field(default_factory=set)
    silenced: set[int] = field(default_factory=set)


@pytest.fixture
def trial(contractor: Any, database: Database) -> Any:
    @contextmanager
    def begin() -> Iterator[Any]:
        connection = database.engine.execution_options(tixing_write=True).connect()
        transaction = connection.begin()
        session = Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        contractor.database, contractor.taps = OneSession(session), 0
        contractor.at(10)
        try:
            yield contractor
        finally:
            transaction.rollback()
            connection.close()

    return begin


def records(contractor: Any) -> list[MaintenanceRecord]:
    return contractor.ask(
        lambda session: list(session.exec(select(MaintenanceRecord).order_by(col(MaintenanceRecord.id))))
    )


def act(contractor: Any, deed: str | int, told: Told) -> None:
    now, known = contractor.now, records(contractor)
    last = known[-1] if known else None
    if isinstance(deed, int):
        contractor.now += timedelta(hours=deed)
    elif deed == "consent":
        contractor.consent()
    elif deed == "withdraw":
        given_at = contractor.ask(lambda session: session.exec(select(SigningConsent.given_at)).all())
        if given_at and max(given_at) <= now:
            contractor.do(withdraw_consent)
    elif deed == "upload":
        contractor.upload()
    elif deed == "upload late":
        contractor.upload(completed_at=now - timedelta(hours=20))
    elif deed == "upload elsewhere":
        source = contractor.world.parties["maintainer"]
        key = f"elsewhere{len(known)}"
        contractor.upload(origin=Origin(source, key, PlatformRole.OWN, source_id=source, external_id=key))
    elif deed == "send":
        left = contractor.send()
        for one in left:
            for each in one.facts["records"]["each"] if one.template == "gp.sign" else ():
                told.asked.setdefault(each["record"], now)
    elif deed == "pass":
        contractor.end_day()
    elif last is not None and deed in ("sign", "word"):
        contractor.do(sign_maintenance, "legal_rep" if deed == "sign" else "unit_contact", record_ids=[last.id])
        if deed == "sign":
            told.spoke.add(last.id)
    elif last is not None and deed in ("object", "contact objects"):
        who = "safety_manager" if deed == "object" else "unit_contact"
        contractor.do(object_to_maintenance, who, record_id=last.id, text="不符")
        told.spoke.add(last.id)
    elif last is not None:
        contractor.do(note_on_maintenance, "worker", record_id=last.id, text="已复核")


def check(contractor: Any, told: Told) -> None:
    for record in records(contractor):
        if record.state != RecordState.SIGNED_BY_DEFAULT or record.id in told.silenced:
            continue
        told.silenced.add(record.id)
        consent = contractor.ask(lambda session, of=record: session.get_one(SigningConsent, of.consent_id))
        assert (record.platform, record.decided_by) == ("city", None)
        assert consent.given_at <= record.uploaded_at, "consent came after the push"
        assert consent.withdrawn_at is None or consent.withdrawn_at > record.sign_by, "consent had ended"
        assert told.asked[record.id] < record.sign_by <= contractor.now, "nobody was asked in time, or it is too early"
        assert record.id not in told.spoke, "somebody has spoken"


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(deeds=st.lists(DEEDS, min_size=4, max_size=9))
@example(deeds=["consent", *NIGHTLY])
@example(deeds=["consent", "upload", "withdraw", "consent", "send", 15, "pass"])
@example(deeds=["upload", "consent", "send", 15, "pass"])
@example(deeds=["consent", "upload", "send", 15, -30, "pass", "contact objects", 24, 24, "pass"])
@example(deeds=["consent", "upload", 15, "send", "pass"])
def test_silence_never_signs_without_consent(trial: Any, deeds: list[str | int]) -> None:
    told = Told()
    with trial() as contractor:
        for deed in deeds:
            try:
                act(contractor, deed, told)
            except Refused:
                continue
            check(contractor, told)
        if deeds == ["consent", *NIGHTLY]:
            assert len(told.silenced) == 1, "it does happen"
