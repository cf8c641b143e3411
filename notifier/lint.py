"""The lint of the wording: every template with the smallest and the largest data, in both languages."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from notifier.filing_lint import check_filings
from notifier.index import TextError, load_index
from notifier.samples import DECEMBER, FEBRUARY, render_sample, units_of
from notifier.text import sms_sources

LANGUAGES = ("zh", "en")
EVERYDAY, LARGEST = (1, 2, 14), 1480  # lifts
LONG_SEGMENTS = 3
TELEGRAM_UNITS = 4096
MANY_UNITS = 999
NEVER_IN_SMS = "【】\n¥"
STATEMENT = re.compile(r"\{%.*?%\}")
ADJACENT = re.compile(r"\}\}\s*\{\{")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a template, and where."""

    template: str
    language: str
    channel: str
    what: str


def check_all() -> Iterator[Fault]:
    """The faults of every template of the index, and of texts that are none of them."""
    for template in load_index().templates:
        yield from check_template(template)
    yield from find_strangers()


def find_strangers() -> Iterator[Fault]:
    """Texts that are none of the index's."""
    for language in LANGUAGES:
        known = {name.rpartition(".")[0] for name in sms_sources(language)}
        for name in sorted(known - load_index().templates.keys()):
            yield Fault(name, language, "sms", "is no template of the index")


def check_template(template: str) -> Iterator[Fault]:
    """Its faults in both languages and on every channel."""
    for language in LANGUAGES:
        try:
            yield from _check_sms(template, language)
            yield from _check_chat(template, language)
            yield from (Fault(template, language, channel, what) for channel, what in check_filings(template, language))
        except TextError as error:
            yield Fault(template, language, "", str(error))


def check_text(template: str, language: str, channel: str, body: str) -> Iterator[Fault]:
    """What is wrong with one written text."""
    said = _refused()
    allowed = said["allowed"].get(template, ())
    for word in (*said["zh"]["words"], *said["en"]["words"]):
        if word in body and word not in allowed:
            yield Fault(template, language, channel, f"says {word!r}")
    if "  " in body or "None" in body:
        yield Fault(template, language, channel, "has a gap where something should stand")
    if channel == "sms" and (found := set(body) & set(NEVER_IN_SMS)):
        yield Fault(template, language, channel, f"holds {''.join(sorted(found))!r}")


def _check_sms(template: str, language: str) -> Iterator[Fault]:
    for ladder in (FEBRUARY, DECEMBER):
        for lifts in EVERYDAY:
            units = units_of(template, lifts)
            rendered = render_sample(template, language, "sms", lifts=lifts, units=units, ladder=ladder)
            if rendered.segments > 1:
                yield Fault(template, language, "sms", f"about {lifts} lifts is {rendered.segments} SMS, not one")
            yield from check_text(template, language, "sms", rendered.body)
    for lifts in (1, LARGEST):
        longest = render_sample(
            template, language, "sms", lifts=lifts, sample=f"{language}_long", units=MANY_UNITS, ladder=DECEMBER
        )
        if longest.segments > LONG_SEGMENTS:
            yield Fault(template, language, "sms", f"with the longest names is {longest.segments} SMS")
        yield from check_text(template, language, "sms", longest.body)
    for name, source in sms_sources(language).items():
        if name.rpartition(".")[0] == template and ADJACENT.search(STATEMENT.sub("", source)):
            yield Fault(template, language, "sms", "has two variables side by side, which no operator files")


def _check_chat(template: str, language: str) -> Iterator[Fault]:
    for sample in (language, f"{language}_long"):
        for lifts in (*EVERYDAY, LARGEST):
            units = MANY_UNITS if lifts == LARGEST else units_of(template, lifts)
            body = render_sample(template, language, "webchat", lifts=lifts, sample=sample, units=units).body
            if _utf16(body) > TELEGRAM_UNITS:
                yield Fault(template, language, "chat", f"about {lifts} lifts does not fit into one Telegram message")
            if "\n\n\n" in body:
                yield Fault(template, language, "chat", "has two empty lines together")
            yield from check_text(template, language, "chat", body)


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@cache
def _refused() -> dict[str, Any]:
    return tomllib.loads((files("templates") / "refused.toml").read_text(encoding="utf-8"))
