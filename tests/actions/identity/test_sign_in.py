"""Signing in: a code to the telephone on file, the same answer to everybody else."""

from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from actions.actors import find_actors
from actions.identity.codes import DIGITS, code_key, make_code, use_code
from actions.identity.sign_in import (
    account_of,
    ask_code,
    check_code,
    open_session,
)
from actions.people.parties import bind_chat
from actions.refusals import Refused
from store.database import Database
from store.doors import WebAccount
from store.doubted import key_of_number
from store.identity import LostPhone, OneTimeCode
from store.parties import Chat, Contact
from store.tasks import Task, TaskKind

HERE = "192.0.2.1"


def other(code: str) -> str:
    return f"{(int(code) + 1) % 10**DIGITS:0{DIGITS}d}"


def test_a_code_opens_the_account_of_its_number_with_all_its_parties(
    database: Database, town: Any, ask: Any, check: Any
) -> None:
    code = ask("140 0000 0001")
    assert len(code) == DIGITS
    assert code.isdigit()
    account = check("+86 14000000001", f" {code[:3]} {code[3:]} ")
    with database.read() as session:
        stored = session.get_one(WebAccount, account)
        assert stored.phone == town.chen_phone
        actors = find_actors(session, "webchat", str(account))
        assert [one.contact_id for one in actors] == town.chen
        assert [one.party_id for one in actors] == town.units


def test_a_code_is_good_once(ask: Any, check: Any) -> None:
    code = ask("14000000001")
    assert check("14000000001", code) is not None
    assert check("14000000001", code) is None


def test_a_code_is_good_for_five_minutes(ask: Any, check: Any) -> None:
    code = ask("14000000001")
    assert check("14000000001", code, minutes=5) is None
    code = ask("14000000001", minutes=6)
    assert check("14000000001", code, minutes=10.9) is not None


def test_only_the_newest_code_fits(ask: Any, check: Any) -> None:
    first, second = ask("14000000001"), ask("14000000001", minutes=2)
    assert first == second or check("14000000001", first, minutes=2) is None
    assert check("14000000001", second, minutes=2) is not None


def test_after_five_wrong_tries_the_right_code_fits_no_more(database: Database, ask: Any, check: Any) -> None:
    code = ask("14000000001")
    assert [check("14000000001", other(code)) for _ in range(4)] == [None] * 4
    with database.read() as session:
        assert session.exec(select(OneTimeCode.tries)).one() == 4
    assert check("14000000001", other(code)) is None
    assert check("14000000001", code) is None


def test_the_fifth_try_may_be_right(ask: Any, check: Any) -> None:
    code = ask("14000000001")
    assert [check("14000000001", other(code)) for _ in range(4)] == [None] * 4
    assert check("14000000001", code) is not None


def test_a_code_of_one_number_opens_no_other(ask: Any, check: Any) -> None:
    code, others = ask("14000000001"), ask("14000000002")
    assert code == others or check("14000000002", code) is None
    assert check("14000000003", code) is None


def test_a_code_for_one_purpose_opens_nothing_else(database: Database, town: Any) -> None:
    with database.write() as session:
        asked = make_code(
            session, town.key, number=town.chen_phone, purpose="bind", asked_from="x", is_sent=True, now=town.now
        )
        assert asked.code is not None
        assert check_code(session, town.chen_phone, asked.code, "x", town.now, key=town.key) is None
        about = {"number": town.chen_phone, "purpose": "bind", "asked_from": "x"}
        assert use_code(session, town.key, code=asked.code, now=town.now, **about)


def test_a_stranger_is_asked_for_a_code_too_and_none_fits(
    database: Database, town: Any, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actions.identity.codes.secrets.randbelow", lambda _: 123456)  # the code that nobody was sent
    assert ask(town.nobody) is None
    with database.write() as session:
        assert check_code(session, town.nobody, "123456", HERE, town.now, key=town.key) is None
        assert session.exec(select(WebAccount)).all() == []
        assert session.exec(select(OneTimeCode.used_at)).one() is None


def test_the_store_does_the_same_work_for_a_stranger(database: Database, town: Any, ask: Any, check: Any) -> None:
    """Every statement, so that neither the answer nor its time says who is registered."""
    done: list[str] = []

    def work(phone: str) -> list[str]:
        done.clear()
        ask(phone)
        check(phone, "no code")
        return [statement for statement in done if "one-time" not in statement]

    event.listen(database.engine, "before_cursor_execute", lambda *about: done.append(about[2]))
    ask(town.li_phone)  # the driver's first statements
    known = work(town.chen_phone)
    assert work(town.nobody) == known
    assert len(known) > 5


def test_too_many_codes_for_a_number_are_refused_to_strangers_alike(ask: Any, town: Any) -> None:
    for phone in (town.chen_phone, town.nobody):
        ask(phone)
        with pytest.raises(Refused) as refused:
            ask(phone, minutes=0.5)
        assert (refused.value.name, refused.value.facts) == ("sign_in.too_often", {"minutes": 1})
        for number in range(1, 5):
            ask(phone, minutes=2 * number)
        with pytest.raises(Refused) as refused:
            ask(phone, minutes=30)
        assert refused.value.facts == {"minutes": 30}
        for number in range(5):
            ask(phone, minutes=100 + 2 * number)
        with pytest.raises(Refused):
            ask(phone, minutes=12 * 60)
        ask(phone, minutes=24 * 60 + 1)


def test_an_address_that_asks_for_many_numbers_is_stopped_and_others_go_on(ask: Any, town: Any) -> None:
    for number in range(60):
        ask(f"1400000{number + 100:04d}")
    with pytest.raises(Refused):
        ask(town.chen_phone)
    assert ask(town.chen_phone, address="192.0.2.2") is not None


@pytest.mark.parametrize("text", ["", "1234", "陈一鸣", "14000000001 14000000002", "+" * 5000, "\ud800", "0"])
def test_what_is_no_number_is_said_to_be_none(text: str, ask: Any, check: Any) -> None:
    with pytest.raises(Refused) as refused:
        ask(text)
    assert refused.value.name == "sign_in.no_phone"
    assert check(text, "123456") is None


@pytest.mark.parametrize("code", ["", "０", "\ud800", "9" * 9999, "-00001"])
def test_odd_codes_are_wrong_codes(code: str, ask: Any, check: Any) -> None:
    ask("14000000001")
    assert check("14000000001", code) is None


def test_neither_codes_nor_numbers_can_be_read_in_the_store(database: Database, town: Any, ask: Any) -> None:
    code = ask(town.chen_phone)
    with database.read() as session:
        row = session.exec(select(OneTimeCode)).one()
        kept = " ".join(str(value) for value in row.model_dump().values())
        assert code not in kept.split()
        assert town.chen_phone not in kept
        assert HERE not in kept
        assert row.digest != ""
        assert len(row.digest) == 64


def test_the_key_is_the_deployments_or_the_stores_own(database: Database) -> None:
    with database.write() as session:
        own = code_key(session, None)
        assert code_key(session, None) == own
        assert len(own) == 32
        assert code_key(session, "a secret of thirty-two characters") != own


def test_the_same_code_at_once_opens_once(database: Database, town: Any, ask: Any, check: Any, at_once: Any) -> None:
    code = ask(town.chen_phone)
    accounts = at_once(8, lambda _: check(town.chen_phone, code))
    assert len([one for one in accounts if one is not None]) == 1


def test_many_wrong_tries_at_once_are_five(database: Database, town: Any, ask: Any, check: Any, at_once: Any) -> None:
    code = ask(town.chen_phone)
    assert at_once(12, lambda _: check(town.chen_phone, other(code))) == [None] * 12
    with database.read() as session:
        assert session.exec(select(OneTimeCode.tries)).one() == 5
    assert check(town.chen_phone, code) is None


def test_asked_for_at_once_one_code_is_made(town: Any, ask: Any, at_once: Any) -> None:
    found = at_once(8, lambda _: ask(town.chen_phone))
    assert len([one for one in found if isinstance(one, str)]) == 1
    assert len([one for one in found if isinstance(one, Refused)]) == 7


def test_two_browsers_sign_in_at_once_to_one_account(town: Any, database: Database, at_once: Any) -> None:
    """The account and its chats are made once."""
    codes: dict[str, Any] = {}
    for purpose in (town.chen_phone, town.li_phone):
        with database.write() as session:
            codes[purpose] = ask_code(session, purpose, HERE, town.now, key=town.key).code
    phones = [town.chen_phone, town.li_phone] * 3

    def enter(number: int) -> int | None:
        with database.write() as session:
            return check_code(session, phones[number], codes[phones[number]], HERE, town.now, key=town.key)

    found = [one for one in at_once(6, enter) if one is not None]
    assert len(found) == 2
    assert len(set(found)) == 2


def test_somebody_whom_the_register_drops_is_signed_in_no_more(
    database: Database, town: Any, ask: Any, check: Any
) -> None:
    account = check(town.chen_phone, ask(town.chen_phone))
    with database.write() as session:
        token = open_session(session, account, "Firefox", town.now)
        for contact_id in town.chen:
            session.get_one(Contact, contact_id).to_on = town.today
    with database.read() as session:
        assert find_actors(session, "webchat", str(account)) == []
        assert account_of(session, token, town.now) is None
    assert ask(town.chen_phone, minutes=5) is None


def test_somebody_whose_number_the_register_changes_is_a_stranger_there(
    database: Database, town: Any, ask: Any, check: Any
) -> None:
    account = check(town.chen_phone, ask(town.chen_phone))
    with database.write() as session:
        session.get_one(Contact, town.chen[0]).phone = town.nobody
    with database.read() as session:
        assert [one.contact_id for one in find_actors(session, "webchat", str(account))] == [town.chen[1]]


def test_a_number_in_doubt_binds_to_nothing_of_that_party(database: Database, town: Any, ask: Any, check: Any) -> None:
    with database.write() as session:
        session.add(doubt(town, town.chen_phone, town.units[0]))
    account = check(town.chen_phone, ask(town.chen_phone))
    with database.read() as session:
        assert [one.contact_id for one in find_actors(session, "webchat", str(account))] == [town.chen[1]]


def test_a_number_that_comes_into_doubt_rests(database: Database, town: Any, ask: Any, check: Any) -> None:
    account = check(town.chen_phone, ask(town.chen_phone))
    with database.write() as session:
        session.add(doubt(town, town.chen_phone, None))
    with database.read() as session:
        assert find_actors(session, "webchat", str(account)) == []
    assert ask(town.chen_phone, minutes=5) is None
    with database.write() as session:
        task = session.exec(select(Task)).one()
        task.status, task.closed_on = "done", town.today
    with database.read() as session:
        assert len(find_actors(session, "webchat", str(account))) == 2


def doubt(town: Any, phone: str, party_id: int | None) -> Task:
    key = key_of_number(phone, party_id)
    return Task(kind=TaskKind.BAD_PHONE, key=key, city_id="guangzhou", opened_on=town.today)


def test_no_code_goes_to_a_telephone_that_was_lost(database: Database, town: Any, ask: Any) -> None:
    with database.write() as session:
        session.add(LostPhone(phone=town.chen_phone, since_at=town.now, until_at=town.later(hours=24)))
    assert ask(town.chen_phone) is None
    assert ask(town.chen_phone, minutes=24 * 60 + 1) is not None


def test_a_chat_that_changes_hands_is_the_new_ones_alone(database: Database, town: Any, ask: Any, check: Any) -> None:
    account = check(town.chen_phone, ask(town.chen_phone))
    with database.write() as session:
        bind_chat(session, channel="webchat", address=str(account), contact_id=town.li)
    with database.read() as session:
        assert [one.contact_id for one in find_actors(session, "webchat", str(account))] == [town.li]
    assert check(town.chen_phone, ask(town.chen_phone, minutes=5), minutes=5) == account
    with database.read() as session:
        assert [one.contact_id for one in find_actors(session, "webchat", str(account))] == town.chen
        bound = session.exec(select(Chat.phone).where(Chat.active)).all()
        assert bound == [town.chen_phone] * 2
