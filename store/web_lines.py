"""The lines of the web chat as its page shows them: the latest, older ones, what changed, what is unread."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Integer, String, column, func, select, values
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from store.database import in_chunks, table_of
from store.doors import WEBCHAT, StoredFile
from store.notices import ChatMessage, Delivery

PAGE = 40  # lines that a page begins with, and that come with each look further back
DAY = timedelta(days=1)
MOST = 200  # lines that are kept live

Place = tuple[str, int]  # an inbox, and the line from which it is shown


def load_shown(session: Session, address: str, first: int | None) -> list[ChatMessage]:
    """The lines from `first` on, the oldest first: the newest MOST of them; without it the newest page."""
    query = select_rows(ChatMessage).where(ChatMessage.address == address, ~col(ChatMessage.gone))
    if first is not None:
        query = query.where(ChatMessage.id >= first)
    newest = query.order_by(col(ChatMessage.id).desc()).limit(PAGE if first is None else MOST)
    return list(session.exec(newest))[::-1]


def load_older(session: Session, address: str, before: int) -> list[ChatMessage]:
    """The page of lines before this one, the oldest first."""
    query = select_rows(ChatMessage).where(ChatMessage.address == address, ~col(ChatMessage.gone))
    query = query.where(ChatMessage.id < before).order_by(col(ChatMessage.id).desc()).limit(PAGE)
    return list(session.exec(query))[::-1]


def has_older(session: Session, address: str, before: int) -> bool:
    """Whether there are lines before this one."""
    line = table_of(ChatMessage).c
    query = select(line.id).where(line.address == address, ~line.gone, line.id < before).limit(1)
    return session.execute(query).first() is not None


def sum_versions(session: Session, places: Iterable[Place]) -> dict[Place, int]:
    """For each place the sum of its lines' versions, those taken back too: it grows with every change.

    A line that is committed after one with a higher id is not lost by it.
    """
    line = table_of(ChatMessage).c
    found: dict[Place, int] = {}
    for chunk in in_chunks(sorted(set(places))):
        names = values(column("address", String), column("first", Integer), name="places").data(list(chunk))
        asked = names.cte("asked").c
        sums = (
            select(asked.address, asked.first, func.sum(line.version))
            .where(line.address == asked.address, line.id >= asked.first)
            .group_by(asked.address, asked.first)
        )
        found |= dict.fromkeys(chunk, 0)
        found |= {(address, first): int(total) for address, first, total in session.execute(sums)}
    return found


def count_unread(session: Session, address: str, read_to: int) -> int:
    """How many lines to this person come after the last that was on a screen."""
    line = table_of(ChatMessage).c
    query = select(func.count()).where(line.address == address, line.id > read_to, line.direction == "out", ~line.gone)
    return int(session.execute(query).scalar_one())


def find_told(session: Session, address: str, line_ids: Iterable[int]) -> list[Delivery]:
    """The attempts that wrote these lines of this inbox: the line was written at the attempt's moment."""
    line, delivery = table_of(ChatMessage).c, table_of(Delivery).c
    told = (
        select(delivery.id)
        .join(
            table_of(ChatMessage),
            (line.notice_id == delivery.notice_id)
            & (line.address == delivery.address)
            & (line.at == delivery.attempted_at),
        )
        .where(line.id.in_(sorted(set(line_ids))), line.address == address, line.direction == "out")
        .where(delivery.channel == WEBCHAT)
    )
    return list(session.exec(select_rows(Delivery).where(col(Delivery.id).in_(told)).order_by(col(Delivery.id))))


def last_line(session: Session, address: str, up_to: int) -> int:
    """The newest line of this inbox up to `up_to`; 0 where there is none."""
    line = table_of(ChatMessage).c
    query = select(func.max(line.id)).where(line.address == address, line.id <= up_to)
    return session.execute(query).scalar_one() or 0


def size_of_day(session: Session, address: str, now: datetime) -> int:
    """How many bytes of files were kept for this inbox within a day."""
    file = table_of(StoredFile).c
    query = select(func.coalesce(func.sum(file.size), 0)).where(file.address == address, file.at > now - DAY)
    return int(session.execute(query).scalar_one())
