"""Greedy: the rounds that end first, the largest first, each on the day where it costs least."""

from collections.abc import Iterable

from schedules.year_plan.board import Board
from schedules.year_plan.jobs import Job
from schedules.year_plan.rounds import Round


def place_rounds(board: Board, rounds: Iterable[Round]) -> list[Job]:
    """Put every round on one day where one has room for it, else its parts, else its lifts on as few days as there are.

    The jobs for which no place is left.
    """
    return [job for one in sorted(rounds, key=Round.urgency) for job in _place(board, one)]


def _place(board: Board, one: Round) -> list[Job]:
    day = board.best_day(one.jobs, one.first, one.last)
    if day is not None:
        board.put(one.jobs, day)
        return []
    return place_rounds(board, one.parts) if one.parts else _place_apart(board, one)


def _place_apart(board: Board, one: Round) -> list[Job]:
    rest = list(one.jobs)
    while rest:
        day = board.best_day(rest, one.first, one.last)
        if day is None:
            day = max(range(one.first, one.last + 1), key=lambda number: (board.free(number), -number))
        room = board.free(day)
        if not room:
            return rest
        board.put(rest[:room], day)
        rest = rest[room:]
    return []
