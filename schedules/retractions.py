"""What was told and should never have been: those who were told hear that it was a mistake, once."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from sqlmodel import Session, col, select

from schedules.announcements import Addressed, Announcement, LedgerKey, announce_to, parties_of
from schedules.corrections import CHUNK, told_last
from schedules.introductions import introduce
from schedules.ladder import refresh_next, supersede_reminders
from schedules.rulebook import Telling, Via, notices_of, rule_named
from store.duties import MISTAKEN, Duty, Told, ToldState
from store.notices import Notice

# As what a party was told: by the people whom the notice was for.
ROLES: dict[str, Via] = {
    **dict.fromkeys(("unit_contact", "unit_head", "unit_contact_and_manager", "legal_rep_and_manager"), "use_unit"),
    "maintainer": "maintainer",
    "district_regulator": "district_regulator",
}
# What was wrong: the date, that the lift is the party's at all, or (to its maintainer) whose it is.
DATE, PARTY, UNIT = "", "party", "unit"
WhatIsWrong = Callable[[Duty, Told], str | None]
Said = tuple[Duty, list[Told], str]  # a duty, what one party was told of it, and as whom the last time


def retract(
    session: Session,
    duty_ids: Sequence[int],
    *,
    city_id: str,
    since: date,
    today: date,
    what_is_wrong: WhatIsWrong = lambda duty, last: DATE,
) -> list[Notice]:
    """Plan a notice to everybody who was told of these duties since that day: it was a mistake. `what_is_wrong` gives
    None for those for whom what they were told last stands.

    Who answers for the lifts by now does not matter: what was told is known by the ledger.
    """
    groups: dict[tuple[str, int, str, int, str], list[LedgerKey]] = defaultdict(list)
    tellings: dict[tuple[str, int], Telling] = {}
    for duty, told, audience in what_was_said(session, duty_ids):
        last, found = told_last(told), _telling_of(duty.rule, audience)
        if found is None or is_retraction(last):
            continue
        wrong = what_is_wrong(duty, last)
        if wrong is None:
            continue
        if last.on_date < since and not _was_taken_back(session, last):
            continue
        number, telling = found
        tellings[duty.rule, number] = telling
        times = sum(is_retraction(row) and row.due == last.due for row in told)
        step = f"{MISTAKEN}.{times + 1}" if times else MISTAKEN
        groups[duty.rule, number, step, last.party_id, wrong].append((duty.id, last.due, step, last.party_id))
    wanted = [
        Addressed(
            Announcement(city_id, rule_named(rule_id), step, {"wrong": wrong} if wrong else {}),
            tellings[rule_id, number],
            keys,
            is_copy=number > 0,
        )
        for (rule_id, number, step, _, wrong), keys in groups.items()
    ]
    return announce_to(session, wanted, today)


def tell_again(session: Session, duty_ids: Sequence[int], today: date) -> None:
    """Duties that the facts give again after their use unit was told to ignore them: an introduction says them anew.

    What another unit was told by mistake, and told to ignore, is no matter: it stands as copies.
    """
    said = list(what_was_said(session, duty_ids))
    units = parties_of(session, {duty.lift_id for duty, *_ in said if duty.lift_id}, ["use_unit"])
    retracted: list[Duty] = []
    for duty, told, audience in said:
        last = told_last(told)
        is_open = duty.closed_on is None and duty.withdrawn_at is None and last.due == duty.due
        counts = any(not row.is_copy for row in told if not is_retraction(row))
        is_theirs = units.get((duty.lift_id or 0, "use_unit")) == last.party_id
        if is_open and is_retraction(last) and ROLES.get(audience) == "use_unit" and (counts or is_theirs):
            retracted.append(duty)
    say_anew(session, retracted, today)


def say_anew(session: Session, duties: Sequence[Duty], today: date) -> int:
    """Introduce these duties, which stands for the reminders that are open by now; how many notices that makes."""
    if not duties:
        return 0
    supersede_reminders(session, [duty.id for duty in duties], today)
    number = introduce(session, duties, today)
    refresh_next(session, [duty.id for duty in duties])
    return number


def is_retraction(told: Told) -> bool:
    """Whether the row says that what was told before was a mistake."""
    return told.step.startswith(MISTAKEN)


def what_was_said(session: Session, duty_ids: Sequence[int]) -> Iterator[Said]:
    """What each party was told of each duty, or is being told at this moment."""
    said = select(Told, Notice.audience).join(Notice, col(Notice.id) == Told.notice_id)
    is_said = col(Told.state).in_((ToldState.TOLD, ToldState.RESERVED))
    for start in range(0, len(duty_ids), CHUNK):
        part = duty_ids[start : start + CHUNK]
        rows = session.exec(said.where(col(Told.duty_id).in_(part), is_said)).all()
        audiences = {told.notice_id: audience for told, audience in rows}
        by_party: dict[tuple[int, int], list[Told]] = defaultdict(list)
        for told, _ in rows:
            by_party[told.duty_id, told.party_id].append(told)
        duties = session.exec(select(Duty).where(col(Duty.id).in_({told.duty_id for told, _ in rows}))).all()
        by_id = {duty.id: duty for duty in duties}
        for (duty_id, _), theirs in sorted(by_party.items(), key=lambda item: item[0]):
            yield by_id[duty_id], theirs, audiences[told_last(theirs).notice_id]


def _was_taken_back(session: Session, last: Told) -> bool:
    """Whether a retraction of this was planned before, and never left: it is owed still."""
    same = select(Told.step).where(Told.duty_id == last.duty_id, Told.due == last.due, Told.party_id == last.party_id)
    return any(step.startswith(MISTAKEN) for step in session.exec(same.where(Told.state == ToldState.RELEASED)))


def _telling_of(rule_id: str, audience: str) -> tuple[int, Telling] | None:
    """The words for those people, and which of the rulebook's they are; none where the rulebook has none."""
    tellings = enumerate(notices_of(rule_id).mistaken)
    return next((found for found in tellings if found[1].via == ROLES.get(audience)), None)
