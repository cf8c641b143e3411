"""How a date is said to people: with its year only where that may be doubted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# Outside these bounds around today a date without its year may be doubted.
CLEAR_BEHIND, CLEAR_AHEAD = timedelta(days=90), timedelta(days=270)


@dataclass(frozen=True)
class DateForms:
    """How one language says dates, as templates/index.toml has it."""

    month: str
    day: str
    day_of_year: str
    month_names: Sequence[str] = ("",) * 12

    def say_day(self, day: date, today: date | None) -> str:
        """2月28日 or 28 Feb; with the year where it may be doubted seen from `today`, and always without one."""
        is_clear = today is not None and -CLEAR_BEHIND <= day - today <= CLEAR_AHEAD
        return self._fill(self.day if is_clear else self.day_of_year, day)

    def say_month(self, day: date) -> str:
        """2027年2月 or Feb 2027: always with the year."""
        return self._fill(self.month, day)

    def _fill(self, form: str, day: date) -> str:
        return form.format(year=day.year, month=day.month, day=day.day, month_name=self.month_names[day.month - 1])
