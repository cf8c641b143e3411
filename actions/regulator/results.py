"""Results pushed to the district: failed inspections at once (000 四7), passed ones in one message a day (四10).

Each result is pushed once, with all others of the same office that wait; the ledger is `pushed_result`.
"""

from collections import defaultdict
from collections.abc import Sequence, Set
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from actions.campaign.departments import load_departments
from actions.regulator.glance import FAIL
from actions.regulator.no_bureau import ask_for_bureaus, kept_events
from actions.regulator.scope import bureaus_of
from actions.summary.closing import last_closed
from schedules.announcements import parties_of
from schedules.regimes import rulebook_of
from schedules.rulebook import Telling
from store.database import table_of
from store.events import Event, EventKind, was_taken_back
from store.lifts import City, Lift, LiftRole, place_facts
from store.notices import RESULT, Notice
from store.parties import Party
from store.pushes import PushedResult
from store.rowsets import among

PASS = "pass"
SAID = (PASS, FAIL)
ENDS = (EventKind.INSPECTION_ENDED, EventKind.RECTIFICATION_CONFIRMED)
# What is older was before these pushes, or comes from a register of the past. The longest holidays, and an office that
# is named late, must not make a result too old.
BACK = timedelta(days=35)
NAMED = 20  # lifts that one message names: of those that failed none may stand behind "and others"
INSPECTED, FAILED = "inspected", "failed"  # steps


def push_results(session: Session, *, today: date) -> int:
    """Failed inspections at once; passed ones when the day has been closed. How many notices.

    What waits for a bureau to be named goes out as soon as there is one.
    """
    count = 0
    for city_id in session.exec(select(City.id).order_by(col(City.id))).all():
        words, kept = rulebook_of(session, city_id, today).notices, kept_events(session, city_id)
        told, nobodys = _push(session, city_id, FAILED, words.failed, today, kept)
        if kept or last_closed(session, city_id) == today:
            only = kept if last_closed(session, city_id) != today else None
            more, others = _push(session, city_id, INSPECTED, words.inspected, today, kept, only=only)
            told, nobodys = told + more, nobodys + others
        ask_for_bureaus(session, city_id, nobodys, today)
        count += told
    return count


def _push(
    session: Session,
    city_id: str,
    step: str,
    tellings: Sequence[Telling],
    today: date,
    kept: Set[int],
    *,
    only: Set[int] | None = None,
) -> tuple[int, list[tuple[int, str | None]]]:
    """How many notices, and the results that wait because nobody is named for their district, each with its code."""
    groups: dict[int, list[tuple[Event, Lift]]] = defaultdict(list)
    nobodys: list[tuple[int, str | None]] = []
    find, told_today = bureaus_of(session, city_id), _told_today(session, today) if step == INSPECTED else set()
    for event, lift in _waiting(session, city_id, step, today, kept) if tellings else ():
        office = find(lift.district_code)
        if only is not None and event.id not in only:
            continue
        if office is None:
            nobodys.append((event.id, lift.district_code))
        elif event.id in kept or office not in told_today:
            groups[office].append((event, lift))
    told = [
        (office, ended[start : start + size])
        for office, ended in sorted(groups.items())
        for size in [NAMED if step == FAILED else len(ended)]
        for start in range(0, len(ended), size)
    ]
    for office, some in told:
        for telling in tellings:
            notice = _notice(session, city_id, office, step, telling, some, today)
            session.add(notice)
            session.flush()
        session.add_all(PushedResult(event_id=event.id, notice_id=notice.id) for event, _ in some)
    session.flush()
    return len(told) * len(tellings), nobodys


def _told_today(session: Session, today: date) -> set[int]:
    """The offices to which the passed ones of the day have gone: what comes after them goes with the next."""
    query = select(Notice.party_id).where(Notice.planned_on == today, Notice.duty == RESULT, Notice.step == INSPECTED)
    return set(session.exec(query))


def _waiting(session: Session, city_id: str, step: str, today: date, kept: Set[int]) -> list[tuple[Event, Lift]]:
    """The ends of inspections that nobody was told of, and that hold: a pass as long as none came later, a fail unless
    it was recorded otherwise."""
    ended, conclusion = col(Event.kind) == EventKind.INSPECTION_ENDED, col(Event.payload)["conclusion"].as_string()
    is_pass = or_(ended & (conclusion == PASS), col(Event.kind) == EventKind.RECTIFICATION_CONFIRMED)
    later = aliased(Event)
    says = or_(
        col(later.kind) == EventKind.RECTIFICATION_CONFIRMED, col(later.payload)["conclusion"].as_string().in_(SAID)
    )
    follows = and_(col(later.on_date) == Event.on_date, col(later.id) > col(Event.id))
    if step == INSPECTED:
        follows = or_(follows, col(later.on_date) > col(Event.on_date))
    overtaken = select(later.id).where(later.lift_id == Event.lift_id, col(later.kind).in_(ENDS), says, follows)
    is_recent = or_(col(Event.known_on) >= today - BACK, among(session, table_of(Event).c.id, kept))
    overtaken = overtaken.where(~was_taken_back(later))
    query = (
        select(Event, Lift)
        .join(Lift, col(Lift.id) == Event.lift_id)
        .where(Lift.city_id == city_id, col(Event.kind).in_(ENDS), is_recent)
        .where(is_pass if step == INSPECTED else ended & (conclusion == FAIL))
        .where(~was_taken_back(), col(Event.id).not_in(select(PushedResult.event_id)), ~overtaken.exists())
        .order_by(col(Lift.compound), col(Lift.building), col(Lift.id), col(Event.id))
    )
    return list(session.exec(query).all())


def _notice(
    session: Session,
    city_id: str,
    office: int,
    step: str,
    telling: Telling,
    ended: Sequence[tuple[Event, Lift]],
    today: date,
) -> Notice:
    own = list({lift.id: lift for _, lift in ended}.values())
    known = sorted(event.known_on.isoformat() for event, _ in ended)
    department = load_departments(session, city_id, today.year).of(own[0].district_code)
    return Notice(
        city_id=city_id,
        planned_on=today,
        send_on=today,
        party_id=office,
        duty=RESULT,
        rule="",
        step=step,
        audience=telling.audience,
        district_code=own[0].district_code or "",
        channel_class=telling.channel,
        template=telling.template,
        facts={
            RESULT: facts_of(session, own, department.name if department is not None else "")
            | {"first": known[0], "last": known[-1]}
        },
    )


def facts_of(session: Session, lifts: Sequence[Lift], issuer: str) -> dict[str, Any]:
    """The matter of such a notice: its lifts with their units, and the department in whose name it is."""
    units = _units(session, lifts)
    return {
        "issuer": issuer,
        "lifts": [place_facts(lift) for lift in lifts],
        "units": [units.get(lift.id, "") for lift in lifts],
    }


def _units(session: Session, lifts: Sequence[Lift]) -> dict[int, str]:
    answering = parties_of(session, [lift.id for lift in lifts], [LiftRole.USE_UNIT])
    wanted = {party_id for party_id in answering.values() if party_id}
    names = dict(session.exec(select(Party.id, Party.name).where(col(Party.id).in_(wanted))).all())
    return {lift_id: names[party_id] for (lift_id, _), party_id in answering.items() if party_id in names}
