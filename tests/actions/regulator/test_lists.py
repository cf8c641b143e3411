"""The officer's lists, and that everyone was warned."""

from datetime import UTC, date, datetime, timedelta

import pytest
import structlog
from structlog.testing import capture_logs

from actions.permissions import NotAllowedError
from actions.regulator.lists import ListKind
from actions.regulator.warned import was_warned
from actions.visits.inspections import Deed, act, book, issue_opinion_notice, record_inspection
from store.events import EventKind

TODAY = date(2026, 11, 23)


@pytest.fixture
def month(officials):
    """November's lifts of one unit: un-booked, booked, inspected, failed, being rectified; October's overdue one."""
    unit = officials.unit("广州示例云荔物业服务有限公司")
    names = ("unbooked", "booked", "passed", "failed", "rectifying", "handed_in")
    made = {name: officials.lift(unit, date(2026, 11, 30), on=date(2026, 8, 1)) for name in names}
    made["overdue"] = officials.lift(unit, date(2026, 10, 31), on=date(2026, 8, 1), maintainer=None)
    made["elsewhere"] = officials.lift(unit, date(2026, 11, 30), district="440113", on=date(2026, 8, 1))
    tap = {"by": unit, "today": TODAY}
    officials.act(book, lift_ids=[made["booked"]], visit_on=TODAY, key="a", **tap)
    officials.act(record_inspection, lift_ids=[made["passed"]], on=TODAY, conclusion="pass", key="b", **tap)
    officials.act(record_inspection, lift_ids=[made["failed"]], on=TODAY, conclusion="fail", key="c", **tap)
    fixed = {"on": TODAY, "deadline": TODAY + timedelta(days=9)}
    officials.act(issue_opinion_notice, lift_ids=[made["rectifying"]], key="d", **fixed, **tap)
    officials.act(issue_opinion_notice, lift_ids=[made["handed_in"]], key="e", **fixed, **tap)
    handed_in = Deed([made["handed_in"]], unit, datetime(2026, 11, 23, 4, tzinfo=UTC), TODAY, "f")
    with officials.database.write() as session:
        act(session, handed_in, EventKind.RECTIFICATION_SUBMITTED, TODAY, {"on": TODAY})
    officials.made = made
    return officials


def names_on(officials, kind, who="ann", **more):
    by_id = {lift_id: name for name, lift_id in officials.made.items()}
    return {by_id[row.lift.lift_id] for row in officials.do("district_list", who, kind=kind, **more).rows}


def test_each_list_has_its_lifts(month):
    assert names_on(month, ListKind.DUE) == {"unbooked", "booked", "passed", "failed", "rectifying", "handed_in"}
    assert names_on(month, ListKind.UNBOOKED) == {"unbooked", "failed"}
    assert names_on(month, ListKind.OVERDUE) == {"overdue"}
    assert names_on(month, ListKind.FAILED) == {"failed"}
    assert names_on(month, ListKind.RECTIFYING) == {"rectifying", "handed_in"}, "no inspector has confirmed it"
    assert names_on(month, ListKind.DUE, month=date(2026, 10, 5)) == {"overdue"}


def test_a_list_is_as_long_as_the_figure_at_a_glance(month):
    total = month.do("district_glance", "ann").total
    lists = {kind: len(names_on(month, kind)) for kind in ListKind}
    assert lists == {
        ListKind.DUE: total.due,
        ListKind.UNBOOKED: total.unbooked,
        ListKind.OVERDUE: total.overdue,
        ListKind.FAILED: total.failed,
        ListKind.RECTIFYING: total.rectifying,
    }


def test_a_row_names_people_phones_and_how_the_unit_was_urged(month):
    month.plan(date(2026, 11, 2))
    month.send(date(2026, 11, 2))
    row = next(one for one in month.do("district_list", "ann", kind=ListKind.UNBOOKED).rows)
    assert [person.role for person in row.people] == ["legal_rep", "safety_manager", "unit_contact"]
    assert all(person.phone.startswith("+8614") for person in row.people)
    assert row.urged
    assert row.urged[0].attempts[0].channel == "sms"
    assert (row.due, row.lift.use_unit) == (date(2026, 11, 30), "广州示例云荔物业服务有限公司")


def test_reading_phones_leaves_a_line_in_the_log(month):
    structlog.reset_defaults()
    with capture_logs() as lines:
        month.do("district_list", "ann", kind=ListKind.OVERDUE)
    read = [line for line in lines if line["event"] == "phones read"]
    assert [(line["what"], line["lifts"], line["contact"]) for line in read] == [
        ("list overdue", 1, month.contact_of("ann").id)
    ]


def test_the_city_sees_all_and_a_district_its_own(month):
    assert "elsewhere" in names_on(month, ListKind.DUE, "city")
    assert names_on(month, ListKind.DUE, "there") == {"elsewhere"}
    assert names_on(month, ListKind.DUE, "city", district_code="440113") == {"elsewhere"}


@pytest.mark.parametrize(("who", "more"), [("street", {}), ("there", {"district_code": "440106"})])
def test_nobody_reads_anothers_list(month, who, more):
    for verb in ("district_list", "warned"):
        with pytest.raises(NotAllowedError):
            month.do(verb, who, **more, **({"kind": ListKind.DUE} if verb == "district_list" else {}))


def test_it_is_shown_that_everyone_was_warned_and_who_was_not(officials):
    reached, alone = officials.unit("广州示例云荔物业服务有限公司"), officials.unit("业主代表")
    lifts = [officials.lift(unit, date(2026, 11, 30), on=date(2026, 8, 1)) for unit in (reached, alone)]
    with officials.database.read() as session:
        phones = [one.phone for one in officials.people(session, alone)]
    officials.plan(date(2026, 11, 2))
    officials.send(date(2026, 11, 2), broken=phones)
    found = officials.do("warned", "ann")
    assert {row.lift.lift_id: was_warned(row) for row in found.rows} == {lifts[0]: True, lifts[1]: False}
    assert [row.lift.lift_id for row in found.unwarned] == [lifts[1]]
    assert [entry.outcome for entry in found.rows[0].urged] == ["handed_over"] * len(found.rows[0].urged)


def test_who_has_booked_or_passed_is_not_waited_for(month):
    waiting = {row.lift.lift_id for row in month.do("warned", "ann").waiting}
    assert waiting == {month.made["unbooked"], month.made["failed"]}
