"""Chats follow a person whom the register names anew, and nobody else who has their number."""

from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from actions.actors import Asked, current_actor, find_actors
from actions.identity.doors import act_for
from actions.identity.following import follow_people
from actions.identity.staff import end_by_hand
from store.database import Database
from store.parties import Chat, Contact


def rename(database: Database, contact_id: int, today: Any, *, gap: int = 0, name: str = "陈先生") -> int:
    """The register writes the name anew; the new contact."""
    with database.write() as session:
        former = session.get_one(Contact, contact_id)
        former.to_on = today
        after = Contact(
            party_id=former.party_id,
            role=former.role,
            name=name,
            phone=former.phone,
            from_on=today + timedelta(days=gap),
        )
        session.add(after)
        session.flush()
        return after.id


def test_another_spelling_of_the_name_keeps_the_chat(database: Database, town: Any) -> None:
    [me, *_] = town.share(database)
    with database.write() as session:
        act_for(session, Asked(me, town.now, town.today, "1"), contact_id=town.chen[0])
    after = rename(database, town.chen[0], town.today)
    with database.write() as session:
        assert follow_people(session) == 1
        assert follow_people(session) == 0
    with database.read() as session:
        assert [one.contact_id for one in find_actors(session, "telegram", "42")] == [town.chen[1], after]
        now = current_actor(session, "telegram", "42")
        assert now is not None
        assert now.contact_id == after


def test_a_telephone_that_is_handed_on_takes_no_chat_along(database: Database, town: Any) -> None:
    town.share(database)
    rename(database, town.chen[0], town.today, name="赵六")
    with database.write() as session:
        assert follow_people(session) == 0
    with database.read() as session:
        assert [one.contact_id for one in find_actors(session, "telegram", "42")] == [town.chen[1]]


def test_a_number_that_comes_back_later_or_elsewhere_gets_no_old_chat(database: Database, town: Any) -> None:
    town.share(database)
    rename(database, town.chen[0], town.today, gap=1)
    with database.write() as session:
        end_by_hand(session, session.get_one(Contact, town.chen[1]), town.today)
        session.add(
            Contact(party_id=town.office, role="inspector", name="新", phone=town.chen_phone, from_on=town.today)
        )
    with database.write() as session:
        assert follow_people(session) == 0
    with database.read() as session:
        assert find_actors(session, "telegram", "42") == []
        assert session.exec(select(Chat).where(col(Chat.contact_id).not_in(town.chen))).all() == []
