"""Twilio's status callbacks over HTTP: signed ones count once, all others change nothing."""

import base64
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from hashlib import sha1
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select
from starlette.datastructures import ImmutableMultiDict

from portal.app import make_app
from portal.twilio import TwilioDoor
from store.database import Database
from store.lifts import City
from store.notices import Delivery, Inbox, Notice, NoticeLog
from store.parties import Party

TOKEN, PUBLIC = "12345", "https://lifts.example.org"
NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TO = "+85251234567"
SID = f"SM{1:032x}"


def sign(path: str, form: dict[str, str], token: str = TOKEN) -> str:
    """As Twilio writes it down: the address, then every name and value in the order of the names, HMAC-SHA1."""
    said = PUBLIC + path + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), said.encode(), sha1).digest()).decode()


class Provider:
    """Calls back as Twilio does."""

    def __init__(self, client: TestClient, delivery_id: int) -> None:
        self.client = client
        self.path = f"/webhooks/twilio/status?delivery={delivery_id}"

    def say(self, status: str, sid: str = SID, *, signature: str | None = None, **more: str) -> int:
        form = {"MessageSid": sid, "MessageStatus": status, "To": TO, "From": "+14155552345", **more}
        return self.post(urlencode(form).encode(), sign(self.path, form) if signature is None else signature)

    def post(self, body: bytes, signature: str = "") -> int:
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        return self.client.post(self.path, content=body, headers=headers).status_code


@pytest.fixture
def delivery_id(database: Database) -> int:
    """An SMS that is being handed over: Twilio may know it, we don't know its id yet."""
    with database.write() as session:
        session.add(City(id="guangzhou", name="广州市"))
        session.flush()
        session.add(Party(id=1, city_id="guangzhou", ref="u-1", name="示例物业有限公司"))
        session.flush()
        day = date(2026, 11, 23)
        planned = {"planned_on": day, "send_on": day, "party_id": 1, "duty": "periodic_inspection"}
        rung = {"rule": "gz.inspection", "step": "sms", "audience": "unit_contact", "channel_class": "sms"}
        notice = Notice(city_id="guangzhou", **planned, **rung, template="gz.sms", status="unknown", tries=1)
        session.add(notice)
        session.flush()
        said = {"template": "gz.sms", "template_version": "0", "language": "zh", "body": "您好", "segments": 1}
        state = {"status": "unknown", "attempted_at": NINE, "settled_at": NINE}
        delivery = Delivery(notice_id=notice.id, channel="sms", address=TO, **said, **state)
        session.add(delivery)
        session.flush()
        return delivery.id


@pytest.fixture
def provider(database: Database, delivery_id: int) -> Iterator[Provider]:
    with TestClient(make_app(database, lambda: NINE, TwilioDoor(TOKEN, PUBLIC))) as client:
        yield Provider(client, delivery_id)


@pytest.fixture
def state(database: Database) -> Callable[[], tuple[Any, ...]]:
    """Everything that a callback could change."""

    def look() -> tuple[Any, ...]:
        with database.read() as session:
            return _delivery(session), session.exec(select(Notice.status)).one(), len(session.exec(select(Inbox)).all())

    return look


def _delivery(session: Session) -> tuple[str, str | None, str]:
    one = session.exec(select(Delivery)).one()
    return one.status, one.provider_id, one.error


def test_a_callback_settles_what_a_crash_had_left_open(
    provider: Provider, state: Callable[[], tuple[Any, ...]]
) -> None:
    assert provider.say("queued") == 204
    assert state()[:2] == (("sent", SID, ""), "sent")
    assert provider.say("delivered") == 204
    assert state() == (("delivered", SID, ""), "delivered", 2)


def test_the_same_callback_twice_is_one(
    provider: Provider, state: Callable[[], tuple[Any, ...]], database: Database
) -> None:
    provider.say("delivered")
    before = state()
    with database.read() as session:
        lines = len(session.exec(select(NoticeLog)).all())
    assert [provider.say("delivered") for _ in range(3)] == [204] * 3
    assert state() == before
    with database.read() as session:
        assert len(session.exec(select(NoticeLog)).all()) == lines


def test_a_late_one_does_not_overwrite_what_is_final(provider: Provider, state: Callable[[], tuple[Any, ...]]) -> None:
    provider.say("delivered")
    for late in ("sent", "queued", "failed", "undelivered"):
        assert provider.say(late) == 204
    assert state()[:2] == (("delivered", SID, ""), "delivered")


def test_what_never_arrived_is_planned_for_another_way(
    provider: Provider, state: Callable[[], tuple[Any, ...]]
) -> None:
    provider.say("undelivered", ErrorCode="30005")
    assert state()[:2] == (("failed", SID, "permanent: no such address: 30005"), "planned")


@pytest.mark.parametrize("signature", ["", "x", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "签"])
def test_a_forged_one_is_refused_and_changes_nothing(
    provider: Provider, state: Callable[[], tuple[Any, ...]], signature: str
) -> None:
    before = state()
    assert provider.say("delivered", signature=quote(signature)) == 403
    assert state() == before


def test_one_signed_for_another_delivery_or_with_another_token_is_refused(
    provider: Provider, state: Callable[[], tuple[Any, ...]]
) -> None:
    before = state()
    form = {"MessageSid": SID, "MessageStatus": "delivered", "To": TO}
    body = urlencode(form).encode()
    assert provider.post(body, sign("/webhooks/twilio/status?delivery=999", form)) == 403
    assert provider.post(body, sign(provider.path, form, token="54321")) == 403
    assert state() == before


def test_a_message_that_is_not_ours_is_answered_and_changes_nothing_of_ours(
    provider: Provider, state: Callable[[], tuple[Any, ...]]
) -> None:
    provider.path = "/webhooks/twilio/status?delivery=2147483647"
    assert provider.say("delivered", sid=f"SM{9:032x}") == 204
    provider.path = "/webhooks/twilio/status"
    assert provider.say("delivered", sid=f"SM{8:032x}") == 204
    assert state()[0] == ("unknown", None, "")


def test_the_number_of_a_delivery_helps_only_with_its_own_address(
    provider: Provider, state: Callable[[], tuple[Any, ...]]
) -> None:
    assert provider.say("delivered", To="+85251234568") == 204
    assert state()[0] == ("unknown", None, "")


def test_a_status_that_nobody_knows_is_kept_and_changes_nothing(
    provider: Provider, state: Callable[[], tuple[Any, ...]]
) -> None:
    assert provider.say("teleported") == 204
    assert state()[:2] == (("unknown", None, ""), "unknown")


@pytest.mark.parametrize("missing", ["MessageSid", "MessageStatus"])
def test_a_signed_one_without_its_parts_is_a_sentence(provider: Provider, missing: str) -> None:
    form = {"MessageSid": SID, "MessageStatus": "sent", "To": TO}
    del form[missing]
    assert provider.post(urlencode(form).encode(), sign(provider.path, form)) == 400


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(body=st.binary(max_size=300) | st.text(max_size=200).map(str.encode), signature=st.text(max_size=30).map(quote))
def test_whatever_is_posted_is_refused_with_a_4xx(provider: Provider, body: bytes, signature: str) -> None:
    assert 400 <= provider.post(body, signature) < 500


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["MessageSid", "MessageStatus", "To", "ErrorCode", "Body"]),
        st.text(max_size=80, alphabet=st.characters(exclude_categories=["Cs"])),
    )
)
def test_whatever_twilio_signs_is_never_a_500(provider: Provider, form: dict[str, str]) -> None:
    assert provider.post(urlencode(form).encode(), sign(provider.path, form)) in (204, 400)


def test_a_body_without_end_is_cut_off(provider: Provider) -> None:
    assert provider.post(b"a=" + b"x" * 100_000) == 413


def test_where_twilio_is_not_configured_nobody_answers(database: Database) -> None:
    with TestClient(make_app(database, lambda: NINE)) as client:
        assert Provider(client, 1).say("delivered") == 404


def test_signatures_of_twilios_own_tests(shared_data: Callable[[str], Path]) -> None:
    known = json.loads(shared_data("fixtures/twilio_signature_vectors.json").read_text(encoding="utf-8"))
    for vector in known["vectors"]:
        address = urlsplit(vector["url"])
        public = f"{address.scheme}://{address.netloc}"
        pairs = [
            (name, one)
            for name, value in (vector.get("params") or {}).items()
            for one in (value if isinstance(value, list) else [value])
        ]
        door = TwilioDoor(known["auth_token"], public)
        asked = vector["url"].removeprefix(public)
        assert door.is_signed(asked, ImmutableMultiDict(pairs), vector["signature"]) is vector["expected_valid"], vector
