"""Platforms beside the city's (003 三(二)2(1)): they apply, pass a test, are listed, spot-checked, and removed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, or_, select

from actions.actors import EVERYONE, REGULATORS, Actor, Asked, Role
from actions.paperless.notices import TO_MAINTAINER, tell
from actions.paperless.ways import way_on
from actions.people.parties import find_or_add_party
from actions.refusals import Refused
from actions.registry import verb
from schedules.regimes import numbers_of
from store.lifts import LiftRole, Responsibility
from store.paperless import Platform, PlatformDeed, PlatformState, PlatformStep, RecordWay
from store.parties import Party
from store.records import PlatformRole

CITY = frozenset({Role.CITY_REGULATOR})
LONGEST_REASON = 300


@dataclass(frozen=True)
class PlatformLine:
    """A platform as it stands. `tested_on`: the last test, if it passed; `checked_on`, `check_passed`: the last spot
    check; `contractors`: how many upload by it now."""

    platform_id: int
    name: str
    way: str
    state: str
    applied_on: date
    tested_on: date | None
    listed_on: date | None
    checked_on: date | None
    check_passed: bool | None
    removed_on: date | None
    until_on: date | None
    reason: str
    contractors: int


def apply_platform(
    session: Session,
    city_id: str,
    party_id: int,
    way: PlatformRole,
    *,
    now: datetime,
    today: date,
    key: str,
    by: int | None = None,
) -> Platform:
    """A platform asks to be connected; one that was removed asks anew, and its former tests count no more."""
    known = session.exec(select(Platform).where(Platform.party_id == party_id).with_for_update()).first()
    if known is not None and known.state != PlatformState.REMOVED:
        return known
    if way is PlatformRole.CITY:
        raise Refused("paperless.one_way")
    platform = known or Platform(city_id=city_id, party_id=party_id, way=way, applied_on=today)
    platform.way, platform.state, platform.applied_on = way, PlatformState.APPLIED, today
    platform.listed_on = platform.removed_on = platform.until_on = None
    platform.reason = ""
    session.add(platform)
    session.flush()
    _step(session, platform, PlatformDeed.APPLIED, now=now, today=today, key=key, by=by)
    return platform


def apply_third_party(session: Session, city_id: str, name: str, *, now: datetime, today: date, key: str) -> Platform:
    """Staff enter a platform that serves several contractors, by the name of who runs it."""
    party_id = find_or_add_party(session, city_id=city_id, name=name.strip(), kind="p")
    return apply_platform(session, city_id, party_id, PlatformRole.THIRD_PARTY, now=now, today=today, key=key)


def find_platform(session: Session, city_id: str, name: str) -> Platform | None:
    """The platform of a city by the name of who runs it."""
    query = select(Platform).join(Party, col(Party.id) == Platform.party_id)
    return session.exec(query.where(Platform.city_id == city_id, Party.name == name.strip())).first()


def record_test(
    session: Session, party_id: int, *, passed: bool, ref: str, now: datetime, today: date, key: str
) -> None:
    """The conformance test of a platform was run (`ref`: which run); of one that has not applied nothing is noted."""
    platform = session.exec(select(Platform).where(Platform.party_id == party_id)).first()
    done = session.exec(select(PlatformStep.id).where(PlatformStep.key == key)).first()
    if platform is not None and platform.state != PlatformState.REMOVED and done is None:
        _step(session, platform, PlatformDeed.TESTED, now=now, today=today, key=key, passed=passed, ref=ref)


def of_city(session: Session, actor: Actor, platform_id: Any) -> bool:
    """A guard: a platform of one's own city."""
    platform = session.get(Platform, platform_id)
    return platform is not None and platform.city_id == actor.city_id


@verb(frozenset({Role.MAINTAINER_ADMIN}))
def apply_own_platform(session: Session, asked: Asked) -> int:
    """One's own company asks for its own platform to be connected."""
    actor = asked.actor
    return apply_platform(
        session,
        actor.city_id,
        actor.party_id,
        PlatformRole.OWN,
        now=asked.now,
        today=asked.today,
        key=asked.key,
        by=actor.contact_id,
    ).id


@verb(CITY, platform_id=of_city)
def list_platform(session: Session, asked: Asked, *, platform_id: int) -> None:
    """Put a platform on the public list: only after a test that it passed since it applied, the last one it ran."""
    platform = _held(session, platform_id)
    if platform.state == PlatformState.LISTED:
        return
    if platform.state == PlatformState.REMOVED:
        raise Refused("paperless.apply_first")
    last = _last(session, platform, PlatformDeed.TESTED)
    if last is None or not last.passed:
        raise Refused("paperless.test_first")
    platform.state, platform.listed_on = PlatformState.LISTED, asked.today
    _by(session, asked, platform, PlatformDeed.LISTED)


@verb(CITY, platform_id=of_city)
def check_platform(session: Session, asked: Asked, *, platform_id: int, passed: bool, note: str = "") -> None:
    """A spot check of a connection (五(三)), with what came of it."""
    platform = _held(session, platform_id)
    if platform.state != PlatformState.LISTED:
        raise Refused("paperless.not_listed")
    if not passed and not note.strip():
        raise Refused("paperless.say_why")
    _by(session, asked, platform, PlatformDeed.CHECKED, passed=passed, note=note)


@verb(CITY, platform_id=of_city)
def remove_platform(session: Session, asked: Asked, *, platform_id: int, reason: str) -> date:
    """Take a platform from the list; contractors on it are told to choose another way by the day that is returned."""
    platform = _held(session, platform_id)
    if platform.state == PlatformState.REMOVED and platform.until_on is not None:
        return platform.until_on
    if platform.state == PlatformState.APPLIED:
        raise Refused("paperless.not_listed")
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST_REASON:
        raise Refused("paperless.say_why")
    until = asked.today + timedelta(days=numbers_of(session, platform.city_id).platform_leaves_days)
    platform.state, platform.removed_on, platform.until_on = PlatformState.REMOVED, asked.today, until
    platform.reason = said
    _by(session, asked, platform, PlatformDeed.REMOVED, note=said)
    name = session.get_one(Party, platform.party_id).name
    for party_id in _users(session, platform.id, asked.today):
        tell(
            session, platform.city_id, party_id, TO_MAINTAINER, "gp.platform", today=asked.today, name=name, note=said,
            due=until.isoformat(),
        )  # fmt: skip
    return until


@verb(EVERYONE, reads=True)
def platforms_listed(session: Session, asked: Asked) -> list[PlatformLine]:
    """The public list; regulators see also those that have applied and those that were removed."""
    lines = platform_lines(session, asked.actor.city_id, asked.today)
    sees_all = asked.actor.role in REGULATORS
    return [one for one in lines if sees_all or one.state == PlatformState.LISTED]


def platform_lines(session: Session, city_id: str, today: date) -> list[PlatformLine]:
    """All platforms of a city, the listed ones first."""
    query = select(Platform, Party.name).join(Party, col(Party.id) == Platform.party_id)
    rows = session.exec(query.where(Platform.city_id == city_id).order_by(Party.name)).all()
    order = [PlatformState.LISTED, PlatformState.APPLIED, PlatformState.REMOVED]
    lines = [_line(session, platform, name, today) for platform, name in rows]
    return sorted(lines, key=lambda one: order.index(PlatformState(one.state)))


def require_may_upload(
    session: Session, source_party_id: int, maintainer_id: int, lift_ids: Collection[int], *, on: date
) -> None:
    """Raise Refused unless this organisation's platform may upload for the contractor and these lifts on that day.

    It stands on the list (or was removed and its time to move is not over), is the way that the contractor has chosen,
    and the register names the contractor for each lift, on that day or before.
    """
    platform = session.exec(select(Platform).where(Platform.party_id == source_party_id)).first()
    is_usable = platform is not None and (
        platform.state == PlatformState.LISTED or on <= _movable_until(session, platform)
    )
    if platform is None or not is_usable:
        raise Refused("paperless.not_listed")
    way = way_on(session, maintainer_id, on)
    if way is None or way.platform_id != platform.id:
        raise Refused("paperless.other_way")
    held = select(Responsibility.lift_id).where(
        col(Responsibility.lift_id).in_(lift_ids),
        Responsibility.party_id == maintainer_id,
        Responsibility.role == LiftRole.MAINTAINER,
    )
    if set(session.exec(held)) != set(lift_ids):
        raise Refused("paperless.not_matched")


def _movable_until(session: Session, platform: Platform) -> date:
    """Until when contractors may still upload by a platform that was removed, also while it applies anew."""
    removed = select(func.max(PlatformStep.on_date)).where(
        PlatformStep.platform_id == platform.id, PlatformStep.deed == PlatformDeed.REMOVED
    )
    last = session.exec(removed).one()
    moving = timedelta(days=numbers_of(session, platform.city_id).platform_leaves_days)
    return platform.until_on or (last + moving if last is not None else date.min)


def _users(session: Session, platform_id: int, on: date) -> Sequence[int]:
    to_on = col(RecordWay.to_on)
    query = select(RecordWay.party_id).where(RecordWay.platform_id == platform_id, or_(to_on.is_(None), to_on > on))
    return sorted(set(session.exec(query)))


def _line(session: Session, platform: Platform, name: str, today: date) -> PlatformLine:
    test, look = (_last(session, platform, deed) for deed in (PlatformDeed.TESTED, PlatformDeed.CHECKED))
    return PlatformLine(
        platform_id=platform.id,
        name=name,
        way=platform.way,
        state=platform.state,
        applied_on=platform.applied_on,
        tested_on=test.on_date if test is not None and test.passed else None,
        listed_on=platform.listed_on,
        checked_on=look.on_date if look is not None else None,
        check_passed=look.passed if look is not None else None,
        removed_on=platform.removed_on,
        until_on=platform.until_on,
        reason=platform.reason,
        contractors=len(_users(session, platform.id, today)),
    )


def _last(session: Session, platform: Platform, deed: PlatformDeed) -> PlatformStep | None:
    """The last such step since it last applied."""
    steps = select(PlatformStep).where(PlatformStep.platform_id == platform.id).order_by(col(PlatformStep.id).desc())
    for step in session.exec(steps):
        if step.deed == deed:
            return step
        if step.deed == PlatformDeed.APPLIED:
            return None
    return None


def _held(session: Session, platform_id: int) -> Platform:
    return session.get_one(Platform, platform_id, with_for_update=True, populate_existing=True)


def _by(session: Session, asked: Asked, platform: Platform, deed: PlatformDeed, **about: Any) -> None:
    session.add(platform)
    key = f"{asked.key}:{deed}"
    if session.exec(select(PlatformStep.id).where(PlatformStep.key == key)).first() is None:
        _step(session, platform, deed, now=asked.now, today=asked.today, key=key, by=asked.actor.contact_id, **about)


def _step(
    session: Session,
    platform: Platform,
    deed: PlatformDeed,
    *,
    now: datetime,
    today: date,
    key: str,
    by: int | None = None,
    **about: Any,
) -> None:
    session.add(
        PlatformStep(platform_id=platform.id, deed=deed, at=now, on_date=today, contact_id=by, key=key, **about)
    )
    session.flush()
