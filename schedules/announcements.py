"""Notices outside the ladder: a corrected date, an introduction. One for each party, whatever the number of lifts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from schedules.rulebook import Rule, Telling
from store.duties import Duty, Told, ToldState
from store.lifts import Responsibility
from store.notices import Notice

CHUNK = 500
INTRODUCTION = "introduction"
LedgerKey = tuple[int, date, str, int]  # duty, due, step, party
Ledger = dict[LedgerKey, Told]
Parties = dict[tuple[int, str], int]  # (lift, role) → the party that answers for it


@dataclass(frozen=True)
class Announcement:
    """What is announced about duties of one rule: the rung's name in the ledger and the facts of the text."""

    city_id: str
    rule: Rule
    step: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Announced:
    """An announcement, who is told of it and in which words, and the duties that it is about."""

    announcement: Announcement
    tellings: Sequence[Telling]
    duties: Sequence[Duty]


@dataclass(frozen=True)
class Addressed:
    """An announcement to the one party of `keys`, in the words of `telling`."""

    announcement: Announcement
    telling: Telling
    keys: Sequence[LedgerKey]
    is_copy: bool


@dataclass(frozen=True)
class _Draft:
    """A notice that is to be written, and the rows of the ledger that it stands for."""

    notice: Notice
    keys: list[LedgerKey]
    is_copy: bool


def announce(
    session: Session, announcement: Announcement, tellings: Sequence[Telling], duties: Sequence[Duty], today: date
) -> list[Notice]:
    """Plan one notice for each party that answers for the lifts of `duties`; nobody is told the same twice."""
    return announce_all(session, [Announced(announcement, tellings, duties)], today)


def announce_all(session: Session, wanted: Sequence[Announced], today: date) -> list[Notice]:
    """Many announcements, written together: after a wrong column there are thousands."""
    session.flush()
    duties = {duty.id: duty for one in wanted for duty in one.duties if duty.lift_id and duty.due}
    roles = {telling.via for one in wanted for telling in one.tellings}
    parties = parties_of(session, {duty.lift_id for duty in duties.values() if duty.lift_id}, roles)
    ledger = _ledger(session, list(duties), {one.announcement.step for one in wanted})
    taken = {key for key, told in ledger.items() if told.state != ToldState.RELEASED}
    return _write(session, [draft for one in wanted for draft in _drafts(one, parties, taken, today)], ledger, today)


def announce_to(session: Session, wanted: Sequence[Addressed], today: date) -> list[Notice]:
    """Plan these, each for its party, whoever answers for the lifts by now."""
    session.flush()
    ledger = _ledger(session, [key[0] for one in wanted for key in one.keys], {one.announcement.step for one in wanted})
    drafts = [
        _Draft(_notice(one.announcement, one.telling, one.keys[0][3], today), list(one.keys), one.is_copy)
        for one in wanted
    ]
    return _write(session, drafts, ledger, today)


def _write(session: Session, drafts: Sequence[_Draft], ledger: Ledger, today: date) -> list[Notice]:
    notices = [draft.notice for draft in drafts]
    session.add_all(notices)
    session.flush()
    for draft in drafts:
        for key in draft.keys:
            _reserve(session, key, ledger.get(key), draft, today)
    session.flush()
    return notices


def _drafts(one: Announced, parties: Parties, taken: set[LedgerKey], today: date) -> Iterator[_Draft]:
    """One for each telling and party; their rows are `taken` from then on."""
    step = one.announcement.step
    for index, telling in enumerate(one.tellings):
        by_party: dict[int, list[LedgerKey]] = defaultdict(list)
        for duty in one.duties:
            party_id = parties.get((duty.lift_id or 0, telling.via))
            if party_id is not None and duty.due is not None:
                by_party[party_id].append((duty.id, duty.due, step, party_id))
        for party_id, keys in by_party.items():
            untold = [key for key in keys if key not in taken]
            taken.update(untold)
            if untold:
                yield _Draft(_notice(one.announcement, telling, party_id, today), untold, is_copy=index > 0)


def _notice(announcement: Announcement, telling: Telling, party_id: int, today: date) -> Notice:
    return Notice(
        city_id=announcement.city_id,
        planned_on=today,
        send_on=today,
        party_id=party_id,
        duty=announcement.rule.duty,
        rule=announcement.rule.id,
        step=announcement.step.partition(".")[0],
        audience=telling.audience,
        channel_class=telling.channel,
        template=telling.template,
        facts=announcement.facts,
    )


def _reserve(session: Session, key: LedgerKey, released: Told | None, draft: _Draft, today: date) -> None:
    duty_id, due, step, party_id = key
    state = ToldState.RESERVED
    told = released or Told(duty_id=duty_id, due=due, step=step, party_id=party_id, state=state, on_date=today)
    told.state, told.notice_id, told.on_date = state, draft.notice.id, today
    told.is_copy, told.late = draft.is_copy, False
    session.add(told)


def parties_of(session: Session, lift_ids: Iterable[int], roles: Iterable[str]) -> Parties:
    """Who answers for these lifts at present, in these roles."""
    found: Parties = {}
    present = select(Responsibility.lift_id, Responsibility.role, Responsibility.party_id).where(
        col(Responsibility.to_on).is_(None), col(Responsibility.role).in_(sorted(roles))
    )
    for part in _chunks(sorted(lift_ids)):
        rows = session.exec(present.where(col(Responsibility.lift_id).in_(part)))
        found |= {(lift_id, role): party_id for lift_id, role, party_id in rows}
    return found


def _ledger(session: Session, duty_ids: list[int], steps: Iterable[str]) -> Ledger:
    """What stands in the ledger of these steps."""
    found: Ledger = {}
    ours = select(Told).where(col(Told.step).in_(sorted(steps)))
    for part in _chunks(duty_ids):
        for told in session.exec(ours.where(col(Told.duty_id).in_(part)).execution_options(populate_existing=True)):
            found[told.duty_id, told.due, told.step, told.party_id] = told
    return found


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
