"""The two doors of the bot, Telegram and the web chat: who stands there, what was begun, which files came."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary
from sqlmodel import Field, SQLModel

from store.base import check, unique_where

TELEGRAM, WEBCHAT = "telegram", "webchat"


class Door(SQLModel, table=True):
    """A chat in which somebody has spoken. `acts_as` is the contact (of several) for whom they act at present.

    `language` is what they chose, else nothing. `address` is the chat's id in Telegram, the account's in the web chat.
    """

    channel: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    acts_as: int | None = Field(default=None, foreign_key="contact.id")
    language: str = ""


class DialogState(SQLModel, table=True):
    """What a chat's dialogs know between two updates, by the key that the dispatcher gives it.

    `chat` is bot and chat, such as 123456:42.
    """

    __tablename__ = "dialog_state"

    chat: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    state: str | None = None
    data: dict[str, Any] = Field(sa_type=JSON)
    changed_at: datetime


class WebAccount(SQLModel, table=True):
    """Somebody who has signed in by the code sent to `phone` (E.164); their inbox's name is the id.

    Lines up to `read_to` were on a screen. One that is ended opens nothing any more: somebody else has the number now,
    and an inbox of their own.
    """

    __tablename__ = "web_account"
    __table_args__ = (
        check("phone_is_e164", "phone LIKE '+%'"),
        unique_where("uq_web_account_phone", "ended_at IS NULL", "phone"),
    )

    id: int = Field(default=None, primary_key=True)
    phone: str
    created_at: datetime
    read_to: int = 0
    ended_at: datetime | None = None


class WebSession(SQLModel, table=True):
    """A browser that is signed in: known by the digest of its cookie, until it expires or is revoked."""

    __tablename__ = "web_session"
    __table_args__ = (
        check("expires_later", "expires_at > created_at"),
        Index("ix_web_session_account", "account_id"),
    )

    id: int = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="web_account.id")
    digest: str = Field(unique=True)
    browser: str = ""
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


class StoredFile(SQLModel, table=True):
    """A file that somebody sent or that was made for somebody; `address` is the inbox in which it may be seen."""

    __tablename__ = "stored_file"
    __table_args__ = (
        check("not_empty", "size > 0"),
        Index("ix_stored_file_sha256", "sha256"),
        Index("ix_stored_file_at", "at"),
    )

    id: int = Field(default=None, primary_key=True)
    address: str
    name: str
    mime: str
    size: int
    sha256: str
    content: bytes = Field(sa_type=LargeBinary)
    at: datetime
