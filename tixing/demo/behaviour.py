"""What the people of the city do on a day: who books after which rung, who answers the telephone and how.

Pure, and drawn by hash from what the store knows: a city plays the same again and goes on where it was left.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from tixing.demo.acts import Act, ActKind, Answer, CallState, LiftState, WorkingDays, draw, draw_between
from tixing.demo.data import Profile
from tixing.demo.visits import visits_of

LADDER = ("sms", "call", "target", "backstop", "list", "overdue")
ACTS_AFTER = {
    Profile.PROMPT: "sms",
    Profile.AFTER_CALL: "call",
    Profile.AFTER_TARGET: "target",
    Profile.AFTER_LAST: "backstop",
    Profile.LISTED: "list",
    Profile.DEAD_NUMBER: "overdue",
}
DELAY = {  # days from the rung to the booking; who waits for the call books by themselves only when nobody called
    Profile.PROMPT: (1, 5),
    Profile.AFTER_CALL: (32, 36),
    Profile.DEAD_NUMBER: (10, 25),
}
USUAL_DELAY = (1, 2)
LEAD = {  # working days from the booking to the visit: the later the rung, the sooner the visit
    Profile.PROMPT: (12, 24),
    Profile.AFTER_CALL: (6, 14),
    Profile.AFTER_TARGET: (4, 8),
}
SHORT_LEAD = (2, 4)
LIFTS_A_VISIT = 9
REINSPECTED_AFTER = 10  # working days after a failed inspection


def acts_of(
    day: date,
    lifts: Sequence[LiftState],
    calls: Sequence[CallState],
    days: WorkingDays,
    calls_after: Mapping[str, int],
) -> list[Act]:
    """Everything that happens on `day`, to be carried out in this order.

    `calls_after` says for each department after how many working days its officer gets round to a call; until then,
    or its last day, the task is left to whoever looks at the page.
    """
    if not days.is_working(day):
        return []
    visits = visits_of(day, lifts, days)
    waiting = [lift for lift in lifts if lift.booked_on is None and lift.rectify_by is None]
    answers = _answers(day, waiting, calls, days, calls_after)
    called = {lift_id for act in answers for lift_id in act.lift_ids}
    return visits + answers + list(_bookings(day, [lift for lift in waiting if lift.lift_id not in called], days))


def _is_made(day: date, call: CallState, days: WorkingDays, after: int) -> bool:
    waited = days.working_between(call.opened_on + timedelta(days=1), day)
    return waited >= after or day >= call.call_by


def _answers(
    day: date,
    waiting: Sequence[LiftState],
    calls: Sequence[CallState],
    days: WorkingDays,
    calls_after: Mapping[str, int],
) -> list[Act]:
    by_id = {lift.lift_id: lift for lift in waiting}
    found: list[Act] = []
    for call in calls:
        open_lifts = [by_id[lift_id] for lift_id in call.lift_ids if lift_id in by_id]
        if not open_lifts:
            found.append(Act(ActKind.ANSWER, (), None, call.task_id))  # nothing left to call about
            continue
        if not _is_made(day, call, days, calls_after[call.desk]):
            continue
        willing = [lift for lift in open_lifts if lift.profile in (Profile.PROMPT, Profile.AFTER_CALL)]
        if willing:
            visits = list(_visits_for(day, willing, days))
            found.append(Act(ActKind.ANSWER, visits[0].lift_ids, visits[0].on, call.task_id, Answer.BOOKED))
            found.extend(visits[1:])
            continue
        found.append(Act(ActKind.ANSWER, (), None, call.task_id, _refusal(open_lifts[0], call)))
    return found


def _refusal(lift: LiftState, call: CallState) -> Answer:
    if lift.profile is Profile.DEAD_NUMBER:
        return Answer.WRONG_NUMBER
    if lift.profile is Profile.LISTED:
        return Answer.REFUSED if draw("call", call.task_id) < 0.4 else Answer.NO_ANSWER
    return Answer.CALL_AGAIN


def _bookings(day: date, waiting: Sequence[LiftState], days: WorkingDays) -> Iterator[Act]:
    ready: dict[tuple[str, date], list[LiftState]] = defaultdict(list)
    for lift in waiting:
        if _books_on(day, lift, days):
            ready[lift.site, lift.due].append(lift)
    for lifts in ready.values():
        yield from _visits_for(day, lifts, days)


def _books_on(day: date, lift: LiftState, days: WorkingDays) -> bool:
    if lift.failed_on is not None:
        return day >= days.add_working(lift.failed_on, REINSPECTED_AFTER - SHORT_LEAD[1])
    first = LADDER.index(ACTS_AFTER[lift.profile])
    moved = [told_on for step, told_on in lift.told.items() if step in LADDER and LADDER.index(step) >= first]
    if not moved:
        return False
    delay = draw_between(*DELAY.get(lift.profile, USUAL_DELAY), "book", lift.site, lift.due)
    return day >= min(moved) + timedelta(days=delay)


def _visits_for(day: date, lifts: Sequence[LiftState], days: WorkingDays) -> Iterator[Act]:
    """Bookings for lifts of one site, at most so many lifts a visit and a visit each working day."""
    lead = draw_between(*LEAD.get(lifts[0].profile, SHORT_LEAD), "lead", lifts[0].site, lifts[0].due)
    for start in range(0, len(lifts), LIFTS_A_VISIT):
        visit_on = days.add_working(day, lead + start // LIFTS_A_VISIT)
        chunk = tuple(lift.lift_id for lift in lifts[start : start + LIFTS_A_VISIT])
        yield Act(ActKind.BOOK, chunk, visit_on)
