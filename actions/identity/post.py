"""How a code gets to its telephone: whoever runs this service hands the way in."""

from typing import Protocol


class CodePost(Protocol):
    """Sends a code to a number (E.164), in the language of whoever asked; returns at once, before it has left.

    So nobody can tell by the time whether anything was sent.
    """

    async def __call__(self, number: str, code: str, language: str) -> None: ...
