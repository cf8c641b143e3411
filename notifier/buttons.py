"""What can be pressed under a notice in a chat: templates/notice_buttons.toml. The bot answers it."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from notifier.channels.base import OutgoingMessage
from notifier.index import load_index

WHY, OPEN = "why", "open"
Button = tuple[str, str]  # label, data


def buttons_of(message: OutgoingMessage) -> list[Button]:
    """The buttons of one row; none under what is no notice. Of several notices together only the menu is offered."""
    prepared = message.prepared
    if not prepared.notice_id:
        return []
    names = _file()[prepared.language]
    offered = [OPEN] if message.together else _offered(prepared.template)
    return [(names[name], f"n:{prepared.notice_id}:{name}") for name in offered]


@cache
def _offered(template: str) -> list[str]:
    for begins, names in _file()["whoever"].items():
        if template.startswith(begins):
            return list(names)
    is_for_units = load_index().entry(template).reader == "use_unit"
    found = (names for begins, names in _file()["under"].items() if is_for_units and template.startswith(begins))
    return next(found, [WHY])


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((files("templates") / "notice_buttons.toml").read_text(encoding="utf-8"))
