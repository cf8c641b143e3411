"""Lifts out of use: what a unit says stops nothing, and before one is used again its test or inspection comes first."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session

from actions.checks.desk import check_photos, confirm_saying
from actions.checks.restarts import asked_first, due_first, say_restart
from actions.checks.sayings import Length, keep_stop_photo, say_out_of_use
from actions.running.cities import ensure_city
from actions.running.forgetting import forget_old
from store.events import Event, EventKind
from store.lifts import Lift

RESTART = date(2022, 7, 10)
PNG = b"\x89PNG\r\n\x1a\n0"


def test_stopped_without_the_procedure_it_stays_on_the_ladder(place: Any) -> None:
    lift = place.lift("1", "云荔物业")
    photo = place.do(keep_stop_photo, "陈一鸣", content=PNG)
    said = {"since": date(2026, 3, 1), "length": Length.LONG, "photos": [photo]}
    for _ in range(2):
        place.do(say_out_of_use, "陈一鸣", "tap", lift_ids=[lift], note="已封存", **said)
    (check,) = place.checks()
    assert (check.on, check.sayings[0].length, check.sayings[0].photos) == (date(2026, 3, 1), "long", (photo,))
    place.do(confirm_saying, "何值班", task_id=check.task_id)
    place.write(lambda session: forget_old(session, now=place.asked("陈一鸣").now.replace(year=2027)))
    assert place.do(check_photos, "何值班", task_id=check.task_id) == [("2026-04-01.png", PNG)]
    assert {step for step, _ in place.plan(date(2026, 4, 1))} >= {"call", "sms"}
    assert place.duty(lift).next_on is not None
    assert place.refusal(say_out_of_use, "陈一鸣", lift_ids=[lift], since=date(2026, 4, 2)).name == (
        "sayings.no_such_day"
    )


def test_a_restart_asks_for_the_inspection_whose_validity_is_over(place: Any) -> None:
    lift, in_use = place.lift("1", "云荔物业", status="out_of_use"), place.lift("2", "云荔物业")
    wanted = {"lift_ids": [lift], "on": date(2026, 6, 10)}
    (first,) = place.do(asked_first, "陈一鸣", **wanted)
    assert (first.duty, first.due, first.clause) == ("periodic_inspection", date(2026, 5, 31), "四5、四7")
    assert place.do(asked_first, "陈一鸣", lift_ids=[lift], on=date(2026, 5, 10)) == []
    assert place.do(say_restart, "陈一鸣", **wanted).desks == ["天河检验部"]
    (check,) = place.checks()
    assert (check.said, check.on) == ("restart", date(2026, 6, 10))
    assert place.refusal(say_restart, "陈一鸣", lift_ids=[in_use], on=date(2026, 6, 10)).name == "sayings.in_use"


@pytest.mark.parametrize(
    ("since", "valid", "first"),
    [
        (date(2021, 6, 10), date(2022, 5, 31), [("self_test", RESTART), ("periodic_inspection", RESTART)]),
        (date(2021, 6, 10), date(2023, 5, 31), [("self_test", RESTART)]),
        (date(2022, 6, 1), date(2023, 5, 31), [("self_test", date(2021, 5, 31)), ("self_test", date(2022, 5, 31))]),
    ],
)
def test_zs_58_a_stop_of_a_year_brings_a_test_and_after_its_validity_an_inspection_as_well(
    place: Any, since: date, valid: date, first: list[tuple[str, date]]
) -> None:
    """002 附件2 一; a shorter one leaves what fell due meanwhile owed."""

    def stopped(session: Session) -> list[tuple[str, date]]:
        ensure_city(session, "zhoushan", date(2020, 1, 1))
        lift = Lift(
            city_id="zhoushan", key="z", district="定海", installed_pass_on=date(2017, 5, 10), status="out_of_use",
            valid_until=valid, valid_precision="day", cycle=valid,
        )  # fmt: skip
        session.add(lift)
        session.flush()
        at, stop = place.asked("陈一鸣").now, {"from": "in_use", "to": "out_of_use"}
        kind = EventKind.STATUS_CHANGED
        session.add(Event(lift_id=lift.id, kind=kind, on_date=since, known_on=since, payload=stop, recorded_at=at))
        session.flush()
        return [(one.duty, one.due) for one in due_first(session, lift, RESTART, date(2022, 6, 20))]

    assert place.write(stopped) == first
