"""The year's plan in the bot: sixty lifts agreed to in one tap, or declined."""

from datetime import date, timedelta
from typing import Any

from phones.world import NOW, TODAY, add_many_lifts
from sqlmodel import Session, col, select

from actions.plans.make import Wanted, current_plan, make_year_plan, publish_plan
from actions.visits.slots import set_usual_places
from notifier.channels.telegram import Telegram
from notifier.dispatch import dispatch_due
from notifier.modes import Mode
from store.database import Database
from store.lifts import Lift
from store.parties import Party
from store.plans import PlanRound, YearPlanMade
from store.slots import Slot


def publish(session: Session, world: Any, most_months: int) -> None:
    desk = session.get_one(Party, world.parties["department"])
    make_year_plan(session, desk, Wanted(2027, date(2027, 1, 1), most_months=most_months), today=TODAY, now=NOW)
    plan = current_plan(session, desk.id, 2027)
    assert plan is not None
    publish_plan(session, plan, NOW, today=TODAY)


async def test_gz_03_sixty_lifts_are_agreed_to_in_one_tap(phone: Any, database: Database, world: Any) -> None:
    with database.write() as session:
        lifts = add_many_lifts(session, world, 60)
        set_usual_places(session, None, 60)
        publish(session, world, 8)
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("约检")
    await unit.press("年度计划")
    await unit.press("60台")
    assert "检验 60 台" in unit.text
    assert "另有 48 台" in unit.text
    await unit.press("同意并约检 60 台", twice=True)
    assert "已约检" in unit.text
    with database.read() as session:
        assert sum(session.exec(select(Slot.taken))) == 60
        assert set(session.exec(select(Lift.valid_until).where(col(Lift.id).in_(lifts)))) == {date(2027, 2, 28)}
    await unit.press("返回")
    assert unit.sees("✅")


async def test_gz_03_what_an_earlier_visit_costs_is_said_before_it_is_declined(
    phone: Any, database: Database, world: Any
) -> None:
    with database.write() as session:
        publish(session, world, 8)
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("约检")
    await unit.press("年度计划：1 次")
    await unit.press("8台")
    assert "2 台要提前" in unit.text
    assert "最多少 214 天" in unit.text
    assert "合计约为平常的 85%" in unit.text
    with database.write() as session:  # moved meanwhile: nobody agrees to a day that they were not shown
        for one in session.exec(select(PlanRound)).all():
            one.day += timedelta(days=1)
    await unit.press("同意并约检")
    assert "已约检" not in unit.text
    with database.read() as session:
        assert session.exec(select(Slot).where(Slot.taken > 0)).all() == []
    await unit.press("不同意")
    assert "一切照旧" in unit.text
    with database.read() as session:
        assert date(2027, 9, 30) in session.exec(select(Lift.valid_until)).all()
        assert session.exec(select(Slot).where(Slot.taken > 0)).all() == []


async def test_gz_04_the_department_publishes_its_plan_and_the_unit_agrees_to_it_under_the_notice(
    phone: Any, database: Database, world: Any, running: Any
) -> None:
    with database.write() as session:
        session.add(YearPlanMade(department_id=world.parties["department"], year=2025, made_at=NOW, published_at=NOW))
    officer = phone("duty_officer")
    await officer.write("/start")
    await officer.press("年度计划")
    await officer.press("生成计划")
    await officer.press("2027 年", twice=True)
    await officer.press("2025 年度计划（已发布）")
    await officer.press("2027 年度计划（未发布）")
    assert "（未发布）" in officer.text
    await officer.press("排不上的")
    assert officer.sees("有效期已过")
    await officer.press("返回")
    await officer.press("发布计划")
    await officer.press("发布计划", twice=True)
    assert "（已发布）" in officer.text
    await officer.press("按天看")
    assert officer.sees("⏳")
    await officer.press("返回")
    await officer.press("检验人员请假")
    await officer.press("3 天")
    assert "没有变动" in officer.text
    unit = phone("unit_contact")
    channels = {"telegram": Telegram(running.bot)}
    await dispatch_due(database, channels, now=NOW, today=TODAY, mode=Mode.LIVE, owner="test")
    assert "年度检验排期" in unit.text
    await unit.press("清单和改期")
    assert "检验部门为贵单位排了" in unit.text
    await unit.write("/start")
    await unit.press("约检")
    await unit.press("年度计划")
    await unit.press("全部同意")
    await unit.press("同意并约检全部", twice=True)
    assert "✅ 已约检" in unit.text
    with database.read() as session:
        assert sum(session.exec(select(Slot.taken))) > 0
    await officer.write("/start")
    await officer.press("年度计划")
    assert "已同意 0 台" not in officer.text
