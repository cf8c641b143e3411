"""A district at a glance: every figure against a slow count over the rows."""

import random
from datetime import date, timedelta

import pytest
from sqlmodel import select

from actions.permissions import NotAllowedError
from actions.regulator.glance import Counts, rules_after_items
from actions.regulator.streets import street_of
from actions.visits.inspections import book, confirm_rectification, issue_opinion_notice, record_inspection
from store.duties import INSPECTIONS, Duty
from store.events import Event
from store.lifts import Lift

HERE, THERE, TODAY = "440106", "440113", date(2026, 11, 23)
STREETS = ["广州市天河区石牌街道1号", "广州市天河区冼村街道2号", "天河北路3号"]


def slow_count(session, lifts, today):
    """The same figures, one lift after the other."""
    first = today.replace(day=1)
    duties, events = session.exec(select(Duty)).all(), session.exec(select(Event)).all()
    figures = Counts()
    for lift in lifts:
        mine = [duty for duty in duties if duty.lift_id == lift.id and duty.withdrawn_at is None]
        inspections = [duty for duty in mine if duty.kind in INSPECTIONS]
        in_use = lift.status == "in_use"
        month = [duty for duty in inspections if duty.due and duty.due.strftime("%Y%m") == first.strftime("%Y%m")]
        still_open = [duty for duty in month if duty.closed_on is None]
        counts = bool(month) and (in_use or not still_open)
        results = [
            event
            for event in sorted(events, key=lambda event: (event.on_date, event.id))
            if event.lift_id == lift.id
            and event.kind in ("inspection_ended", "rectification_confirmed", "validity_renewed")
        ]
        failed = (
            bool(results) and results[-1].kind == "inspection_ended" and results[-1].payload["conclusion"] == "fail"
        )
        figures += Counts(
            lifts=in_use,
            due=counts,
            inspected=counts and not still_open,
            unbooked=counts and any(duty.booked_on is None for duty in still_open),
            overdue=in_use and any(d.closed_on is None and d.due and d.due < today for d in inspections),
            failed=in_use and failed,
            rectifying=in_use and any(d.closed_on is None and _has_items(d) for d in mine),
        )
    return figures


def _has_items(duty):
    return duty.kind == "rectification" or (duty.rule in rules_after_items() and duty.due is None)


@pytest.fixture
def varied(officials):
    """Forty lifts in every state, in two districts and three streets."""
    chance = random.Random(7)
    unit = officials.unit("广州示例云荔物业服务有限公司")
    for number in range(40):
        valid = date(2026, 9, 1) + timedelta(days=chance.randrange(150))
        extra = {"street": "石牌"} if number % 7 == 0 else None
        address = STREETS[number % 3]
        lift = officials.lift(unit, valid, district=HERE if number % 4 else THERE, address=address, extra=extra)
        deed = number % 10
        tap = {"lift_ids": [lift], "by": unit, "key": f"k{number}"}
        if deed in (1, 2):
            officials.act(book, visit_on=TODAY + timedelta(days=3), **tap)
        if deed in (3, 4, 5):
            end = ("pass", "fail", "rectify")[deed - 3]
            officials.act(record_inspection, on=TODAY - timedelta(days=5), conclusion=end, **tap)
        if deed in (6, 7):
            fixed = {"on": TODAY - timedelta(days=4), "deadline": TODAY + timedelta(days=9)}
            officials.act(issue_opinion_notice, **(tap | {"key": f"o{number}"}), **fixed)
        if deed == 7:
            officials.act(confirm_rectification, on=TODAY - timedelta(days=1), **tap)
        if deed == 8:
            officials.act(record_inspection, on=TODAY - timedelta(days=9), conclusion="fail", **tap)
            officials.act(
                record_inspection, on=TODAY - timedelta(days=2), conclusion="pass", **(tap | {"key": f"p{number}"})
            )
        if deed == 9:
            with officials.database.write() as session:
                session.get_one(Lift, lift).status = "out_of_use"
    return officials


def lifts_of(officials, code=None):
    with officials.database.read() as session:
        return [one for one in session.exec(select(Lift)).all() if code in (None, one.district_code)]


def test_a_district_is_counted_as_one_would_count_it_lift_by_lift(varied):
    glance = varied.do("district_glance", "ann")
    with varied.database.read() as session:
        expected = slow_count(session, lifts_of(varied, HERE), TODAY)
        by_street = {
            name: slow_count(session, [one for one in lifts_of(varied, HERE) if street(one) == name], TODAY)
            for name in {street(one) for one in lifts_of(varied, HERE)}
        }
    assert glance.total == expected
    assert all(getattr(expected, name) for name in ("due", "inspected", "unbooked", "overdue", "failed", "rectifying"))
    assert {part.name: part.counts for part in glance.parts} == by_street
    assert (glance.name, glance.by_street) == ("天河区", True)
    assert len(glance.parts) == 4


def street(lift):
    return street_of((lift.extra or {}).get("street"), lift.address)


def test_the_city_compares_its_districts_and_looks_into_one(varied):
    city = varied.do("district_glance", "city")
    with varied.database.read() as session:
        for part in city.parts:
            assert part.counts == slow_count(session, lifts_of(varied, part.code), TODAY)
    assert {part.code: part.name for part in city.parts} == {HERE: "天河区", THERE: "番禺区"}
    assert varied.do("district_glance", "city", district_code=HERE) == varied.do("district_glance", "ann")


def test_another_month_has_its_own_denominator_and_the_same_arrears(varied):
    this, other = varied.do("district_glance", "ann"), varied.do("district_glance", "ann", month=date(2026, 12, 9))
    assert other.month == date(2026, 12, 1)
    assert other.total.due != this.total.due
    assert (other.total.overdue, other.total.failed) == (this.total.overdue, this.total.failed)


def test_nothing_due_has_no_rate(officials):
    assert officials.do("district_glance", "ann").total.rate is None


@pytest.mark.parametrize(("who", "code"), [("ann", THERE), ("there", HERE), ("city", "999999")])
def test_nobody_looks_into_a_district_that_is_not_theirs(officials, who, code):
    with pytest.raises(NotAllowedError):
        officials.do("district_glance", who, district_code=code)


@pytest.mark.parametrize("who", ["street", "unit"])
def test_only_regulators_have_a_glance(officials, who):
    officials.unit("广州示例云荔物业服务有限公司", chat="unit")
    with pytest.raises(NotAllowedError):
        officials.do("district_glance", who)
