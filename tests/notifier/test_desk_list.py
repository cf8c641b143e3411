"""The list of what callers have not come to, as the duty officer reads it."""

from datetime import date, datetime, timedelta
from typing import Any

from notifier.channels.call_task import CallTasks
from schedules.unanswered import plan_unanswered
from store.lifts import BEGINNING, Regime
from store.parties import ContactRole

OFFICER = "+8614000000009"


def plan(world: Any, day: date, now: datetime) -> int:
    """The lists of that day."""

    def write(session: Any) -> int:
        session.merge(Regime(city_id="guangzhou", from_on=BEGINNING, rulebook="guangzhou"))
        session.flush()
        return plan_unanswered(session, "guangzhou", today=day, now=now)

    planned: int = world.change(write)
    return planned


def call_somebody(world: Any, dispatch: Any, now: datetime) -> None:
    unit = world.unit()
    world.notice(unit, world.lifts(unit, 2), "gz.call")
    dispatch(CallTasks(world.database), now=now)


def test_the_duty_officer_reads_what_is_left_on_the_next_working_day(
    world: Any, dispatch: Any, make_channel: Any, now: Any, today: Any
) -> None:
    world.contact(900, ContactRole.DUTY_OFFICER, OFFICER)
    call_somebody(world, dispatch, now)
    assert plan(world, today, now) == 0
    tomorrow, then = today + timedelta(days=1), now + timedelta(days=1)
    assert plan(world, tomorrow, then) == 1
    sms = make_channel("sms")
    dispatch(sms, today=tomorrow, now=then)
    [message] = sms.sent
    assert message.address == OFFICER
    assert message.body.endswith("催检电话1个未办结。最早11月23日：广州示例云荔物业服务。清单见待办任务列表。")
    assert message.prepared.segments == 1


def test_in_a_chat_the_list_names_the_units_and_the_clause(
    world: Any, dispatch: Any, make_channel: Any, now: Any, today: Any
) -> None:
    world.contact(900, ContactRole.DUTY_OFFICER, chats=[("webchat", "desk-1")])
    call_somebody(world, dispatch, now)
    tomorrow, then = today + timedelta(days=1), now + timedelta(days=1)
    plan(world, tomorrow, then)
    chat = make_channel("webchat")
    dispatch(chat, today=tomorrow, now=then)
    [message] = chat.sent
    assert "· 广州示例云荔物业服务有限公司：2 台，11月23日起待打电话" in message.body
    assert "依据：《广州机电院关于创建国家安全发展示范城市的工作方案》四" in message.body
