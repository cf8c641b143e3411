"""The rows of a list held against the register: found, missing, or the register says something else."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session, col, select

from actions.register.units import plain_name
from actions.register.words import half_width
from schedules.announcements import parties_of
from store.campaigns import CampaignRow, RowResult
from store.database import in_chunks
from store.lifts import Lift, LiftName, LiftRole, LiftStatus, NameKind
from store.parties import Party

# Names that are one lift's; a factory number or what a unit calls its lift may be another's as well.
OWN_NAMES = (
    NameKind.EQUIPMENT_CODE,
    NameKind.REGISTRATION_CODE,
    NameKind.MAPPED,
    NameKind.CERTIFICATE,
    NameKind.RESCUE,
)
BESIDE_WORDS = re.compile(r"[\W_]+")

Name = tuple[str, str]  # kind, value


@dataclass(frozen=True)
class Confirmed:
    """What came of a row; see `CampaignRow`. `district`: as listed, else that of the lift."""

    result: RowResult
    lift_id: int | None = None
    reasons: tuple[dict[str, Any], ...] = ()
    district: str = ""
    district_code: str | None = None


@dataclass(frozen=True)
class _Register:
    """What the register knows of the lifts that a list names."""

    by_name: dict[Name, set[int]]
    lifts: dict[int, Lift]
    names: dict[int, dict[str, set[str]]]
    units: dict[int, Party]


def confirm(session: Session, city_id: str, rows: Sequence[CampaignRow]) -> list[Confirmed]:
    """What comes of each of these rows, in their order; of several about one lift the first counts."""
    register = _load(session, city_id, rows)
    seen: dict[int | str, int] = {}
    found = []
    for row in rows:
        one = _confirm(row, register)
        key = one.lift_id if one.lift_id is not None else _own_key(row, one)
        if key is not None and key in seen:
            reasons = ({"what": "listed_twice", "line": seen[key]},)
            one = replace(one, result=RowResult.TWICE, lift_id=None, reasons=reasons)
        elif key is not None:
            seen[key] = row.line
        found.append(one)
    return found


def _own_key(row: CampaignRow, one: Confirmed) -> str | None:
    return f"missing {row.shown}" if one.result is RowResult.MISSING else None


def _confirm(row: CampaignRow, register: _Register) -> Confirmed:
    if "fault" in row.stated:
        return Confirmed(RowResult.UNREADABLE, None, ({"what": "unreadable", "listed": row.stated["fault"]},))
    where = (row.stated["district"], row.stated["district_code"])
    by_name = [register.by_name.get(name, set()) for name in _names(row)]
    candidates = set().union(*by_name)
    if not candidates:
        return Confirmed(RowResult.MISSING, None, ({"what": "not_in_register"},), *where)
    if len(candidates) > 1:
        keys = sorted(register.lifts[lift_id].key for lift_id in candidates)
        reasons = ({"what": "several_lifts", "register": ", ".join(keys)},)
        return Confirmed(RowResult.CONFLICTING, None, reasons, *where)
    lift = register.lifts[candidates.pop()]
    differences = tuple(_differences(row, lift, register))
    if where[1] is None:
        where = (lift.district, lift.district_code)
    return Confirmed(RowResult.CONFLICTING if differences else RowResult.FOUND, lift.id, differences, *where)


def _names(row: CampaignRow) -> list[Name]:
    """By what the row's lift is looked for: its own names, or, where it has none, the first that it has."""
    stated = [(kind, value) for kind, value, _ in row.stated["names"]]
    return [name for name in stated if name[0] in OWN_NAMES] or stated[:1]


def _differences(row: CampaignRow, lift: Lift, register: _Register) -> Iterable[dict[str, Any]]:
    stated = row.stated
    if lift.status != LiftStatus.IN_USE:
        yield {"what": lift.status}
    if stated["district_code"] and lift.district_code and stated["district_code"] != lift.district_code:
        yield _differ("other_district", stated["district"], lift.district)
    known = register.names[lift.id]
    for kind, value, shown in stated["names"]:
        if kind in OWN_NAMES and known.get(kind) and value not in known[kind]:
            yield _differ(f"other_{kind}", shown, ", ".join(sorted(known[kind])))
    unit = register.units.get(lift.id)
    if stated["unit"] and unit is not None and not _is_unit(stated, unit):
        yield _differ("other_unit", stated["unit"], unit.name)
    if not (_agrees(stated["address"], lift.address) and _agrees(stated["compound"], lift.compound)):
        here = " ".join(text for text in (stated["address"], stated["compound"]) if text)
        yield _differ("other_address", here, " ".join(text for text in (lift.address, lift.compound) if text))


def _differ(what: str, listed: str, register: str) -> dict[str, Any]:
    return {"what": what, "listed": listed, "register": register}


def _is_unit(stated: dict[str, Any], unit: Party) -> bool:
    if stated["credit_code"] and unit.credit_code:
        return bool(stated["credit_code"] == unit.credit_code)
    return plain_name(stated["unit"]) == plain_name(unit.name)


def _agrees(listed: str, register: str) -> bool:
    """Whether two places may be the same: one says no more than the other, or one says nothing."""
    one, other = (BESIDE_WORDS.sub("", half_width(text)).lower() for text in (listed, register))
    return one in other or other in one


def _load(session: Session, city_id: str, rows: Sequence[CampaignRow]) -> _Register:
    wanted = {name for row in rows if "fault" not in row.stated for name in _names(row)}
    by_name: dict[Name, set[int]] = defaultdict(set)
    for values in in_chunks(sorted({value for _, value in wanted})):
        query = select(LiftName.kind, LiftName.value, LiftName.lift_id).join(Lift, col(Lift.id) == LiftName.lift_id)
        query = query.where(Lift.city_id == city_id, col(Lift.withdrawn_on).is_(None), col(LiftName.value).in_(values))
        for kind, value, lift_id in session.exec(query.where(col(LiftName.until_on).is_(None))):
            if (kind, value) in wanted:
                by_name[kind, value].add(lift_id)
    ids = sorted(set().union(*by_name.values()))
    lifts: dict[int, Lift] = {}
    names: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for part in in_chunks(ids):
        lifts |= {lift.id: lift for lift in session.exec(select(Lift).where(col(Lift.id).in_(part)))}
        query_names = select(LiftName.lift_id, LiftName.kind, LiftName.value).where(col(LiftName.lift_id).in_(part))
        for lift_id, kind, value in session.exec(query_names.where(col(LiftName.until_on).is_(None))):
            names[lift_id][kind].add(value)
    return _Register(by_name, lifts, names, _units(session, ids))


def _units(session: Session, ids: Sequence[int]) -> dict[int, Party]:
    answering = parties_of(session, ids, [LiftRole.USE_UNIT])
    parties: dict[int, Party] = {}
    for part in in_chunks(sorted({party_id for party_id in answering.values() if party_id})):
        parties |= {party.id: party for party in session.exec(select(Party).where(col(Party.id).in_(part)))}
    return {lift_id: parties[party_id] for (lift_id, _), party_id in answering.items() if party_id in parties}
