"""docs/messages.md: every template with an example, written from the templates themselves.

`python -m notifier.catalogue FILE` writes it.
"""

import sys
from pathlib import Path

from notifier.index import Entry, load_index, signature_of
from notifier.samples import DECEMBER, render_sample, units_of
from notifier.segments import count_units

READERS = {
    "use_unit": "use unit",
    "maintainer": "maintainer",
    "regulator": "district regulator",
    "office": "office",
    "desk": "inspection department",
}
MANY = 14
HEAD = """# Messages

Written from the templates by `python -m notifier.catalogue docs/messages.md`; a test compares.

The signature is the provider's own field and not a part of a template; it counts. Characters are units of the
encoding: UTF-16 for Chinese (70 in one SMS, then 67 a segment), GSM-7 for English (160, then 153; [ and ] count two).
One lift is named, several are counted: the template is chosen by the number of lifts, nothing is glued. `1` and `14`
are the numbers of lifts of the examples. Variables from registers lose brackets, links, mobile numbers and
characters that do not show, and are cut to 20 characters in an SMS (the name of a lift to 12, in an alphabet to 20).
"""


def write_catalogue() -> str:
    """The whole document."""
    parts = [HEAD, _overview(), "## SMS\n"]
    parts += [_sms_of(template, entry) for template, entry in load_index().templates.items()]
    parts += ["## Chat\n"]
    parts += [_chat_of(template, "webchat", 2) for template in load_index().templates]
    parts += ["## The call of gz.call: the caller's card, and the same for a machine\n"]
    parts += [_chat_of("gz.call", "call_task", 2), _chat_of("gz.call", "voice", MANY)]
    return "\n".join(parts)


def _overview() -> str:
    lines = [
        "## Overview\n",
        "| template | reader | when | clause | zh 1 / 14 | en 1 / 14 |",
        "|---|---|---|---|---|---|",
    ]
    for template, entry in load_index().templates.items():
        counts = [" / ".join(_figures(template, language, n) for n in (1, MANY)) for language in ("zh", "en")]
        reader = READERS[entry.reader]
        lines.append(f"| `{template}` | {reader} | {entry.when} | {entry.clause['zh']} | {counts[0]} | {counts[1]} |")
    lines.append("\nFigures: characters with the signature, and segments where it is more than one.\n")
    return "\n".join(lines)


def _figures(template: str, language: str, lifts: int) -> str:
    text, segments = _example(template, language, lifts)
    return f"{count_units(text)}" + (f" ({segments})" if segments > 1 else "")


def _example(template: str, language: str, lifts: int) -> tuple[str, int]:
    rendered = render_sample(template, language, "sms", lifts=lifts, units=units_of(template, lifts), ladder=DECEMBER)
    return signature_of(template, language) + rendered.body, rendered.segments


def _sms_of(template: str, entry: Entry) -> str:
    lines = [
        f"### `{template}`",
        f"{READERS[entry.reader]}; {entry.when}; {entry.clause['zh']} ({entry.clause['en']})\n",
    ]
    for language in ("zh", "en"):
        for lifts in (1, MANY):
            text, segments = _example(template, language, lifts)
            lines.append(f"- {lifts}: {text} ({count_units(text)} characters, {segments} SMS)")
    return "\n".join(lines) + "\n"


def _chat_of(template: str, channel: str, lifts: int) -> str:
    texts = [
        render_sample(template, language, channel, lifts=lifts, units=units_of(template, lifts), ladder=DECEMBER).body
        for language in ("zh", "en")
    ]
    fenced = "\n".join(f"```text\n{text}\n```" for text in texts)
    return f"### `{template}`, {channel}\n{fenced}\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(write_catalogue(), encoding="utf-8")
