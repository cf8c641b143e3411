"""What an inspector says on site: begun, passed, failed, items found, broken off."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from actions.actors import Asked, Role
from actions.inspecting.deeds import Hand
from actions.inspecting.leaving import Leaving, Left, leave, start
from actions.registry import their_lifts, verb
from store.inspections import AbortReason, InspectionDeed

INSPECTOR = frozenset({Role.INSPECTOR})


@verb(INSPECTOR, lift_ids=their_lifts)
def start_inspections(session: Session, asked: Asked, *, lift_ids: Sequence[int], anyway: bool = False) -> Left:
    """Begin with these lifts; `anyway`: also where none is booked or due."""
    return start(session, Hand.of(asked), lift_ids, anyway=anyway)


@verb(INSPECTOR, lift_ids=their_lifts)
def pass_inspections(session: Session, asked: Asked, *, lift_ids: Sequence[int], anyway: bool = False) -> Left:
    """These lifts have passed."""
    return leave(session, Hand.of(asked), lift_ids, Leaving(InspectionDeed.PASSED), anyway=anyway)


@verb(INSPECTOR, lift_ids=their_lifts)
def fail_inspections(session: Session, asked: Asked, *, lift_ids: Sequence[int], anyway: bool = False) -> Left:
    """These lifts have failed."""
    return leave(session, Hand.of(asked), lift_ids, Leaving(InspectionDeed.FAILED), anyway=anyway)


@verb(INSPECTOR, lift_ids=their_lifts)
def abort_inspections(
    session: Session, asked: Asked, *, lift_ids: Sequence[int], reason: AbortReason, note: str, anyway: bool = False
) -> Left:
    """Conditions are missing, or somebody would be in danger (附件1-1 二2): both sides see why at once."""
    how = Leaving(InspectionDeed.ABORTED, reason=reason, note=note)
    return leave(session, Hand.of(asked), lift_ids, how, anyway=anyway)


@verb(INSPECTOR, lift_ids=their_lifts)
def find_items(
    session: Session,
    asked: Asked,
    *,
    lift_ids: Sequence[int],
    items: Sequence[str],
    deadline: date,
    anyway: bool = False,
) -> Left:
    """An opinion notice: numbered items, to be rectified by the deadline written on it."""
    how = Leaving(InspectionDeed.FOUND_ITEMS, items=items, deadline=deadline)
    return leave(session, Hand.of(asked), lift_ids, how, anyway=anyway)
