"""Locks that a write transaction holds until it ends.

On SQLite `Database.write()` holds the only lock there is from its start, so there is nothing to do. On PostgreSQL
writers run side by side; who changes a whole register holds its city, who acts on single lifts shares it and locks the
lifts. Cities are always taken in the order of their ids and before anything else, so that two never wait for each
other.
"""

from collections.abc import Iterable
from hashlib import blake2b

from sqlalchemy import func, select
from sqlmodel import Session

from store.database import in_chunks, table_of
from store.lifts import City, Lift


def lock_number(name: str) -> int:
    """The number under which PostgreSQL knows the lock of this name."""
    return int.from_bytes(blake2b(f"tixing/{name}".encode(), digest_size=8).digest(), signed=True)


def hold(session: Session, name: str) -> None:
    """Be the only one inside what `name` stands for."""
    if _is_server(session):
        session.execute(select(func.pg_advisory_xact_lock(lock_number(name))))


def share(session: Session, name: str) -> None:
    """Be inside what `name` stands for together with others, and with nobody who holds it alone."""
    if _is_server(session):
        session.execute(select(func.pg_advisory_xact_lock_shared(lock_number(name))))


def hold_city(session: Session, city_id: str) -> None:
    """Be the only one who changes this city's register: an import, a plan, a rebuild of everything."""
    hold(session, f"city/{city_id}")


def hold_all_cities(session: Session) -> list[str]:
    """Be the only one who changes any register. Returns the cities."""
    cities = list(session.execute(select(table_of(City).c.id).order_by(table_of(City).c.id)).scalars())
    for city_id in cities:
        hold_city(session, city_id)
    return cities


def lock_lifts(session: Session, lift_ids: Iterable[int]) -> None:
    """Be the only one who acts on these lifts; whoever changes their whole register waits, or is waited for."""
    if not _is_server(session):
        return
    lift = table_of(Lift).c
    wanted = sorted(set(lift_ids))
    cities: set[str] = set()
    for ids in in_chunks(wanted):
        cities.update(session.execute(select(lift.city_id).where(lift.id.in_(ids)).distinct()).scalars())
    for city_id in sorted(cities):
        session.execute(select(func.pg_advisory_xact_lock_shared(lock_number(f"city/{city_id}"))))
    for ids in in_chunks(wanted):
        query = select(lift.id).where(lift.id.in_(ids)).order_by(lift.id)
        session.execute(query.with_for_update(key_share=True)).all()


def _is_server(session: Session) -> bool:
    """Whether others may be writing too: not on SQLite, and not in a copy that nobody else sees."""
    connection = session.connection()
    return connection.dialect.name == "postgresql" and not connection.get_execution_options().get("tixing_copy")
