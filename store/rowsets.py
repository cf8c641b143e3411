"""Many values in one parameter of a statement, on both databases.

A statement with a parameter for each of some hundred ids costs more to read than to run.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Session, UTCDateTime


def among(session: Session, column: ColumnElement[Any], ids: Iterable[int]) -> ColumnElement[bool]:
    """Whether `column` is one of `ids`; as `column.in_(ids)`, of any length."""
    wanted = list(ids)
    if _is_server(session.connection()):
        return column == any_(bindparam(None, wanted, type_=ARRAY(BigInteger), unique=True))
    rows = func.json_each(bindparam(None, json.dumps(wanted), type_=Text, unique=True)).table_valued("value")
    return column.in_(select(rows.c.value))


def given(session: Session, *columns: str) -> str:
    """A FROM item with the rows of the JSON array of arrays in parameter `:rows`; columns as in "id BIGINT"."""
    each = (
        "json_array_elements(CAST(:rows AS json)) AS e(value)"
        if _is_server(session.connection())
        else "json_each(:rows) AS e"
    )
    chosen = (f"CAST(e.value ->> {n} AS {kind}) AS {name}" for n, (name, kind) in enumerate(map(str.split, columns)))
    return f"(SELECT {', '.join(chosen)} FROM {each}) AS given"


def as_stored(session: Session, moment: datetime | None) -> Any:
    """A moment as the driver takes it in rows of plain values."""
    dialect = session.connection().dialect
    convert = UTCDateTime().bind_processor(dialect)
    return convert(moment) if convert is not None else moment


def _is_server(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"
