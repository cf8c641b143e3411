"""An import is undone: the store is as before it, and what was told gets its correction."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from actions.register import RegisterError, undo_import
from actions.running.brakes import release_plan
from actions.visits.inspections import book, record_inspection, renew_validity
from notifier.prepare import preview
from schedules.duties import rebuild
from store.duties import Duty
from store.events import Event, EventKind
from store.imports import ImportRun
from store.lifts import LiftRole, LiftStatus, Responsibility
from store.notices import NoticeStatus
from store.parties import Party
from store.tasks import Task, TaskStatus
from tixing.commands.import_words import describe_undo
from tixing.rehearsal import Line, rehearse

FIRST = date(2026, 1, 5)
SMS_DAY = date(2026, 2, 2)
NEXT = SMS_DAY + timedelta(days=1)
NOW = datetime(2026, 2, 3, 8, tzinfo=UTC)
MAY, WRONG = "2026-05", "2026-08"
OTHER = "广州示例新物业服务有限公司"
LATER = timedelta(days=9)
LIFTS = 12
Rehearsals = dict[date, list[Line]]


def rows(office: Any, number: int = LIFTS, **changes: str) -> list[dict[str, str]]:
    """Twelve lifts of six units; `changes` in the first `number` rows."""
    return [
        {
            **office.row(one, MAY, unit=f"广州示例{one % 6}号物业服务有限公司"),
            "使用单位联系人手机号": f"1400000000{one % 6}",
            "维保单位名称": "穗样电梯服务有限公司",
            **(changes if one <= number else {}),
        }
        for one in range(1, LIFTS + 1)
    ]


# What an undoing must leave as it was; surrogate numbers only where something points at them.
DUMP = (
    """SELECT id, city_id, key, status, district, district_code, compound, building, internal_number, address, kind,
        certificate, valid_until, valid_precision, cycle, extra, fingerprint, import_id, line, last_inspected_on
        FROM lift WHERE withdrawn_on IS NULL ORDER BY id""",
    "SELECT lift_id, kind, value, stated, until_on FROM lift_name"
    " WHERE lift_id IN (SELECT id FROM lift WHERE withdrawn_on IS NULL) ORDER BY 1, 2, 3",
    "SELECT lift_id, role, party_id, from_on FROM responsibility WHERE to_on IS NULL ORDER BY 1, 2",
    "SELECT party_id, role, name, phone, from_on FROM contact WHERE to_on IS NULL ORDER BY 1, 2, 3, 4",
    "SELECT id, name, credit_code FROM party"
    " WHERE id IN (SELECT party_id FROM responsibility WHERE to_on IS NULL) ORDER BY id",
    """SELECT lift_id, rule, cycle, due, booked_on, resume_on, told_seq, next_step, next_on FROM duty
        WHERE closed_on IS NULL AND withdrawn_at IS NULL ORDER BY 1, 2, 3""",
    """SELECT n.party_id, n.step, n.audience, n.template, n.planned_on, n.send_on, n.late, n.status, t.duty_id, t.due
        FROM notice n JOIN told t ON t.notice_id = n.id AND t.state = 'reserved'
        WHERE n.status IN ('planned', 'no_contact', 'failed') ORDER BY 1, 2, 3, 9""",
    "SELECT kind, key, detail FROM task WHERE status = 'open' ORDER BY 1, 2",
)


def dump(office: Any) -> list[list[Any]]:
    with office.database.engine.connect() as connection:
        return [[tuple(row) for row in connection.exec_driver_sql(query)] for query in DUMP]


def undo(office: Any, import_id: int = 2, **options: Any) -> Any:
    return undo_import(office.database, import_id, now=NOW, **options)


def is_rebuilt_alike(office: Any) -> bool:
    """Whether the facts give the stored duties."""

    def again(session: Any) -> bool:
        summary = rebuild(session, city_id="guangzhou", today=NEXT, now=NOW)
        return (summary.inserted, summary.updated, summary.withdrawn) == (0, 0, 0)

    return office.do(again)


@pytest.fixture
def town(office: Any) -> Any:
    """Twelve lifts before anything is due."""
    office.take(rows(office), FIRST)
    office.tick(FIRST)
    office.told()
    return office


WRONG_IMPORTS: dict[str, Callable[[Any], list[dict[str, str]]]] = {
    "validity a little later": lambda office: rows(office, 9, 下次检验日期=WRONG),
    "validity of the past": lambda office: rows(office, 下次检验日期="2019-05"),
    "validity of another cycle": lambda office: rows(office, 下次检验日期="2031-01"),
    "no validity": lambda office: rows(office, 下次检验日期=""),
    "another unit": lambda office: rows(office, 9, 使用单位名称=OTHER),
    "another unit and validity": lambda office: rows(office, 9, 使用单位名称=OTHER, 下次检验日期=WRONG),
    "another maintainer": lambda office: rows(office, 维保单位名称="乙维保公司"),
    "no maintainer": lambda office: rows(office, 维保单位名称=""),
    "other phones": lambda office: rows(office, 使用单位联系人手机号="14099999999"),
    "no phone numbers": lambda office: rows(office, 使用单位联系人手机号="不详"),
    "out of use": lambda office: rows(office, 使用状态="报停"),
    "scrapped": lambda office: rows(office, 5, 使用状态="报废"),
    "another place": lambda office: rows(office, 区="越秀区", 项目名="另一花园", 内部编号="9梯"),
    "new lifts": lambda office: [*rows(office), *(office.row(one, MAY) for one in range(30, 40))],
    "refused rows": lambda office: [*rows(office, 3, 下次检验日期="坏"), office.row(1, MAY)],
    "everything": lambda office: [
        *rows(office, 9, 使用单位名称=OTHER, 下次检验日期="2027-01", 维保单位名称="乙维保公司", 区="外星区"),
        *(office.row(one, "2025-01") for one in range(30, 40)),
    ],
}


@pytest.mark.parametrize(
    "is_planned", [pytest.param(False, id="", marks=pytest.mark.full), pytest.param(True, id="notices wait")]
)
@pytest.mark.parametrize("name", WRONG_IMPORTS)
def test_the_store_is_as_before(name: str, is_planned: bool, town: Any) -> None:
    office = town
    if is_planned:
        office.plan(SMS_DAY)
        assert {notice.status for notice in office.notices()} == {NoticeStatus.PLANNED}
    before = dump(office)
    wrong = WRONG_IMPORTS[name](office)
    office.take(wrong, NEXT, confirmed=True)
    assert dump(office) != before
    undo(office)
    for now, then in zip(dump(office), before, strict=True):
        assert now == then
    assert is_rebuilt_alike(office)
    office.take(wrong, NEXT, confirmed=True)
    undo(office, 3)
    assert dump(office) == before, "and again"
    office.tick(NEXT)
    assert len(office.told()) == 6


@pytest.fixture(scope="module")
def rehearsed() -> dict[str, Rehearsals]:
    """What was rehearsed of the town by kind of store: each test builds the same one, and a rehearsal takes long."""
    return {}


def rehearse_town(office: Any) -> Rehearsals:
    return {day: list(rehearse(office.database, day, date(2026, 7, 31))) for day in (FIRST, NEXT, NEXT + LATER)}


REHEARSED = ("everything", "out of use", "validity of the past", "another unit and validity")  # the others with --full


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=() if one in REHEARSED else pytest.mark.full) for one in WRONG_IMPORTS]
)
def test_a_rehearsal_knows_nothing_of_it(
    name: str, town: Any, store_kind: str, rehearsed: dict[str, Rehearsals]
) -> None:
    compare_rehearsals(name, town, store_kind, rehearsed)


@pytest.mark.postgres
@pytest.mark.parametrize("name", ["everything", "out of use"])
def test_on_a_server_a_rehearsal_knows_nothing_of_it(
    name: str, town: Any, store_kind: str, rehearsed: dict[str, Rehearsals]
) -> None:
    """What differs by database is the copy that is played in, and not what was wrong."""
    compare_rehearsals(name, town, store_kind, rehearsed)


def compare_rehearsals(name: str, town: Any, store_kind: str, rehearsed: dict[str, Rehearsals]) -> None:
    if store_kind not in rehearsed:
        rehearsed[store_kind] = rehearse_town(town)
    town.take(WRONG_IMPORTS[name](town), NEXT, confirmed=True)
    undo(town)
    after = rehearse_town(town)
    for day, lines in rehearsed[store_kind].items():
        assert after[day] == lines


def test_a_wrong_date_that_was_told_is_corrected_once(town: Any) -> None:
    """The SMS said May; the wrong register said August, and the unit was told of it."""
    town.tick(SMS_DAY)
    assert len(town.told()) == 6
    town.take(rows(town, 1, 下次检验日期=WRONG), NEXT)
    town.tick(NEXT)
    [wrong] = town.texts()
    assert "8月" in wrong
    done = undo(town)
    assert done.corrections == 2, "the unit's, and the maintainer's copy"
    town.tick(NEXT)
    [right] = town.texts()
    assert "8月" in right
    assert "5月" in right
    for day in range(2, 20):
        town.tick(SMS_DAY + timedelta(days=day))
        assert town.told() == []


def test_of_two_dates_told_on_one_day_the_later_notice_counts(town: Any) -> None:
    """May, August and May again were told on one day; a third wrong date that nobody was told changes nothing."""
    town.tick(SMS_DAY)
    town.take(rows(town, 1, 下次检验日期=WRONG), SMS_DAY)
    town.tick(SMS_DAY)
    undo(town, today=SMS_DAY)
    town.tick(SMS_DAY)
    assert "由2026年8月改为2026年5月" in town.texts()[-1]
    town.take(rows(town, 1, 下次检验日期="2026-07"), SMS_DAY)
    assert {notice.facts["old_due"] for notice in town.notices()[-2:]} == {"2026-05-31"}
    done = undo(town, 3, today=SMS_DAY)
    assert (done.notices_cancelled, done.corrections) == (2, 0)
    town.tick(SMS_DAY)
    assert town.told() == []


def test_a_request_to_stop_that_was_false_is_taken_back_by_the_correction(town: Any) -> None:
    """Told that the validity had ended, the unit must hear that it may go on."""
    town.tick(SMS_DAY)
    town.told()
    town.take(rows(town, 1, 下次检验日期="2026-01"), NEXT, confirmed=True)
    town.tick(NEXT)
    assert any("请立即停用" in text for text in town.texts())
    undo(town)
    town.tick(NEXT)
    assert ["此前的停用要求不再适用" in text for text in town.texts() if text.startswith("更正")] == [True]


def test_a_wrong_date_that_nobody_was_told_is_corrected_to_nobody(town: Any) -> None:
    town.tick(SMS_DAY)
    town.told()
    town.take(rows(town, 1, 下次检验日期=WRONG), NEXT)
    done = undo(town)
    assert (done.notices_cancelled, done.corrections) == (2, 0)
    town.tick(NEXT)
    assert town.told() == []


def test_a_rung_that_the_wrong_unit_was_told_is_told_to_the_right_one(town: Any) -> None:
    town.take(rows(town, 1, 使用单位名称=OTHER, 使用单位联系人手机号="14077777777"), FIRST + timedelta(days=1))
    town.tick(SMS_DAY)
    assert "+8614077777777" in town.told()
    undo(town)
    town.tick(NEXT)
    assert town.told() == ["+8614000000001", "+8614077777777"], "the one the rung, the other that it was a mistake"


def test_a_wrong_unit_that_was_introduced_hears_that_it_was_a_mistake_and_the_right_one_nothing(town: Any) -> None:
    """The maintainer to whom it was named hears so too; what was right of the same day stays said."""
    town.tick(SMS_DAY)
    town.told()
    town.take(rows(town, 7, 使用单位名称=OTHER, 使用单位联系人手机号="14077777777"), NEXT, confirmed=True)
    town.tick(NEXT)
    [introduced] = town.texts()
    assert "7台电梯现由贵单位使用管理" in introduced
    [wrong, named] = town.notices()[-2:]
    for statement in ("UPDATE notice SET status = 'sent'", "UPDATE told SET state = 'told'"):  # it has no phone here
        key = "id" if "notice SET" in statement else "notice_id"
        town.do(lambda session, query: session.execute(text(query)), query=f"{statement} WHERE {key} = {named.id}")
    assert undo(town).corrections == 2
    day = NEXT + timedelta(days=1)
    town.tick(day)
    [mistaken] = town.texts()
    assert "7台电梯不由贵单位使用管理，请忽略" in mistaken
    said = {(notice.party_id, notice.template) for notice in town.notices()[-2:]}
    assert said == {(wrong.party_id, "gz.mistaken"), (named.party_id, "gz.mistaken.maint")}
    count = len(town.notices())
    town.take(rows(town, 7, 使用状态="报停"), day, confirmed=True)
    town.take(rows(town), day, confirmed=True)
    for offset in range(2, 20):
        town.plan(SMS_DAY + timedelta(days=offset))
    assert len(town.notices()) == count
    assert is_rebuilt_alike(town)


def test_a_unit_that_was_a_mistake_and_is_right_after_all_is_introduced(town: Any) -> None:
    """Nobody answered for the lift before; what the unit was told to ignore would else count as said."""
    alone = town.row(30, MAY) | {"使用单位名称": "", "使用单位联系人": "", "使用单位联系人手机号": ""}
    named = {"使用单位名称": OTHER, "使用单位联系人": "陈一鸣", "使用单位联系人手机号": "14077777777"}
    town.take([*rows(town), alone], FIRST)
    town.take([*rows(town), alone | named], FIRST)
    town.tick(SMS_DAY)
    assert "+8614077777777" in town.told()
    undo(town, 3)
    town.tick(NEXT)
    assert ["不由贵单位使用管理，请忽略" in text for text in town.texts()] == [True]
    town.take([*rows(town), alone | named], NEXT)
    town.tick(NEXT)
    assert ["现由贵单位" in text for text in town.texts()] == [True]


def test_a_wrong_unit_that_never_heard_of_its_lifts_hears_of_no_mistake(town: Any) -> None:
    town.tick(SMS_DAY)
    town.told()
    town.take(rows(town, 7, 使用单位名称=OTHER, 使用单位联系人手机号="14077777777"), NEXT, confirmed=True)
    assert undo(town).corrections == 0
    town.tick(NEXT)
    assert town.told() == []
    introduced = [notice for notice in town.notices() if notice.step == "introduction"]
    assert {(notice.status, notice.reason) for notice in introduced} == {("cancelled", "import 2 was undone")}


def test_lifts_that_go_back_before_the_introduction_went_out_bring_the_maintainer_one(town: Any) -> None:
    town.tick(SMS_DAY)
    town.take(rows(town, 2, 使用单位名称=OTHER), NEXT)
    there = dump(town)
    town.take(rows(town), NEXT)

    def waiting() -> list[tuple[int, str]]:
        of_day = [notice for notice in town.notices() if notice.step == "introduction" and notice.status == "planned"]
        return [(notice.id, notice.template) for notice in of_day]

    assert [template for _, template in waiting()] == ["gz.intro", "gz.intro", "gz.intro.maint"]
    undo(town, 3)
    assert dump(town) == there
    undo(town, 2)
    assert waiting() == []


def test_new_lifts_owe_nothing_and_are_found_again(town: Any) -> None:
    new = [town.row(one, MAY) for one in range(30, 40)]
    town.take([*rows(town), *new], NEXT)
    town.tick(NEXT)
    assert len(town.told()) == 16
    assert undo(town).withdrawn == 10
    lift = town.lift(30)
    assert (lift.status, lift.valid_until) == (LiftStatus.SCRAPPED, None)
    assert lift.withdrawn_on is not None
    town.take([*rows(town), *new], NEXT + timedelta(days=1))
    again = town.lift(30)
    assert (again.id, again.status, again.withdrawn_on) == (lift.id, LiftStatus.IN_USE, None)
    assert again.valid_until == date(2026, 5, 31)
    town.tick(NEXT + timedelta(days=1))
    assert town.told() == [], "they were told of this date before"


def test_those_who_were_told_of_new_lifts_hear_that_it_was_a_mistake(town: Any) -> None:
    """A unit that the import itself had brought keeps its phone for it; a second passing of days says no more."""
    stranger = {"使用单位名称": OTHER, "使用单位联系人手机号": "14077777777", "维保单位名称": "穗样电梯服务有限公司"}
    town.take([*rows(town), *({**town.row(one, MAY), **stranger} for one in range(30, 33))], NEXT)
    town.tick(NEXT)
    assert "+8614077777777" in town.told()
    assert undo(town).corrections == 1
    town.tick(NEXT)
    [text] = town.texts()
    assert "3台电梯" in text
    assert "有误，请忽略" in text
    for day in range(2, 150):
        town.plan(SMS_DAY + timedelta(days=day))
    party = town.ask(lambda session: session.exec(select(Party.id).where(Party.name == OTHER)).one())
    assert [notice.step for notice in town.notices() if notice.party_id == party] == ["sms", "mistaken"]


def test_new_lifts_that_were_a_mistake_and_come_back_are_introduced(town: Any) -> None:
    """Their units were told to ignore the date that is theirs after all; and may be told so a second time."""
    new = [*rows(town), *(town.row(one, MAY) for one in range(30, 33))]
    town.take(new, NEXT)
    town.tick(NEXT)
    undo(town)
    town.tick(NEXT)
    town.told()
    day = NEXT + timedelta(days=1)
    for import_id in (3, 4):
        town.take(new, day)
        town.tick(day)
        back = town.texts()
        assert len(back) == 3
        assert all("5月" in text and "现由贵单位" in text for text in back)
        undo(town, import_id, today=day)
        town.tick(day)
        gone = town.texts()
        assert len(gone) == 3
        assert all("有误，请忽略" in text for text in gone)


def test_new_lifts_that_come_back_with_another_date_have_its_ladder(town: Any) -> None:
    town.take([*rows(town), *(town.row(one, MAY) for one in range(30, 33))], NEXT)
    town.tick(NEXT)
    undo(town)
    town.tick(NEXT)
    town.told()
    town.take([*rows(town), *(town.row(one, "2026-06") for one in range(30, 33))], NEXT)
    town.tick(NEXT)
    assert town.told() == []
    town.tick(date(2026, 3, 2))
    assert len([text for text in town.texts() if "2026年6月" in text]) == 3


def test_a_regulator_who_was_told_hears_of_the_mistake_too(town: Any) -> None:
    listed = date(2026, 5, 19)
    town.take([*rows(town), *(town.row(one, MAY) for one in range(30, 33))], listed)
    town.tick(listed)
    [push] = [notice for notice in town.notices() if notice.audience == "district_regulator"]
    for statement in ("UPDATE notice SET status = 'sent'", "UPDATE told SET state = 'told'"):  # it has no phone here
        key = "id" if "notice SET" in statement else "notice_id"
        town.do(lambda session, query: session.execute(text(query)), query=f"{statement} WHERE {key} = {push.id}")
    number = len(town.notices())
    undo(town, today=listed)
    mistaken = town.notices()[number:]
    assert {notice.template for notice in mistaken} == {"gz.mistaken", "gz.mistaken.reg"}
    assert [notice.party_id for notice in mistaken if notice.template.endswith("reg")] == [push.party_id]


def test_a_mistake_that_nobody_heard_of_before_the_lifts_came_back_is_still_said_when_they_go(town: Any) -> None:
    new = [*rows(town), *(town.row(one, MAY) for one in range(30, 33))]
    town.take(new, NEXT)
    town.tick(NEXT)
    told = undo(town).corrections
    assert told > 0
    town.take(new, NEXT + timedelta(days=1))
    town.told()
    assert undo(town, 3, today=NEXT + timedelta(days=1)).corrections == told
    town.tick(NEXT + timedelta(days=1))
    assert all("有误，请忽略" in text for text in town.texts())


def test_new_lifts_of_a_wrong_column_come_back_with_the_right_date(town: Any) -> None:
    wrong = [town.row(one, "2030-01") for one in range(30, 40)]
    town.take([*rows(town), *wrong], NEXT)
    undo(town)
    right = [town.row(one, MAY) for one in range(30, 40)]
    town.take([*rows(town), *right], NEXT)
    town.tick(NEXT)
    assert len(town.told()) == 16
    assert is_rebuilt_alike(town)


def lift_and_unit(town: Any, number: int) -> tuple[int, int]:
    lift_id = town.lift(number).id
    query = select(Responsibility.party_id).where(
        Responsibility.lift_id == lift_id,
        Responsibility.role == LiftRole.USE_UNIT,
        col(Responsibility.to_on).is_(None),
    )
    return lift_id, town.ask(lambda session: session.exec(query).one())


def inspection_of(town: Any, lift_id: int) -> Duty:
    query = select(Duty).where(Duty.lift_id == lift_id, Duty.kind == "periodic_inspection")
    return town.ask(lambda session: session.exec(query).one())


def test_what_people_did_since_stays(town: Any) -> None:
    town.take(rows(town, 4, 下次检验日期=WRONG), NEXT)
    first, unit = lift_and_unit(town, 1)
    second, _ = lift_and_unit(town, 2)
    act = {"now": NOW, "today": NEXT}
    visit = date(2026, 3, 3)
    town.do(book, lift_ids=[first], visit_on=visit, by=unit, key="a", **act)
    department = 1
    town.do(record_inspection, lift_ids=[second], on=NEXT, conclusion="pass", by=department, key="b", **act)
    done = undo(town)
    assert (done.restored, done.kept) == (4, 0)
    booked = inspection_of(town, first)
    assert (booked.due, booked.booked_on) == (date(2026, 5, 31), visit)
    closed = inspection_of(town, second)
    assert closed.closed_on == NEXT
    assert is_rebuilt_alike(town)


def test_a_visit_booked_since_puts_off_what_was_due_today(office: Any) -> None:
    """Booked on the day of the first rung, before it was told, while a wrong import had moved the date."""
    office.take(rows(office), FIRST)
    office.plan(FIRST)
    run = office.take(rows(office, 4, 下次检验日期=WRONG), SMS_DAY, confirmed=True)
    lift, unit = lift_and_unit(office, 1)
    visit = SMS_DAY + timedelta(days=30)
    office.do(book, lift_ids=[lift], visit_on=visit, by=unit, key="a", now=NOW, today=SMS_DAY)
    undo_import(office.database, run.import_id, now=NOW, today=SMS_DAY)
    duty = inspection_of(office, lift)
    assert (duty.due, duty.booked_on, duty.next_on) == (date(2026, 5, 31), visit, visit + timedelta(days=1))
    office.plan(SMS_DAY)
    other, _ = lift_and_unit(office, 2)
    assert (inspection_of(office, lift).told_seq, inspection_of(office, other).told_seq) == (0, 1)
    assert is_rebuilt_alike(office)


def test_a_validity_that_was_moved_on_since_is_kept(town: Any) -> None:
    town.take(rows(town, 4, 下次检验日期=WRONG), NEXT)
    first, _ = lift_and_unit(town, 1)
    town.do(renew_validity, lift_id=first, valid_until=date(2026, 9, 30), by=1, key="a", now=NOW, today=NEXT)
    done = undo(town)
    assert (done.restored, done.kept) == (4, 1)
    assert town.lift(1).valid_until == date(2026, 9, 30)
    assert town.lift(2).valid_until == date(2026, 5, 31)
    assert is_rebuilt_alike(town)


def test_a_booking_that_a_wrong_hand_over_ended_holds_again(town: Any) -> None:
    first, unit = lift_and_unit(town, 1)
    visit = date(2026, 3, 3)
    town.do(book, lift_ids=[first], visit_on=visit, by=unit, key="a", now=NOW, today=NEXT)
    before = dump(town)
    town.take(rows(town, 2, 使用单位名称=OTHER), NEXT)
    assert dump(town) != before
    undo(town)
    assert dump(town) == before
    assert is_rebuilt_alike(town)


def test_it_is_recorded_and_refused_a_second_time(town: Any) -> None:
    town.take(rows(town, 4, 下次检验日期=WRONG), NEXT)
    undo(town)
    [run] = town.ask(lambda session: session.exec(select(ImportRun).where(ImportRun.id == 2)).all())
    assert run.undone_at == NOW
    events = town.ask(lambda session: session.exec(select(Event).where(Event.kind == EventKind.IMPORT_UNDONE)).all())
    assert len(events) == 4
    with pytest.raises(RegisterError, match="was undone already"):
        undo(town)
    with pytest.raises(RegisterError, match="there is no import 9"):
        undo(town, 9)


def test_a_later_import_of_the_same_lifts_is_undone_first(town: Any) -> None:
    town.take(rows(town, 4, 下次检验日期=WRONG), NEXT)
    town.take(rows(town, 2, 下次检验日期="2026-09"), NEXT)
    with pytest.raises(RegisterError, match=r"before import 3, .*: undo 3 first"):
        undo(town)
    with pytest.raises(RegisterError, match=r"before import 2, 3, .*: undo 3 first"):
        undo(town, 1)
    undo(town, 3)
    undo(town)
    assert town.lift(1).valid_until == date(2026, 5, 31)


def test_a_later_import_of_other_lifts_is_no_obstacle(town: Any) -> None:
    town.take(rows(town, 4, 下次检验日期=WRONG), NEXT)
    after = rows(town, 4, 下次检验日期=WRONG)
    town.take([*after[:11], {**after[11], "下次检验日期": "2026-06"}], NEXT)
    undo(town)
    assert (town.lift(1).valid_until, town.lift(12).valid_until) == (date(2026, 5, 31), date(2026, 6, 30))


def test_the_first_import_can_be_undone_too(town: Any) -> None:
    undo(town, 1)
    assert [table for table in dump(town)[:7] if table] == []
    town.tick(SMS_DAY)
    assert town.told() == []
    town.take(rows(town), SMS_DAY)
    town.tick(SMS_DAY)
    assert len(town.told()) == 6


def test_tasks_that_it_opened_are_dropped(town: Any) -> None:
    town.take(rows(town, 9, 使用单位名称=OTHER, 区="外星区"), NEXT, confirmed=True)
    undo(town)
    dropped = town.ask(lambda session: session.exec(select(Task).where(Task.status == TaskStatus.DROPPED)).all())
    assert {task.kind for task in dropped} == {"use_unit_changed", "unknown_district"}
    assert {task.outcome for task in dropped} == {"import 2 was undone"}


@pytest.fixture
def thrice(office: Any) -> Any:
    """Three lifts: their right unit was told, another one got them by mistake, and the right one has them again."""
    maintained = {"维保单位名称": "穗样电梯服务有限公司", "使用单位联系人手机号": "14077777777"}
    right = [office.row(one, MAY, unit=RIGHT) | maintained for one in (1, 2, 3)]
    wrong = [row | {"使用单位名称": OTHER, "使用单位联系人手机号": "14088888888"} for row in right]
    office.take(right, FIRST)
    office.tick(SMS_DAY)
    for days, register in enumerate((wrong, right), start=1):
        day = SMS_DAY + timedelta(days=days)
        office.take(register, day, confirmed=True)
        office.tick(day)
        hear(office)
    office.told()
    return office


RIGHT = "广州示例真物业服务有限公司"
BACK = SMS_DAY + timedelta(days=3)


def hear(office: Any) -> None:
    """Maintainers have no phone here: count what was for them as told."""
    for statement in (
        "UPDATE told SET state = 'told' WHERE state = 'reserved' AND notice_id IN"
        " (SELECT id FROM notice WHERE status = 'no_contact')",
        "UPDATE notice SET status = 'sent' WHERE status = 'no_contact'",
    ):
        office.do(lambda session, query: session.execute(text(query)), query=statement)


def parties_told(office: Any, since: int) -> list[tuple[str, str]]:
    """Template and party of the notices after these that were not cancelled."""
    names = dict(office.ask(lambda session: session.exec(select(Party.id, Party.name)).all()))
    live = [notice for notice in office.notices()[since:] if notice.status != NoticeStatus.CANCELLED]
    return sorted((notice.template, names[notice.party_id]) for notice in live)


def test_whoever_is_right_after_several_undoings_is_not_told_to_ignore_it(thrice: Any) -> None:
    said = len(thrice.notices())
    undo(thrice, 3, today=BACK)
    undo(thrice, 2, today=BACK)
    for days in range(10):
        thrice.tick(BACK + timedelta(days=days))
    assert parties_told(thrice, said) == [("gz.mistaken", OTHER)]
    [mistaken] = thrice.texts()
    assert "3台电梯不由贵单位使用管理，请忽略" in mistaken
    assert "到期日" not in mistaken
    assert is_rebuilt_alike(thrice)


def test_whoever_was_told_to_ignore_what_a_later_undoing_makes_right_is_introduced(thrice: Any) -> None:
    said = len(thrice.notices())
    undo(thrice, 3, today=BACK)
    thrice.tick(BACK)
    hear(thrice)
    [mistaken] = thrice.texts()
    assert "不由贵单位使用管理" in mistaken
    assert parties_told(thrice, said) == [("gz.mistaken", RIGHT), ("gz.mistaken.maint", "穗样电梯服务有限公司")]
    said = len(thrice.notices())
    done = undo(thrice, 2, today=BACK)
    assert done.corrections == 3
    for days in range(10):
        thrice.tick(BACK + timedelta(days=days))
    introduced = [("gz.intro", RIGHT), ("gz.intro.maint", "穗样电梯服务有限公司")]
    assert parties_told(thrice, said) == [*introduced, ("gz.mistaken", OTHER)]
    assert is_rebuilt_alike(thrice)


def test_a_maintainer_hears_whose_the_lifts_are(thrice: Any) -> None:
    undo(thrice, 3, today=BACK)
    [notice] = [notice for notice in thrice.notices() if notice.template == "gz.mistaken.maint"]
    with thrice.database.read() as session:
        [message] = preview(session, notice.id, ["sms"], BACK)
    assert f"使用单位有误，现由{OTHER}管理" in message.body


def test_corrections_that_the_plan_holds_are_said_to_wait_for_a_release(office: Any) -> None:
    many = [office.row(one, MAY) for one in range(1, 41)]
    office.take(many, FIRST)
    office.tick(SMS_DAY)
    office.tick(NEXT)
    done = undo(office, 1, today=NEXT)
    assert done.corrections == 40
    assert done.held is not None
    assert done.as_json()["held"] == done.held
    assert "`tixing release` lets it go" in describe_undo(done)
    office.told()
    office.tick(NEXT)
    assert office.told() == []
    office.do(release_plan, city_id=None, now=NOW)
    office.tick(NEXT)
    assert len(office.told()) == 40


def test_an_introduction_stands_for_no_telephone_call_before_its_last_day(office: Any) -> None:
    """000 四5 asks for a call two months ahead; a message that the lifts are the unit's own is none."""
    first, later = (
        date(2026, 2, 2),
        date(2026, 3, 3),
    )  # the call about May opens on 2 March and may be made until 31 March
    office.take(rows(office), first)
    office.tick(first)
    office.take(rows(office, 4, 使用单位名称=OTHER), later, confirmed=True)
    lift, _ = lift_and_unit(office, 1)
    duty = inspection_of(office, lift)
    assert (duty.told_seq, duty.next_step) == (1, "call")
