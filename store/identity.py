"""Proofs of who somebody is: codes sent to a telephone, links on paper, invitations; and telephones that were lost."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from store.base import check, one_of, unique_where
from store.parties import ContactRole

TRIES = 5


class OneTimeCode(SQLModel, table=True):
    """A code that was asked for. The code, the number and who asked are kept as digests with a secret.

    `purpose` says what it opens: sign_in, or one chat. For a number of nobody (`is_sent` false) there is a row too, so
    that the work and the limits are the same; its code fits nothing. `tries` are wrong ones from where it was asked
    for, `tries_elsewhere` those of everybody else.
    """

    __tablename__ = "one_time_code"
    __table_args__ = (
        check("expires_later", "expires_at > asked_at"),
        check("tries_counted", f"tries >= 0 AND tries <= {TRIES}"),
        check("tries_elsewhere_counted", f"tries_elsewhere >= 0 AND tries_elsewhere <= {TRIES}"),
        check("used_if_sent", "used_at IS NULL OR is_sent"),
        Index("ix_one_time_code_number", "number", "asked_at"),
        Index("ix_one_time_code_asked_from", "asked_from", "asked_at"),
        Index("ix_one_time_code_asked_at", "asked_at"),
    )

    id: int = Field(default=None, primary_key=True)
    number: str
    purpose: str
    asked_from: str
    digest: str
    is_sent: bool
    asked_at: datetime
    expires_at: datetime
    tries: int = 0
    tries_elsewhere: int = 0
    used_at: datetime | None = None


class LostPhone(SQLModel, table=True):
    """A telephone (E.164) that somebody has lost: until `until_at` no code goes there, and it opens nothing.

    With a party its administrator has said so, and it opens nothing of that party; what it opens elsewhere stays.
    """

    __tablename__ = "lost_phone"
    __table_args__ = (
        check("phone_is_e164", "phone LIKE '+%'"),
        check("ends_later", "until_at >= since_at"),
        Index("ix_lost_phone_phone", "phone", "until_at"),
    )

    id: int = Field(default=None, primary_key=True)
    phone: str
    party_id: int | None = Field(default=None, foreign_key="party.id")
    since_at: datetime
    until_at: datetime


class Invitation(SQLModel, table=True):
    """A place at a party that waits for whoever has `phone` (E.164): a code sent there takes it up, once.

    `invited_by` is a contact; none: an operator. `contact_id` is who they became.
    """

    __table_args__ = (
        one_of("role", ContactRole),
        check("phone_is_e164", "phone LIKE '+%'"),
        check("expires_later", "expires_at > invited_at"),
        check("accepted_as_somebody", "accepted_at IS NULL OR contact_id IS NOT NULL"),
        check("accepted_or_revoked", "accepted_at IS NULL OR revoked_at IS NULL"),
        unique_where("uq_invitation_open", "accepted_at IS NULL AND revoked_at IS NULL", "party_id", "role", "phone"),
        Index("ix_invitation_phone", "phone"),
    )

    id: int = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="party.id")
    role: str
    name: str = ""
    phone: str
    invited_by: int | None = Field(default=None, foreign_key="contact.id")
    invited_at: datetime
    expires_at: datetime
    accepted_at: datetime | None = None
    revoked_at: datetime | None = None
    contact_id: int | None = Field(default=None, foreign_key="contact.id")


class PaperLink(SQLModel, table=True):
    """A personal link on paper, known by the digest of its token: good once, for who had `phone` when it was made."""

    __tablename__ = "paper_link"
    __table_args__ = (
        check("phone_is_e164", "phone LIKE '+%'"),
        check("expires_later", "expires_at > made_at"),
        check("used_or_revoked", "used_at IS NULL OR revoked_at IS NULL"),
        Index("ix_paper_link_contact", "contact_id"),
    )

    id: int = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contact.id")
    phone: str
    digest: str = Field(unique=True)
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None
