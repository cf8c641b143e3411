"""Maintenance without paper."""

from typing import Any

from phones.world import CITY, TODAY, World
from sqlmodel import Session

from actions.paperless.register import Data
from store.paperless import ClaimState, Level, LiftClaim, Platform
from store.records import PlatformRole
from store.supervision import Opinion, OpinionKind, OpinionState, RecordGrant

CONTRACTOR = {"own": "maintainer", "other": "other_maintainer", "elsewhere": "other_maintainer"}
WORKER = {"own": "worker", "other": "other_worker", "elsewhere": "other_worker"}


def nothing(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {}


def a_lift(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {"lift_id": world.lifts[whose][0]}


def a_contractor(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {"party_id": world.parties[CONTRACTOR[whose]]}


def a_worker(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {"contact_id": world.people[WORKER[whose]].contact_id}


def a_claim(session: Session, world: World, whose: str) -> dict[str, Any]:
    """Of the other contractor for our lifts, of ours for those elsewhere."""
    by = "worker" if whose == "elsewhere" else "other_worker"
    claim = LiftClaim(
        city_id=CITY, lift_id=world.lifts[whose][0], party_id=world.people[by].party_id,
        contact_id=world.people[by].contact_id, said="1", state=ClaimState.OPEN, opened_on=TODAY, key=f"claim {whose}",
    )  # fmt: skip
    session.add(claim)
    session.flush()
    return {"claim_id": claim.id}


def a_platform(session: Session, world: World, whose: str) -> dict[str, Any]:
    platform = Platform(city_id=CITY, party_id=world.parties[CONTRACTOR[whose]], way="own", applied_on=TODAY)
    session.add(platform)
    session.flush()
    return {"platform_id": platform.id}


def a_grant(session: Session, world: World, whose: str) -> dict[str, Any]:
    grant = RecordGrant(
        city_id=CITY, unit_id=world.parties[whose], maintainer_id=world.parties[CONTRACTOR[whose]],
        to_id=world.parties["testing_body"], purpose="理赔", opened_on=TODAY, until_on=TODAY, key=f"grant {whose}",
    )  # fmt: skip
    session.add(grant)
    session.flush()
    return {"grant_id": grant.id}


def an_opinion(session: Session, world: World, whose: str, state: OpinionState = OpinionState.SENT) -> dict[str, Any]:
    opinion = Opinion(
        city_id=CITY, kind=OpinionKind.RECTIFICATION, state=state, party_id=world.parties[CONTRACTOR[whose]],
        office_id=world.parties["city_bureau"], text="迟传", due_on=TODAY, opened_on=TODAY, since=TODAY,
    )  # fmt: skip
    session.add(opinion)
    session.flush()
    return {"opinion_id": opinion.id}


def a_draft(session: Session, world: World, whose: str) -> dict[str, Any]:
    return an_opinion(session, world, whose, OpinionState.DRAFTED)


SAMPLES = {
    "file_maintainer": lambda session, world, whose: {"name": "x", "number": "1", "filed_on": TODAY},
    "register_maintainer": nothing,
    "name_administrator": a_worker,
    "say_data": lambda session, world, whose: {"field": Data.ADDRESS, "value": "示例路1号"},
    "my_registration": nothing,
    "administrators_to_choose": nothing,
    "choose_way": lambda session, world, whose: {"way": PlatformRole.CITY},
    "grade_worker": lambda *given: a_worker(*given) | {"level": Level.LEADER},
    "certify_worker": lambda *given: a_worker(*given) | {"certificate": "粤T-1", "valid_until": TODAY},
    "my_team": nothing,
    "claim_lift": lambda session, world, whose: {"name": "31109900120171000"},
    "decide_claim": lambda *given: a_claim(*given) | {"accepted": False},
    "withdraw_claim": a_claim,
    "claims_listed": nothing,
    "apply_own_platform": nothing,
    "list_platform": a_platform,
    "check_platform": lambda *given: a_platform(*given) | {"passed": True},
    "remove_platform": lambda *given: a_platform(*given) | {"reason": "测试不符"},
    "platforms_listed": nothing,
    "paper_of_lift": a_lift,
    "confirm_paperless": a_contractor,
    "lifts_to_waive": a_contractor,
    "revoke_paperless": lambda *given: a_contractor(*given) | {"reason": "停传"},
    "waivers_listed": nothing,
    "ask_grant": lambda *given: a_lift(*given) | {"to_name": "穗样检测有限公司", "purpose": "理赔", "until": TODAY},
    "agree_to_grant": a_grant,
    "withdraw_grant": a_grant,
    "grants_listed": nothing,
    "reads_listed": a_lift,
    "late_workers": nothing,
    "paperless_figures": lambda session, world, whose: {
        "district_code": "440105" if whose == "elsewhere" else "440106"
    },
    "opinion_due": lambda *given: {},
    "draft_opinion": lambda *given: (
        a_contractor(*given) | {"kind": OpinionKind.SUSPENSION, "text": "停传", "due_on": TODAY}
    ),
    "send_opinion": a_draft,
    "drop_opinion": a_draft,
    "keep_answer_photo": lambda session, world, whose: {"content": b"\xff\xd8\xff\xe0 a photo"},
    "answer_opinion": lambda *given: an_opinion(*given) | {"note": "已整改"},
    "settle_opinion": lambda *given: an_opinion(*given) | {"closed": True},
    "opinions_listed": nothing,
    "opinion_story": an_opinion,
    "opinion_photos": an_opinion,
}
