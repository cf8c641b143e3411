"""Lifts matched to their contractor (003 三(二)1(2)): called by any of their names and held against the register; where
that says otherwise, the unit or the bureau decides."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from actions.actors import MAINTAINER, REGULATORS, UNIT, Actor, Asked
from actions.lifts.explain import place_of
from actions.paperless.notices import TO_BUREAU, TO_MAINTAINER, TO_UNIT, tell
from actions.refusals import Refused
from actions.register.identifiers import normalise_identifier
from actions.registry import verb
from actions.regulator.scope import bureau_of
from actions.sight import among_lifts_of, lifts_of
from schedules.announcements import parties_of
from schedules.duties import rebuild
from schedules.tasks import desk_of_lift
from store.database import table_of
from store.lifts import Lift, LiftName, LiftRole, LiftStatus, Responsibility
from store.locks import lock_lifts
from store.paperless import ClaimState, LiftClaim
from store.parties import party_name
from store.task_list import find_open_task, open_once
from store.tasks import Task, TaskKind, TaskStatus

LONGEST_NAME = 60
DECIDERS = UNIT | REGULATORS
SHOWN = 60


@dataclass(frozen=True)
class ClaimLine:
    """One claim. `registered`: whom the register names now; `mine`: the own company's."""

    claim_id: int
    lift_id: int
    place: str
    key: str
    claimant: str
    registered: str
    unit: str
    state: str
    opened_on: date
    days: int
    mine: bool
    note: str


def decides(session: Session, actor: Actor, claim_id: Any) -> bool:
    """A guard: about a lift that they answer for, as its unit or as a bureau."""
    claim = session.get(LiftClaim, claim_id)
    return claim is not None and among_lifts_of(session, actor, [claim.lift_id])


def their_claim(session: Session, actor: Actor, claim_id: Any) -> bool:
    """A guard: one of their own company."""
    claim = session.get(LiftClaim, claim_id)
    return claim is not None and claim.party_id == actor.party_id


@verb(MAINTAINER)
def claim_lift(session: Session, asked: Asked, *, name: str) -> ClaimLine:
    """Say that one's own company maintains a lift, by a name that is on it: code, certificate, rescue number.

    Matched at once where the register says the same; else the unit and the bureau are asked, and whoever the register
    names hears of it. Nothing of the lift is shown that is not on it.
    """
    known = session.exec(select(LiftClaim).where(LiftClaim.key == asked.key)).first()
    lift = session.get(Lift, known.lift_id) if known is not None else _found(session, asked.actor, name)
    assert lift is not None  # of a claim, and claims stay
    if known is not None:
        return _line(session, known, lift, asked.actor.party_id, asked.today)
    lock_lifts(session, [lift.id])
    stands = select(LiftClaim).where(
        LiftClaim.lift_id == lift.id,
        LiftClaim.party_id == asked.actor.party_id,
        col(LiftClaim.state).in_((ClaimState.MATCHED, ClaimState.OPEN)),
    )
    if (standing := session.exec(stands).first()) is not None:
        return _line(session, standing, lift, asked.actor.party_id, asked.today)
    named = parties_of(session, [lift.id], [LiftRole.MAINTAINER]).get((lift.id, LiftRole.MAINTAINER))
    claim = LiftClaim(
        city_id=lift.city_id,
        lift_id=lift.id,
        party_id=asked.actor.party_id,
        contact_id=asked.actor.contact_id,
        said=name.strip()[:LONGEST_NAME],
        state=ClaimState.MATCHED if named == asked.actor.party_id else ClaimState.OPEN,
        registered_id=named,
        opened_on=asked.today,
        key=asked.key,
    )
    session.add(claim)
    session.flush()
    if claim.state == ClaimState.OPEN:
        _tell(session, claim, lift, "asked", asked.today)
        _open_dispute(session, claim, lift)
    return _line(session, claim, lift, asked.actor.party_id, asked.today)


@verb(DECIDERS, claim_id=decides)
def decide_claim(session: Session, asked: Asked, *, claim_id: int, accepted: bool, note: str = "") -> ClaimLine:
    """Say who maintains the lift; both contractors hear it. The first word counts: of the unit, which has the contract,
    or of the bureau."""
    claim = session.get_one(LiftClaim, claim_id)
    lock_lifts(session, [claim.lift_id])
    claim = session.get_one(LiftClaim, claim_id, with_for_update=True, populate_existing=True)
    if claim.state != ClaimState.OPEN:
        raise Refused("paperless.claim_over")
    lift = session.get_one(Lift, claim.lift_id)
    if accepted:
        _hand_over(session, claim, asked)
        others = select(LiftClaim).where(
            LiftClaim.lift_id == lift.id, LiftClaim.id != claim.id, col(LiftClaim.state).in_(("open", "matched"))
        )  # fmt: skip
        for other in session.exec(others).all():
            _end(session, other, ClaimState.REFUSED, asked, note)
            if other.party_id != claim.registered_id:
                _to(session, other.party_id, TO_MAINTAINER, "gp.claim.maint", claim, lift, "refused", asked.today)
    _end(session, claim, ClaimState.ACCEPTED if accepted else ClaimState.REFUSED, asked, note)
    _tell(session, claim, lift, "accepted" if accepted else "refused", asked.today)
    return _line(session, claim, lift, asked.actor.party_id, asked.today)


@verb(MAINTAINER, claim_id=their_claim)
def withdraw_claim(session: Session, asked: Asked, *, claim_id: int) -> None:
    """It was a mistake, or the contract is over: one's own company says so itself."""
    claim = session.get_one(LiftClaim, claim_id, with_for_update=True)
    if claim.state == ClaimState.OPEN:
        _end(session, claim, ClaimState.WITHDRAWN, asked, "")


@verb(MAINTAINER | DECIDERS, reads=True)
def claims_listed(session: Session, asked: Asked) -> list[ClaimLine]:
    """The open ones about one's own lifts, and all that one's own company has not got through; oldest first."""
    actor = asked.actor
    theirs: ColumnElement[bool] = col(LiftClaim.lift_id).in_(lifts_of(actor))
    if actor.role in MAINTAINER:
        theirs = theirs | (col(LiftClaim.party_id) == actor.party_id)
    query = select(LiftClaim, Lift).join(Lift, col(Lift.id) == LiftClaim.lift_id)
    query = query.where(theirs, LiftClaim.state == ClaimState.OPEN).order_by(col(LiftClaim.id)).limit(SHOWN)
    return [_line(session, claim, lift, asked.actor.party_id, asked.today) for claim, lift in session.exec(query).all()]


def remind_claim(session: Session, claim: LiftClaim, today: date) -> None:
    """Those who may decide are reminded of a claim that waits."""
    _to_deciders(session, claim, session.get_one(Lift, claim.lift_id), "asked", today)


def end_claim(session: Session, claim: LiftClaim, state: ClaimState, today: date) -> None:
    """It waits for nobody any more, and the task that somebody had of it ends."""
    claim.state, claim.decided_on = state, today
    session.add(claim)
    task = find_open_task(session, TaskKind.MAINTAINER_DISPUTED, _dispute(claim))
    if task is not None:
        task.status, task.closed_on, task.outcome = TaskStatus.DONE, today, state.value
        session.add(task)
    session.flush()


def open_claims(session: Session, city_id: str, today: date) -> list[ClaimLine]:
    """All open ones of a city, for the command line."""
    query = select(LiftClaim, Lift).join(Lift, col(Lift.id) == LiftClaim.lift_id)
    query = query.where(LiftClaim.city_id == city_id, LiftClaim.state == ClaimState.OPEN).order_by(col(LiftClaim.id))
    return [_line(session, claim, lift, 0, today) for claim, lift in session.exec(query).all()]


def _found(session: Session, actor: Actor, name: str) -> Lift:
    word = name.strip()
    if not word or len(word) > LONGEST_NAME:
        raise Refused("paperless.no_such_lift")
    called = select(LiftName.lift_id).where(LiftName.value == normalise_identifier(word))
    query = select(Lift).where(Lift.city_id == actor.city_id, col(Lift.id).in_(called))
    lifts = session.exec(query.where(Lift.status != LiftStatus.SCRAPPED).limit(2)).all()
    if not lifts:
        raise Refused("paperless.no_such_lift")
    if len(lifts) > 1:
        raise Refused("paperless.which_lift")
    return lifts[0]


def _hand_over(session: Session, claim: LiftClaim, asked: Asked) -> None:
    """From today the claimant maintains the lift."""
    table = table_of(Responsibility)
    present = (table.c.lift_id == claim.lift_id) & (table.c.role == LiftRole.MAINTAINER) & table.c.to_on.is_(None)
    session.execute(update(table).where(present, table.c.from_on > asked.today).values(from_on=asked.today))
    session.execute(update(table).where(present).values(to_on=asked.today))
    session.add(
        Responsibility(lift_id=claim.lift_id, party_id=claim.party_id, role=LiftRole.MAINTAINER, from_on=asked.today)
    )
    session.flush()
    rebuild(session, city_id=claim.city_id, today=asked.today, now=asked.now, lift_ids=[claim.lift_id])


def _end(session: Session, claim: LiftClaim, state: ClaimState, asked: Asked, note: str) -> None:
    claim.decided_by, claim.note = asked.actor.contact_id, " ".join(note.split())
    end_claim(session, claim, state, asked.today)


def _open_dispute(session: Session, claim: LiftClaim, lift: Lift) -> None:
    """The bureau of the district owns it, where none is named the inspection department."""
    owner = bureau_of(session, lift.city_id, lift.district_code) or desk_of_lift(session, lift.id)
    task = Task(
        kind=TaskKind.MAINTAINER_DISPUTED,
        key=_dispute(claim),
        city_id=claim.city_id,
        owner_party_id=owner,
        lift_id=lift.id,
        party_id=claim.party_id,
        detail={"from": claim.registered_id, "to": claim.party_id},
        opened_on=claim.opened_on,
    )
    open_once(session, task)


def _dispute(claim: LiftClaim) -> str:
    return f"claim:{claim.id}"


def _tell(session: Session, claim: LiftClaim, lift: Lift, deed: str, today: date) -> None:
    """Whoever decides is asked, and both contractors hear; of a decision all four."""
    _to_deciders(session, claim, lift, deed, today)
    _to(session, claim.registered_id, TO_MAINTAINER, "gp.claim.maint", claim, lift, deed, today)
    if deed != "asked":
        _to(session, claim.party_id, TO_MAINTAINER, "gp.claim.maint", claim, lift, deed, today)


def _to_deciders(session: Session, claim: LiftClaim, lift: Lift, deed: str, today: date) -> None:
    sides = parties_of(session, [lift.id], [LiftRole.USE_UNIT])
    bureau = bureau_of(session, lift.city_id, lift.district_code)
    _to(session, sides.get((lift.id, LiftRole.USE_UNIT)), TO_UNIT, "gp.claim.unit", claim, lift, deed, today)
    _to(session, bureau, TO_BUREAU, "gp.claim.reg", claim, lift, deed, today)


def _to(
    session: Session,
    party_id: int | None,
    audience: str,
    template: str,
    claim: LiftClaim,
    lift: Lift,
    deed: str,
    today: date,
) -> None:
    tell(
        session, claim.city_id, party_id, audience, template, today=today, lifts=[lift],
        district_code=lift.district_code or "", name=party_name(session, claim.party_id),
        other=party_name(session, claim.registered_id), deed=deed, note=claim.note,
    )  # fmt: skip


def _line(session: Session, claim: LiftClaim, lift: Lift, party_id: int, today: date) -> ClaimLine:
    now = parties_of(session, [lift.id], list(LiftRole))
    return ClaimLine(
        claim_id=claim.id,
        lift_id=lift.id,
        place=place_of(lift),
        key=lift.key,
        claimant=party_name(session, claim.party_id),
        registered=party_name(session, now.get((lift.id, LiftRole.MAINTAINER))),
        unit=party_name(session, now.get((lift.id, LiftRole.USE_UNIT))),
        state=claim.state,
        opened_on=claim.opened_on,
        days=(today - claim.opened_on).days,
        mine=claim.party_id == party_id,
        note=claim.note,
    )
