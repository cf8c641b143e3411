"""In which language somebody wants to be spoken to in a chat, where they have chosen one."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import Session

from store.database import in_chunks, table_of
from store.doors import Door


def chosen_languages(session: Session, chats: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Of these chats (channel, address) those in which a language was chosen, with it."""
    wanted, door = set(chats), table_of(Door).c
    found: dict[tuple[str, str], str] = {}
    for part in in_chunks(sorted({address for _, address in wanted})):
        query = select(door.channel, door.address, door.language).where(door.address.in_(part), door.language != "")
        found |= {(channel, address): language for channel, address, language in session.execute(query)}
    return {chat: language for chat, language in found.items() if chat in wanted}
