"""The list of un-booked lifts: acknowledged, or the city hears that it was not."""

from datetime import date
from typing import Any

from sqlmodel import select

from actions.regulator.unacknowledged import follow_lists
from store.notices import RESULT
from store.tasks import Task, TaskKind, TaskStatus


def test_gz_10_a_list_that_nobody_acknowledges_goes_to_the_city_and_becomes_a_task_until_somebody_does(
    officials: Any,
) -> None:
    unit = officials.unit("广州示例云荔物业服务有限公司")
    officials.lift(unit, date(2026, 12, 31), on=date(2026, 11, 23))
    listed = date(2026, 12, 18)  # Friday, the last working day before the 20th
    officials.plan(listed)
    (notice,) = officials.notices(step="list", audience="district_regulator")

    def follow(today: date) -> int:
        with officials.database.write() as session:
            return follow_lists(session, today=today)

    def tasks() -> list[Task]:
        with officials.database.read() as session:
            query = select(Task).where(Task.kind == TaskKind.LIST_UNACKNOWLEDGED, Task.status == TaskStatus.OPEN)
            return list(session.exec(query))

    assert follow(date(2026, 12, 22)) == 0  # Tuesday: two working days are not over
    assert follow(date(2026, 12, 23)) == 1
    assert follow(date(2026, 12, 23)) == 0
    (task,) = tasks()
    assert task.owner_party_id == officials.party("检验部门").id
    (told,) = officials.notices(duty=RESULT)
    assert told.party_id == officials.party("广州市市场监督管理局").id
    assert told.facts[RESULT]["office"] == "天河区市场监督管理局"
    sheet = officials.do("list_of_notice", "ann", today=date(2026, 12, 23), notice_id=notice.id)
    assert [row.unit_id for row in sheet.rows] == [unit]
    officials.do("acknowledge", "ann", today=date(2026, 12, 23), notice_id=notice.id)
    assert follow(date(2026, 12, 24)) == 0
    assert tasks() == []
