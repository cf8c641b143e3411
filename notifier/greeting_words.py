"""The words of a greeting: who we are, for which unit, for how many lifts."""

from typing import Any

from notifier.clean import clean_text, cut
from notifier.facts import NoticeFacts
from notifier.index import load_index
from store.notices import GREETING

LONGEST_NAME = 60
SHORT = {"zh": (8, 14), "en": (20, 20)}  # of department and unit in an SMS, of which there is to be one


def words_for_greeting(facts: NoticeFacts, language: str, channel: str, department: str) -> dict[str, Any]:
    """Every variable of a greeting; `n` lifts."""
    own, index = facts.own[GREETING], load_index()
    ours, theirs = SHORT[language] if channel in ("sms", "none") else (LONGEST_NAME, LONGEST_NAME)
    return {
        "n": own["lifts"],
        "dept": cut(clean_text(department), ours) or index.languages[language].department,
        "you": cut(clean_text(facts.party_name), theirs),
        "document": index.documents.get(own.get("document", ""), {}).get(language, ""),
        "clause": own.get("clause", ""),
        "reader": index.entry(facts.template).reader,
        "contact": "",
    }
