"""The order of text in a PostgreSQL store.

Text sorts and compares by its bytes, as SQLite does it, whatever language the server was set up for: the order of
notices, and with it a rehearsal, is the same on both. Tables that a later revision makes are found here too.
"""

from sqlalchemy import Connection, text

SORTED_OTHERWISE = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = current_schema() AND data_type IN ('character varying', 'text')
    AND collation_name IS DISTINCT FROM 'C'
ORDER BY table_name, ordinal_position
"""


def sort_by_bytes(connection: Connection) -> None:
    """Give every text column of a PostgreSQL store the collation of plain bytes."""
    tables: dict[str, list[str]] = {}
    for table, column, kind in connection.execute(text(SORTED_OTHERWISE)):
        tables.setdefault(table, []).append(f'ALTER COLUMN "{column}" TYPE {kind} COLLATE "C"')
    for table, changes in tables.items():
        connection.execute(text(f'ALTER TABLE "{table}" {", ".join(changes)}'))
