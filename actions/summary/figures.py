"""The summary of a day, a week or any other days: opening + new − cleared = closing, for each figure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session, col, or_, select

from actions.actors import DEPARTMENT, Asked
from actions.permissions import WHOLE_CITY
from actions.registry import verb
from actions.summary.closing import Changes, changes_since, last_closed
from store.parties import Party
from store.summaries import Figure, SummaryLine, Went


@dataclass(frozen=True)
class Row:
    """One figure over some days, in lifts; `corrected` of the new and the cleared are facts that were known late.

    `done`: of the cleared, those whose matter was finished, not moved, booked or handed over.
    """

    opening: int = 0
    new: int = 0
    cleared: int = 0
    corrected: int = 0
    done: int = 0

    @property
    def closing(self) -> int:
        """What the next day opens with."""
        return self.opening + self.new - self.cleared

    def __add__(self, other: "Row") -> "Row":
        return Row(*(getattr(self, name) + getattr(other, name) for name in NAMES))


NAMES = ("opening", "new", "cleared", "corrected", "done")
COLUMNS = ("opening", "new", "cleared", "closing")


@dataclass(frozen=True)
class Part:
    """A department's rows; without an id: lifts of districts for which no department answers."""

    department_id: int | None
    name: str
    rows: Mapping[Figure, Row]


@dataclass(frozen=True)
class Line:
    """A lift under a figure, as `SummaryLine` has it."""

    department_id: int | None
    figure: Figure
    lift_id: int
    duty_id: int
    from_on: date
    came_late: bool
    until_on: date | None = None
    went: Went | None = None
    went_late: bool = False


@dataclass(frozen=True)
class Summary:
    """The days from `first` to `last`. `is_open`: the last one is not closed, and is as of now.

    `lines` are what stands open at the end, and what came or went in these days.
    """

    first: date
    last: date
    is_open: bool
    parts: Sequence[Part]
    lines: Sequence[Line] = field(default_factory=tuple)

    @property
    def total(self) -> Mapping[Figure, Row]:
        """Of all departments: a lift that one hands to another is cleared there and new here."""
        return {figure: sum((part.rows[figure] for part in self.parts), Row()) for figure in Figure}


@verb(DEPARTMENT, reads=True)
def summary_of_desk(session: Session, asked: Asked, *, first: date, last: date) -> Summary:
    """That of the own department; whoever answers for the whole city, the work group, sees all of them."""
    return summary_of(session, asked, first, last)


def summary_of(session: Session, asked: Asked, first: date, last: date) -> Summary:
    """What whoever asks may see of it."""
    only = None if WHOLE_CITY in asked.actor.districts else asked.actor.party_id
    return summarise(session, asked.actor.city_id, first, min(last, asked.today), today=asked.today, only=only)


def summarise(
    session: Session, city_id: str, first: date, last: date, *, today: date, only: int | None = None
) -> Summary:
    """The summary of these days, of the department `only` or of all of them."""
    closed = last_closed(session, city_id)
    is_open = last >= today and (closed is None or closed < today)
    query = select(SummaryLine).where(SummaryLine.city_id == city_id, SummaryLine.from_on <= last)
    query = query.where(or_(col(SummaryLine.until_on).is_(None), col(SummaryLine.until_on) >= first))
    changes = changes_since(session, city_id, today) if is_open else Changes()
    ended = {line.id: (today, went, is_late) for line, went, is_late in changes.ended}
    known = session.exec(query.order_by(col(SummaryLine.id))).all()
    lines = [_line(one, *ended.get(one.id, (one.until_on, one.went, one.went_late))) for one in known]
    lines += [_line(one, None, None, False) for one in changes.begun]
    theirs = [line for line in lines if only is None or line.department_id == only]
    names = _names(session, theirs, only)
    counted = _count(theirs, first, last)
    parts = [Part(one, name, {figure: counted[one, figure] for figure in Figure}) for one, name in names.items()]
    return Summary(first, last, is_open, parts, theirs)


def _line(one: SummaryLine, until_on: date | None, went: str | None, is_late: bool) -> Line:
    why = Went(went) if went is not None else None
    return Line(
        one.department_id,
        Figure(one.figure),
        one.lift_id,
        one.duty_id,
        one.from_on,
        one.came_late,
        until_on,
        why,
        is_late,
    )


def _count(lines: Iterable[Line], first: date, last: date) -> Mapping[tuple[int | None, Figure], Row]:
    counted: dict[tuple[int | None, Figure], Row] = defaultdict(Row)
    for line in lines:
        is_new, is_cleared = line.from_on >= first, line.until_on is not None and line.until_on <= last
        counted[line.department_id, line.figure] += Row(
            opening=int(not is_new),
            new=int(is_new),
            cleared=int(is_cleared),
            corrected=int(is_new and line.came_late) + int(is_cleared and line.went_late),
            done=int(is_cleared and line.went == Went.DONE),
        )
    return counted


def _names(session: Session, lines: Iterable[Line], only: int | None) -> dict[int | None, str]:
    ids = {line.department_id for line in lines} | ({only} if only is not None else set())
    query = select(Party).where(col(Party.id).in_({one for one in ids if one is not None})).order_by(col(Party.id))
    named: dict[int | None, str] = {party.id: party.name for party in session.exec(query)}
    return named | ({None: ""} if None in ids else {})
