"""The survey: every lift's use unit and maintainer, whether their people can be reached, and how that is known."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sqlalchemy import select
from sqlmodel import Session

from actions.reachability.holdings import Chosen, Holding, load_holdings
from actions.reachability.people import KnownPerson, OpenTask, load_known, load_tasks
from actions.reachability.proofs import Proofs, load_proofs
from schedules.regimes import rules_in_force
from store.database import table_of
from store.lifts import LiftRole
from store.parties import Party

CHUNK = 500
DAYS = 90
Asked = tuple[str, str]
USUAL: dict[LiftRole, Asked] = {  # where the rulebook has no rung for the role
    LiftRole.USE_UNIT: ("unit_contact", "sms"),
    LiftRole.MAINTAINER: ("maintainer", "chat"),
}


class State(StrEnum):
    """How a lift's people can be reached, the worst first."""

    NOBODY_ANSWERS = "nobody_answers"  # no party stands in the register
    UNREACHABLE = "unreachable"
    CALL_ONLY = "call_only"  # a landline, or no channel for what is known: a person must call
    IN_DOUBT = "in_doubt"
    UNPROVED = "unproved"
    PROVED = "proved"


REACHABLE = (State.IN_DOUBT, State.UNPROVED, State.PROVED)
WORST_FIRST = tuple(State)


class WayTo(Protocol):
    """How a party's people could be reached: `by` is written, call or nobody."""

    @property
    def by(self) -> str: ...

    @property
    def contact_ids(self) -> tuple[int, ...]: ...


class Ways(Protocol):
    """The routing that sends, asked for many parties at once."""

    def __call__(self, session: Session, asked: Mapping[int, Iterable[Asked]], /) -> Mapping[int, WayTo]: ...


@dataclass
class Counts:
    """Lifts by state."""

    by_state: dict[State, int] = field(default_factory=lambda: dict.fromkeys(State, 0))

    @property
    def lifts(self) -> int:
        """All of them."""
        return sum(self.by_state.values())

    @property
    def reachable(self) -> int:
        """Those whose people can be reached in writing."""
        return sum(self.by_state[state] for state in REACHABLE)


@dataclass(frozen=True)
class PartyLine:
    """One party in one role."""

    city_id: str
    ref: str
    name: str
    role: LiftRole
    lifts: int
    state: State
    districts: tuple[str, ...]
    people: Sequence[KnownPerson]
    tasks: Sequence[OpenTask]


@dataclass(frozen=True)
class Survey:
    """`by_district` is by (city, district name, role). `parties`: the worst first, cut to what was asked for."""

    since: datetime
    total: Mapping[LiftRole, Counts]
    by_district: Mapping[tuple[str, str, LiftRole], Counts]
    parties: Sequence[PartyLine]
    parties_in_all: int


def survey(
    session: Session,
    ways: Ways,
    *,
    today: date,
    now: datetime,
    chosen: Chosen | None = None,
    days: int = DAYS,
    limit: int | None = None,
) -> Survey:
    """Count the lifts of the chosen part by the state of their people. A proof is not older than so many days."""
    since = now - timedelta(days=days)
    holdings = load_holdings(session, chosen or Chosen())
    asked = _whom_to_ask(session, holdings, today)
    states = _states(session, ways, asked, load_proofs(session, since))
    total: dict[LiftRole, Counts] = defaultdict(Counts)
    by_district: dict[tuple[str, str, LiftRole], Counts] = defaultdict(Counts)
    for holding in holdings:
        state = states[holding.role, holding.party_id]
        total[holding.role].by_state[state] += holding.lifts
        by_district[holding.city_id, holding.district, holding.role].by_state[state] += holding.lifts
    held = {key for key in states if key[1]}
    return Survey(since, total, by_district, _lines(session, holdings, states, limit), len(held))


def _whom_to_ask(
    session: Session, holdings: Sequence[Holding], today: date
) -> dict[tuple[LiftRole, int], frozenset[Asked]]:
    """For each role and party the audiences that its city's rungs address."""
    tellings: dict[tuple[str, LiftRole], set[Asked]] = defaultdict(set)
    for city_id in {holding.city_id for holding in holdings}:
        for rule in rules_in_force(session, city_id, today):
            for telling in (telling for step in rule.steps for telling in step.tells):
                if telling.via in USUAL:
                    tellings[city_id, LiftRole(telling.via)].add((telling.audience, telling.channel))
    return {
        (one.role, one.party_id): frozenset(tellings.get((one.city_id, one.role)) or {USUAL[one.role]})
        for one in holdings
    }


def _states(
    session: Session, ways: Ways, asked: Mapping[tuple[LiftRole, int], frozenset[Asked]], proofs: Proofs
) -> dict[tuple[LiftRole, int], State]:
    found: dict[tuple[LiftRole, int], State] = {(role, 0): State.NOBODY_ANSWERS for role in USUAL}
    for role in USUAL:
        of_role = {party_id: wanted for (one, party_id), wanted in asked.items() if one is role and party_id}
        for party_id, way in ways(session, of_role).items():
            found[role, party_id] = _state(way, proofs)
    return found


def _state(way: WayTo, proofs: Proofs) -> State:
    if way.by == "nobody":
        return State.UNREACHABLE
    if way.by == "call":
        return State.CALL_ONLY
    if proofs.in_doubt(way.contact_ids):
        return State.IN_DOUBT
    return State.PROVED if proofs.proved(way.contact_ids) else State.UNPROVED


def _lines(
    session: Session, holdings: Sequence[Holding], states: Mapping[tuple[LiftRole, int], State], limit: int | None
) -> list[PartyLine]:
    """A line for each party and role: by state, then by the number of lifts."""
    held: dict[tuple[LiftRole, int], list[Holding]] = defaultdict(list)
    for holding in holdings:
        if holding.party_id:
            held[holding.role, holding.party_id].append(holding)
    order = sorted(
        held, key=lambda key: (WORST_FIRST.index(states[key]), -sum(one.lifts for one in held[key]), key[1], key[0])
    )
    shown = order if limit is None else order[:limit]
    ids = sorted({party_id for _, party_id in shown})
    known, tasks, names = load_known(session, ids), load_tasks(session, ids), _names(session, ids)
    return [
        PartyLine(
            city_id=held[role, party_id][0].city_id,
            ref=names[party_id][0],
            name=names[party_id][1],
            role=role,
            lifts=sum(one.lifts for one in held[role, party_id]),
            state=states[role, party_id],
            districts=tuple(sorted({one.district for one in held[role, party_id]})),
            people=known.get(party_id, []),
            tasks=tasks.get(party_id, []),
        )
        for role, party_id in shown
    ]


def _names(session: Session, party_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    party = table_of(Party).c
    found: dict[int, tuple[str, str]] = {}
    for start in range(0, len(party_ids), CHUNK):
        query = select(party.id, party.ref, party.name).where(party.id.in_(party_ids[start : start + CHUNK]))
        found |= {party_id: (ref, name) for party_id, ref, name in session.execute(query)}
    return found
