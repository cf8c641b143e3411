"""Lines of the web chat as the page gets them."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from portal.chat_markup import is_link, read_markup
from store.notices import ChatMessage
from store.zone import SHANGHAI

REMEMBERED = 4_000  # states of inboxes, of which a page is told only what changed since

Versions = Mapping[int, int]  # line id → version
Item = dict[str, Any]


def describe_line(line: ChatMessage) -> Item:
    """One line; its times are those of the city."""
    at = line.at.astimezone(SHANGHAI)
    return {
        "id": line.id,
        "v": line.version,
        "mine": line.direction == "in",
        "day": at.date().isoformat(),
        "time": f"{at:%H:%M}",
        "text": read_markup(line.text) if line.is_html else [line.text],
        "keys": _describe_keys(line.keyboard or {}),
        "media": _describe_media(line.media),
        "notice": line.notice_id is not None,
    }


def versions_of(lines: Iterable[ChatMessage]) -> dict[int, int]:
    """What a page knows that shows these lines."""
    return {line.id: line.version for line in lines}


def tag_of(versions: Versions) -> str:
    """A short name of this state; a line is of one inbox only."""
    written = ",".join(f"{line}:{version}" for line, version in versions.items())
    return sha256(written.encode()).hexdigest()[:32]


class Remembered:
    """The last states that pages were shown, by their tags; for one that is forgotten everything is sent anew."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._states: OrderedDict[str, Versions] = OrderedDict()

    def keep(self, tag: str, versions: Versions) -> None:
        """Remember a state."""
        self._states[tag] = versions
        self._states.move_to_end(tag)
        while len(self._states) > self._most:
            self._states.popitem(last=False)

    def recall(self, tag: str) -> Versions:
        """What a page knows; nothing where that was forgotten."""
        return self._states.get(tag, {})


def _describe_keys(keyboard: Mapping[str, Any]) -> Item | None:
    for kind in ("inline", "reply"):
        if kind in keyboard:
            rows = [[key for key in map(_describe_key, row) if key] for row in keyboard[kind] or []]
            return {"kind": kind, "rows": [row for row in rows if row]}
    return None


def _describe_key(key: Mapping[str, Any]) -> Item | None:
    """A button; one whose link may not be opened is left out."""
    shown = {"text": str(key.get("text", ""))}
    if "url" in key:
        return shown | {"url": key["url"]} if is_link(str(key["url"])) else None
    return shown | {name: key[name] for name in ("data", "copy", "request_location") if name in key}


def _describe_media(media: Mapping[str, Any] | None) -> Item | None:
    if not media:
        return None
    kept = ("kind", "file", "name", "mime", "size", "lat", "lon")
    return {name: media[name] for name in kept if media.get(name) is not None}
