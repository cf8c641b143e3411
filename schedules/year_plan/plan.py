"""A year's plan: days with lifts of one address and one neighbourhood together, and what is on no day, and why."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from schedules.year_plan.board import Board
from schedules.year_plan.improving import improve
from schedules.year_plan.inspectors import HALVES, PlanDay
from schedules.year_plan.jobs import Job, address_of, sort_out
from schedules.year_plan.lifts import NotPlanned, PlanLift
from schedules.year_plan.making_room import make_room
from schedules.year_plan.outcome import Planned, YearPlan, figures_of
from schedules.year_plan.placing import place_rounds
from schedules.year_plan.rounds import Round, by_address, by_neighbourhood
from store.plans import Why


def make_plan(lifts: Iterable[PlanLift], days: Sequence[PlanDay], first: date, last: date) -> YearPlan:
    """Plan these lifts over [first, last], of which these are the days on which somebody is there.

    No lift is planned after its backstop or its validity, and some after their targets only where no plan has room for
    all before theirs. No other plan holds more of these lifts.
    """
    rows = list(lifts)
    return min((_planned(rows, days, first, last, place) for place in (_by_neighbourhood, _by_address)), key=_burden)


def plan_by_date(lifts: Iterable[PlanLift], days: Sequence[PlanDay], first: date, last: date) -> YearPlan:
    """The same by date alone, for comparison: what ends first goes on its first day with room."""
    return _planned(lifts, days, first, last, _place_by_date)


def _burden(plan: YearPlan) -> tuple[int, ...]:
    """What makes one of two plans the worse one, in this order. With little room to spare it is mostly the one by
    neighbourhoods: the days of the addresses are then cut up for it."""
    figures = figures_of(plan)
    late = sum(one.after_target for one in plan.planned)
    return len(plan.refused), late, figures.address_days, figures.days_filled + figures.neighbourhood_days


def _by_neighbourhood(board: Board, jobs: Sequence[Job]) -> list[Job]:
    return _place_rounds(board, by_neighbourhood(jobs))


def _by_address(board: Board, jobs: Sequence[Job]) -> list[Job]:
    return _place_rounds(board, by_address(jobs))


def _place_rounds(board: Board, rounds: Sequence[Round]) -> list[Job]:
    left = make_room(board, place_rounds(board, rounds), lambda job: job.aim)
    late = {job.number for job in left}
    left = make_room(board, left, lambda job: job.last if job.number in late else job.aim)
    left = make_room(board, left, lambda job: job.last)
    improve(board)
    return left


def _place_by_date(board: Board, jobs: Sequence[Job]) -> list[Job]:
    left = []
    for job in sorted(jobs, key=lambda one: (one.aim, one.first, one.lift.lift_id)):
        day = next((day for day in range(job.first, job.last + 1) if board.free(day) > 0), None)
        if day is None:
            left.append(job)
        else:
            board.put([job], day)
    return left


def _planned(
    lifts: Iterable[PlanLift],
    days: Sequence[PlanDay],
    first: date,
    last: date,
    place: Callable[[Board, Sequence[Job]], list[Job]],
) -> YearPlan:
    jobs, refused = sort_out(lifts, days, first, last)
    board = Board(days)
    refused += [NotPlanned(job.at, job.lift.lift_id, Why.NO_CAPACITY) for job in place(board, jobs)]
    planned = [one for number, day in enumerate(days) for one in _share_out(day, board.on[number].values())]
    return YearPlan(tuple(planned), tuple(sorted(refused, key=lambda one: one.at)), tuple(days))


def _share_out(day: PlanDay, jobs: Iterable[Job]) -> Iterable[Planned]:
    """The lifts of a day to as few inspectors as can take them, neighbours to the same one."""
    ordered = sorted(jobs, key=lambda job: (address_of(job.lift), job.lift.lift_id))
    needed = day.shifts[: day.shifts_for(len(ordered))]
    places = [(shift.inspector, half) for shift in needed for half in HALVES for _ in range(shift.halves.get(half, 0))]
    for job, (inspector, half) in zip(ordered, places, strict=False):
        aimed = job.lift.window is not None and day.day <= job.lift.window.target
        yield Planned(job.at, job.lift, day.day, inspector, half, not aimed)
