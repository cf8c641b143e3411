"""When lifts are not inspected, as a department says: at rush hour those that people cannot do without, and never all
lifts of a building in the same half day.

A half day holds the rush hour, and is not closed for it: visits to such lifts begin when it is over, and say so.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from schedules.regimes import numbers_of
from store.database import in_chunks, table_of
from store.lifts import Lift, LiftStatus
from store.parties import Party
from store.settings import Setting
from store.slots import Half, Slot, VisitLift

SETTING = "slot_rules"  # for all departments, and slot_rules:<party> for one
FEES = ("exempt", "charged")  # of inspections: 免收, or by the scale of charges
PLACE_KIND = "place_kind"  # among a lift's `extra`, where the register has such a column


@dataclass(frozen=True)
class SlotRules:
    """`rush_until`: the time at which the morning's rush hour is over, empty: no such rule. It is for buildings with
    one lift, and for places whose kind holds one of `kinds`, those of the city's rulebook if not said. `spread`: never
    all lifts of a building at once.
    `fee`: one of FEES or nothing; never an amount."""

    rush_until: str = "09:30"
    kinds: tuple[str, ...] = ()
    spread: bool = True
    fee: str = ""


@dataclass(frozen=True)
class Crowd:
    """The lifts of one building that are wished for together; `total`: all in use there, `taken` by other visits."""

    lift_ids: frozenset[int]
    total: int
    taken: Mapping[tuple[date, str], int] = field(default_factory=Counter)

    def room(self, day: date, half: str) -> int:
        """How many of them may be inspected in this half day, so that one is left running."""
        return max(self.total - 1 - self.taken.get((day, half), 0), 0)

    @property
    def is_whole(self) -> bool:
        """Whether all lifts of the building are wished for."""
        return len(self.lift_ids) == self.total


def rules_of(session: Session, party_id: int) -> SlotRules:
    """What holds for this department."""
    said: dict[str, Any] = {}
    of_party = f"{SETTING}:{party_id}"
    rows = session.exec(select(Setting).where(col(Setting.key).in_((SETTING, of_party))))
    for row in sorted(rows, key=lambda row: row.key == of_party):
        said |= row.value
    party = session.get(Party, party_id)
    usual = SlotRules(kinds=numbers_of(session, party.city_id if party is not None else None).not_at_rush_hour)
    return replace(usual, **said | ({"kinds": tuple(said["kinds"])} if "kinds" in said else {}))


def set_rules(session: Session, party_id: int, **said: Any) -> SlotRules:
    """Say some of them for one department; the others stay."""
    rules = replace(rules_of(session, party_id), **said)
    session.merge(Setting(key=f"{SETTING}:{party_id}", value=asdict(rules) | {"kinds": list(rules.kinds)}))
    session.flush()
    return rules


def fee_said_by(session: Session, party_ids: Collection[int]) -> str:
    """What these departments say of the fee, where all say the same."""
    said = {rules_of(session, party_id).fee for party_id in party_ids}
    return said.pop() if len(said) == 1 else ""


def not_at_rush_hour(session: Session, lift_ids: Collection[int], rules: SlotRules) -> set[int]:
    """Those of these lifts that are inspected after the rush hour."""
    if not rules.rush_until:
        return set()
    lifts = session.exec(select(Lift).where(col(Lift.id).in_(sorted(set(lift_ids))))).all()
    alone = {ids[0] for ids in _buildings(session, lifts).values() if len(ids) == 1}
    return {lift.id for lift in lifts if lift.id in alone or _is_kind(lift, rules.kinds)}


def starts_at(session: Session, party_id: int, half: str | None, lift_ids: Collection[int]) -> str:
    """The time before which a visit to these lifts does not begin; empty: whenever the half day begins."""
    rules = rules_of(session, party_id)
    return rules.rush_until if half != Half.PM and not_at_rush_hour(session, lift_ids, rules) else ""


def crowds_of(session: Session, lift_ids: Collection[int], rules: SlotRules, first: date, last: date) -> list[Crowd]:
    """By building with more lifts than one, what else is inspected there in [first, last]."""
    return crowds_of_each(session, [lift_ids], rules, first, last)[0]


def crowds_of_each(
    session: Session, groups: Sequence[Collection[int]], rules: SlotRules, first: date, last: date
) -> list[list[Crowd]]:
    """The same of several groups of lifts, each by itself, looked up at once."""
    if not rules.spread or first > last:
        return [[] for _ in groups]
    lifts: list[Lift] = []
    for some in in_chunks(sorted({lift_id for group in groups for lift_id in group})):
        lifts += session.exec(select(Lift).where(col(Lift.id).in_(some))).all()
    buildings = [ids for ids in _buildings(session, lifts).values() if len(ids) > 1]
    of_lift = {lift_id: number for number, ids in enumerate(buildings) for lift_id in ids}
    taken = _taken(session, sorted(of_lift), first, last)
    found = []
    for group in groups:
        crowds = []
        for number in sorted({of_lift[lift_id] for lift_id in group if lift_id in of_lift}):
            ids = buildings[number]
            wished = frozenset(ids) & frozenset(group)
            others = Counter(half for lift_id in set(ids) - wished for half in taken.get(lift_id, ()))
            crowds.append(Crowd(wished, len(ids), others))
        found.append(crowds)
    return found


def fits_half(crowds: Sequence[Crowd], day: date, half: str) -> bool:
    """Whether all of them may be inspected in this half day."""
    return all(len(crowd.lift_ids) <= crowd.room(day, half) for crowd in crowds)


def share_out(
    lift_ids: Sequence[int], crowds: Sequence[Crowd], day: date, free: Mapping[str, int]
) -> dict[str, list[int]] | None:
    """These lifts over both halves of a day, the morning first, with a lift left running in each building; None where
    they do not fit. `free`: places by half."""
    of_crowd = {lift_id: crowd for crowd in crowds for lift_id in crowd.lift_ids}
    bound: list[int] = []  # for the afternoon, because their building has no more room in the morning
    early: list[int] = []
    for crowd in crowds:
        ids = sorted(crowd.lift_ids)
        in_morning = crowd.room(day, Half.AM)
        bound += ids[in_morning:]
        if len(ids) - min(in_morning, len(ids)) > crowd.room(day, Half.PM):
            return None
        early += ids[: max(len(ids) - crowd.room(day, Half.PM), 0)]
    rest = [lift_id for lift_id in lift_ids if lift_id not in {*bound, *early}]
    rest.sort(key=lambda lift_id: lift_id in of_crowd)
    space = free[Half.AM] - len(early)
    if space < 0:
        return None
    halves = {str(Half.AM): [*early, *rest[:space]], str(Half.PM): [*rest[space:], *bound]}
    return halves if len(halves[Half.PM]) <= free[Half.PM] else None


def _buildings(session: Session, lifts: Sequence[Lift]) -> dict[tuple[str, str, str], list[int]]:
    """Every lift in use of the buildings in which these stand; of one without a name nobody knows what is there."""
    named = {(lift.city_id, lift.compound, lift.building) for lift in lifts if lift.compound and lift.building}
    found: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    lift = table_of(Lift).c
    for compounds in in_chunks(sorted({compound for _, compound, _ in named})):
        query = select_rows(lift.id, lift.city_id, lift.compound, lift.building).where(lift.compound.in_(compounds))
        for lift_id, *place in session.execute(query.where(lift.status == LiftStatus.IN_USE).order_by(lift.id)):
            if tuple(place) in named:
                found[place[0], place[1], place[2]].append(lift_id)
    return found


def _taken(session: Session, lift_ids: Sequence[int], first: date, last: date) -> dict[int, list[tuple[date, str]]]:
    """The half days in which each of these lifts is inspected."""
    found: dict[int, list[tuple[date, str]]] = defaultdict(list)
    for some in in_chunks(lift_ids):
        query = select(col(VisitLift.lift_id), col(Slot.day), col(Slot.half))
        query = query.join(Slot, col(VisitLift.slot_id) == Slot.id).where(Slot.day >= first, Slot.day <= last)
        for lift_id, day, half in session.exec(
            query.where(col(VisitLift.lift_id).in_(some), col(VisitLift.gone).is_(None))
        ):
            found[lift_id].append((day, half))
    return found


def _is_kind(lift: Lift, kinds: Collection[str]) -> bool:
    kind = str((lift.extra or {}).get(PLACE_KIND, ""))
    return any(one in kind for one in kinds)
