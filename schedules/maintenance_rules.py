"""How a rulebook speaks of maintenance intervals: data for the derivations of `schedules.maintenance`."""

from typing import Literal, Self

from pydantic import Field, model_validator

from schedules.vocabulary import Strict

Equipment = Literal["on_demand", "iot", "online_service", "remote_check", "pension_insurance", "full_package"]


class Case(Strict):
    """One line of the table: what a lift needs for it, and the longest interval between visits on site.

    `rule` is the rule that says so. Neither months nor days: the interval is that of the plan on file with the
    regulator. `remote_days`: between two visits there is a remote check at least so often, or the case falls.
    """

    rule: str
    needs: tuple[Equipment, ...] = ()
    months: int | None = Field(default=None, ge=1)
    days: int | None = Field(default=None, ge=1)
    remote_days: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if self.months is not None and self.days is not None:
            raise ValueError(f"case of {self.rule}: give months or days, not both")
        return self


class MaintenanceTable(Strict):
    """The longest intervals under one document. The first case whose needs are met is the lift's; the last needs
    nothing: it is what holds where no other does."""

    cases: tuple[Case, ...]

    @model_validator(mode="after")
    def _ends_with_the_ordinary_case(self) -> Self:
        if not self.cases or self.cases[-1].needs or self.cases[-1].days is None:
            raise ValueError("the last case of a maintenance table needs nothing and has days")
        if any(not case.needs for case in self.cases[:-1]):
            raise ValueError("a case that needs nothing hides those after it")
        return self

    @property
    def ordinary(self) -> Case:
        """What holds for a lift that no other case fits."""
        return self.cases[-1]
