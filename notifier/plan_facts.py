"""What a notice of a plan says is looked at again before it leaves: a round may be answered, moved or off by then."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from store.answerable import answerable_lifts
from store.database import in_chunks
from store.lifts import Lift
from store.notices import PLAN, WITHDRAWN
from store.plans import PlanLiftRow, PlanRound, RoundState, YearPlanMade, is_early

Own = Mapping[str, Any]


def still_proposed(session: Session, own: Mapping[int, Own]) -> dict[int, Own]:
    """The same facts by notice with the rounds that wait for an answer as they are said, and the lifts on them that can
    be agreed to; none of a plan that another has replaced, or of which nothing is left to say."""
    plans = {facts[PLAN]["plan"] for facts in own.values()}
    ids = sorted({one["id"] for facts in own.values() for one in facts[PLAN]["rounds"]})
    in_force = select(YearPlanMade.id).where(col(YearPlanMade.id).in_(plans), col(YearPlanMade.replaced_at).is_(None))
    current = set(session.exec(in_force))
    open_ones: dict[tuple[int, str, str], dict[str, bool]] = {}
    for some in in_chunks(ids):
        as_planned = answerable_lifts(session, list(some))
        query = select(PlanRound, PlanLiftRow, Lift).join(PlanLiftRow, col(PlanLiftRow.round_id) == PlanRound.id)
        query = query.join(Lift, col(Lift.id) == PlanLiftRow.lift_id).where(col(PlanRound.id).in_(some))
        for one, row, lift in session.exec(query.where(PlanRound.state == RoundState.PROPOSED)):
            if lift.id in as_planned.get(one.id, ()):
                as_said = (one.id, one.day.isoformat(), one.half or "")
                open_ones.setdefault(as_said, {})[lift.key] = is_early(one, row)
    return {notice_id: _now(facts, current, open_ones) for notice_id, facts in own.items()}


def _now(facts: Own, current: set[int], open_ones: Mapping[tuple[int, str, str], Mapping[str, bool]]) -> Own:
    said, rest = facts[PLAN], {name: value for name, value in facts.items() if name != PLAN}
    if said["plan"] not in current:
        return rest
    keys = {one["id"]: open_ones.get((one["id"], one["day"], one["half"]), {}) for one in said["rounds"]}
    pairs = [
        (place, of)
        for place, of in zip(said["lifts"], said["of"], strict=True)
        if of == WITHDRAWN or place["key"] in keys.get(of, {})
    ]
    if not pairs:
        return rest
    lifts, ofs = [place for place, _ in pairs], [of for _, of in pairs]
    early = Counter(of for place, of in pairs if of != WITHDRAWN and keys[of][place["key"]])
    left = [one for one in said["rounds"] if one["id"] in ofs]
    rounds = [one | {"n": ofs.count(one["id"]), "early": early[one["id"]]} for one in left]
    return {**rest, PLAN: {**said, "rounds": rounds, "lifts": lifts, "of": ofs}}
