"""While the store takes nothing, nobody is told that we took it: who can comes again."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event, text
from structlog.testing import capture_logs

from store.database import Database
from store.opt_outs import OptOut

pytestmark = pytest.mark.sqlite


@pytest.fixture
def held(database: Database) -> Iterator[Callable[[], Any]]:
    """`with held():` somebody else writes for longer than is waited for."""

    def hurry(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA busy_timeout = 10")

    database.engine.dispose()
    event.listen(database.engine, "connect", hurry)
    yield database.write
    database.engine.dispose()
    event.remove(database.engine, "connect", hurry)


def test_who_brings_something_is_asked_to_come_again(
    held: Any, person: Any, make_twilio: Any, make_aliyun: Any
) -> None:
    person.tell("sms")
    twilio, aliyun = make_twilio(), make_aliyun()
    stop = {"MessageSid": "SM1", "From": "+85251234567", "Body": "STOP"}
    report = {"phone_number": "14000000001", "success": True, "err_code": "DELIVERED", "biz_id": "sms-1"}
    with held() as session, capture_logs() as lines:
        session.execute(text("SELECT 1"))  # with its first statement it begins
        said = [
            twilio.say("/webhooks/twilio/sms", **stop),
            twilio.say("/webhooks/twilio/status?delivery=1", MessageSid="SM1", MessageStatus="delivered"),
            aliyun.push("sms-report", report),
            aliyun.push("sms-up", {"phone_number": "14000000001", "content": "T", "sequence_id": 1}),
        ]
    assert [(one.status_code, one.headers.get("Retry-After")) for one in said] == [(503, "60")] * 4
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["the store does not answer"] * 4
    assert aliyun.secret not in str(lines)
    assert person.all(OptOut) == []
    assert twilio.say("/webhooks/twilio/sms", **stop).status_code == 200
    assert [one.address for one in person.all(OptOut)] == ["+85251234567"]
