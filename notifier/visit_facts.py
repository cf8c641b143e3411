"""What a notice about a visit says is looked at again before it leaves: the visit may have been changed since."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from store.attendance import who_comes
from store.database import table_of
from store.lifts import Lift
from store.notices import VISIT
from store.rowsets import among
from store.slots import Visit, VisitLift

Own = Mapping[str, Any]
COMING = "coming"  # who is there, as both sides have said
OFF = "off"  # stays true of a visit that has no lift any more


def still_true(session: Session, own: Mapping[int, Own]) -> dict[int, Own]:
    """The same facts by notice, without lifts that are not on the visit any more, and with who comes as it is known by
    now; none of a visit that was moved."""
    about = {notice_id: facts[VISIT] for notice_id, facts in own.items() if facts[VISIT]["deed"] != OFF}
    if not about:
        return dict(own)
    visit, place, lift = table_of(Visit), table_of(VisitLift), table_of(Lift)
    query = (
        select(visit.c.id, visit.c.sequence, lift.c.key)
        .join(place, place.c.visit_id == visit.c.id)
        .join(lift, lift.c.id == place.c.lift_id)
        .where(among(session, visit.c.id, sorted({one["visit"] for one in about.values()})), place.c.gone.is_(None))
    )
    coming = who_comes(session, {one["visit"] for one in about.values()})
    present: dict[tuple[int, int], set[str]] = defaultdict(set)
    for visit_id, sequence, key in session.execute(query):
        present[visit_id, sequence].add(key)
    found = dict(own)
    for notice_id, one in about.items():
        lifts = [place for place in one["lifts"] if place["key"] in present[one["visit"], one["sequence"]]]
        rest = {name: value for name, value in own[notice_id].items() if name != VISIT}
        now = {**one, "lifts": lifts, COMING: [asdict(person) for person in coming.get(one["visit"], ())]}
        found[notice_id] = rest | ({VISIT: now} if lifts else {})
    return found
