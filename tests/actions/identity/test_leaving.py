"""Somebody else does it now: nobody is bound by it until the department has called."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from actions.identity.bindings import people_with
from actions.identity.leaving import people_to_check, say_somebody_else, settle_successor
from actions.permissions import NotAllowedError
from actions.refusals import Refused
from store.database import Database
from store.parties import Contact
from store.tasks import Task, TaskKind

ZHAO = "+8614000000021"


def say(database: Database, asked: Any, *, name: str = "赵六", phone: str = ZHAO) -> int:
    with database.write() as session:
        return say_somebody_else(session, asked, name=name, phone=phone)


def settle(database: Database, asked: Any, task_id: int, *, is_true: bool) -> None:
    with database.write() as session:
        settle_successor(session, asked, task_id=task_id, is_true=is_true)


def test_a_successor_is_bound_only_when_the_department_has_settled_it(database: Database, town: Any, asks: Any) -> None:
    officer = asks(town.wang)
    tasks = {say(database, asks(town.chen[1], key="1")) for _ in range(2)}
    [task_id] = tasks
    with database.read() as session:
        assert people_with(session, ZHAO, town.now) == []
        chen = session.get_one(Contact, town.chen[1])
        assert (chen.to_on, chen.off_until) == (None, town.today + timedelta(days=30))
        [check] = people_to_check(session, officer)
        assert (check.who, check.phone, check.successor, check.number) == ("陈一鸣", "140****0001", "赵六", ZHAO)
    for _ in range(2):
        settle(database, asks(town.wang, key="2"), task_id, is_true=True)
    with database.read() as session:
        [added] = session.exec(select(Contact).where(Contact.phone == ZHAO)).all()
        assert (added.party_id, added.role, added.by_hand) == (town.units[1], "unit_contact", True)
        assert session.get_one(Contact, town.chen[1]).ended_by_hand
        assert session.get_one(Contact, town.chen[0]).to_on is None
        assert people_to_check(session, officer) == []


def test_what_is_not_so_leaves_everything_as_it_was(database: Database, town: Any, asks: Any) -> None:
    task_id = say(database, asks(town.chen[1], key="1"))
    settle(database, asks(town.wang, key="2"), task_id, is_true=False)
    with database.read() as session:
        chen = session.get_one(Contact, town.chen[1])
        assert (chen.to_on, chen.off_until) == (None, None)
        assert people_with(session, ZHAO, town.now) == []
    with pytest.raises(Refused) as error:
        settle(database, asks(town.wang, key="3"), task_id, is_true=True)
    assert error.value.name == "people.settled_already"


def test_said_again_with_another_name_it_is_one_task_with_the_newest(database: Database, town: Any, asks: Any) -> None:
    first, officer = say(database, asks(town.chen[1], key="1")), asks(town.wang)
    assert say(database, asks(town.chen[1], key="2"), name="钱七") == first
    with database.read() as session:
        assert [one.successor for one in people_to_check(session, officer)] == ["钱七"]


@pytest.mark.parametrize(
    ("name", "phone"), [("赵六", "12"), ("赵六", "14000000001"), ("", ZHAO), ("赵" * 41, ZHAO), ("赵\n六", ZHAO)]
)
def test_a_successor_has_a_name_and_a_number_of_their_own(
    database: Database, town: Any, asks: Any, name: str, phone: str
) -> None:
    with pytest.raises(Refused):
        say(database, asks(town.chen[1], key="1"), name=name, phone=phone)


def test_nobody_else_settles_it_and_no_officer_says_so(database: Database, town: Any, asks: Any) -> None:
    task_id = say(database, asks(town.chen[1], key="1"))
    for contact_id in (town.li, town.chen[0]):
        with pytest.raises(NotAllowedError):
            settle(database, asks(contact_id, key="2"), task_id, is_true=True)
    with pytest.raises(NotAllowedError):
        settle(database, asks(town.wang, key="3"), 999_999, is_true=True)
    with pytest.raises(NotAllowedError):
        say(database, asks(town.wang, key="4"))


def test_what_a_register_says_is_not_settled_so(database: Database, town: Any, asks: Any) -> None:
    with database.write() as session:
        task = Task(
            kind=TaskKind.PEOPLE_CHANGED,
            key="guangzhou/party 1",
            city_id="guangzhou",
            owner_party_id=town.office,
            party_id=town.units[0],
            detail={"said": "still_named", "who": "陈一鸣"},
            opened_on=town.today,
        )
        session.add(task)
    officer = asks(town.wang)
    with database.read() as session:
        assert people_to_check(session, officer) == []
    with pytest.raises(Refused):
        settle(database, asks(town.wang, key="1"), task.id, is_true=True)


def test_two_officers_who_settle_it_at_once_put_one_in_place(
    database: Database, town: Any, asks: Any, at_once: Any
) -> None:
    task_id = say(database, asks(town.chen[1], key="1"))
    taps = [asks(town.wang, key=f"tap {number}") for number in range(6)]

    def do(number: int) -> str:
        settle(database, taps[number], task_id, is_true=True)
        return "done"

    found = at_once(6, do)
    assert found.count("done") == 1
    assert len([one for one in found if isinstance(one, Refused)]) == 5
    with database.read() as session:
        present = select(Contact).where(Contact.phone == ZHAO, col(Contact.to_on).is_(None))
        assert len(session.exec(present).all()) == 1
