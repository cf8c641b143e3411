"""Every verb that a person can use through a door, with who may: asked here and nowhere else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from actions.actors import Actor, Asked, Role, still_holds
from actions.permissions import NotAllowedError
from actions.sight import among_lifts_of

P = ParamSpec("P")
R = TypeVar("R")
Guard = Callable[[Session, Actor, Any], bool]
Action = Callable[Concatenate[Session, Asked, P], R]


@dataclass(frozen=True)
class Verb:
    """An action as people may use it. `guards`: for each argument that names something, whether it is theirs.

    `reads`: it changes nothing.
    """

    name: str
    roles: frozenset[Role]
    guards: Mapping[str, Guard]
    reads: bool
    run: Callable[..., Any] = field(compare=False)


VERBS: dict[str, Verb] = {}


def verb(roles: frozenset[Role], *, reads: bool = False, **guards: Guard) -> Callable[[Action[P, R]], Action[P, R]]:
    """Let people in these `roles` use an action, on what the guards of its arguments call theirs.

    The action takes the session, who asks (`Asked`), and named arguments. Whoever may not gets NotAllowedError, which
    does not say whether the thing exists. That the person still holds the role is asked in the same transaction.
    """

    def register(action: Action[P, R]) -> Action[P, R]:
        name = action.__name__
        if name in VERBS:
            raise ValueError(f"two actions are called {name}")

        def run(session: Session, asked: Asked, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if args:
                raise TypeError(f"{name} takes its arguments by name")
            _require(session, asked.actor, VERBS[name], kwargs)
            if not reads and not asked.key:
                raise ValueError(f"{name} changes something and needs a key")
            return action(session, asked, *args, **kwargs)

        update_wrapper(run, action)
        VERBS[name] = Verb(name, roles, guards, reads, run)
        return run

    return register


def may_use(actor: Actor, name: str) -> bool:
    """Whether this role has the verb at all: what is offered in a menu."""
    return actor.role in VERBS[name].roles


def their_lifts(session: Session, actor: Actor, lift_ids: Any) -> bool:
    """A guard: one lift or several, all of them theirs."""
    return among_lifts_of(session, actor, [lift_ids] if isinstance(lift_ids, int) else list(lift_ids))


def _require(session: Session, actor: Actor, wanted: Verb, arguments: Mapping[str, Any]) -> None:
    if actor.role not in wanted.roles or not still_holds(session, actor):
        raise NotAllowedError(f"this person may not {wanted.name}")
    for argument, guard in wanted.guards.items():
        value = arguments.get(argument)
        if value is not None and not guard(session, actor, value):
            raise NotAllowedError(f"this person may not {wanted.name} that")
