"""Keys to the data interface: made, rotated and revoked by an operator, shown once, kept as digests.

A key is `tx_PREFIX_SECRET`. It opens the data of one maintainer, to its own platform or to that of somebody else.
"""

import secrets
import string
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from actions.people.parties import is_office
from actions.refusals import Refused
from store.interface import ApiKey, ApiKeyDeed, KeyDeed
from store.lifts import LiftRole, Responsibility
from store.paperless import Contractor
from store.parties import Party
from store.records import PlatformRole

MARK, PREFIX_LENGTH, SECRET_BYTES = "tx", 8, 32
LONGEST_KEY = 100
LETTERS = string.ascii_lowercase + string.digits
NOTHING = "0" * 64
AT_ONCE = 2  # good at a time, so that a platform changes over without a gap
SELDOM = timedelta(minutes=10)  # so exactly it is known when a key was used


class Scope(StrEnum):
    """What a key is good for; which lifts there are, and the item table, every key may ask."""

    WRITE = "records:write"
    READ = "records:read"
    WEBHOOKS = "webhooks"


@dataclass(frozen=True)
class Caller:
    """Who asks by a key: a platform (`source_id`) for a maintainer (`party_id`)."""

    key_id: int
    prefix: str
    party_id: int
    source_id: int
    city_id: str
    scopes: frozenset[str]

    @property
    def platform(self) -> PlatformRole:
        """Whose platform it is."""
        return PlatformRole.OWN if self.source_id == self.party_id else PlatformRole.THIRD_PARTY

    @property
    def address(self) -> str:
        """Where its files lie."""
        return f"interface:{self.source_id}:{self.party_id}"


@dataclass(frozen=True)
class By:
    """Who does something to a key, and why."""

    name: str
    reason: str
    now: datetime


def make_key(
    session: Session,
    by: By,
    *,
    party_id: int,
    platform_id: int | None = None,
    scopes: Collection[Scope],
    lasts: timedelta,
) -> tuple[ApiKey, str]:
    """A new key, and what is shown once. Refused where two are good already: rotate one, or revoke it; and to who has
    nothing to upload: an office, a unit."""
    is_of_office = platform_id is not None and is_office(session.get_one(Party, platform_id))
    if is_of_office or not _maintains(session, party_id):
        raise Refused("interface.not_a_maintainer")
    owner = select(ApiKey).where(ApiKey.party_id == party_id, ApiKey.platform_id == platform_id)
    if len(session.exec(_good(owner, by.now)).all()) >= AT_ONCE:
        raise Refused("interface.two_keys")
    return _make(session, by, party_id, platform_id, [one.value for one in Scope if one in scopes], lasts, KeyDeed.MADE)


def _maintains(session: Session, party_id: int) -> bool:
    """Whether it has, or had, lifts to maintain, or is filed as a contractor."""
    held = select(Responsibility.id).where(
        Responsibility.party_id == party_id, Responsibility.role == LiftRole.MAINTAINER
    )
    filed = select(Contractor.id).where(Contractor.party_id == party_id)
    return any(session.exec(query.limit(1)).first() is not None for query in (held, filed))


def rotate_key(session: Session, by: By, prefix: str, *, overlap: timedelta) -> tuple[ApiKey, str]:
    """One more like it, as long as it was; the old one is good for `overlap` more. Others of its owner end now."""
    old = _known(session, prefix, by.now)
    owner = select(ApiKey).where(ApiKey.party_id == old.party_id, ApiKey.platform_id == old.platform_id)
    for other in session.exec(_good(owner, by.now)):
        if other.id != old.id:
            _revoke(session, by, other)
    made = _make(session, by, old.party_id, old.platform_id, old.scopes, old.expires_at - old.made_at, KeyDeed.ROTATED)
    old.expires_at = min(old.expires_at, max(by.now + overlap, old.made_at + timedelta(seconds=1)))
    session.add(old)
    session.flush()
    return made


def revoke_key(session: Session, by: By, prefix: str) -> ApiKey:
    """It opens nothing from now on."""
    key = _known(session, prefix, by.now)
    _revoke(session, by, key)
    return key


def list_keys(session: Session, party_id: int | None = None) -> Sequence[ApiKey]:
    """All keys, the newest first."""
    query = select(ApiKey).order_by(col(ApiKey.id).desc())
    return session.exec(query if party_id is None else query.where(ApiKey.party_id == party_id)).all()


def check_key(session: Session, shown: str, now: datetime) -> Caller | None:
    """Who shows this key; None where it opens nothing. It takes as long whether the prefix is known or not."""
    mark, _, rest = shown[:LONGEST_KEY].partition("_")
    prefix, _, secret = rest.partition("_")
    key = None
    if mark == MARK and len(prefix) == PREFIX_LENGTH and all(letter in LETTERS for letter in prefix):
        key = session.exec(select(ApiKey).where(ApiKey.prefix == prefix)).first()
    fits = compare_digest(_digest(secret), key.digest if key is not None else NOTHING)
    if key is None or not fits or key.revoked_at is not None or key.expires_at <= now:
        return None
    city_id = session.get_one(Party, key.party_id).city_id
    return Caller(key.id, key.prefix, key.party_id, key.source_id, city_id, frozenset(key.scopes))


def needs_mark(session: Session, caller: Caller, now: datetime) -> bool:
    """Whether it was last noted long ago that the key is in use."""
    used_at = session.get_one(ApiKey, caller.key_id).used_at
    return used_at is None or used_at < now - SELDOM


def mark_used(session: Session, caller: Caller, now: datetime) -> None:
    """Note that the key is in use."""
    key = session.get_one(ApiKey, caller.key_id)
    key.used_at = now
    session.add(key)


def _make(
    session: Session,
    by: By,
    party_id: int,
    platform_id: int | None,
    scopes: Sequence[str],
    lasts: timedelta,
    deed: KeyDeed,
) -> tuple[ApiKey, str]:
    prefix = "".join(secrets.choice(LETTERS) for _ in range(PREFIX_LENGTH))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    key = ApiKey(
        party_id=party_id,
        platform_id=platform_id,
        prefix=prefix,
        digest=_digest(secret),
        scopes=list(scopes),
        made_at=by.now,
        expires_at=by.now + lasts,
    )
    session.add(key)
    session.flush()
    _note(session, by, key, deed)
    return key, f"{MARK}_{prefix}_{secret}"


def _digest(secret: str) -> str:
    """Of 32 random bytes nobody finds the secret by trying, so that a fast digest does."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _good(query: SelectOfScalar[ApiKey], now: datetime) -> SelectOfScalar[ApiKey]:
    return query.where(col(ApiKey.revoked_at).is_(None), col(ApiKey.expires_at) > now)


def _known(session: Session, prefix: str, now: datetime) -> ApiKey:
    key = session.exec(_good(select(ApiKey).where(ApiKey.prefix == prefix), now)).first()
    if key is None:
        raise Refused("interface.no_key", prefix=prefix)
    return key


def _revoke(session: Session, by: By, key: ApiKey) -> None:
    key.revoked_at = by.now
    session.add(key)
    session.flush()
    _note(session, by, key, KeyDeed.REVOKED)


def _note(session: Session, by: By, key: ApiKey, deed: KeyDeed) -> None:
    session.add(ApiKeyDeed(key_id=key.id, deed=deed, at=by.now, done_by=by.name, reason=by.reason))
    session.flush()
