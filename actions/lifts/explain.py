"""Why something is due, and why somebody was told: what a person may read about a lift or a notice."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, case
from sqlmodel import Session, col, or_, select

from actions.register.identifiers import normalise_identifier
from schedules.calendar import WorkingCalendar, load_calendar
from schedules.dates import iso
from schedules.offices.rules import find_office_rule
from schedules.rulebook import Ladder, Rulebook, load_rulebook, rulebook_ids
from schedules.steps import not_before, step_dates
from store.database import in_chunks
from store.duties import INSPECTIONS, OVERDUE, PUSHED, Duty, Told, ToldState, booked_too_late
from store.histories import read_attempts, read_histories
from store.lifts import Lift, LiftName, LiftRole, Responsibility
from store.notices import LISTING, Delivery, Notice
from store.parties import Party
from store.place_names import join_names

MANY = 20
PLACE = ("compound", "building", "internal_number")
TESTS_FIRST = case((col(Duty.kind) == "self_test", 0), else_=1)  # of one day, as at a restart (002 附件2 一)
ToldOf = tuple[Told, Duty, Lift | None]


class NotFoundError(Exception):
    """Nothing by that name; the message says what was looked for."""


def find_lifts(session: Session, name: str) -> list[Lift]:
    """The lifts known under `name`: any of their identifiers, or what people call them (compound, building, lift)."""
    wanted, squeezed = name.strip(), re.sub(r"\s+", "", name)
    by_key = session.exec(select(Lift).where(col(Lift.key).in_({wanted, squeezed}))).all()
    if by_key:
        return list(by_key)
    ids = select(LiftName.lift_id).where(LiftName.value == normalise_identifier(wanted))
    by_name = session.exec(select(Lift).where(col(Lift.id).in_(ids)).limit(MANY)).all()
    if by_name or not squeezed:
        return list(by_name)
    number = col(Lift.internal_number)
    in_building = col(Lift.building) + number
    spoken = or_(
        in_building == squeezed,
        col(Lift.compound) + in_building == squeezed,
        # as `place_of` writes it where the number names the building too
        and_(number.startswith(col(Lift.building)), col(Lift.compound) + number == squeezed),
    )
    return list(session.exec(select(Lift).where(spoken).limit(MANY)).all())


def explain_lift(session: Session, lift: Lift) -> dict[str, Any]:
    """Everything that is due for a lift: the dates of each rung, their clauses, and what was told to whom."""
    calendar = load_calendar(session)
    of_the_lift = select(Duty).where(Duty.lift_id == lift.id)
    duties = session.exec(of_the_lift.order_by(col(Duty.due), TESTS_FIRST, col(Duty.id))).all()
    return {
        "lift": lift.key,
        "place": place_of(lift),
        "certificate": lift.certificate,
        "district": lift.district,
        "status": lift.status,
        "valid_until": iso(lift.valid_until),
        "valid_precision": lift.valid_precision,
        "use_unit": _answering(session, lift.id, LiftRole.USE_UNIT),
        "maintainer": _answering(session, lift.id, LiftRole.MAINTAINER),
        "duties": [_explain_duty(session, duty, calendar, lift) for duty in duties],
    }


def explain_notice(session: Session, notice_id: int) -> dict[str, Any]:
    """Why a notice exists: its rung with clause and quote, the lifts and dates it speaks of, and how it went."""
    found = explain_notices(session, [notice_id])
    if not found:
        raise NotFoundError(f"there is no notice {notice_id}")
    return found[notice_id]


def explain_notices(session: Session, notice_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The same of many at once, by notice; of those that there are."""
    found: dict[int, dict[str, Any]] = {}
    calendar = load_calendar(session)
    for ids in in_chunks(notice_ids):
        rows: dict[int | None, list[ToldOf]] = defaultdict(list)
        told = select(Told, Duty, Lift).join(Duty, col(Duty.id) == Told.duty_id)
        told = told.outerjoin(Lift, col(Lift.id) == Duty.lift_id).where(col(Told.notice_id).in_(ids))
        for one in session.exec(told.order_by(col(Told.due), col(Lift.id))):
            rows[one[0].notice_id].append(one)
        attempts, histories = read_attempts(session, ids), read_histories(session, ids)
        wanted = select(Notice, Party).join(Party, col(Party.id) == Notice.party_id).where(col(Notice.id).in_(ids))
        for notice, party in session.exec(wanted):
            went = {
                "deliveries": [_delivery(one) for one in attempts[notice.id]],
                "history": [
                    {"at": at.isoformat(), "status": status, "detail": detail}
                    for at, status, detail in histories[notice.id]
                ],
            }
            found[notice.id] = _story(notice, party, rows[notice.id], calendar) | went
    return found


def _story(notice: Notice, party: Party, rows: Sequence[ToldOf], calendar: WorkingCalendar) -> dict[str, Any]:
    rule, basis = _basis_of(notice)
    return {
        "notice": notice.id,
        "on": iso(notice.planned_on),
        "status": notice.status,
        "reason": notice.reason,
        "late": notice.late,
        "party": party.name,
        "recipient": party.ref,
        "audience": notice.audience,
        "duty": notice.duty,
        "step": notice.step,
        "rule": notice.rule,
        **basis,
        "facts": notice.facts or {},
        "lifts": [
            {"lift": lift.key, "place": place_of(lift), "due": iso(told.due), "state": told.state}
            for told, _, lift in rows
            if lift is not None  # what an office owes is about no lift
        ]
        or _named_lifts(notice),
        "steps": _rungs(rule, rows[0][1], rows[0][0].due, calendar)
        if rows and rule
        else [],  # as told: the date may have moved
    }


def _basis_of(notice: Notice) -> tuple[Ladder | None, dict[str, str]]:
    """The rule of a notice, and its words for that rung; a notice beside all rules brings words of its own."""
    if not notice.rule:
        empty = dict.fromkeys(("clause", "quote", "seed", "document"), "")
        return None, empty | (notice.facts or {}).get("basis", {})
    if (entry := _entry_of(notice.rule)) is not None:
        return None, entry
    book, rule = find_rule(notice.rule)
    wanted = OVERDUE if notice.step == PUSHED else notice.step  # an officer says the same again
    step = next((step for step in rule.steps if step.step == wanted), None)
    words = {"clause": step.clause if step else rule.clause, "quote": step.quote if step else rule.quote}
    return rule, words | {"seed": book.seed, "document": book.title}


def _entry_of(rule_id: str) -> dict[str, str] | None:
    """The words of what a document asks of offices, such as the figures of each day; None of a rule with rungs."""
    books = map(load_rulebook, rulebook_ids())
    entries = ((book, entry) for book in books for entry in book.programme if not entry.remind)
    found = next(((book, entry) for book, entry in entries if entry.id == rule_id), None)
    if found is None:
        return None
    book, entry = found
    return {"clause": entry.clause, "quote": entry.quote, "seed": book.seed, "document": book.title}


def _named_lifts(notice: Notice) -> list[dict[str, Any]]:
    """The lifts that are named in the notice itself, such as those of an order, a case or a visit."""
    facts = notice.facts or {}
    own: dict[str, Any] = next((facts[matter] for matter in LISTING if matter in facts), {})
    return [
        {
            "lift": lift["key"],
            "place": join_names(*(lift.get(name, "") for name in PLACE)) or lift["key"],
            "due": None,
            "state": notice.status,
        }
        for lift in own.get("lifts", ())
    ]


def find_rule(rule_id: str) -> tuple[Rulebook, Ladder]:
    """A rule, of lifts or of offices, and the rulebook in which it stands; NotFoundError when none has it any more."""
    for book in map(load_rulebook, rulebook_ids()):
        for rule in book.rules:
            if rule.id == rule_id:
                return book, rule
    if (office_rule := find_office_rule(rule_id)) is not None:
        return load_rulebook(office_rule.document), office_rule
    raise NotFoundError(f"no rulebook has the rule {rule_id}")


def place_of(lift: Lift) -> str:
    """What people call the lift: compound, building, lift; else its address, certificate or key."""
    return (
        join_names(lift.compound, lift.building, lift.internal_number) or lift.address or lift.certificate or lift.key
    )


def _explain_duty(session: Session, duty: Duty, calendar: WorkingCalendar, lift: Lift) -> dict[str, Any]:
    book, rule = find_rule(duty.rule)
    told = _told(session, duty)
    return {
        "duty": duty.kind,
        "due": iso(duty.due),
        "cycle": duty.cycle,
        "rule": rule.id,
        "clause": rule.clause,
        "quote": rule.quote,
        "seed": book.seed,
        "document": book.title,
        "closed_on": iso(duty.closed_on),
        "withdrawn": duty.withdrawn_at is not None,
        "registered_until": iso(_registered_until(duty, lift)),
        "booked_on": iso(duty.booked_on),
        "booked_late": duty.booked_on is not None and _is_booked_late(session, duty),
        "next_step": duty.next_step,
        "next_on": iso(duty.next_on),
        "steps": [rung | _went(rung["step"], told, iso(duty.due)) for rung in _rungs(rule, duty, duty.due, calendar)],
        "told": told,
    }


def _is_booked_late(session: Session, duty: Duty) -> bool:
    return session.exec(select(Duty.id).where(Duty.id == duty.id, booked_too_late(after=date.min))).first() is not None


def _registered_until(duty: Duty, lift: Lift) -> date | None:
    """The validity of the register where an inspection is owed before it ends: either of the two is wrong."""
    if duty.kind not in INSPECTIONS or duty.due is None or lift.valid_until is None:
        return None
    is_open = duty.closed_on is None and duty.withdrawn_at is None
    return lift.valid_until if is_open and duty.due < lift.valid_until else None


def _rungs(rule: Ladder, duty: Duty, due: date | None, calendar: WorkingCalendar) -> list[dict[str, Any]]:
    """The rungs before `due`, the present date of the duty or one that was told of it."""
    if due is None:
        return []
    return [
        {
            "step": rung.step,
            "opens": iso(rung.opens_on),
            "on": iso(rung.latest_on),
            "practical": iso(rung.practical_on),
            "provisional": rung.provisional,
            "clause": rule.step_named(rung.step).clause,
            "quote": rule.step_named(rung.step).quote,
            "in_ladder": rule.step_named(rung.step).in_dates,
            "tells": list(dict.fromkeys(telling.via for telling in rule.step_named(rung.step).tells)),
        }
        for rung in (
            not_before(rung, duty.event_on, duty.window_start)
            for rung in step_dates(rule, due, calendar, event_on=duty.event_on)
        )
    ]


def _went(step: str, told: Sequence[dict[str, Any]], due: str | None) -> dict[str, Any]:
    """When whom the rung is for was told of it, of this date, and whether that was late."""
    went = (one for one in told if one["step"] == step and one["due"] == due and not one["copy"])
    first = next((one for one in went if one["state"] == ToldState.TOLD), None)
    return {"told_on": first["on"] if first else None, "told_late": bool(first and first["late"])}


def _told(session: Session, duty: Duty) -> list[dict[str, Any]]:
    rows = session.exec(
        select(Told, Party)
        .join(Party, col(Party.id) == Told.party_id)
        .where(Told.duty_id == duty.id)
        .order_by(col(Told.on_date), col(Told.step))
    ).all()
    return [
        {
            "step": told.step,
            "due": iso(told.due),
            "on": iso(told.on_date),
            "state": told.state,
            "party": party.name,
            "notice": told.notice_id,
            "late": told.late,
            "copy": told.is_copy,
        }
        for told, party in rows
    ]


def _answering(session: Session, lift_id: int, role: LiftRole) -> str | None:
    return session.exec(
        select(Party.name)
        .join(Responsibility, col(Responsibility.party_id) == Party.id)
        .where(Responsibility.lift_id == lift_id, Responsibility.role == role, col(Responsibility.to_on).is_(None))
    ).first()


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "channel": delivery.channel,
        "status": delivery.status,
        "at": delivery.attempted_at.isoformat(),
        "template": delivery.template,
        "version": delivery.template_version,
        "segments": delivery.segments,
        "body": delivery.body,
        "error": delivery.error,
    }
