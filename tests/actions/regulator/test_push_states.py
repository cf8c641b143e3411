"""How far each notice of a push has come, and whom to phone."""

from datetime import date

import pytest
from sqlmodel import select

from actions.permissions import NotAllowedError
from store.notices import Delivery
from store.parties import Contact


@pytest.fixture
def pushed(officials):
    officials.good, officials.bad = officials.unit("广州示例云荔物业服务有限公司"), officials.unit("业主代表")
    officials.lift(officials.good), officials.lift(officials.bad)
    officials.push = officials.do("draft_push", "ann").push_id
    officials.do("send_push", "ann", push_id=officials.push)
    return officials


def phones(officials, party):
    with officials.database.read() as session:
        return list(session.exec(select(Contact.phone).where(Contact.party_id == party)).all())


def states(officials, who="ann"):
    found = officials.do("push_states", who, push_id=officials.push)
    return {unit.party: unit for unit in found.units}, found.counts


def test_before_it_leaves_it_is_planned(pushed):
    units, counts = states(pushed)
    assert counts == {"planned": 2}
    assert all(not unit.phone for unit in units.values())


def test_what_failed_says_whom_to_phone_and_comes_first(pushed):
    pushed.send(broken=phones(pushed, pushed.bad))
    units, counts = states(pushed)
    assert (units["广州示例云荔物业服务有限公司"].arrival, units["业主代表"].arrival) == ("sent", "failed")
    assert counts == {"sent": 1, "failed": 1}
    assert sorted(person.phone for person in units["业主代表"].phone) == sorted(phones(pushed, pushed.bad))
    assert units["广州示例云荔物业服务有限公司"].phone == ()
    assert next(iter(units)) == "业主代表"


def test_a_receipt_says_that_it_arrived(pushed):
    pushed.send()
    with pushed.database.write() as session:
        for one in session.exec(select(Delivery)).all():
            one.status = "delivered"
    _, counts = states(pushed)
    assert counts == {"arrived": 2}


def test_the_office_sees_what_it_has_sent(pushed):
    pushed.do("draft_push", "bob")
    assert [(one.by, one.units, one.lifts, one.on) for one in pushed.do("pushes_sent", "bob")] == [
        ("ann", 2, 2, date(2026, 11, 23))
    ]
    assert pushed.do("pushes_sent", "there") == []


@pytest.mark.parametrize("who", ["there", "city", "street"])
def test_nobody_else_sees_it(pushed, who):
    with pytest.raises(NotAllowedError):
        states(pushed, who)
    with pytest.raises(NotAllowedError):
        pushed.do("show_push", who, push_id=pushed.push)
