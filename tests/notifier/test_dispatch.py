"""A pass over the outbox."""

import asyncio
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session, col

from notifier.channels.base import OutgoingMessage, PermanentError, Rates, TemporaryError, UnknownOutcome
from notifier.modes import Mode
from notifier.rates import slots_for
from notifier.receipts import Receipt, apply_receipt
from notifier.settling import RETRY_AFTER, Patience
from store.brakes import PlanHold
from store.database import table_of
from store.duties import Duty, Told
from store.notices import Delivery, Notice
from store.parties import ContactRole
from store.tasks import Task, TaskKind

pytestmark = pytest.mark.both_stores  # what is claimed and settled is in the statements


def test_a_planned_notice_is_sent_and_its_lifts_are_told(world: Any, dispatch: Any, make_channel: Any) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit, 14))
    sms = make_channel("sms")
    summary = dispatch(sms)
    assert sms.addresses == ["+8614000000001"]
    assert (summary.claimed, summary.sent, summary.messages) == (1, 1, 1)
    assert world.status(notice) == "sent"
    assert world.told(notice) == ["told"] * 14
    assert world.history(notice) == [("sent", "")]
    [delivery] = world.deliveries(notice)
    assert (delivery.status, delivery.provider_id, delivery.segments) == ("sent", "sms-1", 1)
    assert delivery.body == sms.sent[0].body
    assert len(delivery.template_version) == 8


def test_a_second_pass_sends_nothing(world: Any, dispatch: Any, make_channel: Any) -> None:
    unit = world.unit()
    world.notice(unit, world.lifts(unit))
    sms = make_channel("sms")
    dispatch(sms)
    assert dispatch(sms).claimed == 0
    assert len(sms.sent) == 1


def test_the_attempt_is_in_the_store_before_the_provider_is_called(
    world: Any, dispatch: Any, make_channel: Any
) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    seen = []

    class Watching(make_channel):  # type: ignore[misc]  # the fixture is a class
        async def send(self, message: OutgoingMessage) -> str:
            seen.extend((one.id, one.status) for one in world.deliveries(notice))
            assert message.delivery_id == seen[0][0]
            return await super().send(message)

    dispatch(Watching("sms"))
    assert [status for _, status in seen] == ["sending"]


def test_a_notice_emptied_before_sending_is_cancelled_and_not_sent(
    world: Any, dispatch: Any, make_channel: Any, today: date
) -> None:
    unit = world.unit()
    duties = world.lifts(unit, 2)
    notice = world.notice(unit, duties)
    closing = update(table_of(Duty)).values(closed_on=today)
    world.change(lambda s: s.execute(closing.where(table_of(Duty).c.id.in_(duties))))
    sms = make_channel("sms")
    summary = dispatch(sms)
    assert sms.sent == []
    assert summary.cancelled == 1
    assert world.status(notice) == "cancelled"
    assert world.told(notice) == ["released", "released"]


def test_a_lift_closed_since_the_planning_is_left_out(
    world: Any, dispatch: Any, make_channel: Any, today: date
) -> None:
    unit = world.unit()
    duties = world.lifts(unit, 2)
    notice = world.notice(unit, duties)
    closing = update(table_of(Duty)).where(table_of(Duty).c.id == duties[0]).values(closed_on=today)
    world.change(lambda s: s.execute(closing))
    sms = make_channel("sms")
    dispatch(sms)
    assert len(sms.sent[0].prepared.lift_keys) == 1
    assert world.told(notice) == ["released", "told"]


def test_a_date_that_moved_since_the_planning_is_not_told(world: Any, dispatch: Any, make_channel: Any) -> None:
    unit = world.unit()
    duties = world.lifts(unit)
    notice = world.notice(unit, duties)
    world.change(lambda s: s.execute(update(table_of(Duty)).values(due=date(2027, 3, 31))))
    sms = make_channel("sms")
    dispatch(sms)
    assert sms.sent == []
    assert world.status(notice) == "cancelled"


def test_a_notice_cancelled_between_claim_and_sending_is_not_sent(world: Any, dispatch: Any, make_channel: Any) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    world.change(lambda s: s.execute(update(table_of(Notice)).values(status="cancelled")))
    sms = make_channel("sms")
    assert dispatch(sms).claimed == 0
    assert sms.sent == []
    assert world.status(notice) == "cancelled"


def test_the_history_tells_each_change_once_in_its_order(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    sms = make_channel("sms", answers=[TemporaryError("busy")])
    dispatch(sms, now=now)
    dispatch(sms, now=now + RETRY_AFTER[0])
    assert world.history(notice) == [("planned", "busy"), ("sent", "")]


def test_what_a_receipt_says_stands_behind_the_hand_over_in_the_history(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    dispatch(make_channel("sms"), now=now)
    [sent] = world.deliveries(notice)

    def arrive(session: Session) -> None:
        apply_receipt(session, session.get_one(Delivery, sent.id), Receipt.DELIVERED, now=now + timedelta(minutes=1))

    world.change(arrive)
    assert world.history(notice) == [("sent", ""), ("delivered", "receipt: delivered")]


def test_a_temporary_error_is_tried_again_by_the_table_and_then_given_up_with_a_task(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    sms = make_channel("sms", answers=[TemporaryError("busy")] * 6)
    moment = now
    for pause in RETRY_AFTER:
        assert dispatch(sms, now=moment).retried == 1
        assert world.told(notice) == ["reserved"]
        assert dispatch(sms, now=moment + pause - timedelta(seconds=1)).claimed == 0
        moment += pause
    assert dispatch(sms, now=moment).failed == 1
    assert world.status(notice) == "failed"
    assert "given up after 6 tries: busy" in world.get(notice).reason
    [task] = world.all(Task)
    assert (task.kind, task.owner_party_id, task.party_id) == (TaskKind.DELIVERY_FAILED, 900, unit)
    assert len(world.deliveries(notice)) == 6


def test_a_provider_that_asks_for_time_gets_it(world: Any, dispatch: Any, make_channel: Any, now: datetime) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    dispatch(make_channel("sms", answers=[TemporaryError("slow down", retry_after=600)]))
    assert world.get(notice).not_before == now + timedelta(seconds=600)


def test_a_provider_that_asks_for_quiet_gets_it_from_all(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    for number in range(1, 4):
        unit = world.unit(f"+861400000000{number}")
        world.notice(unit, world.lifts(unit))
    sms = make_channel("sms", answers=[TemporaryError("too many requests", retry_after=90, for_all=True)])
    sms.rates = Rates(per_second=20)
    dispatch(sms)
    assert sms.sent == []
    notices = world.all(Notice)
    assert sorted(notice.tries for notice in notices) == [0, 0, 1]
    assert all(now + timedelta(seconds=80) < notice.not_before <= now + timedelta(seconds=90) for notice in notices)
    assert dispatch(sms, now=now + timedelta(seconds=90)).sent == 3


def test_an_address_that_takes_its_time_holds_up_no_other(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    office, unit = world.party(), world.unit("+8614000000001")
    world.contact(office, ContactRole.REGULATOR_OFFICER, chats=[("telegram", "4711")])
    slow = [world.notice(office, world.lifts(unit), "gz.unbooked") for _ in range(3)]
    quick = world.notice(unit, world.lifts(unit))
    sms, telegram = make_channel("sms"), make_channel("telegram")
    telegram.rates = Rates(seconds_between=100)
    slots = slots_for({"sms": sms, "telegram": telegram})
    summary = dispatch(sms, telegram, slots=slots)
    assert (summary.sent, summary.retried, world.status(quick)) == (2, 2, "sent")
    [first, *waiting] = sorted((world.get(one) for one in slow), key=lambda notice: notice.not_before or now)
    assert (first.status, [one.status for one in waiting], [one.tries for one in waiting]) == (
        "sent",
        ["planned"] * 2,
        [0, 0],
    )
    seconds = [(one.not_before - now).total_seconds() for one in waiting]
    assert [round(one, -1) for one in seconds] == [100, 200]
    assert dispatch(sms, telegram, slots=slots, now=now + timedelta(seconds=50)).claimed == 0


def test_a_dead_number_leads_to_the_persons_chat_in_the_same_pass(world: Any, dispatch: Any, make_channel: Any) -> None:
    unit = world.unit(chats=[("webchat", "w-1")])
    notice = world.notice(unit, world.lifts(unit))
    sms, chat = make_channel("sms", answers=[PermanentError("no such number")]), make_channel("webchat")
    summary = dispatch(sms, chat)
    assert chat.addresses == ["w-1"]
    assert summary.sent == 1
    assert [one.status for one in world.deliveries(notice)] == ["failed", "sent"]
    assert world.deliveries(notice)[0].error == "permanent: no such number"
    assert world.told(notice) == ["told"]


def test_a_dead_number_leads_to_the_next_person_and_then_to_a_task(
    world: Any, dispatch: Any, make_channel: Any
) -> None:
    unit = world.unit()
    world.contact(unit, ContactRole.SAFETY_MANAGER, "+8614000000002")
    notice = world.notice(unit, world.lifts(unit))
    sms = make_channel("sms", answers=[PermanentError("no such number")] * 2)
    summary = dispatch(sms)
    assert [one.address for one in world.deliveries(notice)] == ["+8614000000001", "+8614000000002"]
    assert summary.failed == 1
    assert world.told(notice) == ["reserved"]
    assert [task.kind for task in world.all(Task)] == [TaskKind.DELIVERY_FAILED]


def test_of_two_people_the_one_who_was_told_is_not_told_again(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    unit = world.unit()
    world.contact(unit, ContactRole.SAFETY_MANAGER, "+8614000000002")
    notice = world.notice(unit, world.lifts(unit), "gz.late")
    sms = make_channel("sms", answers=[None, TemporaryError("busy")])
    dispatch(sms)
    assert world.told(notice) == ["told"]
    assert world.status(notice) == "planned"
    dispatch(sms, now=now + timedelta(hours=1))
    assert sms.addresses == ["+8614000000001", "+8614000000002"]
    assert world.status(notice) == "sent"


def test_an_unknown_outcome_is_sent_again_after_ten_minutes_as_a_possible_repeat(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    sms = make_channel("sms", answers=[UnknownOutcome("no answer")])
    assert dispatch(sms).unknown == 1
    assert world.told(notice) == ["reserved"]
    assert dispatch(sms, now=now + timedelta(minutes=9)).messages == 0
    assert dispatch(sms, now=now + timedelta(minutes=10)).sent == 1
    assert ("sending", "possible repeat") in world.history(notice)
    assert [one.status for one in world.deliveries(notice)] == ["unknown", "sent"]


def test_a_channel_that_can_tell_is_asked_before_anything_is_sent_again(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    unit = world.unit()
    arrived, lost = world.notice(unit, world.lifts(unit)), world.notice(unit, world.lifts(unit))
    sms = make_channel("sms", answers=[UnknownOutcome("no answer")] * 2, can_tell=True)
    dispatch(sms)
    sms.arrived[(arrived, "+8614000000001")] = "found-1"
    dispatch(sms, now=now + timedelta(minutes=10))
    assert [message.prepared.notice_id for message in sms.sent] == [lost]
    assert world.status(arrived) == world.status(lost) == "sent"
    assert world.deliveries(arrived)[0].provider_id == "found-1"
    assert ("sending", "possible repeat") not in world.history(lost)


def test_invented_contacts_are_met_in_the_demo_only(world: Any, dispatch: Any, make_channel: Any) -> None:
    unit = world.unit(synthetic=True)
    notice = world.notice(unit, world.lifts(unit))
    sms = make_channel("sms")
    dispatch(sms, mode=Mode.LIVE)
    assert world.status(notice) == "no_contact"
    dispatch(sms, mode=Mode.DEMO)
    assert world.status(notice) == "sent"


def test_a_text_that_cannot_be_written_is_set_aside_and_blocks_nothing(
    world: Any, dispatch: Any, make_channel: Any
) -> None:
    unit = world.unit()
    broken = world.notice(unit, world.lifts(unit), "gz.nothing")
    good = world.notice(unit, world.lifts(unit))
    sms = make_channel("sms")
    summary = dispatch(sms)
    assert (summary.failed, summary.sent) == (1, 1)
    assert world.status(good) == "sent"
    assert "gz.nothing" in world.get(broken).reason


def test_the_limit_of_a_pass_is_kept(world: Any, dispatch: Any, make_channel: Any) -> None:
    unit = world.unit()
    for _ in range(5):
        world.notice(unit, world.lifts(unit))
    sms = make_channel("sms")
    assert dispatch(sms, limit=3).claimed == 3
    assert dispatch(sms, limit=3).claimed == 2


def test_sending_is_bounded_and_nobody_waits_for_the_slowest(world: Any, dispatch: Any, make_channel: Any) -> None:
    unit = world.unit()
    for _ in range(30):
        world.notice(unit, world.lifts(unit))
    busy: list[int] = []
    most: list[int] = []

    class Counting(make_channel):  # type: ignore[misc]  # the fixture is a class
        async def send(self, message: OutgoingMessage) -> str:
            busy.append(1)
            most.append(len(busy))
            result: str = await super().send(message)
            busy.pop()
            return result

    assert dispatch(Counting("sms")).sent == 30
    assert max(most) == 8


def test_logs_hold_no_telephone_number(
    world: Any, dispatch: Any, make_channel: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    unit = world.unit()
    world.notice(unit, world.lifts(unit))
    dispatch(make_channel("sms", answers=[TemporaryError("busy")]))
    printed = "".join(capsys.readouterr())
    assert "140****0001" in printed
    assert "14000000001" not in printed


def test_what_was_told_carries_the_day_of_telling(world: Any, dispatch: Any, make_channel: Any, today: date) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit), on=today - timedelta(days=3))
    dispatch(make_channel("sms"))
    [row] = world.all(Told, col(Told.notice_id) == notice)
    assert row.on_date == today


def test_a_receipt_that_comes_before_we_settle_is_not_overwritten(world: Any, dispatch: Any, make_channel: Any) -> None:
    unit = world.unit(chats=[("webchat", "w-1")])
    notice = world.notice(unit, world.lifts(unit))

    class Hasty(make_channel):  # type: ignore[misc]  # the fixture is a class
        async def send(self, message: OutgoingMessage) -> str:
            provider_id: str = await super().send(message)

            def fail(session: Session) -> None:
                row = session.get(Delivery, message.delivery_id)
                assert row is not None
                row.status, row.error, row.settled_at = "failed", "permanent: 30003", message.attempted_at
                session.add(row)

            world.change(fail)
            return provider_id

    chat = make_channel("webchat")
    dispatch(Hasty("sms"), chat)
    assert [one.status for one in world.deliveries(notice)] == ["failed", "sent"]
    assert chat.addresses == ["w-1"]


def test_a_notice_with_odd_facts_is_set_aside_with_its_fault_and_blocks_nothing(
    world: Any, dispatch: Any, make_channel: Any
) -> None:
    unit, other = world.unit(), world.unit()
    odd = world.notice(unit, world.lifts(unit), "gz.corrected", facts={"old_due": "the day before"})
    good = world.notice(other, world.lifts(other))
    summary = dispatch(make_channel("sms"))
    assert (summary.sent, summary.failed) == (1, 1)
    assert (world.status(odd), world.status(good)) == ("failed", "sent")
    assert world.get(odd).reason == "set aside: template gz.corrected cannot be written from its facts (ValueError)"


def test_of_several_batches_one_is_written_while_the_former_is_sent(
    world: Any, dispatch: Any, make_channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifier.sending.BATCH", 2)
    units = [world.unit() for _ in range(5)]
    notices = [world.notice(unit, world.lifts(unit)) for unit in units]
    open_at_once = []

    class Watching(make_channel):  # type: ignore[misc]  # the fixture is a class
        async def send(self, message: OutgoingMessage) -> str:
            await asyncio.sleep(0.2)  # the next batch is saved by then
            open_at_once.append(sum(world.status(one) == "sending" for one in notices))
            return await super().send(message)

    channel = Watching("sms")
    assert dispatch(channel).sent == 5
    assert max(open_at_once) > 2
    assert sorted(message.prepared.notice_id for message in channel.sent) == sorted(notices)


def test_a_pass_that_is_to_stop_finishes_what_is_on_its_way_and_gives_the_rest_back(
    world: Any, dispatch: Any, make_channel: Any
) -> None:
    units = [world.unit() for _ in range(20)]
    notices = [world.notice(unit, world.lifts(unit)) for unit in units]
    channel = make_channel("sms")
    summary = dispatch(channel, goes_on=lambda: len(channel.sent) < 2)
    sent = len(channel.sent)
    assert 2 <= sent < 20
    assert Counter(world.status(one) for one in notices) == {"sent": sent, "planned": 20 - sent}
    assert summary.sent == sent
    held = [world.get(one) for one in notices if world.status(one) == "planned"]
    assert {(one.tries, one.reason, one.lease_until) for one in held} == {(0, "stopped before it left", None)}
    assert {world.deliveries(one.id)[0].error for one in held} == {"stopped before it left"}
    assert dispatch(channel).sent == 20 - sent
    assert Counter(message.prepared.notice_id for message in channel.sent) == dict.fromkeys(notices, 1)


def test_a_city_whose_plan_is_held_while_a_slow_batch_is_sent_is_stopped(
    world: Any, dispatch: Any, make_channel: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifier.handing_over.SETTLE_EVERY", 0.05)
    units = [world.unit() for _ in range(20)]
    notices = [world.notice(unit, world.lifts(unit)) for unit in units]
    hold = PlanHold(
        city_id="guangzhou", planned_on=date(2026, 11, 23), held_at=now, duties=1, forecast=0, reason="too many"
    )

    class Slow(make_channel):  # type: ignore[misc]  # the fixture is a class
        async def send(self, message: OutgoingMessage) -> str:
            if not self.sent:
                world.change(lambda session: session.add(hold))
            await asyncio.sleep(0.4)
            return await super().send(message)

    channel = Slow("sms")
    dispatch(channel)
    statuses = Counter(world.status(one) for one in notices)
    assert statuses == {"sent": len(channel.sent), "planned": 20 - len(channel.sent)}
    assert len(channel.sent) < 20


def test_what_a_slow_provider_has_taken_is_recorded_before_the_batch_is_over(
    world: Any, dispatch: Any, make_channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifier.handing_over.SETTLE_EVERY", 0.05)
    units = [world.unit() for _ in range(12)]
    notices = [world.notice(unit, world.lifts(unit)) for unit in units]
    recorded = []

    class Slow(make_channel):  # type: ignore[misc]  # the fixture is a class
        async def send(self, message: OutgoingMessage) -> str:
            if message.prepared.notice_id == notices[-1]:
                await asyncio.sleep(0.5)
                recorded.extend(one for one in notices if world.status(one) == "sent")
            return await super().send(message)

    assert dispatch(Slow("sms")).sent == 12
    assert len(recorded) >= 8
    assert notices[-1] not in recorded


def test_the_lease_of_a_long_batch_is_kept(world: Any, dispatch: Any, make_channel: Any) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    leases = []

    class Slow(make_channel):  # type: ignore[misc]  # the fixture is a class
        async def send(self, message: OutgoingMessage) -> str:
            leases.append(world.get(notice).lease_until)
            await asyncio.sleep(2.5)
            leases.append(world.get(notice).lease_until)
            return await super().send(message)

    dispatch(Slow("sms"), patience=Patience(lease=timedelta(seconds=3)))
    assert leases[1] > leases[0]
