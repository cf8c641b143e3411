"""Every verb that people can use, and who may: `python -m tixing.permitted docs/permissions.md` writes the page."""

import inspect
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import actions
from actions.actors import EVERYONE, Role
from actions.registry import VERBS, Verb

HEAD = """# Who may what

Every verb that people can use through the bot, the web chat or by SMS (`actions/registry.py`). A role may use it on
what is theirs: lifts for which the party answers, the districts of an office. Written by `python -m tixing.permitted`.

| verb | what it does | who may | changes something |
|---|---|---|---|
"""


def write_page() -> str:
    """The page, from the registry."""
    for module in walk_packages(actions.__path__, "actions."):
        import_module(module.name)
    return HEAD + "".join(_row(VERBS[name]) for name in sorted(VERBS))


def _row(verb: Verb) -> str:
    sentence = (inspect.getdoc(verb.run) or "").split("\n\n")[0].replace("\n", " ").replace("|", "/")
    who = "everyone" if verb.roles == EVERYONE else ", ".join(role.value for role in Role if role in verb.roles)
    return f"| `{verb.name}` | {sentence} | {who} | {'' if verb.reads else 'yes'} |\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(write_page(), encoding="utf-8")
