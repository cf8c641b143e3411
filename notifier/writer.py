"""One message: to whom, where, in which words. Nothing is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from notifier.address_book import Departments
from notifier.facts import NoticeFacts
from notifier.index import Languages, language_of, signature_of
from notifier.owing import in_true_words
from notifier.routing import CHAT_ONLY, NONE, Address, Where
from notifier.text import render, variables_of
from notifier.wording import Department, words_for
from store.database import table_of
from store.notices import PAPERLESS, RECORDS, SUMMARY
from store.settings import Setting

SIGNATURES_SETTING = "sms_signatures"  # set by `tixing signatures`


@dataclass(slots=True)
class Subject:
    """What a message is about, for channels that hand on more than a text (a call task) and for tasks."""

    city_id: str
    party_id: int
    party_name: str
    district_code: str
    department_id: int | None
    step: str
    duty: str = ""
    at_once: bool = False  # what asks for something says that it waits for no evening
    is_beside: bool = False  # the same went out by a way of its own: nobody need know that this one reached nobody


@dataclass(slots=True)
class PreparedDelivery:
    """One message ready to go: to whom, where, in which words. channel `none`: nobody can be reached.

    `body` is without the signature; `segments` counts an SMS with it. `lift_keys` are the register's identifiers.
    `figures`: what a picture of it is drawn from.
    """

    notice_id: int
    contact_id: int | None
    channel: str
    address: str
    name: str
    template: str
    template_version: str
    language: str
    signature: str
    body: str
    segments: int
    lift_keys: list[str]
    party_ref: str
    subject: Subject
    written_on: date
    figures: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Writer:
    """Writes the messages of notices for one day; `languages`: what was chosen in a chat, else the party's holds."""

    today: date
    departments: Departments
    signatures: dict[str, Languages] | None = None
    languages: Mapping[Where, str] = field(default_factory=dict)
    signed: dict[tuple[str, str, str], str] = field(default_factory=dict)  # what was worked out so far

    def write(self, facts: NoticeFacts, addresses: Sequence[Address]) -> list[PreparedDelivery]:
        """One message for each address; the same words are worked out once."""
        department = self.departments.of(facts.city_id, facts.area)
        return [self._write_one(facts, address, department) for address in addresses]

    def _signature(self, template: str, language: str, area: str) -> str:
        known = self.signed.get((template, language, area))
        if known is None:
            known = signature_of(template, language, self.signatures, area)
            self.signed[(template, language, area)] = known
        return known

    def _write_one(self, facts: NoticeFacts, address: Address, department: Department) -> PreparedDelivery:
        language = language_of(self.languages.get((address.channel, address.address)) or facts.language)
        facts = in_true_words(facts, address.channel, self.today)
        only = variables_of(facts.template, language, address.channel, single=len(facts.lifts) == 1)
        words = words_for(facts, language, address.channel, self.today, department, only=only)
        words["contact"] = address.name
        signature = self._signature(facts.template, language, facts.area)
        rendered = render(facts.template, language, address.channel, words, signature=signature)
        return PreparedDelivery(
            facts.notice_id,
            address.contact_id or None,
            address.channel,
            address.address,
            address.name,
            facts.template,
            rendered.version,
            language,
            signature,
            rendered.body,
            rendered.segments if address.channel != NONE else 0,
            facts.lift_keys,
            facts.party_ref,
            Subject(
                facts.city_id,
                facts.party_id,
                facts.party_name,
                facts.area,
                department.party_id,
                facts.step,
                facts.duty,
                at_once=bool(facts.own.get(RECORDS, {}).get("at_once")),
                is_beside=facts.channel_class == CHAT_ONLY,
            ),
            self.today,
            facts.own.get(SUMMARY) or facts.own.get(PAPERLESS, {}).get("figures"),
        )


def filed_signatures(session: Session) -> dict[str, Languages] | None:
    """The signatures as filed with the operators, where this deployment has its own."""
    table = table_of(Setting).c
    query = select(table.value).where(table.key == SIGNATURES_SETTING)
    filed: dict[str, Languages] | None = session.connection().execute(query).scalar()
    return filed
