"""Consent to default signing: given and withdrawn by the heads of a use unit, in the words shown (003 四(三)).

Without a consent in force nothing is ever signed by default.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from sqlalchemy import update
from sqlmodel import Session, col, or_, select

from actions.actors import UNIT, UNIT_HEADS, Asked
from actions.records.pushing import ask_without_silence
from actions.refusals import Refused
from actions.registry import verb
from schedules.regimes import rules_in_force
from schedules.vocabulary import Trigger
from store.consents import SigningConsent
from store.database import insert_new, table_of
from store.parties import Contact

BY_CONSENT: Trigger = "record_uploaded_with_consent"


@dataclass(frozen=True)
class ConsentText:
    """The words that hold now, by language."""

    version: str
    words: Mapping[str, str]


@dataclass(frozen=True)
class Consent:
    """How it stands with a unit: the words to agree to, and the consent in force with who gave it. `offered`: the rules
    of the city know of signing by default at all."""

    text: ConsentText
    offered: bool
    given: SigningConsent | None = None
    given_by: str = ""

    @property
    def is_of_these_words(self) -> bool:
        """Whether what is in force was given to the words that hold now."""
        return self.given is not None and self.given.version == self.text.version


@cache
def consent_text() -> ConsentText:
    """From templates/documents/consents.toml."""
    source = (files("templates") / "documents" / "consents.toml").read_text(encoding="utf-8")
    table = tomllib.loads(source)["default_signing"]
    return ConsentText(table.pop("version"), {language: words.strip() for language, words in table.items()})


def consent_in_force(session: Session, party_id: int, at: datetime) -> SigningConsent | None:
    """The consent of a unit that held at a moment: what may be signed by default then."""
    query = select(SigningConsent).where(SigningConsent.party_id == party_id, SigningConsent.given_at <= at)
    still = or_(col(SigningConsent.withdrawn_at).is_(None), col(SigningConsent.withdrawn_at) > at)
    return session.exec(query.where(still).order_by(col(SigningConsent.id).desc())).first()


@verb(UNIT, reads=True)
def signing_consent(session: Session, asked: Asked) -> Consent:
    """The words, and what one's own unit has said to them."""
    given = _now(session, asked.actor.party_id)
    by = session.get(Contact, given.given_by) if given is not None else None
    return Consent(consent_text(), _is_offered(session, asked), given, by.name if by is not None else "")


@verb(UNIT_HEADS)
def give_consent(session: Session, asked: Asked, *, version: str, language: str) -> SigningConsent:
    """Agree, for one's own unit, to the words of this version, which were shown in this language.

    To words that are new since then a unit agrees anew; the consent before ends with it.
    """
    if not _is_offered(session, asked):
        raise Refused("consents.no_basis")
    text = consent_text()
    if version != text.version or language not in text.words:
        raise Refused("consents.changed")
    row = {
        "party_id": asked.actor.party_id,
        "version": version,
        "language": language,
        "text": text.words[language],
        "given_by": asked.actor.contact_id,
        "given_at": asked.now,
        "key": f"consent:{asked.key}",
    }
    before = _now(session, asked.actor.party_id)
    if before is not None and before.version != version and _end(session, asked):
        ask_without_silence(session, asked.actor.party_id)
    insert_new(session, SigningConsent, row)  # nothing where another head, or this tap, has agreed already
    given = _now(session, asked.actor.party_id)
    if given is None:  # this tap came before, and the consent was withdrawn since
        raise Refused("consents.withdrawn")
    return given


@verb(UNIT_HEADS)
def withdraw_consent(session: Session, asked: Asked) -> None:
    """From when it was said, also where it comes to us later, nothing more is signed by default for one's own unit."""
    if _end(session, asked):
        ask_without_silence(session, asked.actor.party_id)
        return
    last = select(SigningConsent).where(SigningConsent.party_id == asked.actor.party_id)
    if session.exec(last).first() is None:
        raise Refused("consents.none")


def _is_offered(session: Session, asked: Asked) -> bool:
    """Whether a rule of the city lets silence count where a unit has agreed to it: nothing else is a basis."""
    return any(rule.trigger == BY_CONSENT for rule in rules_in_force(session, asked.actor.city_id, asked.today))


def _now(session: Session, party_id: int) -> SigningConsent | None:
    query = select(SigningConsent).where(
        SigningConsent.party_id == party_id, col(SigningConsent.withdrawn_at).is_(None)
    )
    return session.exec(query.execution_options(populate_existing=True)).first()


def _end(session: Session, asked: Asked) -> bool:
    given = _now(session, asked.actor.party_id)
    if given is None:
        return False
    table = table_of(SigningConsent)
    now_in_force = update(table).where(table.c.id == given.id, table.c.withdrawn_at.is_(None))
    at = max(given.given_at, asked.said_at)
    ended = now_in_force.values(withdrawn_by=asked.actor.contact_id, withdrawn_at=at).returning(table.c.id)
    return session.execute(ended).first() is not None
