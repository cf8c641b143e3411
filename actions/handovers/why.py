"""Why a handover is the department's to settle, as its task keeps it; whoever shows it has the words."""

from enum import StrEnum

WHY, OBJECTION = "why", "note"  # in the detail of the task: one of these, and what the other side has written


class Why(StrEnum):
    """The other side does not answer or objects; the new unit is in no register; or nobody has the lifts there."""

    UNANSWERED = "unanswered"
    DISPUTED = "disputed"
    UNKNOWN_UNIT = "unknown_unit"
    NOBODYS = "nobodys"
