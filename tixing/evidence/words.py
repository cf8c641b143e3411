"""The words of the documents, and how days, moments and people are written in them."""

import tomllib
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from actions.evidence.attempts import Attempt
from notifier.masking import PHONE_CHANNELS, mask_phone
from store.zone import SHANGHAI
from tixing.documents import names_of, say_reason
from tixing.masking import mask_phones
from tixing.watch.words import MONTH_NAMES

LONGEST_REASON = 120


@cache
def load_words(language: str) -> dict[str, Any]:
    """Every word of the documents in that language."""
    text = (files("templates") / "documents" / "paper" / f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


class Say:
    """Says codes, days and people in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.words = load_words(language)
        self.names = names_of(language)

    def day(self, day: date | None) -> str:
        """2026年11月23日, or 23 Nov 2026; nothing for no day."""
        if day is None:
            return ""
        form: str = self.words["day"]
        return form.format(year=day.year, month=day.month, day=day.day, month_name=MONTH_NAMES[day.month - 1])

    def month(self, day: date) -> str:
        """2026年11月, or Nov 2026."""
        form: str = self.words["month"]
        return form.format(year=day.year, month=day.month, month_name=MONTH_NAMES[day.month - 1])

    def due(self, day: date | None, *, by_month: bool) -> str:
        """A validity as exactly as the register states it."""
        return self.month(day) if day and by_month else self.day(day)

    def moment(self, moment: datetime | None) -> str:
        """The moment by a clock in China."""
        if moment is None:
            return ""
        here = moment.astimezone(SHANGHAI)
        form: str = self.words["moment"]
        return form.format(year=here.year, month=here.month, day=here.day, hour=here.hour, minute=here.minute)

    def of(self, group: str, code: str) -> str:
        """The word for a code in a group of the documents' words, such as ("outcome", "delivered")."""
        found: str = self.words[group].get(code, code)
        return found

    def name(self, group: str, code: str) -> str:
        """The word for a code in the names that other texts use too, such as ("step", "sms")."""
        return self.names[group].get(code, code)

    def reason(self, reason: str) -> str:
        """Why a notice stands as it stands; what a provider said stays as it was said, with phones shortened."""
        return mask_phones(say_reason(reason, self.language))[:LONGEST_REASON]

    def recipient(self, attempt: Attempt) -> str:
        """Role and, for a phone, its first and last digits: 安全管理员 140****0009."""
        phone = mask_phone(attempt.address) if attempt.channel in PHONE_CHANNELS else ""
        return " ".join(part for part in (self.of("role", attempt.role) if attempt.role else "", phone) if part)

    def came(self, attempt: Attempt) -> str:
        """What came of an attempt; of a call with its outcome."""
        said = self.of("outcome", attempt.came.value)
        if attempt.outcome:
            return f"{said}{self.words['gap']}{self.of('call', attempt.outcome)}"
        return said

    def receipt(self, attempt: Attempt) -> str:
        """When the receipt came; the day of a call that was made."""
        return self.moment(attempt.receipt_at) or self.day(attempt.outcome_on)

    def text(self, attempt: Attempt) -> str:
        """What was said, with phones shortened, and the recipient called by role instead of name."""
        body = attempt.body
        if attempt.name:
            body = body.replace(attempt.name, self.of("role", attempt.role))
        return mask_phones(body)
