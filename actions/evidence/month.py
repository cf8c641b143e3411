"""A month's evidence for an officer: what was due, who was told, who was not and why, and the list to the district."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import Session

from actions.evidence.clauses import Clauses
from actions.evidence.ledger import REACHED, Entry, Outcome, load_entries
from actions.evidence.listed import Listed, load_listed
from actions.evidence.offices import OfficeEntry, load_offices
from actions.evidence.untold import IN_ORDER, Untold, Why, load_untold
from schedules.dates import add_months
from store.database import table_of
from store.duties import Told
from store.lifts import City, Lift

Rung = tuple[str, str]  # rule, step
NO_LONGER = (Outcome.TAKEN_BACK, Outcome.SUPERSEDED, Outcome.DROPPED)  # there was nothing left to tell


@dataclass(frozen=True)
class Part:
    """What the evidence is about: a month of a city, or of one of its districts (by code or name)."""

    city_id: str
    month: date  # its first day
    district: str | None = None

    @property
    def last(self) -> date:
        """The month's last day."""
        return add_months(self.month, 1) - timedelta(days=1)

    def lifts(self) -> list[ColumnElement[bool]]:
        """The condition on lifts."""
        lift = table_of(Lift).c
        found: list[ColumnElement[bool]] = [lift.city_id == self.city_id]
        if self.district:
            found.append(or_(lift.district_code == self.district, lift.district == self.district))
        return found


@dataclass
class RungCounts:
    """Lifts of one rung, counted for the party that it is for; copies apart. due: on a notice, and untold."""

    clause: str
    document: str
    quote: str
    by_outcome: Counter[Outcome] = field(default_factory=Counter)
    untold: Counter[Why] = field(default_factory=Counter)
    copies: int = 0

    @property
    def due(self) -> int:
        """How many lifts the rung fell for."""
        return sum(self.by_outcome.values()) + sum(self.untold.values())

    @property
    def told(self) -> int:
        """Of how many the party was reached: delivered, called, or handed over."""
        return sum(self.by_outcome[outcome] for outcome in REACHED)

    @property
    def delivered(self) -> int:
        """Of how many a receipt, or a call that was made, shows it."""
        return self.by_outcome[Outcome.DELIVERED] + self.by_outcome[Outcome.CALLED]

    @property
    def not_needed(self) -> int:
        """Done or booked before, or replaced by a later rung."""
        return sum(self.untold[why] for why in IN_ORDER) + sum(self.by_outcome[outcome] for outcome in NO_LONGER)

    @property
    def missed(self) -> int:
        """All others: somebody should have been told and was not, or not yet."""
        return self.due - self.told - self.not_needed


@dataclass(frozen=True)
class MonthEvidence:
    """Everything that the documents of a month say."""

    part: Part
    city: str
    district: str
    today: date
    entries: Sequence[Entry]
    untold: Sequence[Untold]
    listed: Sequence[Listed]
    rungs: Mapping[Rung, RungCounts]
    offices: Sequence[OfficeEntry] = ()

    @property
    def missed(self) -> list[Untold]:
        """The untold lifts that need an explanation."""
        return [one for one in self.untold if one.why not in IN_ORDER]

    @property
    def not_reached(self) -> list[Entry]:
        """The entries of notices that reached nobody."""
        quiet = (*REACHED, *NO_LONGER)
        return [one for one in self.entries if one.outcome not in quiet and not one.is_copy]


def load_month(session: Session, part: Part, *, today: date) -> MonthEvidence:
    """Read a month as the store knows it on `today`."""
    clauses, told = Clauses(), table_of(Told).c
    conditions = part.lifts()
    entries = load_entries(session, clauses, told.on_date.between(part.month, part.last), *conditions)
    untold = load_untold(session, clauses, part.month, part.last, today, *conditions)
    return MonthEvidence(
        part=part,
        city=session.get_one(City, part.city_id).name,
        district=_district_name(session, part),
        today=today,
        entries=entries,
        untold=untold,
        listed=load_listed(session, clauses, entries),
        rungs=_count(entries, untold, clauses),
        offices=load_offices(session, clauses, part.city_id, part.district, part.month, part.last),
    )


def _count(entries: Sequence[Entry], untold: Sequence[Untold], clauses: Clauses) -> dict[Rung, RungCounts]:
    """By rung in the order of the ladders; a superseded or aged entry is counted once, as untold."""
    counts: dict[Rung, RungCounts] = {}

    def of(rule: str, step: str) -> RungCounts:
        clause, quote = clauses.of(rule, step)
        return counts.setdefault((rule, step), RungCounts(clause, clauses.document(rule), quote))

    counted = {(one.duty_id, one.due, one.step) for one in untold}
    for entry in entries:
        if entry.is_copy:
            of(entry.rule, entry.rung).copies += 1
        elif (entry.duty_id, entry.due, entry.step) not in counted:
            of(entry.rule, entry.rung).by_outcome[entry.outcome] += 1
    for one in untold:
        of(one.rule, one.step).untold[one.why] += 1
    return dict(sorted(counts.items(), key=lambda item: _place(item[0], clauses)))


def _place(rung: Rung, clauses: Clauses) -> tuple[str, int, str]:
    ladder = clauses.rungs(rung[0])
    return (rung[0], ladder.index(rung[1]) if rung[1] in ladder else len(ladder), rung[1])


def _district_name(session: Session, part: Part) -> str:
    if not part.district:
        return ""
    lift = table_of(Lift).c
    query = select(lift.district).where(*part.lifts()).order_by(lift.id).limit(1)
    return session.execute(query).scalars().first() or part.district
