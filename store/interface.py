"""The data interface: who may use it, what was answered, what is told to other platforms, and who passed its test."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.base import check, index_where, one_of, unique_where


class KeyDeed(StrEnum):
    """What was done to a key."""

    MADE = "made"
    ROTATED = "rotated"
    REVOKED = "revoked"


class MessageState(StrEnum):
    """How far a message to another platform is. `dropped`: its endpoint was removed or replaced."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    DROPPED = "dropped"


class ApiKey(SQLModel, table=True):
    """A key to the data of one maintainer. `platform_id`: who runs the platform that holds it; none: the maintainer.

    It is known by `prefix`; of the rest there is only a digest. `scopes`: what it is good for.
    """

    __tablename__ = "api_key"
    __table_args__ = (
        check("digest_whole", "length(digest) = 64"),
        check("platform_is_another", "platform_id IS NULL OR platform_id <> party_id"),
        check("expires_later", "expires_at > made_at"),
        Index("ix_api_key_party", "party_id"),
    )

    id: int = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="party.id")
    platform_id: int | None = Field(default=None, foreign_key="party.id")
    prefix: str = Field(unique=True)
    digest: str
    scopes: list[str] = Field(sa_type=JSON)
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    @property
    def source_id(self) -> int:
        """The organisation whose platform it is."""
        return self.platform_id if self.platform_id is not None else self.party_id


class ApiKeyDeed(SQLModel, table=True):
    """Who made, rotated or revoked a key, and why."""

    __tablename__ = "api_key_deed"
    __table_args__ = (
        one_of("deed", KeyDeed),
        check("by_somebody", "length(trim(done_by)) > 0"),
        Index("ix_api_key_deed_key", "key_id"),
    )

    id: int = Field(default=None, primary_key=True)
    key_id: int = Field(foreign_key="api_key.id")
    deed: str
    at: datetime
    done_by: str
    reason: str = ""


class ApiAnswer(SQLModel, table=True):
    """What was answered to a request that carried an Idempotency-Key (`name`), for as long as it is repeated."""

    __tablename__ = "api_answer"
    __table_args__ = (Index("ix_api_answer_at", "at"), {"sqlite_with_rowid": False})

    key_id: int = Field(foreign_key="api_key.id", primary_key=True)
    name: str = Field(primary_key=True)
    digest: str
    status: int
    body: str
    at: datetime


class ApiCount(SQLModel, table=True):
    """How often something has happened through a key, for whoever examines a platform."""

    __tablename__ = "api_count"
    __table_args__ = (check("happened", "times >= 1"), {"sqlite_with_rowid": False})

    key_id: int = Field(foreign_key="api_key.id", primary_key=True)
    what: str = Field(primary_key=True)
    times: int
    last_at: datetime


class WebhookEndpoint(SQLModel, table=True):
    """Where a platform (`source_id`) is told what becomes of a maintainer's records; `secret` signs what is told.

    `failing_since`: nothing was taken since; `stopped_at`: nothing is sent any more, until it is set anew.
    """

    __tablename__ = "webhook_endpoint"
    __table_args__ = (
        check("url_not_blank", "length(trim(url)) > 0"),
        check("stopped_while_failing", "stopped_at IS NULL OR failing_since IS NOT NULL"),
        unique_where("uq_webhook_endpoint_current", "removed_at IS NULL", "party_id", "source_id"),
    )

    id: int = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="party.id")
    source_id: int = Field(foreign_key="party.id")
    url: str
    secret: str
    made_at: datetime
    failing_since: datetime | None = None
    stopped_at: datetime | None = None
    removed_at: datetime | None = None


class WebhookMessage(SQLModel, table=True):
    """A message to an endpoint, written in the transaction of what it tells; `name` is its webhook-id."""

    __tablename__ = "webhook_message"
    __table_args__ = (
        one_of("state", MessageState),
        check("waits_for_a_time", "(state = 'waiting') = (next_at IS NOT NULL)"),
        check("no_negative_tries", "tries >= 0"),
        index_where("ix_webhook_message_waiting", "state = 'waiting'", "next_at"),
        Index("ix_webhook_message_endpoint", "endpoint_id"),
    )

    id: int = Field(default=None, primary_key=True)
    endpoint_id: int = Field(foreign_key="webhook_endpoint.id")
    name: str = Field(unique=True)
    what: str
    record_id: int | None = Field(default=None, foreign_key="maintenance_record.id")
    body: str
    made_at: datetime
    state: str = MessageState.WAITING
    next_at: datetime | None = None
    tries: int = 0
    tried_at: datetime | None = None
    outcome: str = ""


class ConformanceRun(SQLModel, table=True):
    """What came of the acceptance list for a platform: by rule, what was seen. `target`: a key's prefix, or an URL."""

    __tablename__ = "conformance_run"
    __table_args__ = (
        check("target_not_blank", "length(trim(target)) > 0"),
        check("no_negative_figures", "passed >= 0 AND failed >= 0 AND passed + failed > 0"),
        UniqueConstraint("source_id", "target", "at"),
    )

    id: int = Field(default=None, primary_key=True)
    source_id: int | None = Field(default=None, foreign_key="party.id")
    target: str
    at: datetime
    passed: int
    failed: int
    results: list[dict[str, Any]] = Field(sa_type=JSON)

    @property
    def has_passed(self) -> bool:
        """Whether no rule failed."""
        return self.failed == 0
