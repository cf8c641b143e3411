"""Which jobs are on which day while a plan is made, and what a change would cost."""

from collections import Counter
from collections.abc import Iterable, Sequence

from schedules.year_plan.inspectors import PlanDay
from schedules.year_plan.jobs import Job, address_of

# In this order: another day on which somebody goes to the address; more shifts; another day on which somebody is in the
# neighbourhood; empty places of shifts in use, which are worth most where there are many on one day.
Cost = tuple[int, int, int, int]


class Board:
    """The days of a plan by number, with the jobs on them. Never more on a day than it has places for."""

    def __init__(self, days: Sequence[PlanDay]) -> None:
        self.days = days
        self.on: list[dict[int, Job]] = [{} for _ in days]  # the number of each job → the job
        self.day_of: dict[int, int] = {}  # the number of each job → its day
        self.near: list[Counter[str]] = [Counter() for _ in days]  # how many of a neighbourhood
        self.at: list[Counter[tuple[str, str]]] = [Counter() for _ in days]  # how many of an address

    def load(self, day: int) -> int:
        """How many lifts are on it."""
        return len(self.on[day])

    def free(self, day: int) -> int:
        """How many more it takes."""
        return self.days[day].places - len(self.on[day])

    def put(self, jobs: Iterable[Job], day: int) -> None:
        """Put jobs on a day, from wherever they are."""
        for job in jobs:
            self.take_off(job)
            assert self.free(day) > 0
            self.on[day][job.number] = job
            self.day_of[job.number] = day
            self.near[day][job.lift.neighbourhood] += 1
            self.at[day][address_of(job.lift)] += 1

    def take_off(self, job: Job) -> None:
        """Take a job from its day, if it has one."""
        day = self.day_of.pop(job.number, None)
        if day is not None:
            del self.on[day][job.number]
            self.near[day][job.lift.neighbourhood] -= 1
            self.at[day][address_of(job.lift)] -= 1

    def cost(self, jobs: Sequence[Job], day: int) -> Cost:
        """What these jobs, which are on no day, would cost on this one."""
        plan_day, load = self.days[day], self.load(day)
        before, after = plan_day.shifts_for(load), plan_day.shifts_for(load + len(jobs))
        idle_before, idle_after = plan_day.room[before] - load, plan_day.room[after] - load - len(jobs)
        return (
            sum(not self.at[day][address] for address in {address_of(job.lift) for job in jobs}),
            after - before,
            sum(not self.near[day][one] for one in {job.lift.neighbourhood for job in jobs}),
            idle_before**2 - idle_after**2,
        )

    def best_day(self, jobs: Sequence[Job], first: int, last: int, present: int | None = None) -> int | None:
        """The day of `first`…`last` that has room for all these jobs and on which they cost least.

        Of several the `present` one, else the earliest. None where no day has room for them all.
        """
        fitting = [day for day in range(first, last + 1) if self.free(day) >= len(jobs)]
        return min(fitting, key=lambda day: (self.cost(jobs, day), day != present, day), default=None)
