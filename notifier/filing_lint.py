"""The lint of what is to be filed with a provider: it would be approved, and every message can be said in it."""

from collections.abc import Iterator

from notifier.filing_texts import SMS, VOICE, FilingText, sms_filings, voice_filings
from notifier.filings import Filing, check_filing, load_rules
from notifier.samples import DECEMBER, FEBRUARY, render_sample, units_of

EVERYDAY, LARGEST = (1, 2, 14), 1480  # lifts
MANY_UNITS = 999

Found = tuple[str, str]  # channel, what is wrong


def check_filings(template: str, language: str) -> Iterator[Found]:
    """What is wrong with the texts to be filed for a template."""
    if f"{template}.{language}" in load_rules().not_filed:
        return
    for channel, texts in (
        (SMS, list(sms_filings(template, language))),
        (VOICE, list(voice_filings(template, language))),
    ):
        for one in texts:
            for fault in check_filing(channel, one.text):
                yield channel, f"filed as {one.text!r} {fault}"
        if texts:
            yield from _check_bodies(template, language, channel, texts)


def _check_bodies(template: str, language: str, channel: str, texts: list[FilingText]) -> Iterator[Found]:
    filings = [as_filing(one) for one in texts]
    for body in sorted(set(_bodies(template, language, channel))):
        if not any(filing.read(body) is not None for filing in filings):
            yield channel, f"says {body!r}, which is none of the texts to be filed"


def _bodies(template: str, language: str, channel: str) -> Iterator[str]:
    for lifts in EVERYDAY:
        for sample, ladder in ((language, FEBRUARY), (language, DECEMBER), (f"{language}_long", DECEMBER)):
            units = units_of(template, lifts)
            yield render_sample(
                template, language, channel, lifts=lifts, sample=sample, units=units, ladder=ladder
            ).body
    longest = f"{language}_long"
    yield render_sample(template, language, channel, lifts=LARGEST, sample=longest, units=MANY_UNITS).body


def as_filing(text: FilingText, code: str = "") -> Filing:
    """The text with the id that a provider gave it."""
    kind = "voice" if text.kind == VOICE else "sms"
    return Filing(kind=kind, template=text.template, language=text.language, code=code, text=text.text)
