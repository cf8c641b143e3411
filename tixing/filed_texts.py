"""Which texts are to be filed with Aliyun for a register, and which of them have no id yet."""

from collections.abc import Iterator
from datetime import date

from sqlmodel import Session, select

from notifier.filing_lint import as_filing
from notifier.filing_texts import SMS, VOICE, alarm_filings, reply_filings, sms_filings, voice_filings
from notifier.filings import Filing, Filings, load_filings, load_rules
from notifier.index import load_index
from schedules.regimes import rulebook_of
from schedules.rulebook import programme_of, rules_of
from store.lifts import City
from tixing.checkup import Finding

GREETING, OFFICE = "contact", "office"  # to new contacts; to offices about their papers
# What is told beside all rungs, in every city.
BESIDE = {GREETING, "alert", "booking", "case", "handover", "reg", "saying"}


def used_templates(session: Session, *, today: date) -> frozenset[str]:
    """The templates of the rungs of the rulebooks that the cities are under, and whatever is called like them."""
    books = [rulebook_of(session, city, today) for city in session.exec(select(City.id))]
    rungs = {
        telling.template for book in books for rule in rules_of(book) for step in rule.steps for telling in step.tells
    }
    families = {name.partition(".")[0] for name in rungs} | BESIDE
    families |= {OFFICE for book in books if programme_of(book)}
    return frozenset(name for name in load_index().templates if name.partition(".")[0] in families)


def texts_to_file(language: str, templates: frozenset[str], known: Filings) -> Iterator[Filing]:
    """Each text once, with its id where it has one; answers and alarms are always among them."""
    ids: dict[tuple[str, str], str] = {(one.kind, one.text): one.code for one in known.filed}
    names = [name for name in load_index().templates if name in templates]
    texts = [text for name in names for text in (*sms_filings(name, language), *voice_filings(name, language))]
    texts += [text for kind in (SMS, VOICE) for text in reply_filings(kind, language)]
    texts += alarm_filings(language)
    seen: set[tuple[str, str]] = set()
    for text in texts:
        if f"{text.template}.{language}" in load_rules().not_filed or (text.kind, text.text) in seen:
            continue
        seen.add((text.kind, text.text))
        yield as_filing(text, ids.get((text.kind, text.text), ""))


def check_filings(session: Session, *, calls: bool, today: date) -> Finding:
    """Whether what the register may say in Chinese is filed; without calls those of SMS alone are asked for."""
    known = load_filings(session)
    wanted = list(texts_to_file("zh", used_templates(session, today=today), known))
    missing = [one for one in wanted if not one.code and (calls or one.kind == SMS)]
    if not missing:
        return Finding(Finding.GOOD, "filings", "every text for the mainland has its id at Aliyun")
    message = (
        f"{len(missing)} texts have no id at Aliyun, and what they say is not sent to numbers of the mainland; see "
        "`tixing filings --used --missing`"
    )
    return Finding(Finding.DOUBT, "filings", message)
