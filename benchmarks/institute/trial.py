"""Plays institutes in stores of their own, one seed after the other, and says what each came to."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import structlog

from institute.year import Trial, play
from store.database import Database

LIFTS_A_UNIT, FEWEST_UNITS = 20, 36


def run(
    folder: Path, *, seeds: list[int], lifts: int, days: int, say: Callable[[str], None]
) -> Iterator[dict[str, Any]]:
    """A line for each seed: its faults, and what was done."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for seed in seeds:
        database = Database(f"sqlite:///{folder / f'institute-{seed}.sqlite'}")
        database.migrate()
        trial = Trial(seed, lifts, units=max(lifts // LIFTS_A_UNIT, FEWEST_UNITS), inspectors=30, days=days)
        outcome = play(database, trial, say)
        database.close()
        yield {"seed": seed, "lifts": lifts, "faults": len(outcome.faults), **outcome.figures}
