"""How often somebody may knock."""

from portal import limits
from portal.limits import Limit


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_so_many_within_a_time_that_moves_along() -> None:
    clock = Clock()
    limit = Limit(2, 10, clock)
    answers = []
    for clock.now in (0.0, 4.0, 5.0, 9.9, 10.0, 13.0, 14.0):
        answers.append(limit.admits("a"))
    assert answers == [True, True, False, False, True, False, True]
    assert limit.admits("b")


def test_a_flood_of_strangers_takes_no_memory_and_frees_nobody_who_is_held(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(limits, "MOST_KEYS", 100)
    clock = Clock()
    limit = Limit(1, 10, clock)
    for number in range(90):
        limit.admits(f"old {number}")
    clock.now = 20.0
    assert limit.admits("held")
    for number in range(60):
        limit.admits(f"new {number}")
    assert not limit.admits("held")
    assert len(limit._seen) <= 100
