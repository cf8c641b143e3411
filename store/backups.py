"""The log of backups: which were made, where they lie, and whether one was restored and found whole."""

from datetime import datetime

from sqlalchemy import BigInteger, false
from sqlmodel import Field, Session, SQLModel, col, select

from store.base import check


class Backup(SQLModel, table=True):
    """One backup in one place. `error` says why there is none; `tried`: it was restored elsewhere, and all was there.

    `entries` are the entries of records that it holds.
    """

    __table_args__ = (
        check("ends_after_start", "finished_at >= made_at"),
        check("whole_or_error", "(error = '') = (length(sha256) = 64)"),
        check("tried_is_there", "NOT tried OR error = ''"),
        check("no_negative_size", "size >= 0 AND entries >= 0"),
    )

    id: int = Field(default=None, primary_key=True)
    made_at: datetime = Field(index=True)
    finished_at: datetime
    place: str
    name: str
    size: int = Field(default=0, sa_type=BigInteger)
    sha256: str = ""
    entries: int = 0
    sealed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    tried: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    error: str = ""


def last_backups(session: Session, place: str = "") -> tuple[Backup | None, Backup | None]:
    """The last one that is there, and the last try, of a place or of any."""
    query = select(Backup).order_by(col(Backup.made_at).desc(), col(Backup.id).desc())
    if place:
        query = query.where(Backup.place == place)
    return session.exec(query.where(Backup.error == "")).first(), session.exec(query).first()
