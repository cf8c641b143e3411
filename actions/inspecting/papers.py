"""The papers of an inspection: the raw record, signed by both sides or objected to, and the opinion notice.

Nobody signs by silence: what nobody has signed stays unsigned, before the department's eyes.
"""

from collections.abc import Sequence

from sqlmodel import Session

from actions.actors import MAINTAINER, UNIT, Asked
from actions.inspecting.deeds import NOTICE, RECORD, Hand, advance, hold, required, was_done
from actions.inspecting.notices import tell_desk
from actions.inspecting.objections import end_objection, objecting
from actions.inspecting.rights import is_their_inspection
from actions.refusals import Refused
from actions.registry import verb
from store.inspections import Inspection, InspectionDeed, Signature


@verb(UNIT | MAINTAINER, inspection_ids=is_their_inspection)
def sign_records(session: Session, asked: Asked, *, inspection_ids: Sequence[int]) -> int:
    """Sign the raw records of these inspections for one's own side; how many were not signed before."""
    hand, signed = Hand.of(asked), 0
    for inspection_id in sorted(inspection_ids):
        inspection = hold(session, inspection_id)
        key = f"{hand.key}:{inspection_id}"
        if was_done(session, key) or _said(inspection, asked) == Signature.SIGNED:
            continue
        advance(session, inspection, InspectionDeed.SIGNED, hand, key=key, note=RECORD)
        waiting = objecting(session, inspection.id)
        _say(inspection, asked, Signature.SIGNED)
        if not waiting:
            end_objection(session, inspection, hand.today, InspectionDeed.SIGNED)
        signed += 1
    session.flush()
    return signed


@verb(UNIT, inspection_ids=is_their_inspection)
def sign_notices(session: Session, asked: Asked, *, inspection_ids: Sequence[int]) -> int:
    """Sign the opinion notices of these inspections; how many were not signed before."""
    hand, signed = Hand.of(asked), 0
    for inspection_id in sorted(inspection_ids):
        inspection = hold(session, inspection_id)
        key = f"{hand.key}:{inspection_id}"
        if was_done(session, key) or inspection.notice_by_unit == Signature.SIGNED:
            continue
        if inspection.deadline is None:
            raise Refused("onsite.no_notice")
        advance(session, inspection, InspectionDeed.SIGNED, hand, key=key, note=NOTICE)
        inspection.notice_by_unit = Signature.SIGNED
        signed += 1
    session.flush()
    return signed


@verb(UNIT | MAINTAINER, inspection_id=is_their_inspection)
def object_to_record(session: Session, asked: Asked, *, inspection_id: int, note: str) -> bool:
    """Say what is wrong with the raw record; False where this tap came before. Who has signed it does not object."""
    hand, inspection = Hand.of(asked), hold(session, inspection_id)
    if was_done(session, hand.key):
        return False
    if _said(inspection, asked) == Signature.SIGNED:
        raise Refused("onsite.signed_already")
    _say(inspection, asked, Signature.OBJECTED)
    inspection.objected_on = inspection.objected_on or hand.today
    words = required(note, "onsite.say_what")
    advance(session, inspection, InspectionDeed.OBJECTED, hand, note=words)
    about = {"deed": InspectionDeed.OBJECTED, "note": words, "by": hand.name, "deadline": ""}
    tell_desk(session, [inspection.lift_id], inspection.department_id, about, hand.today)
    return True


def _said(inspection: Inspection, asked: Asked) -> str:
    return inspection.by_unit if asked.actor.role in UNIT else inspection.by_maintainer


def _say(inspection: Inspection, asked: Asked, said: Signature) -> None:
    if asked.actor.role in UNIT:
        inspection.by_unit = said
    else:
        inspection.by_maintainer = said
