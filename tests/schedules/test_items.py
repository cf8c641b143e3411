"""The items of TSG T5002-2017, and which kind of visit is due."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from schedules.dates import add_months
from schedules.items import ImpossibleValueError, item_table, items_of, lift_class
from schedules.items_due import MONTHS, kind_due
from store.records import VisitKind
from store.upkeep import LiftClass


@pytest.mark.parametrize(
    ("appendix", "counts"),
    [("A", [31, 44, 59, 76]), ("B", [30, 43, 52, 66]), ("C", [20, 28, 38, 52]), ("D", [33, 38, 50, 63])],
)
def test_a_larger_visit_contains_the_smaller_ones(appendix, counts):
    found = [items_of(LiftClass(appendix), kind) for kind in VisitKind]
    assert [len(items) for items in found] == counts
    assert all(set(smaller) < set(larger) for smaller, larger in pairwise(found))


def test_every_item_is_whole():
    items = item_table().items
    assert len(items) == len({item.code for item in items}) == 257
    assert len(item_table().digest) == 64
    for item in items:
        assert item.name
        assert item.requirement
        assert item.english.isascii()
        assert item.english_requirement.isascii()
    assert sum(item.measure is not None for item in items) == 6
    assert {item.season: item.code for item in items if item.season} == {"rain": "D-2-05", "winter": "D-3-12"}
    governor = item_table().by_code
    assert [governor["A-4-06"].speed_check_every(years) for years in (3, 15, 16)] == [2, 2, 1]
    assert [governor[code].speed_check_every(20) for code in ("B-4-04", "C-4-06", "A-1-01")] == [2, 5, None]


def test_items_are_those_of_the_form(shared_data: Any):
    form = shared_data("forms/tsg_t5002_2017_items.csv")
    rows = csv.DictReader(form.read_text(encoding="utf-8").splitlines())
    theirs = [(row["item_code"], row["item"], row["requirement"]) for row in rows]
    assert [(item.code, item.name, item.requirement) for item in item_table().items] == theirs


def test_a_value_has_limits_and_nonsense_is_none():
    lock, speed = (item_table().by_code[code].measure for code in ("A-1-29", "D-2-01"))
    assert [lock.is_within(Decimal(value)) for value in ("7", "6.9", "12")] == [True, False, True]
    assert [speed.is_within(Decimal(value)) for value in ("0", "2", "2.1", "-0.1")] == [True, True, False, False]
    for nonsense in ("700", "-1", "NaN", "Infinity"):
        with pytest.raises(ImpossibleValueError):
            lock.is_within(Decimal(nonsense))


def test_the_class_of_a_lift_comes_from_the_words_of_its_register():
    words = {
        "曳引驱动乘客电梯": "A",
        "强制驱动载货电梯": "A",
        "液压乘客电梯": "B",
        "杂物电梯": "C",
        "曳引杂物电梯": "C",
    }
    words |= {"自动扶梯": "D", "自动人行道": "D", "消防员电梯": None, "": None}
    assert {kind: lift_class(kind) for kind in words} == words


@settings(max_examples=60, deadline=None)
@given(
    begin=some.dates(date(2025, 1, 1), date(2027, 1, 1)),
    gaps=some.lists(some.integers(1, 15), min_size=40, max_size=90),
)
def test_no_item_is_ever_older_than_it_may_be(begin, gaps):
    last, day, done = {}, begin, dict.fromkeys(MONTHS, begin)
    for gap in gaps:
        kind = kind_due(last, day=day, next_by=day + timedelta(days=15), since=begin).kind
        for one, months in MONTHS.items():
            assert day <= add_months(done[one], months), one
            if list(VisitKind).index(kind) >= list(VisitKind).index(one):
                done[one] = day
        last[kind] = day
        day += timedelta(days=gap)


def test_every_three_months_each_visit_is_a_quarterly_one_at_least():
    day, kinds, last = date(2026, 8, 31), [], {}
    for _ in range(5):
        kind = kind_due(last, day=day, next_by=add_months(day, 3), since=date(2026, 8, 31)).kind
        kinds.append(kind)
        last[kind] = day
        day = add_months(day, 3)
    assert kinds == ["half_month", "quarter", "half_year", "quarter", "year"]
    assert kind_due(last, day=day, next_by=day, since=day).unknown == ()
