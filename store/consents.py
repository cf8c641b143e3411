"""Consent to default signing: who agreed to which words for which unit, from when to when (003 三(二)1(5), 四(三))."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from store.base import check, unique_where


class SigningConsent(SQLModel, table=True):
    """One consent, kept with the words as they were shown; at most one of a party is in force."""

    __tablename__ = "signing_consent"
    __table_args__ = (
        check("text_not_blank", "length(trim(text)) > 0"),
        check("withdrawn_whole", "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)"),
        check("withdrawn_later", "withdrawn_at IS NULL OR withdrawn_at >= given_at"),
        unique_where("uq_signing_consent_in_force", "withdrawn_at IS NULL", "party_id"),
        Index("ix_signing_consent_party", "party_id"),
    )

    id: int = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="party.id")
    version: str
    language: str
    text: str
    given_by: int = Field(foreign_key="contact.id")
    given_at: datetime
    key: str = Field(unique=True)
    withdrawn_by: int | None = Field(default=None, foreign_key="contact.id")
    withdrawn_at: datetime | None = None
