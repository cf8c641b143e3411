"""Texts that must fit into one message: each gets what it needs where there is room, else an equal share."""

from collections.abc import Sequence

from store.plain_words import tame

CUT = "…"


def fitted(texts: Sequence[str], room: int) -> list[str]:
    """The texts, those that are too long cut so that all together take no more than `room`."""
    left = longest = room
    for number, length in enumerate(sorted(map(_length, texts))):
        longest = left // (len(texts) - number)
        if length > longest:
            return [_cut(text, longest) for text in texts]
        left -= length
    return list(texts)


def _length(text: str) -> int:
    """As Telegram counts it: an emoji is two."""
    return len(tame(text).encode("utf-16-le")) // 2


def _cut(text: str, longest: int) -> str:
    if _length(text) <= longest:
        return text
    kept = tame(text).encode("utf-16-le")[: 2 * max(0, longest - len(CUT))]
    return kept.decode("utf-16-le", "ignore") + CUT
