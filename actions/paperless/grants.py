"""Others may read records where both contractor and unit have agreed: asked for by one, agreed to by the other."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, or_, select

from actions.actors import UNIT, UNIT_HEADS, Asked, Role
from actions.lifts.explain import place_of
from actions.paperless.rights import side_of, their_grant
from actions.refusals import Refused
from actions.registry import their_lifts, verb
from schedules.announcements import parties_of
from store.lifts import Lift, LiftRole, Responsibility
from store.parties import Party, party_name
from store.supervision import RecordGrant

GRANTERS = UNIT_HEADS | {Role.MAINTAINER_ADMIN}
LONGEST_PURPOSE = 200
SHOWN = 40


@dataclass(frozen=True)
class GrantLine:
    """One authorization; `lift` empty: all that the two have together. `mine_to_agree`: it waits for who looks."""

    grant_id: int
    to: str
    unit: str
    maintainer: str
    lift: str
    purpose: str
    until_on: date
    state: str  # waiting, in_force, over, withdrawn
    mine_to_agree: bool
    may_withdraw: bool


@verb(GRANTERS, lift_id=their_lifts)
def ask_grant(
    session: Session, asked: Asked, *, lift_id: int, to_name: str, purpose: str, until: date, all_lifts: bool = False
) -> int:
    """Authorize an organisation, by its full name, to read the records of a lift (or of `all_lifts` that the same two
    have together). It holds when the other side has agreed."""
    known = session.exec(select(RecordGrant).where(RecordGrant.key == asked.key)).first()
    if known is not None:
        return known.id
    said = " ".join(purpose.split())
    if not said or len(said) > LONGEST_PURPOSE:
        raise Refused("paperless.say_purpose", most=LONGEST_PURPOSE)
    if until < asked.today:
        raise Refused("paperless.until_past")
    now = parties_of(session, [lift_id], [LiftRole.USE_UNIT, LiftRole.MAINTAINER])
    unit_id, maintainer_id = now.get((lift_id, LiftRole.USE_UNIT)), now.get((lift_id, LiftRole.MAINTAINER))
    named = select(Party).where(Party.city_id == asked.actor.city_id, Party.name == to_name.strip())
    to = session.exec(named.order_by(col(Party.id))).first()
    if to is not None and to.id == maintainer_id and asked.actor.role in UNIT:
        maintainer_id = (
            _contractor_before(session, lift_id, to.id) or to.id
        )  # whose records the present one asks to see
    if unit_id is None or maintainer_id is None:
        raise Refused("paperless.no_two_sides")
    if to is None or to.id in (unit_id, maintainer_id):
        raise Refused("paperless.no_such_party", party=to_name.strip())
    grant = RecordGrant(
        city_id=asked.actor.city_id,
        unit_id=unit_id,
        maintainer_id=maintainer_id,
        to_id=to.id,
        lift_id=None if all_lifts else lift_id,
        purpose=said,
        opened_on=asked.today,
        until_on=until,
        key=asked.key,
    )
    _agree(grant, asked)
    session.add(grant)
    session.flush()
    return grant.id


@verb(GRANTERS, grant_id=their_grant)
def agree_to_grant(session: Session, asked: Asked, *, grant_id: int) -> None:
    """The other side agrees; from now on it holds."""
    grant = session.get_one(RecordGrant, grant_id, with_for_update=True)
    if grant.withdrawn_at is not None or grant.until_on < asked.today:
        raise Refused("paperless.grant_over")
    _agree(grant, asked)
    session.add(grant)
    session.flush()


@verb(GRANTERS, grant_id=their_grant)
def withdraw_grant(session: Session, asked: Asked, *, grant_id: int) -> None:
    """Either side takes it back, at once."""
    grant = session.get_one(RecordGrant, grant_id, with_for_update=True)
    if grant.withdrawn_at is None:
        grant.withdrawn_by, grant.withdrawn_at = asked.actor.contact_id, asked.now
        session.add(grant)
        session.flush()


@verb(GRANTERS, reads=True)
def grants_listed(session: Session, asked: Asked) -> list[GrantLine]:
    """Those of one's own unit or contractor, newest first."""
    ours = or_(RecordGrant.unit_id == asked.actor.party_id, RecordGrant.maintainer_id == asked.actor.party_id)
    query = select(RecordGrant).where(ours).order_by(col(RecordGrant.id).desc()).limit(SHOWN)
    return [_line(session, one, asked.today, side_of(asked.actor)) for one in session.exec(query).all()]


def grants_of_city(session: Session, city_id: str, today: date) -> list[GrantLine]:
    """All of a city, newest first, for the command line."""
    query = select(RecordGrant).where(RecordGrant.city_id == city_id).order_by(col(RecordGrant.id).desc())
    return [_line(session, one, today) for one in session.exec(query).all()]


def _contractor_before(session: Session, lift_id: int, party_id: int) -> int | None:
    query = select(Responsibility.party_id).where(
        Responsibility.lift_id == lift_id, Responsibility.role == LiftRole.MAINTAINER,
        Responsibility.party_id != party_id, col(Responsibility.to_on).is_not(None),
    )  # fmt: skip
    return session.exec(query.order_by(col(Responsibility.to_on).desc(), col(Responsibility.id).desc())).first()


def _agree(grant: RecordGrant, asked: Asked) -> None:
    if side_of(asked.actor) == "unit":
        grant.unit_by, grant.unit_at = asked.actor.contact_id, asked.now
    else:
        grant.maintainer_by, grant.maintainer_at = asked.actor.contact_id, asked.now


def _line(session: Session, grant: RecordGrant, today: date, side: str = "") -> GrantLine:
    """`side`: who looks, nobody of the two where it is empty."""
    lift = session.get(Lift, grant.lift_id) if grant.lift_id is not None else None
    agreed = grant.unit_at if side == "unit" else grant.maintainer_at
    state = _state(grant, today)
    return GrantLine(
        grant_id=grant.id,
        to=party_name(session, grant.to_id),
        unit=party_name(session, grant.unit_id),
        maintainer=party_name(session, grant.maintainer_id),
        lift=place_of(lift) if lift is not None else "",
        purpose=grant.purpose,
        until_on=grant.until_on,
        state=state,
        mine_to_agree=bool(side) and state == "waiting" and agreed is None,
        may_withdraw=bool(side) and state in ("waiting", "in_force"),
    )


def _state(grant: RecordGrant, today: date) -> str:
    if grant.withdrawn_at is not None:
        return "withdrawn"
    if grant.until_on < today:
        return "over"
    return "in_force" if grant.unit_at is not None and grant.maintainer_at is not None else "waiting"
