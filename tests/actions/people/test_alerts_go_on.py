"""An alert is told for as long as nothing has come of it, in words that say why, and no longer."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from actions.alerts.numbers import RescueCentre, set_rescue_centre
from actions.alerts.overdue import find_overdue
from actions.alerts.rungs import set_minutes
from actions.desk.calls import Press, told
from actions.people.parties import add_contact
from notifier.prepare import prepare
from store.alerts import Alert
from store.duties import Duty
from store.notices import Delivery
from store.parties import AreaRole, ContactRole, Jurisdiction, Party
from store.tasks import Task, TaskKind
from store.zone import SHANGHAI

pytestmark = pytest.mark.one_store

RESCUE = RescueCentre("天河电梯应急救援", "96333", "+862096333")
WAYS = ("telegram", "sms", "voice", "voice:mainland")


def bodies(town: Any, step: str, *, channels: tuple[str, ...] = WAYS) -> list[str]:
    numbers = {one.id for one in town.notices() if one.step == step}
    return [one.body for one in town.messages(channels=channels) if one.notice_id in numbers]


def officers(town: Any) -> None:
    """Somebody at the inspection department, and two at the district's regulator."""

    def work(session: Session) -> None:
        for number, code, area, role in (
            ("+8614000000091", "*", AreaRole.INSPECTION_DEPARTMENT, ContactRole.DUTY_OFFICER),
            ("+8614000000092", "440106", AreaRole.DISTRICT_REGULATOR, ContactRole.REGULATOR_OFFICER),
            ("+8614000000093", "440106", AreaRole.DISTRICT_REGULATOR, ContactRole.REGULATOR_OFFICER),
        ):
            query = select(Jurisdiction.party_id).where(Jurisdiction.role == area)
            party = session.exec(query.where(col(Jurisdiction.district_code).in_([code, "440106"]))).first()
            add_contact(session, party_id=party, role=role, name=role, phone=number, as_of=town.now.date())

    town.in_store(work)


def test_people_shut_in_are_told_of_again_and_again_until_somebody_is_there(town: Any) -> None:
    town.act(set_rescue_centre, city_id="guangzhou", centre=RESCUE)
    alert = town.do("report_entrapment", "contact", lift_id=town.lift())
    assert town.climb(5) == ["administrator"]
    assert town.climb(5) == ["unit_head"]
    told = [town.climb(minutes) for minutes in (4, 1, 0, 5, 5, 5, 9, 1, 10, 10)]
    odd, even = ["emergency#{}"], ["administrator#{}", "rescue#{}"]
    rounds = [[one.format(number) for one in turn] for number in (2, 3, 4) for turn in (odd, even)]
    rounds[0].insert(0, "department")
    rounds[3].insert(0, "regulator")
    assert told == [[], rounds[0], [], *rounds[1:4], [], *rounds[4:], ["emergency#5"]]
    town.do("acknowledge_alert", "dispatcher", alert_id=alert.id)
    assert town.climb(10) == ["not_under_way"]
    assert [town.climb(minutes) for minutes in (10, 5, 5)] == [["crew_again#2"], ["not_under_way#2"], ["crew_again#3"]]
    town.do("set_out", "worker", alert_id=alert.id)
    assert town.climb(30) == ["not_there"]
    assert [town.climb(10) for _ in range(4)] == [
        ["crew_late#2"],
        ["administrator_late#2"],
        ["not_there#2"],
        ["crew_late#3"],
    ]
    town.do("arrive", "worker", alert_id=alert.id)
    assert town.climb(600) == []


def test_who_looks_late_says_each_once_and_keeps_the_pace(town: Any) -> None:
    town.act(set_minutes, kind="entrapment", rung="again_later", minutes=20)
    town.do("report_entrapment", "contact", lift_id=town.lift())
    first = ["administrator", "unit_head", "department", "regulator"]
    assert town.climb(50) == [*first, "emergency#4"], "rounds at 15, 20, 25, 30 and 50"
    assert town.climb(1) == []
    assert town.climb(4) == ["administrator#3"]
    with pytest.raises(ValueError, match="has no rung"):
        town.act(set_minutes, kind="fault", rung="again", minutes=5)


def test_after_a_while_the_department_the_regulator_and_the_desk_know(town: Any) -> None:
    officers(town)
    alert = town.do("report_entrapment", "contact", lift_id=town.lift())
    assert "department" in town.climb(15)
    each = [step for step in town.climb(15) if step.startswith("regulator:")]
    assert len(each) == 2, "every officer of the district"
    for step, minutes in (("department", "15分钟"), *((step, "30分钟") for step in each)):
        [body] = bodies(town, step)
        assert minutes in body
        assert "云荔电梯维保" in body
    query = select(Task).where(Task.kind == TaskKind.ENTRAPMENT_UNANSWERED)
    [task] = town.read(query)
    assert (task.status, task.party_id, task.owner_party_id is not None) == ("open", town.parties["fixers"], True)
    town.do("acknowledge_alert", "worker", alert_id=alert.id)
    [task] = town.read(query)
    assert (task.status, task.outcome) == ("dropped", f"alert {alert.id} is acknowledged")
    assert {one.step: one.status for one in town.notices()}["department"] == "cancelled"


STAGES = {
    "zh": ("{}分钟", "无人确认", "没有人出发|未出发", "没有到场|未到场"),
    "en": ("{} min", "answered|silent", "set out", "not there|not arrived|on the way"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_later_rung_says_why_it_comes_now(town: Any, language: str) -> None:
    town.in_store(lambda session: [setattr(party, "language", language) for party in session.exec(select(Party))])
    minutes, silent, waits, late = STAGES[language]
    alert = town.do("report_entrapment", "contact", lift_id=town.lift())
    town.climb(5)
    town.climb(5)
    town.do("acknowledge_alert", "dispatcher", alert_id=alert.id)
    town.climb(10)
    town.do("set_out", "dispatcher", alert_id=alert.id)
    town.climb(30)
    said = {
        "administrator": (5, silent),
        "unit_head": (10, silent),
        "not_under_way": (10, waits),
        "not_there": (30, late),
    }
    for step, (number, words) in said.items():
        for way in WAYS[:3]:
            found = bodies(town, step, channels=(way, f"{way}:mainland"))
            assert found, (step, way)
            assert minutes.format(number) in found[0].replace(f" {number} 分", f"{number}分")
            assert any(word in found[0] for word in words.split("|")), (step, way, found[0])
    for step in ("reported", "emergency"):
        assert all("分钟" not in body and " min" not in body for body in bodies(town, step)), "nothing has waited yet"


def test_an_answer_calls_off_what_says_that_nobody_answers_and_the_calls_to_make(town: Any) -> None:
    alert = town.do("report_entrapment", "contact", lift_id=town.lift())
    town.climb(5)
    emergency, _ = town.send("emergency", channel="call_task", status="sent")

    def open_call(session: Session) -> None:
        call = {"kind": "call", "key": f"notice:{emergency.id}:1", "city_id": "guangzhou", "notice_id": emergency.id}
        session.add(Task(**call, detail={}, opened_on=town.now.date()))

    town.in_store(open_call)
    town.do("acknowledge_alert", "worker", alert_id=alert.id)
    states = {one.step: one.status for one in town.notices()}
    assert states == {
        "reported": "planned",  # the dispatcher is to know too
        "in_chat": "planned",
        "emergency": "sent",
        "unit_told": "planned",
        "administrator": "cancelled",
        "step:acknowledged": "planned",
    }
    [task] = town.read(select(Task).where(Task.kind == TaskKind.CALL))
    assert task.status == "dropped"
    town.do("free_people", "worker", alert_id=alert.id)
    states = {one.step: one.status for one in town.notices()}
    assert (states["reported"], states["unit_told"], states["step:acknowledged"]) == ("cancelled",) * 3
    assert states["step:freed"] == "planned"


def test_whom_a_clerk_has_reached_has_received_it(town: Any) -> None:
    """Else the calls go on to somebody who has set out."""
    alert = town.do("report_entrapment", "contact", lift_id=town.lift())

    def call_about(step: str, who: str) -> int:
        notice, _ = town.send(step, who, channel="call_task", status="sent")

        def work(session: Session) -> int:
            call = {"kind": "call", "key": f"notice:{notice.id}:1", "city_id": "guangzhou", "notice_id": notice.id}
            task = Task(**call, detail={}, opened_on=town.now.date())
            session.add(task)
            session.flush()
            attempt = session.exec(select(Delivery).where(Delivery.notice_id == notice.id)).one()
            attempt.provider_id = str(task.id)
            return task.id

        return town.in_store(work)

    def press(task_id: int) -> str:
        clerk = Press(task_id, "陈一鸣", f"key-{task_id}", town.now, town.now.date())
        assert town.act(told, press=clerk)
        return town.do("alert_now", "contact", alert_id=alert.id).state

    assert press(call_about("unit_told", "head")) == "reported", "the unit's head does not answer for the maintainer"
    assert press(call_about("emergency", "dispatcher")) == "acknowledged"
    [found] = town.read(select(Alert))
    assert found.acknowledged_by == town.contacts["dispatcher"]


def test_what_nobody_heard_in_time_is_not_said_by_another_way_when_it_is_so_no_more(town: Any) -> None:
    alert = town.do("report_entrapment", "contact", lift_id=town.lift())
    town.climb(5)

    def again() -> set[str]:
        """The rungs that would go by another way now."""
        ids = {one.id: one.step for one in town.notices()}
        with town.database.read() as session:
            found = prepare(session, sorted(ids), WAYS, town.now.date(), again=ids)
        return {ids[one.notice_id] for one in found}

    assert again() == {"reported", "in_chat", "emergency", "unit_told", "administrator"}
    town.do("acknowledge_alert", "dispatcher", alert_id=alert.id)
    assert again() == {"reported", "in_chat", "unit_told", "step:acknowledged"}
    town.do("free_people", "dispatcher", alert_id=alert.id)
    assert again() == {"step:freed"}


def test_what_was_not_heard_yet_is_not_heard_twice_in_a_row(town: Any) -> None:
    town.do("report_entrapment", "contact", lift_id=town.lift())
    for minutes in (15, 5, 5):
        town.climb(minutes)
    states = [(one.step, one.status) for one in town.notices() if one.step.startswith("emergency")]
    assert states == [("emergency", "cancelled"), ("emergency#2", "cancelled"), ("emergency#3", "planned")]


def test_visits_that_stay_late_are_told_further_although_somebody_took_note(town: Any) -> None:
    ours, theirs = town.lift(), town.lift(unit="theirs")

    def late(lift_id: int, days: int) -> None:
        due = town.now.date() - timedelta(days=days)
        duty = {"rule": "r", "kind": "onsite_maintenance", "lift_id": lift_id, "cycle": str(due)}
        town.in_store(lambda session: session.add(Duty(**duty, due=due)))

    late(ours, 1)
    town.act(find_overdue, now=town.now, today=town.now.date())
    [alert] = town.read(select(Alert))
    town.do("acknowledge_alert", "dispatcher", alert_id=alert.id)
    day = 24 * 60
    assert town.climb(3 * day - 1) == []
    assert town.climb(1) == ["still_late"]
    late(theirs, 1)
    assert town.climb(4 * day) == [f"units:{town.parties['ours']}"]
    [body] = bodies(town, f"units:{town.parties['ours']}", channels=("sms",))
    assert "贵单位有1台" in body
    assert "7天前" in body
    assert town.climb(4 * day) == [f"units:{town.parties['theirs']}"], "once its own lift is late for so long"
    assert town.climb(day) == []


def test_a_report_that_waited_through_an_outage_says_so_and_is_told_from_the_beginning(town: Any) -> None:
    before = town.now - timedelta(hours=4)
    alert = town.do("report_entrapment", "contact", lift_id=town.lift(), came_at=before)
    assert f"{before.astimezone(SHANGHAI):%H:%M}" in bodies(town, "reported")[0]
    assert alert.reported_at == before
    assert town.climb(4) == []
    assert town.climb(1) == ["administrator"]
    assert "245" in bodies(town, "administrator")[0] or "4" in bodies(town, "administrator")[0]
    assert town.climb(160) != []
    assert town.do("report_entrapment", "contact", lift_id=town.lift(), came_at=town.now).on_it_at is None
