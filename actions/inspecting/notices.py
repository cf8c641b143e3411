"""What is told of an inspection on site at once: to the unit and its maintainer, or to the department."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from actions.regulator.scope import bureau_of
from actions.visits.notices import COPY, TO_MAINTAINER, TO_UNIT, lifts_in_order
from schedules.announcements import parties_of
from schedules.regimes import rulebook_of
from schedules.rulebook import basis_of
from store.lifts import Lift, LiftRole, place_facts
from store.notices import ONSITE, Notice
from store.parties import party_name

BASES = {  # in the rulebook, by the template whose notices rest on it
    "onsite.aborted": "onsite.aborted",
    "onsite.record": "onsite.record",
    "gz.opinion": "gz.opinion",
    "onsite.rectify": "onsite.rectify",
    "onsite.concluded": "onsite.rectify",
    "onsite.desk": "onsite.rectify",
    "onsite.answered": "onsite.record",
    "onsite.taken_back": "onsite.record",
    "onsite.taken_back.reg": "onsite.record",
}
BOTH = (LiftRole.USE_UNIT, LiftRole.MAINTAINER)
COPIES = {"gz.opinion": "onsite.opinion.maint"}  # else the template's name with `.maint`


def tell_sides(
    session: Session,
    lift_ids: Sequence[int],
    template: str,
    about: dict[str, Any],
    today: date,
    *,
    roles: Collection[LiftRole] = BOTH,
) -> None:
    """Tell the unit and the maintainer of each of these lifts, or one of them: one notice for each party."""
    parties = parties_of(session, lift_ids, BOTH)
    units: dict[int, list[int]] = defaultdict(list)
    maintainers: dict[tuple[int, int | None], list[int]] = defaultdict(list)
    for lift_id in lift_ids:
        unit, maintainer = parties.get((lift_id, LiftRole.USE_UNIT)), parties.get((lift_id, LiftRole.MAINTAINER))
        if unit is not None and (LiftRole.USE_UNIT in roles or maintainer == unit):
            units[unit].append(lift_id)
        if maintainer is not None and maintainer != unit and LiftRole.MAINTAINER in roles:
            maintainers[maintainer, unit].append(lift_id)
    for unit, ids in sorted(units.items()):
        _add(session, unit, TO_UNIT, template, ids, about | {"unit": party_name(session, unit)}, today)
    copy = COPIES.get(template, f"{template}{COPY}")
    for (maintainer, whose), ids in maintainers.items():
        _add(session, maintainer, TO_MAINTAINER, copy, ids, about | {"unit": party_name(session, whose)}, today)


def tell_desk(
    session: Session, lift_ids: Sequence[int], department_id: int, about: dict[str, Any], today: date
) -> None:
    """Tell the department, a notice for each unit: something is handed in, objected to, or has lapsed."""
    units = parties_of(session, lift_ids, [LiftRole.USE_UNIT])
    theirs: dict[int | None, list[int]] = defaultdict(list)
    for lift_id in lift_ids:
        theirs[units.get((lift_id, LiftRole.USE_UNIT))].append(lift_id)
    for unit, ids in theirs.items():
        named = about | {"unit": party_name(session, unit)}
        _add(session, department_id, "inspection_department", "onsite.desk", ids, named, today)


def tell_bureau(session: Session, lift_id: int, template: str, about: dict[str, Any], today: date) -> None:
    """Tell the bureau of the lift's district, where there is one."""
    lift = session.get_one(Lift, lift_id)
    bureau = bureau_of(session, lift.city_id, lift.district_code)
    if bureau is not None:
        unit = parties_of(session, [lift_id], [LiftRole.USE_UNIT]).get((lift_id, LiftRole.USE_UNIT))
        named = about | {"unit": party_name(session, unit)}
        _add(session, bureau, "district_regulator", template, [lift_id], named, today)


def _add(
    session: Session,
    party_id: int,
    audience: str,
    template: str,
    lift_ids: Sequence[int],
    about: dict[str, Any],
    today: date,
) -> None:
    lifts = lifts_in_order(session, lift_ids)
    name = next(BASES[name] for name, copy in _names() if template in (name, copy))
    session.add(
        Notice(
            city_id=lifts[0].city_id,
            planned_on=today,
            send_on=today,
            party_id=party_id,
            duty=ONSITE,
            rule="",
            step=ONSITE,
            audience=audience,
            district_code=lifts[0].district_code or "",
            channel_class="chat",
            template=template,
            facts={
                ONSITE: about | {"lifts": [place_facts(lift) for lift in lifts]},
                "basis": basis_of(rulebook_of(session, lifts[0].city_id, today), name),
            },
        )
    )
    session.flush()


def _names() -> list[tuple[str, str]]:
    return [(name, COPIES.get(name, f"{name}{COPY}")) for name in BASES]
