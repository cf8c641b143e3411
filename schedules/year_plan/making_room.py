"""Lifts for which no day had room are given one by moving others, as long as that is possible at all."""

from collections import deque
from collections.abc import Callable, Iterable

from schedules.year_plan.board import Board
from schedules.year_plan.jobs import Job


def make_room(board: Board, jobs: Iterable[Job], last_of: Callable[[Job], int]) -> list[Job]:
    """Give these jobs a day of theirs up to `last_of`, moving others within theirs; the jobs that no plan could add.

    Augmenting paths: what is on a day stays on some day, and afterwards no plan holds more lifts than this one.
    """
    left = []
    closed: set[int] = set()  # days from which no way leads to a free place, nor will one
    for job in jobs:
        path = _path(board, job, last_of, closed)
        if path is None:
            left.append(job)
            continue
        for moved, day in reversed(path):
            board.put([moved], day)
    return left


def _path(board: Board, job: Job, last_of: Callable[[Job], int], closed: set[int]) -> list[tuple[Job, int]] | None:
    """Who goes to which day so that `job` has a place: the fewest moves; None where there is no way."""
    came: dict[int, tuple[Job, int | None]] = {}
    waiting: deque[int] = deque()

    def reach(one: Job, start: int | None) -> None:
        for day in range(one.first, last_of(one) + 1):
            if day not in came and day not in closed:
                came[day] = (one, start)
                waiting.append(day)

    reach(job, None)
    while waiting:
        day = waiting.popleft()
        if board.free(day) > 0:
            return _walked_back(came, day)
        for other in board.on[day].values():
            reach(other, day)
    closed |= came.keys()
    return None


def _walked_back(came: dict[int, tuple[Job, int | None]], end: int) -> list[tuple[Job, int]]:
    """The moves from the first to the last."""
    path: list[tuple[Job, int]] = []
    day: int | None = end
    while day is not None:
        mover, start = came[day]
        path.append((mover, day))
        day = start
    return path[::-1]
