"""Many values in one parameter of a statement, on both databases.

A statement with a parameter for each of some hundred ids costs more to read than to run.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, BindParameter, ColumnElement, Text, any_, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Session, UTCDateTime

IDS = "ids"


def among(session: Session, column: ColumnElement[Any], ids: Iterable[int]) -> ColumnElement[bool]:
    """Whether `column` is one of `ids`; as `column.in_(ids)`, of any length."""
    on_server = is_server(session)
    return _is_listed(column, bindparam(None, as_ids(ids, on_server=on_server), Text, unique=True), on_server=on_server)


def among_ids(column: ColumnElement[Any], *, on_server: bool) -> ColumnElement[bool]:
    """The same for a statement that is built once and run often; its parameter `ids` is what `as_ids` makes."""
    return _is_listed(column, bindparam(IDS, type_=Text), on_server=on_server)


def as_ids(ids: Iterable[int], *, on_server: bool) -> str:
    """Many ids as one text: a driver takes long over a list."""
    listed = ",".join(map(str, ids))
    return f"{{{listed}}}" if on_server else f"[{listed}]"


def _is_listed(column: ColumnElement[Any], ids: BindParameter[str], *, on_server: bool) -> ColumnElement[bool]:
    if on_server:
        return column == any_(cast(ids, ARRAY(BigInteger)))
    rows = func.json_each(ids).table_valued("value")
    return column.in_(select(rows.c.value))


def given(session: Session, **columns: str) -> str:
    """A FROM item with the rows of the JSON array of objects in parameter `:rows`; columns with their types."""
    if is_server(session):
        listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        return f"json_to_recordset(CAST(:rows AS json)) AS given({listed})"
    listed = ", ".join(f"CAST(e.value ->> '{name}' AS {kind}) AS {name}" for name, kind in columns.items())
    return f"(SELECT {listed} FROM json_each(:rows) AS e) AS given"


def as_stored(session: Session, moment: datetime | None) -> Any:
    """A moment as the driver takes it in rows of plain values: word for word as a statement would store it."""
    dialect = session.connection().dialect
    convert = UTCDateTime().dialect_impl(dialect).bind_processor(dialect)
    return convert(moment) if convert is not None else moment


def is_server(session: Session) -> bool:
    """Whether the store is on PostgreSQL."""
    return session.connection().dialect.name == "postgresql"
