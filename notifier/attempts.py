"""From claimed notices to saved attempts, in one transaction: state re-read, people found, text written."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain

from sqlalchemy import and_, not_, or_, select, update
from sqlmodel import Session

from notifier.address_book import load_departments
from notifier.channels.base import OutgoingMessage
from notifier.dead_addresses import note_failing
from notifier.deliveries import Tried, give_up, load_tried, save_attempts
from notifier.facts import NoticeFacts, load_facts
from notifier.index import TextError, load_index
from notifier.modes import Terms
from notifier.outbox import (
    GIVEN_UP,
    ClaimedNotice,
    Settled,
    claimed_of_stopped,
    lock_ready,
    settle,
    start_sending,
    still_claimed,
)
from notifier.prepare import open_desk
from notifier.quiet import SILENT, SOUNDLESS
from notifier.retold import leave_out_what_is_over, release_lost
from notifier.routing import BY_PHONE, NONE, Where
from notifier.settling import HELD, HOLD, RETRY_AFTER, Later
from notifier.tasks import key_of_party, open_task
from notifier.throttle import Throttle, load_throttle
from notifier.writer import PreparedDelivery, Subject
from store.database import table_of
from store.duties import MISTAKEN, Duty, Told, ToldState
from store.notices import COLLEAGUES, FOR_EVENING, GREETING, Notice, NoticeStatus, PlanRun
from store.rowsets import among
from store.tasks import TaskKind

QUIET = "held: quiet hours"
OFTEN = "held: the number was called often enough for now"
EMPTIED = "nothing is left to tell"
NOBODY = "nobody at the party can be reached"
NO_ADDRESS_LEFT = "every address has failed"
UNWRITTEN = "set aside: "
UNHEARD = "nothing was heard of it, and no other way is left"
NOTHING = Tried()  # of a notice that goes for the first time


@dataclass
class Opened:
    """What a batch of notices became: messages to send now, and notices that are settled without one."""

    messages: dict[int, list[OutgoingMessage]] = field(default_factory=lambda: defaultdict(list))
    told_before: dict[int, frozenset[Where]] = field(default_factory=dict)
    settled: list[Settled] = field(default_factory=list)
    tries: dict[int, int] = field(default_factory=dict)  # of those that are sent, this one counted
    withheld: dict[int, Later] = field(default_factory=dict)  # of those that are sent: somebody in it waits, for what
    begun: int = 0  # notices taken, whatever became of them


def open_fresh(
    session: Session, *, limit: int, lease_seconds: int, terms: Terms, owner: str, today: date, now: datetime
) -> Opened:
    """Of the notices that wait for their turn, take up to `limit`, decide who is told now and record each attempt.

    Commit before sending: a crash then leaves `sending` rows.
    """
    waiting = lock_ready(session, limit=limit, today=today, now=now, statuses=(NoticeStatus.PLANNED,))
    opened = _open(session, waiting, terms, today, now)
    start_sending(session, list(opened.messages), owner=owner, lease_seconds=lease_seconds)
    settle(session, opened.settled, today=today, now=now)
    return opened


def open_claimed(
    session: Session, claimed: Sequence[ClaimedNotice], terms: Terms, *, owner: str, today: date, now: datetime
) -> Opened:
    """The same for notices that were claimed earlier, because a provider had to be asked about them."""
    ours = still_claimed(session, [row.notice_id for row in claimed], owner)
    claimed = [row for row in claimed if row.notice_id in ours]
    halted = claimed_of_stopped(session, [row.notice_id for row in claimed])
    settle(session, [_untouched(row) for row in claimed if row.notice_id in halted], today=today, now=now)
    opened = _open(session, [row for row in claimed if row.notice_id not in halted], terms, today, now)
    notice = table_of(Notice)
    counted = update(notice).where(among(session, notice.c.id, opened.messages))
    session.execute(counted.values(tries=notice.c.tries + 1))
    settle(session, opened.settled, today=today, now=now)
    return opened


def _open(session: Session, rows: Sequence[ClaimedNotice], terms: Terms, today: date, now: datetime) -> Opened:
    if not rows:
        return Opened()
    tried = load_tried(session, [row.notice_id for row in rows if not row.is_first_try])
    by_notice, unwritten = _write(session, [row.notice_id for row in rows], tried, terms, today)
    told_before = {notice_id: frozenset(known.told) for notice_id, known in tried.items() if known.told}
    opened = Opened(begun=len(rows), told_before=told_before, settled=unwritten)
    throttle = load_throttle(session, chain.from_iterable(by_notice.values()), now, terms.channels)
    morning = terms.quiet.until(now) if terms.quiet is not None else None
    to_send: list[PreparedDelivery] = []
    for notice in rows:
        chosen = by_notice.get(notice.notice_id)
        if chosen is None:  # unwritten
            continue
        settled, sending = _judge(notice, chosen, tried.get(notice.notice_id, NOTHING), terms, throttle, morning, now)
        if settled is not None and settled.anew:
            give_up(session, notice.notice_id, {(one.channel, one.address) for one in sending}, settled.reason)
            opened.settled.append(settled)
        elif settled is not None:
            opened.settled.append(settled)
            open_task_for(session, settled, chosen, today)
        else:
            to_send += sending
            if len(sending) < len(_owed(chosen, tried.get(notice.notice_id, NOTHING))):
                by_night = morning is not None and any(map(_comes_silently, sending))
                opened.withheld[notice.notice_id] = (QUIET, morning) if by_night and morning else (HELD, now + HOLD)
            opened.tries[notice.notice_id] = notice.tries + 1
    planned = _planned_moments(session, rows)
    due = {row.notice_id: row.not_before or planned.get(row.run_id) for row in rows}
    for delivery_id, one in zip(save_attempts(session, to_send, due, now), to_send, strict=True):
        silent = morning is not None and _comes_silently(one)
        opened.messages[one.notice_id].append(OutgoingMessage(delivery_id, now, one, silent=silent))
    return opened


def _planned_moments(session: Session, rows: Sequence[ClaimedNotice]) -> dict[int | None, datetime]:
    """When the plans of these notices were made: since then each could have gone, unless it was put off."""
    run = table_of(PlanRun).c
    wanted = {row.run_id for row in rows} - {None}
    query = select(run.id, run.finished_at).where(run.id.in_(wanted))
    return {row.id: row.finished_at for row in session.connection().execute(query)} if wanted else {}


def _untouched(notice: ClaimedNotice) -> Settled:
    """As it was found; one whose sender died waits like any other."""
    was = NoticeStatus(notice.was)
    status = NoticeStatus.PLANNED if was is NoticeStatus.SENDING else was
    return Settled(notice.notice_id, status, notice.reason, log=False)


def _write(
    session: Session, notice_ids: Sequence[int], tried: Mapping[int, Tried], terms: Terms, today: date
) -> tuple[dict[int, list[PreparedDelivery]], list[Settled]]:
    """Messages by notice, and the notices whose text cannot be written: those are set aside and block nothing."""
    facts = load_facts(session, notice_ids)
    retried = [notice_id for notice_id in notice_ids if notice_id in tried]
    stale = [notice_id for notice_id, fact in facts.items() if fact.is_stale]
    if stale or retried:
        _release_stale(session, stale)
        release_lost(session, retried)
        facts |= load_facts(session, sorted({*stale, *retried}))
    facts = leave_out_what_is_over(session, facts, retried)
    desk = open_desk(session, facts.values(), terms.channels, today, allow_synthetic=terms.allow_synthetic)
    by_notice: dict[int, list[PreparedDelivery]] = {}
    unwritten: list[Settled] = []
    for notice_id in notice_ids:
        known = tried.get(notice_id, NOTHING)
        try:
            by_notice[notice_id] = desk.write(facts[notice_id], known.closed)
        except TextError as error:
            unwritten.append(Settled(notice_id, NoticeStatus.FAILED, f"{UNWRITTEN}{error}"))
            _open_task_of_unwritten(session, facts[notice_id], str(error), today)
    return by_notice, unwritten


def _judge(
    notice: ClaimedNotice,
    chosen: Sequence[PreparedDelivery],
    tried: Tried,
    terms: Terms,
    throttle: Throttle,
    morning: datetime | None,
    now: datetime,
) -> tuple[Settled | None, list[PreparedDelivery]]:
    """The notice's new state, or the messages that are to go now; `morning` is when a quiet night ends."""
    if not chosen:
        status = NoticeStatus.SENT if tried.told else NoticeStatus.CANCELLED
        return Settled(notice.notice_id, status, EMPTIED, told=bool(tried.told)), []
    wanted = _owed(chosen, tried)
    if not wanted:
        return _nobody_left(notice, tried, chosen[0].subject), []
    if notice.tries > len(RETRY_AFTER):
        # decided here as well as after sending: a process that dies each time never comes to decide
        why = f"{GIVEN_UP}{notice.tries} tries: {notice.reason}"
        return Settled(notice.notice_id, NoticeStatus.PLANNED, why, now, told=bool(tried.told), anew=True), wanted
    sending = [one for one in wanted if terms.may_reach(one.address)]
    if not sending:
        log = notice.reason != HELD
        return Settled(notice.notice_id, NoticeStatus.PLANNED, HELD, now + HOLD, told=bool(tried.told), log=log), []
    if all(map(_waits_for_evening, sending)):
        log = notice.reason != FOR_EVENING
        return Settled(
            notice.notice_id, NoticeStatus.PLANNED, FOR_EVENING, now + HOLD, told=bool(tried.told), log=log
        ), []
    if morning is not None and _waits_for_morning(sending):
        sending = [one for one in sending if _comes_silently(one)]
        if not sending:
            # what was tried waits for its turn in the table with its own reason; the morning comes first
            return Settled(notice.notice_id, NoticeStatus.PLANNED, QUIET, morning, log=notice.reason != QUIET), []
    turn = throttle.take(sending, now)
    if turn is not None:
        return Settled(notice.notice_id, NoticeStatus.PLANNED, OFTEN, turn, log=notice.reason != OFTEN), []
    return None, sending


def _owed(chosen: Sequence[PreparedDelivery], tried: Tried) -> list[PreparedDelivery]:
    """Those of these messages whose person was not told yet."""
    return [one for one in chosen if one.channel != NONE and not _has_it(one, tried)]


def _has_it(message: PreparedDelivery, tried: Tried) -> bool:
    """Whether this person was told before, by whatever way."""
    return (message.channel, message.address) in tried.told or message.contact_id in tried.people


def _waits_for_morning(sending: Sequence[PreparedDelivery]) -> bool:
    """Whether these messages would wake people, and may wait."""
    if all(one.channel in SILENT for one in sending):
        return False
    return not any(load_index().entry(one.template).at_night for one in sending)


def _waits_for_evening(one: PreparedDelivery) -> bool:
    """Whether this person is told once in the evening instead."""
    return one.channel in BY_PHONE and not one.subject.at_once and load_index().entry(one.template).phone_in_evening


def _comes_silently(one: PreparedDelivery) -> bool:
    """Whether this message comes at night without a sound."""
    return one.channel in SOUNDLESS and load_index().entry(one.template).silent_at_night


def _nobody_left(notice: ClaimedNotice, tried: Tried, subject: Subject) -> Settled:
    if tried.told:
        return Settled(notice.notice_id, NoticeStatus.SENT, UNHEARD if tried.unheard else "", told=True)
    if subject.is_beside:
        return Settled(notice.notice_id, NoticeStatus.CANCELLED, NOBODY)
    if tried.given_up:
        return Settled(notice.notice_id, NoticeStatus.FAILED, list(tried.given_up.values())[-1])
    if tried.failed:
        return Settled(notice.notice_id, NoticeStatus.FAILED, NO_ADDRESS_LEFT)
    if subject.step in (GREETING, COLLEAGUES):
        return Settled(notice.notice_id, NoticeStatus.CANCELLED, NOBODY)  # it waits for nobody else
    return Settled(notice.notice_id, NoticeStatus.NO_CONTACT, NOBODY, log=notice.reason != NOBODY)


def open_task_for(session: Session, settled: Settled, chosen: Sequence[PreparedDelivery], today: date) -> None:
    """The task that a person gets about a notice that reached nobody."""
    kinds = {NoticeStatus.NO_CONTACT: TaskKind.NO_CONTACT, NoticeStatus.FAILED: TaskKind.DELIVERY_FAILED}
    if settled.status in kinds and chosen:
        subject = chosen[0].subject
        if subject.step == GREETING:
            note_failing(session, settled.notice_id, today)
            return
        open_task(
            session,
            kinds[settled.status],
            key_of_party(subject.party_id),
            city_id=subject.city_id,
            today=today,
            owner_party_id=subject.department_id,
            party_id=subject.party_id,
            notice_id=settled.notice_id,
            detail={"unit": subject.party_name, "step": subject.step, "lifts": chosen[0].lift_keys},
        )


def _open_task_of_unwritten(session: Session, facts: NoticeFacts, error: str, today: date) -> None:
    """Somebody must tell them: it is the template's fault, so no new contact helps."""
    open_task(
        session,
        TaskKind.DELIVERY_FAILED,
        f"unwritten:{facts.notice_id}",
        city_id=facts.city_id,
        today=today,
        owner_party_id=load_departments(session).of(facts.city_id, facts.area).party_id,
        notice_id=facts.notice_id,
        detail={"unit": facts.party_name, "step": facts.step, "lifts": facts.lift_keys, "error": error},
    )


def _release_stale(session: Session, notice_ids: Sequence[int]) -> None:
    """Take out what is no longer true: a duty closed, withdrawn or moved since the notice was planned.

    That a duty was told by mistake stays true of one that is withdrawn.
    """
    told, duty = table_of(Told), table_of(Duty)
    over = or_(duty.c.closed_on.is_not(None), duty.c.withdrawn_at.is_not(None), duty.c.due != told.c.due)
    stale = select(duty.c.id).where(and_(duty.c.id == told.c.duty_id, over)).exists()
    mine = and_(
        among(session, told.c.notice_id, notice_ids),
        told.c.state == ToldState.RESERVED,
        not_(told.c.step.startswith(MISTAKEN)),
    )
    session.execute(update(told).where(mine, stale).values(state=ToldState.RELEASED))
