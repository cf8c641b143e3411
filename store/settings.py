"""Settings that belong to the stored register rather than to a process."""

from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

SENT_AS, REAL_SINCE = "sent_as", "real_since"  # in which mode messages are sent, and since which moment they leave
DEMO, REAL = "demo", "real"


class Setting(SQLModel, table=True):
    """A named JSON value, such as the capacity of a city's callers."""

    key: str = Field(primary_key=True)
    value: Any = Field(sa_type=JSON)
