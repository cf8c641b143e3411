"""What a report says is told the minute it is issued: to the unit by SMS and in its chat, to the maintainer a copy.
What is issued for a unit within one minute, with one conclusion, goes together (actions.reporting.together).

That a lift failed its district hears when it fails, report or not (actions.regulator.results).

Of a report that was corrected everybody hears who was told of the wrong one.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from actions.regulator.scope import bureau_of
from actions.reporting.overtaken import later_end
from actions.reporting.together import each_report, put_together, take_out
from actions.visits.inspections import ENDS_INSPECTION
from schedules.announcements import parties_of
from schedules.regimes import rulebook_of
from schedules.rulebook import basis_of
from store.duties import REPORT as DUTY
from store.events import Event, was_taken_back
from store.lifts import Lift, LiftRole, place_facts
from store.notices import REPORT, REPORT_CHAT, Notice
from store.parties import Chat, Contact, party_name
from store.pushes import PushedResult
from store.reports import Conclusion, Report

STEP, COPY_STEP = "report", "report_copy"
TO_UNIT, TO_MAINTAINER, TO_BUREAU = "unit_contact", "maintainer", "district_regulator"
OVERTAKEN = "report.overtaken"  # another inspection has ended since: no "stop now", no "post the mark"
MAINTAINER, BUREAU = ".maint", ".reg"  # after the name of a template for them
PUSHED = "report.pushed"  # the basis of its notices, in the rulebook


def tell_report(session: Session, report: Report) -> None:
    """Plan the notices of a report that was issued now, together with others that have not left yet."""
    lift, since = session.get_one(Lift, report.lift_id), later_end(session, report)
    template = OVERTAKEN if since else f"report.{report.conclusion}"
    has_bureau = bureau_of(session, lift.city_id, lift.district_code) is not None
    about = _about(session, report, lift) | _since(report, since) | {"bureau": has_bureau}
    notices = _to_unit(session, report.party_id, template, about, lift, report.issued_on)
    notices += _copies(session, _maintainers(session, report), report.party_id, template, about, lift, report.issued_on)
    if since:
        _keep(session, notices)
        return
    by_chat = {one.party_id for one in notices if _has_chat(session, one.party_id)}
    for notice in notices:
        is_all = notice.party_id not in by_chat  # whoever reads nothing but the SMS
        every_name = report.conclusion == Conclusion.FAIL or (is_all and notice.step != REPORT_CHAT)
        put_together(session, notice, report.issued_at, every_name=every_name)
    session.flush()


def tell_correction(session: Session, wrong: Report, report: Report) -> None:
    """Plan the notices of a report that takes the place of a wrong one."""
    lift, since, today = session.get_one(Lift, report.lift_id), later_end(session, report), report.issued_on
    template = OVERTAKEN if since else "report.corrected"
    about = _about(session, report, lift) | _since(report, since) | {"was": wrong.number, "why": report.why}
    told = _told_of(session, wrong)
    take_out(session, told, wrong.id, report.issued_at)
    units = dict.fromkeys(party for party in (report.party_id, wrong.party_id) if party is not None)
    notices = [one for unit in units for one in _to_unit(session, unit, template, about, lift, today)]
    copies = {*_maintainers(session, report), *(one.party_id for one in told if one.audience == TO_MAINTAINER)}
    notices += _copies(session, copies - units.keys(), None, template, about, lift, today)
    to_bureau: list[Notice] = []
    if wrong.conclusion == Conclusion.FAIL or report.conclusion == Conclusion.FAIL:
        bureau = bureau_of(session, lift.city_id, lift.district_code)
        to_bureau = _copies(session, [bureau] if bureau else [], None, template, about, lift, today, to_bureau=True)
    _keep(session, [*notices, *to_bureau])
    _count_as_pushed(session, report, to_bureau)


def _count_as_pushed(session: Session, report: Report, notices: Sequence[Notice]) -> None:
    """The correction tells the bureau how the inspection ended: it is not pushed once more."""
    query = select(Event.id).where(Event.lift_id == report.lift_id, Event.on_date == report.ended_on)
    query = query.where(col(Event.kind).in_(ENDS_INSPECTION), ~was_taken_back()).order_by(col(Event.id).desc())
    event_id = session.exec(query.limit(1)).first()
    if event_id is not None and session.get(PushedResult, event_id) is None:
        session.add_all(PushedResult(event_id=event_id, notice_id=one.id) for one in notices[:1])


def _to_unit(
    session: Session, unit: int | None, template: str, about: dict[str, Any], lift: Lift, today: date
) -> list[Notice]:
    """By SMS, as the clause has it, and in the chat of whoever has one."""
    if unit is None:
        return []
    notices = [_notice(session, unit, STEP, TO_UNIT, template, "sms_always", about, lift, today)]
    if _has_chat(session, unit):
        notices.append(_notice(session, unit, REPORT_CHAT, TO_UNIT, template, "chat_only", about, lift, today))
    return notices


def _copies(
    session: Session,
    parties: Iterable[int],
    but: int | None,
    template: str,
    about: dict[str, Any],
    lift: Lift,
    today: date,
    *,
    to_bureau: bool = False,
) -> list[Notice]:
    audience, ending = (TO_BUREAU, BUREAU) if to_bureau else (TO_MAINTAINER, MAINTAINER)
    return [
        _notice(session, party, COPY_STEP, audience, f"{template}{ending}", "chat", about, lift, today)
        for party in sorted(set(parties))
        if party != but
    ]


def _maintainers(session: Session, report: Report) -> list[int]:
    return list(parties_of(session, [report.lift_id], [LiftRole.MAINTAINER]).values())


def _told_of(session: Session, report: Report) -> list[Notice]:
    query = select(Notice).where(Notice.planned_on == report.issued_on, Notice.duty == DUTY)
    return [one for one in session.exec(query) if _tells_of(one, report.id)]


def _has_chat(session: Session, unit: int) -> bool:
    query = select(Chat.id).join(Contact, col(Contact.id) == Chat.contact_id).where(Contact.party_id == unit)
    return session.exec(query.where(col(Contact.to_on).is_(None), col(Chat.active))).first() is not None


def _about(session: Session, report: Report, lift: Lift) -> dict[str, Any]:
    return {
        "report": report.id,
        "number": report.number,
        "conclusion": report.conclusion,
        "ended_on": report.ended_on.isoformat(),
        "valid_until": report.valid_until.isoformat() if report.valid_until else "",
        "mark": report.mark,
        "unit": party_name(session, report.party_id),
        "office": party_name(session, report.department_id),
        "lifts": [place_facts(lift)],
    }


def _since(report: Report, later: date | None) -> dict[str, Any]:
    """How this inspection ended, and by which later one it was overtaken."""
    return {"failed": report.conclusion == Conclusion.FAIL} | ({"later": later.isoformat()} if later else {})


def _tells_of(notice: Notice, report_id: int) -> bool:
    matter = (notice.facts or {}).get(REPORT)
    return matter is not None and any(one.get("report") == report_id for one in each_report(matter))


def _notice(
    session: Session,
    party_id: int,
    step: str,
    audience: str,
    template: str,
    channel_class: str,
    about: dict[str, Any],
    lift: Lift,
    today: date,
) -> Notice:
    return Notice(
        city_id=lift.city_id,
        planned_on=today,
        send_on=today,
        party_id=party_id,
        duty=DUTY,
        rule="",
        step=step,
        audience=audience,
        district_code=lift.district_code or "",
        channel_class=channel_class,
        template=template,
        facts={REPORT: about, "basis": basis_of(rulebook_of(session, lift.city_id, today), PUSHED)},
    )


def _keep(session: Session, notices: Sequence[Notice]) -> None:
    session.add_all(notices)
    session.flush()
