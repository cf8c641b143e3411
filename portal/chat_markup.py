"""The text of a line as a tree that the page builds its elements from: Telegram's few tags, everything else as written.

https://core.telegram.org/bots/api#html-style. A tree is a list of strings and of {"tag", "inside"}, a link with "href".
"""

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

Tree = list[Any]

SAME = {"strong": "b", "em": "i", "ins": "u", "strike": "s", "del": "s"}
SHOWN = frozenset({"b", "i", "u", "s", "code", "pre", "a", "blockquote"})
LINKS = ("http", "https")
DEEPEST = 16  # levels; what lies deeper is shown without its tags


def read_markup(text: str) -> Tree:
    """The tree of a text in Telegram's HTML."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.tree


def is_link(address: str) -> bool:
    """Whether an address may be opened from the page."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in LINKS and bool(parts.netloc)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tree: Tree = []
        self._open: list[tuple[str, Tree]] = []

    @property
    def _here(self) -> Tree:
        return self._open[-1][1] if self._open else self.tree

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = SAME.get(tag, tag)
        href = dict(attrs).get("href") or ""
        is_shown = name in SHOWN and (name != "a" or is_link(href)) and len(self._open) < DEEPEST
        if not is_shown:
            self._say(self.get_starttag_text() or "") if name not in SHOWN else None
            return
        inside: Tree = []
        self._here.append({"tag": name, "inside": inside} | ({"href": href} if name == "a" else {}))
        self._open.append((name, inside))

    def handle_endtag(self, tag: str) -> None:
        name = SAME.get(tag, tag)
        if name not in SHOWN:
            self._say(f"</{tag}>")
            return
        depth = next((at for at in reversed(range(len(self._open))) if self._open[at][0] == name), None)
        if depth is not None:
            del self._open[depth:]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._say(self.get_starttag_text() or "")

    def handle_data(self, data: str) -> None:
        self._say(data)

    def handle_comment(self, data: str) -> None:
        self._say(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._say(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self._say(f"<?{data}>")

    def unknown_decl(self, data: str) -> None:
        self._say(f"<![{data}]>")

    def _say(self, text: str) -> None:
        here = self._here
        if here and isinstance(here[-1], str):
            here[-1] += text
        elif text:
            here.append(text)
