"""What no plan of the same lifts can do better, worked out without making one."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date

from schedules.year_plan.inspectors import PlanDay
from schedules.year_plan.jobs import address_of
from schedules.year_plan.lifts import PlanLift
from schedules.year_plan.outcome import Figures, Planned, YearPlan

Span = tuple[date, date]


def bound_of(plan: YearPlan) -> Figures:
    """No plan that holds the same lifts, and those by their target that this one has by then, has a lower figure.

    Days: between any two dates, the lifts that must be inspected there need so many of the roomiest shifts there; the
    most that dates without overlap add up to. Addresses are left out of account: with shifts of one size and inspectors
    enough it is what the best plan of single lifts needs. The rest: the fewest days that meet the days of every lift of
    the place, or hold as many as they are. All of them may not be reached at once.
    """
    spans = [(one.lift, _span(one, plan.days)) for one in plan.planned]
    addresses = [_least_days(theirs, plan.days) for theirs in _by(address_of, spans)]
    neighbourhoods = [_least_days(theirs, plan.days) for theirs in _by(lambda lift: lift.neighbourhood, spans)]
    return Figures(
        days_filled=_least_shifts([span for _, span in spans], plan.days),
        addresses_split=sum(days > 1 for days in addresses),
        address_days=sum(addresses),
        neighbourhood_days=sum(neighbourhoods),
    )


def _by(place: Callable[[PlanLift], Hashable], spans: Sequence[tuple[PlanLift, Span]]) -> Iterable[list[Span]]:
    found: dict[Hashable, list[Span]] = defaultdict(list)
    for lift, span in spans:
        found[place(lift)].append(span)
    return found.values()


def _span(one: Planned, days: Sequence[PlanDay]) -> Span:
    """On which days any plan may have it: after its target only where this one has it there."""
    window, valid_until = one.lift.window, one.lift.valid_until
    assert window is not None
    assert valid_until is not None
    last = min(window.backstop, valid_until)
    return max(window.first, days[0].day), last if one.after_target else min(window.target, last)


def _least_days(spans: Sequence[Span], days: Sequence[PlanDay]) -> int:
    """On how many days somebody must come to one place."""
    rest, together = sorted(spans, key=lambda span: span[1]), 0
    most = max(day.places for day in days)
    while rest:
        # the days that count are those on which there is somebody: the last one of the span that ends first
        end = max(day.day for day in days if day.day <= rest[0][1] and day.places)
        rest = [span for span in rest if span[0] > end]
        together += 1
    least = max(together, -(-len(spans) // most))
    if least == 1:
        first, last = max(span[0] for span in spans), min(span[1] for span in spans)
        return 1 if any(first <= day.day <= last and day.places >= len(spans) for day in days) else 2
    return least


def _least_shifts(spans: Sequence[Span], days: Sequence[PlanDay]) -> int:
    """How many shifts, by the intervals of days that hold whole spans: the best sum over intervals without overlap."""
    number = {day.day: at for at, day in enumerate(days)}
    within: list[Counter[int]] = [Counter() for _ in days]  # by the first day: how many end on which
    for first, last in spans:
        known = [at for day, at in number.items() if first <= day <= last]
        within[known[0]][known[-1]] += 1
    best = [0] * (len(days) + 1)  # best[n]: with what lies in days n and later
    ending: Counter[int] = Counter()
    for begin in range(len(days) - 1, -1, -1):
        ending.update(within[begin])
        best[begin] = best[begin + 1]
        inside, sizes = 0, Counter[int]()
        for end in range(begin, len(days)):
            sizes.update(shift.places for shift in days[end].shifts)
            if ending[end]:
                inside += ending[end]
                best[begin] = max(best[begin], _shifts_for(inside, sizes) + best[end + 1])
    return best[0]


def _shifts_for(lifts: int, sizes: Counter[int]) -> int:
    """How few of these shifts hold so many lifts; all of them where even those do not."""
    needed = 0
    for size in sorted(sizes, reverse=True):
        taken = min(sizes[size], -(-lifts // size)) if size else 0
        needed, lifts = needed + taken, lifts - taken * size
        if lifts <= 0:
            break
    return needed
