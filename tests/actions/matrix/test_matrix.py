"""Who may what: every verb in every role, about what is one's own, another's, another district's; and by nobody.

It goes through the registry, so that a new verb cannot be forgotten: one without a sample fails.
"""

from dataclasses import replace
from importlib import import_module
from itertools import product
from pkgutil import walk_packages
from typing import Any

import pytest
from phones.world import NOW, PEOPLE, TODAY, World
from sqlmodel import Session

import actions
from actions.actors import Actor, Asked, Role, find_actors
from actions.permissions import NotAllowedError
from actions.registry import VERBS
from actions.sight import among_lifts_of
from actions.visits.inspections import RefusedError
from store.database import Database
from store.doors import TELEGRAM

for module in walk_packages(actions.__path__, "actions."):
    import_module(module.name)

WHOSE = ("own", "other", "elsewhere")
PERSON_OF = {role: role.value for role in Role}  # somebody in each role, at the parties that are ours


def test_every_verb_has_a_sample_and_every_sample_a_verb(samples: dict[str, Any]) -> None:
    assert set(samples) == set(VERBS)


def test_somebody_stands_in_every_role() -> None:
    assert {PERSON_OF[role] for role in Role} <= set(PEOPLE)


@pytest.mark.parametrize("name", sorted(VERBS))
def test_a_role_does_what_it_may_with_what_is_its_own(
    city: tuple[Database, World], samples: dict[str, Any], name: str
) -> None:
    database, world = city
    wrong = []
    for role, whose in product(Role, WHOSE):
        with Trial(database) as session:
            actor = world.actor(session, PERSON_OF[role])
            named = samples[name](session, world, whose)
            allowed = role in VERBS[name].roles and _is_theirs(session, actor, name, named)
            if _is_let_in(session, actor, name, named) is not allowed:
                wrong.append(f"{role} {'was kept from' if allowed else 'was let into'} what is {whose}")
    assert wrong == []


@pytest.mark.parametrize("name", sorted(VERBS))
def test_a_stranger_and_whoever_was_dropped_may_nothing(
    city: tuple[Database, World], samples: dict[str, Any], name: str
) -> None:
    database, world = city
    with Trial(database) as session:
        assert find_actors(session, TELEGRAM, str(world.people["revoked"].chat)) == []
        named = samples[name](session, world, "own")
        for role in VERBS[name].roles:
            lapsed = replace(world.actor(session, PERSON_OF[role]), channel=TELEGRAM, address="9001")
            assert not _is_let_in(session, lapsed, name, named), f"{name} by somebody who is no {role} any more"
            promoted = replace(world.actor(session, PERSON_OF[role]), districts=frozenset({"*", "elsewhere"}))
            assert not _is_let_in(session, promoted, name, named), f"{name} for districts that are not theirs"


class Trial:
    """A transaction that leaves nothing behind."""

    def __init__(self, database: Database) -> None:
        self._connection = database.engine.execution_options(tixing_write=True).connect()

    def __enter__(self) -> Session:
        self._transaction = self._connection.begin()
        return Session(self._connection, join_transaction_mode="create_savepoint", expire_on_commit=False)

    def __exit__(self, *_: Any) -> None:
        self._transaction.rollback()
        self._connection.close()


def _is_theirs(session: Session, actor: Actor, name: str, named: dict[str, Any]) -> bool:
    """Asked of the lifts by a query of our own; of other things by the verb's own guards."""
    for argument, guard in VERBS[name].guards.items():
        value = named.get(argument)
        if value is None:
            continue
        if argument in ("lift_id", "lift_ids"):
            ids = [value] if isinstance(value, int) else value
            if not among_lifts_of(session, actor, ids):
                return False
        elif not guard(session, actor, value):
            return False
    return True


def _is_let_in(session: Session, actor: Actor, name: str, named: dict[str, Any]) -> bool:
    """Whether the verb goes further than the door; that it then finds the thing senseless does not matter."""
    try:
        with session.begin_nested():
            VERBS[name].run(session, Asked(actor, NOW, TODAY, f"trial:{name}"), **named)
    except NotAllowedError:
        return False
    except RefusedError:
        return True
    return True
