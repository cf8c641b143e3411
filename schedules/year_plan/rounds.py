"""What one day may serve together: the lifts of an address, and the addresses of a neighbourhood."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from schedules.year_plan.jobs import Job, address_of


@dataclass(frozen=True)
class Round:
    """Lifts that a day of `first`…`last` serves together. `parts`: what they may be split into without much harm."""

    jobs: tuple[Job, ...]
    first: int
    last: int
    parts: tuple["Round", ...] = ()

    def urgency(self) -> tuple[int, int, tuple[str, str], int]:
        """What ends first comes first, then the largest, which is the hardest to place."""
        return self.last, -len(self.jobs), address_of(self.jobs[0].lift), self.jobs[0].number


def by_address(jobs: Iterable[Job]) -> list[Round]:
    """The jobs of each address in as few rounds as their days allow, whatever the room."""
    single = [Round((job,), job.first, job.aim) for job in jobs]
    return [
        Round(jobs=tuple(job for part in parts for job in part.jobs), first=first, last=last)
        for parts, first, last in _meeting(single, lambda one: address_of(one.jobs[0].lift))
    ]


def by_neighbourhood(jobs: Iterable[Job]) -> list[Round]:
    """The rounds of the addresses of each neighbourhood, in as few as their days allow."""
    return [
        Round(tuple(job for part in parts for job in part.jobs), first, last, parts)
        for parts, first, last in _meeting(by_address(jobs), lambda one: one.jobs[0].lift.neighbourhood)
    ]


def _meeting(
    rounds: Iterable[Round], place: Callable[[Round], Hashable]
) -> Iterable[tuple[tuple[Round, ...], int, int]]:
    """Those of one place that have days in common, and the first and last of these.

    The one that ends first takes along all that have begun by then: no fewer do.
    """
    found: dict[Hashable, list[Round]] = defaultdict(list)
    for one in rounds:
        found[place(one)].append(one)
    return [group for theirs in found.values() for group in _groups(theirs)]


def _groups(rounds: Sequence[Round]) -> Iterable[tuple[tuple[Round, ...], int, int]]:
    rest = sorted(rounds, key=Round.urgency)
    while rest:
        end = rest[0].last
        together = tuple(one for one in rest if one.first <= end)
        yield together, max(one.first for one in together), end
        rest = [one for one in rest if one.first > end]
