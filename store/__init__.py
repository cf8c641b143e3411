"""Tables, queries and migrations. Imports nothing of ours."""

from store import (
    base,
    brakes,
    calendar,
    duties,
    events,
    first_ways,
    imports,
    lifts,
    notices,
    opt_outs,
    parties,
    settings,
    tasks,
    turns,
    watch,
)

__all__ = [
    "base",
    "brakes",
    "calendar",
    "duties",
    "events",
    "first_ways",
    "imports",
    "lifts",
    "notices",
    "opt_outs",
    "parties",
    "settings",
    "tasks",
    "turns",
    "watch",
]
