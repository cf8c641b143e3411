"""What is followed by itself: data that are missing, claims and opinions that wait, and the figures of each month."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from actions.paperless.claims import end_claim, remind_claim
from actions.paperless.figures import Figures, Tally, figures_of
from actions.paperless.notices import TO_BUREAU, TO_CITY, TO_MAINTAINER, city_bureau, tell
from actions.paperless.opinions import remind_contractor, tell_bureau
from actions.paperless.register import registration_of
from schedules.announcements import parties_of
from schedules.calendar import load_calendar
from schedules.regimes import numbers_of
from store.lifts import City, LiftRole
from store.paperless import ClaimState, Contractor, LiftClaim
from store.parties import AreaRole, Jurisdiction, Party
from store.settings import Setting
from store.supervision import Opinion, OpinionState

IN_TIME = 10  # day of a month after which the figures of the last one are no news: who began later starts with the next
FOLLOWED = "paperless_followed"  # setting: the last day of which this was done
MONTHLY = "paperless_month"  # setting: by city the last month of which figures were sent


def follow_paperless(session: Session, *, today: date, now: datetime) -> None:
    """Once a day remind of what waits, and on the first working day of a month send the figures of the one before."""
    followed = session.get(Setting, FOLLOWED)
    is_used = any(session.exec(select(model.id).limit(1)).first() for model in (Contractor, LiftClaim, Opinion))
    if not is_used or (followed is not None and followed.value == today.isoformat()):
        return
    session.merge(Setting(key=FOLLOWED, value=today.isoformat()))
    _follow_contractors(session, today)
    _follow_claims(session, today)
    _follow_opinions(session, today)
    for city_id in session.exec(select(City.id).order_by(City.id)).all():
        _send_figures(session, city_id, today)


def _follow_contractors(session: Session, today: date) -> None:
    for contractor in session.exec(select(Contractor).order_by(col(Contractor.id))).all():
        every = timedelta(days=numbers_of(session, contractor.city_id).missing_again_days)
        if contractor.reminded_on is not None and contractor.reminded_on + every > today:
            continue
        found = registration_of(session, session.get_one(Party, contractor.party_id), today)
        if found.missing:
            tell(
                session, contractor.city_id, contractor.party_id, TO_MAINTAINER, "gp.incomplete", today=today,
                missing=list(found.missing),
            )  # fmt: skip
            contractor.reminded_on = today
            session.add(contractor)
    session.flush()


def _follow_claims(session: Session, today: date) -> None:
    """One that the register has come to confirm is settled; of the others those who decide are reminded."""
    query = select(LiftClaim).where(LiftClaim.state == ClaimState.OPEN).order_by(col(LiftClaim.id))
    for claim in session.exec(query).all():
        named = parties_of(session, [claim.lift_id], [LiftRole.MAINTAINER]).get((claim.lift_id, LiftRole.MAINTAINER))
        if named == claim.party_id:
            end_claim(session, claim, ClaimState.ACCEPTED, today)
        elif (claim.reminded_on or claim.opened_on) + _waits(session, claim.city_id) <= today:
            remind_claim(session, claim, today)
            claim.reminded_on = today
            session.add(claim)
    session.flush()


def _follow_opinions(session: Session, today: date) -> None:
    """Past its day without an answer: contractor and bureau hear it, once a week; an answer that waits, the bureau."""
    waiting = (OpinionState.SENT, OpinionState.ANSWERED, OpinionState.RETURNED)
    for opinion in session.exec(select(Opinion).where(col(Opinion.state).in_(waiting)).order_by(col(Opinion.id))).all():
        last = max(opinion.since, opinion.reminded_on or opinion.since)
        again = last + _waits(session, opinion.city_id) <= today
        if opinion.state == OpinionState.ANSWERED:
            if again:
                _remind(session, opinion, today, to_contractor=False)
        elif opinion.due_on < today and (opinion.reminded_on is None or again):
            _remind(session, opinion, today, to_contractor=True)


def _waits(session: Session, city_id: str) -> timedelta:
    return timedelta(days=numbers_of(session, city_id).waiting_again_days)


def _remind(session: Session, opinion: Opinion, today: date, *, to_contractor: bool) -> None:
    tell_bureau(session, opinion, "late" if to_contractor else "unread", opinion.text, today)
    if to_contractor:
        remind_contractor(session, opinion, today)
    opinion.reminded_on = today
    session.add(opinion)
    session.flush()


def _send_figures(session: Session, city_id: str, today: date) -> None:
    """To the bureaus of city and districts; nothing where nobody does maintenance without paper yet."""
    first = today.replace(day=1)
    last_month = (first - timedelta(days=1)).replace(day=1)
    setting = session.get(Setting, MONTHLY)
    sent: dict[str, str] = dict(setting.value) if setting is not None else {}
    is_begun = city_id in sent or today.day <= IN_TIME  # after an outage they come late rather than never
    is_time = is_begun and load_calendar(session).is_working(today)
    if not is_time or sent.get(city_id, "") >= last_month.isoformat():
        return
    if session.exec(select(Contractor.id).where(Contractor.city_id == city_id)).first() is None:
        return
    session.merge(Setting(key=MONTHLY, value=sent | {city_id: last_month.isoformat()}))
    figures = figures_of(session, city_id, last_month, today)
    _tell_figures(session, city_id, city_bureau(session, city_id), TO_CITY, figures, today)
    areas = select(Jurisdiction).where(
        Jurisdiction.city_id == city_id,
        Jurisdiction.role == AreaRole.DISTRICT_REGULATOR,
        col(Jurisdiction.to_on).is_(None),
    )
    offices: dict[int, list[str]] = {}
    for area in session.exec(areas.order_by(col(Jurisdiction.id))).all():
        offices.setdefault(area.party_id, []).append(area.district_code)
    for party_id, codes in offices.items():
        theirs = figures_of(session, city_id, last_month, today, codes)
        if theirs.coverage[0].lifts:
            _tell_figures(session, city_id, party_id, TO_BUREAU, theirs, today)


def _tell_figures(
    session: Session, city_id: str, party_id: int | None, audience: str, figures: Figures, today: date
) -> None:
    total, whole = figures.total, figures.coverage[0]
    about: dict[str, Any] = {
        "month": figures.month.isoformat(),
        "target": figures.target,
        "contractors": whole.contractors,
        "using": whole.using,
        "lifts_in_use": whole.lifts,
        "covered": whole.covered,
        "records": total.records,
        "late": total.late,
        "signed": total.signed,
        "defaulted": total.defaulted,
        "open": total.pending + total.objected,
        "pending": total.pending,
        "parts": [
            {"code": one.code, "name": one.name, "contractors": one.contractors, "using": one.using}
            for one in figures.coverage
        ],
        "silent": _names(figures.units, "never_signs"),
        "slow": _names(figures.contractors, "late"),
    }
    tell(session, city_id, party_id, audience, "gp.monthly", today=today, figures=about)


def _names(tallies: Any, of: str) -> list[str]:
    found: list[Tally] = [one for one in tallies if getattr(one, of)]
    return [one.name for one in found]
