"""What the tests of the actions share."""

from collections.abc import Callable
from datetime import date, datetime
from threading import Barrier, Thread
from typing import Any

import pytest

from store.database import Database
from store.lifts import City
from store.notices import Delivery, Notice, PlanRun
from store.parties import Party
from store.watch import Beat, beat


@pytest.fixture
def signs(database: Database) -> Callable[[datetime], None]:
    """`signs(now)`: today's plan and a pass over the outbox were completed then."""

    def leave(now: datetime, day: date | None = None, amount: int = 3) -> None:
        with database.write() as session:
            for kind in Beat:
                beat(session, kind, "serve", day=day or now.date(), now=now, amount=amount)

    return leave


@pytest.fixture
def planned_notice(database: Database) -> Callable[..., int]:
    """`planned_notice(planned_at, attempts=[...], **values)`: a notice to a unit; attempts are (moment, status)."""

    def plan(planned_at: datetime, attempts: list[tuple[datetime, str]] | None = None, **values: Any) -> int:
        with database.write() as session:
            if session.get(City, "guangzhou") is None:
                session.add(City(id="guangzhou", name="广州市"))
                session.flush()
                session.add(Party(id=1, city_id="guangzhou", ref="u-1", name="广州示例云荔物业服务有限公司"))
            run = PlanRun(planned_on=planned_at.date(), finished_at=planned_at, notices=1, duties=1)
            session.add(run)
            session.flush()
            row = {
                "city_id": "guangzhou",
                "run_id": run.id,
                "planned_on": planned_at.date(),
                "send_on": planned_at.date(),
                "party_id": 1,
                "duty": "periodic_inspection",
                "rule": "gz.inspection",
                "step": "sms",
                "audience": "unit_contact",
                "channel_class": "sms",
                "template": "gz.sms",
                "tries": len(attempts or []),
                **values,
            }
            notice = Notice(**row)
            session.add(notice)
            session.flush()
            for moment, status in attempts or []:
                session.add(
                    Delivery(
                        notice_id=notice.id,
                        channel="sms",
                        address="+8614000000001",
                        template="gz.sms",
                        template_version="1",
                        language="zh",
                        body="…",
                        segments=1,
                        status=status,
                        attempted_at=moment,
                        settled_at=moment,
                    )
                )
            return notice.id

    return plan


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """`at_once(n, do)`: `do` in n threads that begin together; what each returned or raised."""

    def run(count: int, do: Callable[[int], Any]) -> list[Any]:
        start, results = Barrier(count), [None] * count

        def one(number: int) -> None:
            start.wait()
            try:
                results[number] = do(number)
            except Exception as error:  # noqa: BLE001  (handed to the test)
                results[number] = error  # type: ignore[call-overload]

        threads = [Thread(target=one, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    return run
