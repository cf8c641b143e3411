"""In which way somebody, or a kind of duty, is told first. What is due by law is moved by it, never stopped."""

from sqlalchemy import delete
from sqlmodel import Session

from store.database import insert_new, table_of
from store.first_ways import FirstWay, WrittenWay


def prefer_for_person(session: Session, phone: str, first: WrittenWay | None) -> None:
    """Write to whoever has this phone (E.164) so first; None: as the rungs say."""
    _set(session, {"city_id": "", "duty": "", "phone": phone}, first)


def prefer_for_kind(session: Session, city_id: str, duty: str, first: WrittenWay | None) -> None:
    """Tell of this kind of duty so first, where its rungs ask for something written; None: as the rungs say."""
    _set(session, {"city_id": city_id, "duty": duty, "phone": ""}, first)


def _set(session: Session, key: dict[str, str], first: WrittenWay | None) -> None:
    table = table_of(FirstWay)
    session.execute(delete(table).where(*[table.c[name] == value for name, value in key.items()]))
    if first is not None:
        insert_new(session, FirstWay, {**key, "first": first.value})
