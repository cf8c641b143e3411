"""Values worked out once for each text that is met."""

from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


class Remembered(dict[str, Value]):
    """`remembered[text]` is `read(text)`. Beyond `limit` texts it forgets all: memory stays bounded."""

    def __init__(self, read: Callable[[str], Value], limit: int = 10_000) -> None:
        super().__init__()
        self._read = read
        self._limit = limit

    def __missing__(self, text: str) -> Value:
        value = self._read(text)
        if len(self) >= self._limit:
            self.clear()
        self[text] = value
        return value
