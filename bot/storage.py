"""What dialogs remember: read from the visit and written to it; the desk keeps it in the store."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseEventIsolation, BaseStorage, StateType, StorageKey

from bot.visit import current_visit


class VisitStorage(BaseStorage):
    """A chat's records, by what they are for; a chat has one visit at a time."""

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Remember the state."""
        notes, name = current_visit().notes, _name(key)
        _, data = notes.records.get(name, (None, {}))
        self._keep(name, state.state if isinstance(state, State) else state, data)

    async def get_state(self, key: StorageKey) -> str | None:
        """The state, if there is one."""
        return current_visit().notes.records.get(_name(key), (None, {}))[0]

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Remember the data."""
        name = _name(key)
        state, _ = current_visit().notes.records.get(name, (None, {}))
        self._keep(name, state, _copied(dict(data)))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """A copy of the data."""
        data: dict[str, Any] = _copied(current_visit().notes.records.get(_name(key), (None, {}))[1])
        return data

    async def close(self) -> None:
        """Nothing is held open."""

    def _keep(self, name: str, state: str | None, data: dict[str, Any]) -> None:
        notes = current_visit().notes
        if notes.records.get(name, (None, {})) == (state, data):
            return
        notes.records[name] = (state, data)
        notes.changed.add(name)


class OneVisitAtATime(BaseEventIsolation):
    """The desk lets one update of a chat in at a time, so nothing is to be locked again."""

    @asynccontextmanager
    async def lock(self, key: StorageKey) -> AsyncIterator[None]:
        """Nothing to wait for."""
        yield

    async def close(self) -> None:
        """Nothing is held."""


def _name(key: StorageKey) -> str:
    """What a record is for: the chat is the visit's own."""
    return key.destiny if key.thread_id is None else f"{key.destiny}@{key.thread_id}"


def _copied(value: Any) -> Any:
    """A copy of plain JSON, which is all that dialogs may keep; several times faster than one of anything."""
    if isinstance(value, dict):
        return {name: _copied(one) for name, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list | tuple) else value
