"""A number that is wrong, as callers say: kept out until the register has another."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from actions.desk import calls as verbs
from schedules.doubts import PUT_RIGHT, settle_doubts
from store.tasks import TaskKind

FIRST, SECOND = "+8614000000001", "+8614000000002"
MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 on a Monday in China


def test_a_wrong_number_is_kept_out_until_the_register_has_another(desk: Any, make_channel: Any) -> None:
    notice = desk.call(FIRST, SECOND)
    [call] = desk.open()
    assert desk.press(verbs.wrong_number, call.task_id)
    [doubt] = desk.tasks(TaskKind.BAD_PHONE)
    assert (doubt.key, doubt.owner_party_id, doubt.detail["number"]) == (f"number:{FIRST}", 900, FIRST)
    desk.send()
    assert [call.number for call in desk.open()] == [SECOND]

    party = desk.world.get(notice).party_id
    sms = make_channel("sms")
    other = desk.world.notice(party, desk.world.lifts(party))
    desk.dispatch(sms)
    assert sms.addresses == [SECOND]
    assert desk.world.status(other) == "sent"

    desk.world.change(lambda session: desk.gone(session, FIRST))
    assert desk.world.change(lambda session: settle_doubts(session, today=date(2026, 11, 24))) == 1
    assert [task.outcome for task in desk.tasks(TaskKind.BAD_PHONE)] == [PUT_RIGHT]
    assert desk.world.change(lambda session: settle_doubts(session, today=date(2026, 11, 24))) == 0


def test_a_doubt_stays_while_somebody_is_known_under_the_number(desk: Any) -> None:
    desk.call()
    [call] = desk.open()
    desk.press(verbs.wrong_number, call.task_id)
    assert desk.world.change(lambda session: settle_doubts(session, today=date(2026, 11, 24))) == 0


def test_a_notice_whose_only_number_is_wrong_waits_and_is_not_woken_for_it_again(desk: Any) -> None:
    notice = desk.call()
    [call] = desk.open()
    desk.press(verbs.wrong_number, call.task_id)
    desk.send()
    assert desk.world.status(notice) == "failed"
    party = desk.world.get(notice).party_id
    other = desk.world.notice(party, desk.world.lifts(party), "gz.call")
    desk.send()
    desk.send(MORNING + timedelta(minutes=1))
    assert desk.world.status(other) == "no_contact"
    assert [detail for _, detail in desk.world.history(other)] == ["nobody at the party can be reached"]


def test_a_wrong_number_ends_the_other_calls_of_the_party_to_it(desk: Any) -> None:
    first = desk.call()
    party = desk.world.get(first).party_id
    second = desk.world.notice(party, desk.world.lifts(party), "gz.call")
    desk.send()
    desk.press(verbs.wrong_number, desk.open()[0].task_id)
    assert desk.open() == []
    assert [task.outcome for task in desk.tasks(TaskKind.CALL)] == ["wrong_number"] * 2
    assert [desk.world.status(notice) for notice in (first, second)] == ["planned"] * 2
