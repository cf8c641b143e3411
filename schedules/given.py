"""How facts are written: as strict as their schema, with one sentence for each fault."""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from schedules.dates import parse_day
from store.zone import SHANGHAI

YEARS = range(1950, 2200)  # outside it is a slip of the pen, and dates around it cannot all be written
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII)


def _day(value: Any) -> date:
    if isinstance(value, str):
        value = parse_day(value)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError("write the date as text, YYYY-MM-DD or YYYY-MM")
    return _in_years(value)


def _moment(value: Any) -> datetime:
    if isinstance(value, str):
        value = _parse_moment(value)
    if not isinstance(value, datetime):
        raise ValueError("write the moment as text, YYYY-MM-DDTHH:MM")
    _in_years(value.date())
    return value if value.tzinfo else value.replace(tzinfo=SHANGHAI)


def _parse_moment(text: str) -> datetime:
    if MOMENT.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    raise ValueError(f"{text!r} is not a moment; write YYYY-MM-DDTHH:MM with or without offset")


def _in_years(day: date) -> date:
    if day.year not in YEARS:
        raise ValueError(f"the year of {day} is not between {YEARS.start} and {YEARS.stop - 1}")
    return day


def _true_or_false(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("write true or false, without quotation marks")
    return value


def _whole_number(value: Any) -> Any:
    """A number as JSON has it; 5.0 is the 5 of the schema's integers."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise ValueError("write a whole number, without quotation marks")


Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=str)]
Moment = Annotated[datetime, BeforeValidator(_moment, json_schema_input_type=str)]
YesNo = Annotated[bool, BeforeValidator(_true_or_false, json_schema_input_type=bool)]
WholeNumber = BeforeValidator(_whole_number)


class Given(BaseModel):
    """Unknown keys are errors; nothing is changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
