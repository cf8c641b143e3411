"""What a notice of a plan says is looked at again before it leaves: a round may be answered, moved or off by then."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from store.answerable import changed_rounds
from store.database import in_chunks
from store.notices import PLAN, WITHDRAWN
from store.plans import PlanRound, RoundState, YearPlanMade

Own = Mapping[str, Any]


def still_proposed(session: Session, own: Mapping[int, Own]) -> dict[int, Own]:
    """The same facts by notice with the rounds that wait for an answer as they are said; none of a plan that another
    has replaced, or of which nothing is left to say."""
    plans = {facts[PLAN]["plan"] for facts in own.values()}
    ids = sorted({one["id"] for facts in own.values() for one in facts[PLAN]["rounds"]})
    in_force = select(YearPlanMade.id).where(col(YearPlanMade.id).in_(plans), col(YearPlanMade.replaced_at).is_(None))
    current = set(session.exec(in_force))
    open_on: dict[int, tuple[str, str]] = {}
    for some in in_chunks(ids):
        query = select(PlanRound).where(col(PlanRound.id).in_(some), PlanRound.state == RoundState.PROPOSED)
        off = changed_rounds(session, list(some))
        open_on |= {one.id: (one.day.isoformat(), one.half or "") for one in session.exec(query) if one.id not in off}
    return {notice_id: _now(facts, current, open_on) for notice_id, facts in own.items()}


def _now(facts: Own, current: set[int], open_on: Mapping[int, tuple[str, str]]) -> Own:
    said, rest = facts[PLAN], {name: value for name, value in facts.items() if name != PLAN}
    if said["plan"] not in current:
        return rest
    rounds = [one for one in said["rounds"] if open_on.get(one["id"]) == (one["day"], one["half"])]
    kept = {one["id"] for one in rounds}
    pairs = [(place, of) for place, of in zip(said["lifts"], said["of"], strict=True) if of == WITHDRAWN or of in kept]
    if not pairs:
        return rest
    lifts, ofs = [place for place, _ in pairs], [of for _, of in pairs]
    return {**rest, PLAN: {**said, "rounds": rounds, "lifts": lifts, "of": ofs}}
