"""What a task is about, in one line of the command line."""

from collections.abc import Callable
from typing import Any

from actions.handovers.why import OBJECTION, WHY, Why
from actions.identity.record import STILL_NAMED
from actions.running.tasks import OpenTask
from notifier.masking import mask_phone
from store.doubted import FAILING, PREFIX
from store.tasks import TaskKind
from tixing.commands.options import count_of

K = TaskKind
FEW = 3
WHYS: dict[str, str] = {
    Why.UNANSWERED: "the other side has not answered for a week",
    Why.DISPUTED: "the other side disputes it",
    Why.UNKNOWN_UNIT: "the new unit is in no register",
    Why.NOBODYS: "nobody answers for them in the register",
}


def line_about(one: OpenTask) -> str:
    """Who or what is meant, and what is wrong with it."""
    write = WORDS.get(TaskKind(one.task.kind))
    return write(one, one.task.detail or {}) if write else one.task.key


def _lifts(detail: dict[str, Any]) -> str:
    return count_of(_number(detail), "lift")


def _number(detail: dict[str, Any]) -> int:
    found = detail.get("lifts", detail.get("count", 0))
    return len(found) if isinstance(found, list) else int(found)


def _lifts_do(detail: dict[str, Any], one: str, many: str) -> str:
    """`1 lift is …`, `2 lifts are …`."""
    return f"{_lifts(detail)} {one if _number(detail) == 1 else many}"


def _matter(one: OpenTask, detail: dict[str, Any]) -> str:
    """The lifts, or the notice where it is about none: a list for an office."""
    if detail.get("lifts"):
        return _lifts(detail)
    return f"notice {one.task.notice_id}" + (f" ({detail['step']})" if detail.get("step") else "")


def _of_import(one: OpenTask, detail: dict[str, Any]) -> str:
    """The import and the first lines of its file."""
    lines = detail.get("lines") or ([one.task.line] if one.task.line else [])
    shown = ", ".join(str(line) for line in lines[:FEW]) + (", …" if len(lines) > FEW else "")
    return f"import {one.task.import_id}" + (f", line {shown}" if shown else "")


def _unit(one: OpenTask, detail: dict[str, Any]) -> str:
    return str(detail.get("unit") or one.party)


def _call(one: OpenTask, detail: dict[str, Any]) -> str:
    who = f"{detail.get('who', '')} {mask_phone(detail.get('number', ''))}".strip()
    return f"call {who} of {_unit(one, detail)} about {_lifts(detail)}; `tixing calls` has the script"


def _no_contact(one: OpenTask, detail: dict[str, Any]) -> str:
    return f"{_unit(one, detail)}: nobody there can be reached about {_matter(one, detail)}"


def _delivery_failed(one: OpenTask, detail: dict[str, Any]) -> str:
    if one.task.party_id is not None:
        return f"{_unit(one, detail)}: nothing arrived by any way about {_matter(one, detail)}"
    why = f" ({detail['error']})" if detail.get("error") else ""
    return (
        f"{_unit(one, detail)}: notice {one.task.notice_id} about {_lifts(detail)} has no words{why}; tell them by hand"
    )


def _bad_phone(one: OpenTask, detail: dict[str, Any]) -> str:
    whose = f"{detail.get('who', '')} of {_unit(one, detail)}".strip()
    if one.task.key.startswith(PREFIX):
        return f"{detail.get('number', '')}, {whose}: somebody else's, as was said by {detail.get('said_by', '')}"
    if one.task.key.startswith(FAILING):
        return f"{detail.get('number', '')}, {whose}: nobody has this number ({detail.get('error', '')})"
    stated = f"{detail.get('party') or one.party}: {detail.get('stated', '')!r}"
    return f"{stated} is no phone number; {_of_import(one, detail)}"


def _credit_code(one: OpenTask, detail: dict[str, Any]) -> str:
    return f"{one.party}: {detail.get('stated', '')!r} is no credit code; {_of_import(one, detail)}"


def _district(one: OpenTask, detail: dict[str, Any]) -> str:
    return f"the district {detail.get('district', '')!r} is not known; {_of_import(one, detail)}"


def _counted(what: str) -> Callable[[OpenTask, dict[str, Any]], str]:
    return lambda one, detail: f"{_lifts(detail)}: {what}; {_of_import(one, detail)}"


def _use_unit_missing(one: OpenTask, detail: dict[str, Any]) -> str:
    if one.lift:
        return f"lift {one.lift}: no use unit in the register, so nobody is told"
    return f"{_lifts(detail)}: no use unit in the register; {_of_import(one, detail)}"


def _too_old(one: OpenTask, detail: dict[str, Any]) -> str:
    what = f"{detail.get('duty', 'validity')} of {_lifts(detail)}"
    return f"{one.party}: {what} ended long ago ({detail.get('earliest', '')} the earliest); is that right?"


def _changed(one: OpenTask, detail: dict[str, Any]) -> str:
    return f"{_lifts(detail)} went from {one.before or 'nobody'} to {one.after or 'nobody'}; {_of_import(one, detail)}"


def _visits(detail: dict[str, Any]) -> str:
    days = detail.get("visits", [])
    return ", ".join(days[:FEW]) + (", …" if len(days) > FEW else "")


def _former_unit(one: OpenTask, detail: dict[str, Any]) -> str:
    return (
        f"{_lifts(detail)} went from {one.before or 'nobody'} to {one.after or 'nobody'}: "
        f"the visits of {_visits(detail)} were booked by the former unit"
    )


def _former_rules(one: OpenTask, detail: dict[str, Any]) -> str:
    visits = f"visits of {_lifts(detail)} are booked on {_visits(detail)}"
    return f"{one.party}: {visits}; the rules of {detail.get('rules', '')} don't ask for them"


def _rejected(one: OpenTask, detail: dict[str, Any]) -> str:
    unread = sum(cells.get("count", 0) for cells in detail.get("unread_cells", {}).values())
    more = f", {count_of(unread, 'cell')} unread" if unread else ""
    return f"{count_of(detail.get('count', 0), 'row')} refused{more}; {_of_import(one, detail)}"


def _calendar(one: OpenTask, detail: dict[str, Any]) -> str:
    return f"the holidays of {detail.get('year', one.task.key)} are not known; dates there are provisional"


def _held(one: OpenTask, detail: dict[str, Any]) -> str:
    return f"the plan of {detail.get('on', '')} is held, {detail.get('duties', '')} duties: {detail.get('reason', '')}"


def _disagrees(one: OpenTask, detail: dict[str, Any]) -> str:
    stated = f"{_lifts_do(detail, 'states', 'state')} a next inspection that the clauses don't give"
    return f"{stated}; `tixing doctor` names some"


def _maintainer(one: OpenTask, detail: dict[str, Any]) -> str:
    return f"lift {one.lift}: no maintainer in the register, so nobody is told"


def _special(one: OpenTask, detail: dict[str, Any]) -> str:
    why = ", ".join(str(detail[name]).replace("_", " ") for name in ("why", "note") if detail.get(name))
    told = f"; notice {one.task.notice_id}" if one.task.notice_id is not None else ""
    return f"{one.party}: {_lifts(detail)} can't be inspected in time: {why}; report it to the regulator{told}"


def _inspected(one: OpenTask, detail: dict[str, Any]) -> str:
    what = "is booked" if detail.get("said") == "booked_elsewhere" else "was inspected"
    note = f" ({detail['note']})" if detail.get("note") else ""
    return f"{one.party} says that the inspection of {_lifts(detail)} {what} elsewhere on {detail.get('on', '')}{note}"


def _said(one_is: str, many_are: str) -> Callable[[OpenTask, dict[str, Any]], str]:
    def write(one: OpenTask, detail: dict[str, Any]) -> str:
        note = f" ({detail['note']})" if detail.get("note") else ""
        said = f"{one.party} says by {detail.get('way', '')} that {_lifts_do(detail, one_is, many_are)}{note}"
        return f"{said}; notice {one.task.notice_id}" if one.task.notice_id else said

    return write


def _handover(one: OpenTask, detail: dict[str, Any]) -> str:
    sides = f"from {one.before or 'a unit'} to {one.after or detail.get('said', '')}"
    why = WHYS.get(detail.get(WHY, ""), detail.get(WHY, ""))
    objection = f": {detail[OBJECTION]}" if detail.get(OBJECTION) else ""
    return f"{one.party} says that {_lifts_do(detail, 'goes', 'go')} {sides}, and {why}{objection}; ask both"


def _people(one: OpenTask, detail: dict[str, Any]) -> str:
    who = f"{detail.get('who', '')} {mask_phone(detail.get('number', ''))}".strip()
    if detail.get("said") == STILL_NAMED:
        return f"{one.party}: the register still names {who}, who is there no more"
    successor = f"{detail.get('successor', '')} {mask_phone(detail.get('successor_number', ''))}".strip()
    return f"{one.party}: {who} says that somebody else does it now: {successor}; call there and settle it"


def _unanswered(one: OpenTask, detail: dict[str, Any]) -> str:
    who = f"{detail.get('who', '')} {mask_phone(detail.get('phone', ''))}".strip()
    silent = f"nobody of {one.party or 'a maintainer'} has answered for {detail.get('waited', '')} minutes"
    return f"people are shut in {one.lift} of {_unit(one, detail)}: {silent}; call there, and {who} who reported it"


def _not_ended(one: OpenTask, detail: dict[str, Any]) -> str:
    who = f"{detail.get('who', '')} {mask_phone(detail.get('phone', ''))}".strip()
    silent = f"nobody has said for {detail.get('waited', '')} minutes that they are out, and the calls have ended"
    end = "find out, and end it by `tixing alerts --end NUMBER --by NAME`"
    return f"people were shut in {one.lift} of {_unit(one, detail)}: {silent}; {who} reported it; {end}"


def _campaign_officer(one: OpenTask, detail: dict[str, Any]) -> str:
    year = detail.get("year", "")
    if one.party:
        return f"{one.party}: nobody is named for the list of {year}"
    return f"no inspection department answers for {detail.get('district', '')!r} of the list of {year}"


def _anomaly(one: OpenTask, detail: dict[str, Any]) -> str:
    what = str(detail.get("why", "")).replace("_", " ")
    return f"{_lifts(detail)}: {what}; `tixing campaign anomalies` has all of them"


def _campaign_rows(one: OpenTask, detail: dict[str, Any]) -> str:
    lines = detail.get("lines", [])
    shown = ", ".join(str(line) for line in lines[:FEW]) + (", …" if len(lines) > FEW else "")
    rows = count_of(_number(detail), "row")
    return f"the list of {detail.get('year', '')}: {rows} missing or conflicting, line {shown}; `tixing campaign rows`"


def _unacknowledged(one: OpenTask, detail: dict[str, Any]) -> str:
    return f"{detail.get('reason', '')}: the list of {_lifts(detail)} not booked was not acknowledged; ask there"


def _no_bureau(one: OpenTask, detail: dict[str, Any]) -> str:
    results, matters = count_of(len(detail.get("events", ())), "result"), count_of(detail.get("matters", 0), "matter")
    where = detail.get("district") or "lifts without a district"
    return f"no bureau named for {where}: {results} and {matters} wait; `tixing offices --role … --name …`"


def _webhook_stopped(one: OpenTask, detail: dict[str, Any]) -> str:
    return f"{detail.get('platform', 'a platform')} took no webhook for days; ask it, then `tixing webhooks-out --help`"


def _lapsed(one: OpenTask, detail: dict[str, Any]) -> str:
    return f"{one.lift}: inspection {detail.get('inspection')} is to be concluded; {detail.get('proposed')} is proposed"


def _objection(one: OpenTask, detail: dict[str, Any]) -> str:
    return f"{one.lift}: the objection to the record of inspection {detail.get('inspection')} is to be answered"


def _to_move(one: OpenTask, detail: dict[str, Any]) -> str:
    day, lifts = detail.get("reason"), _lifts(detail)
    return f"{_unit(one, detail)}: the visit of {day} for {lifts} found no other day; agree on one"


def _on_lift(one: OpenTask, detail: dict[str, Any]) -> str:
    return f"{one.lift}: {detail.get('note') or f'claimed by {one.after}, on file {one.before or None}'}"


WORDS: dict[TaskKind, Callable[[OpenTask, dict[str, Any]], str]] = {
    K.CALL: _call,
    K.NO_CONTACT: _no_contact,
    K.DELIVERY_FAILED: _delivery_failed,
    K.BAD_PHONE: _bad_phone,
    K.BAD_CREDIT_CODE: _credit_code,
    K.UNKNOWN_DISTRICT: _district,
    K.NO_VALIDITY: _counted("no inspection validity, so no dates"),
    K.VALIDITY_TOO_OLD: _too_old,
    K.PAPER_TOO_OLD: _too_old,
    K.INSPECTED_NOT_UPDATED: _counted("last inspected after the validity that the register gives"),
    K.USE_UNIT_CHANGED: _changed,
    K.USE_UNIT_MISSING: _use_unit_missing,
    K.BOOKING_OF_FORMER_UNIT: _former_unit,
    K.BOOKING_OF_FORMER_RULES: _former_rules,
    K.REJECTED_ROWS: _rejected,
    K.CALENDAR_MISSING: _calendar,
    K.PLAN_HELD: _held,
    K.VALIDITY_DISAGREES: _disagrees,
    K.MAINTAINER_MISSING: _maintainer,
    K.NOT_THEIR_LIFTS: _said("is not theirs", "are not theirs"),
    K.SAID_OUT_OF_USE: _said("is out of use", "are out of use"),
    K.SPECIAL_REASON: _special,
    K.HANDOVER: _handover,
    K.PEOPLE_CHANGED: _people,
    K.SAID_INSPECTED: _inspected,
    K.ENTRAPMENT_UNANSWERED: _unanswered,
    K.ENTRAPMENT_NOT_ENDED: _not_ended,
    K.CAMPAIGN_OFFICER: _campaign_officer,
    K.CAMPAIGN_ROWS: _campaign_rows,
    K.DATA_ANOMALY: _anomaly,
    K.LIST_UNACKNOWLEDGED: _unacknowledged,
    K.NO_BUREAU: _no_bureau,
    K.WEBHOOK_STOPPED: _webhook_stopped,
    K.MAINTAINER_DISPUTED: _on_lift,
    K.WRONG_ON_SITE: _on_lift,
    K.RECTIFICATION_LAPSED: _lapsed,
    K.OBJECTION_UNANSWERED: _objection,
    K.VISIT_TO_MOVE: _to_move,
}
