"""What is of one address on one day is moved to another day of theirs while that makes the plan better."""

from collections import defaultdict

from schedules.year_plan.board import Board
from schedules.year_plan.jobs import Job, address_of

PASSES = 20  # it ends by itself, and nearly always before


def improve(board: Board) -> None:
    """Move as long as something gets better. Nothing that is planned by its target is moved behind it."""
    for _ in range(PASSES):
        moves = [_move(board, jobs, day) for day in range(len(board.days)) for jobs in _groups(board, day)]
        if not any(moves):
            return


def _groups(board: Board, day: int) -> list[list[Job]]:
    found: dict[tuple[str, str], list[Job]] = defaultdict(list)
    for job in board.on[day].values():
        found[address_of(job.lift)].append(job)
    return [found[address] for address in sorted(found)]


def _move(board: Board, jobs: list[Job], day: int) -> bool:
    first = max(job.first for job in jobs)
    last = min(job.aim if day <= job.aim else job.last for job in jobs)
    for job in jobs:
        board.take_off(job)
    best = board.best_day(jobs, first, last, present=day)
    assert best is not None, "the present day has room for them"
    board.put(jobs, best)
    return best != day
