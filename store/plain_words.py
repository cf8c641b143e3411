"""What somebody wrote, so that a chat shows it and does nothing more with it: no links, no names to call, no commands.

Telegram makes a link of whatever looks like one. A sign that nobody sees, put behind the dot, the @ or the slash, ends
that, and the text reads as before.
"""

import re

APART = "\u2060"  # WORD JOINER: nothing to see, no line ends there, and no address goes through it
_AT = re.compile(r"@(?=\w)")
_COMMAND = re.compile(r"(?<![\w/<>])/(?=\w)")
_SCHEME = re.compile(r"(?<=[A-Za-z]):(?=//)")
_DOT = re.compile(r"(?<=\w)\.(?=[^\W\d_])|(?<=\d)\.(?=\d+\.\d+\.\d)")


def tame(text: str) -> str:
    """The same to the eye, with nothing in it that can be tapped."""
    for mark in (_AT, _COMMAND, _SCHEME, _DOT):
        text = mark.sub(lambda found: found.group() + APART, text)
    return text


def without_marks(text: str) -> str:
    """The text as it was written, for what is drawn or filed."""
    return text.replace(APART, "")
