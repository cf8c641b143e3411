"""A department's plan of a year: rounds to units with their lifts, what units say to them, and what is not planned."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from store.base import check, one_of, unique_where
from store.slots import Half


class Why(StrEnum):
    """Why a lift is not on the plan."""

    LISTED_TWICE = "listed_twice"
    NO_VALIDITY = "no_validity"
    VALIDITY_PAST = "validity_past"
    WINDOW_CLOSED = "window_closed"  # its last day was before the plan begins, the validity still runs
    WINDOW_LATER = "window_later"  # its first day comes after the plan ends
    WINDOW_IMPOSSIBLE = "window_impossible"  # it may be inspected from a day after the last one on
    NO_INSPECTOR = "no_inspector"  # nobody works on any of its days
    NO_CAPACITY = "no_capacity"  # somebody does, and has no place left


class RoundState(StrEnum):
    """What the unit has said to a round."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"


class YearPlanMade(SQLModel, table=True):
    """A plan that was made for a department. Units see it once it is published, until it is replaced: one
    that was published before holds until then.

    `holds_until`: the last day on which the places of what nobody has answered are held, if its day is not before.
    """

    __tablename__ = "year_plan"
    __table_args__ = (
        unique_where(
            "uq_year_plan_current", "replaced_at IS NULL AND published_at IS NOT NULL", "department_id", "year"
        ),
        unique_where("uq_year_plan_draft", "replaced_at IS NULL AND published_at IS NULL", "department_id", "year"),
        check("holds_what_is_published", "holds_until IS NULL OR published_at IS NOT NULL"),
    )

    id: int = Field(default=None, primary_key=True)
    department_id: int = Field(foreign_key="party.id")
    year: int
    made_at: datetime
    published_at: datetime | None = None
    holds_until: date | None = None
    replaced_at: datetime | None = None


class PlanRound(SQLModel, table=True):
    """Lifts of one unit at one address on one day. `half`: none where it takes the whole day.

    `adjusted`: where lifts of different months are inspected together, the date to which their validities are
    shortened. `exempt`: the unit pays no fee.
    """

    __tablename__ = "plan_round"
    __table_args__ = (
        one_of("state", RoundState),
        one_of("half", Half),
        check("answered_whole", "(state = 'proposed') = (answered_at IS NULL)"),
        Index("ix_plan_round_party", "party_id"),
        Index("ix_plan_round_plan", "plan_id"),
    )

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="year_plan.id")
    party_id: int | None = Field(default=None, foreign_key="party.id")
    day: date
    half: str | None = None
    adjusted: date | None = None
    exempt: bool = False
    state: str = RoundState.PROPOSED
    answered_by: int | None = Field(default=None, foreign_key="contact.id")
    answered_at: datetime | None = None


class RoundPlace(SQLModel, table=True):
    """So many places of a half day are held for a round until its unit answers, or the time for that is over."""

    __tablename__ = "round_place"
    __table_args__ = (check("holds_something", "held > 0"), Index("ix_round_place_slot", "slot_id"))

    round_id: int = Field(foreign_key="plan_round.id", primary_key=True)
    slot_id: int = Field(foreign_key="slot.id", primary_key=True)
    held: int


class PlanLiftRow(SQLModel, table=True):
    """A lift on a round, or why it is on none. `valid_until`: as it was when the plan was made."""

    __tablename__ = "plan_lift"
    __table_args__ = (
        one_of("why", Why),
        check("on_a_round_or_not", "(round_id IS NULL) = (why IS NOT NULL)"),
        Index("ix_plan_lift_round", "round_id"),
        Index("ix_plan_lift_lift", "lift_id"),
    )

    plan_id: int = Field(foreign_key="year_plan.id", primary_key=True)
    lift_id: int = Field(foreign_key="lift.id", primary_key=True)
    round_id: int | None = Field(default=None, foreign_key="plan_round.id")
    why: str | None = None
    valid_until: date | None = None
    after_target: bool = False


def held_until(holds_until: date, day: date) -> date:
    """The last day on which the places of a round on `day` are held: others may book them on the day before it."""
    return min(holds_until, day - timedelta(days=2))


def is_early(one: PlanRound, row: PlanLiftRow) -> bool:
    """Whether a lift of a round would lose validity."""
    return one.adjusted is not None and row.valid_until is not None and row.valid_until > one.adjusted
