"""The made-up city adds up to what a Guangzhou officer expects, and names nobody who exists."""

import re
from collections import Counter
from datetime import date

import pytest
from stdnum.cn import uscc

from tixing.demo.city import DemoLift, Stated, make_city
from tixing.demo.cycles import is_inspection_year, last_inspection, next_inspection
from tixing.demo.data import CityData, Profile

BEGAN = date(2026, 8, 1)
SIZES = {60: 1, 40: 3, 28: 5, 18: 8, 11: 10, 4: 5, 1: 8}
DISTRICT_WEIGHTS = {  # per cent of the city's lifts
    "440106": 16,
    "440113": 15,
    "440111": 13,
    "440112": 11,
    "440105": 11,
    "440118": 10,
    "440104": 9,
    "440103": 6,
    "440114": 4,
    "440115": 3,
    "440117": 2,
}
MONTH_WEIGHTS = (9, 5, 7, 8, 8, 10, 8, 8, 8, 7, 10, 12)
PROFILES = {
    Profile.PROMPT: 55,
    Profile.AFTER_CALL: 20,
    Profile.AFTER_TARGET: 12,
    Profile.AFTER_LAST: 6,
    Profile.LISTED: 4,
    Profile.DEAD_NUMBER: 3,
}


def test_forty_units_have_602_lifts_in_the_sizes_that_add_up(lifts: list[DemoLift]) -> None:
    units = Counter(lift.site.unit for lift in lifts)
    assert len(lifts) == 602
    assert Counter(units.values()) == SIZES


def test_the_largest_unit_is_in_panyu_and_has_22_lifts_at_spring_festival_and_the_rest_over_six_months(
    lifts: list[DemoLift],
) -> None:
    theirs = [lift for lift in lifts if lift.site.unit == "广州示例云荔物业服务有限公司"]
    months = Counter((lift.valid_until.year, lift.valid_until.month) for lift in theirs)
    assert len(theirs) == 60
    assert {lift.site.district for lift in theirs} == {"番禺区"}
    assert months.pop((2027, 2)) == 22
    assert len(months) == 6
    assert len({lift.site.name for lift in theirs}) == 3
    assert len({lift.site.head for lift in theirs} | {lift.site.officer for lift in theirs}) == 4


def test_districts_have_their_share_of_lifts(lifts: list[DemoLift]) -> None:
    counts = Counter(lift.site.district_code for lift in lifts)
    for code, weight in DISTRICT_WEIGHTS.items():
        assert counts[code] / len(lifts) * 100 == pytest.approx(weight, abs=1.6), code


def test_profiles_have_their_share_of_lifts(lifts: list[DemoLift]) -> None:
    counts = Counter(lift.site.profile for lift in lifts)
    for profile, share in PROFILES.items():
        assert counts[profile] / len(lifts) * 100 == pytest.approx(share, abs=3), profile


def test_months_have_their_share_of_lifts(lifts: list[DemoLift]) -> None:
    counts = Counter((lift.next_test or lift.valid_until).month for lift in lifts)
    for month, weight in enumerate(MONTH_WEIGHTS, start=1):
        assert counts[month] / len(lifts) * 100 == pytest.approx(weight, abs=5), month


def test_old_town_is_older_than_the_outer_districts(lifts: list[DemoLift]) -> None:
    def share_of_old(code: str) -> float:
        ages = [BEGAN.year - lift.installed_pass_on.year for lift in lifts if lift.site.district_code == code]
        return sum(age > 15 for age in ages) / len(ages)

    assert share_of_old("440104") > 0.25
    assert share_of_old("440118") < 0.08


def test_the_next_inspection_lies_in_an_inspection_year_and_tests_come_between(lifts: list[DemoLift]) -> None:
    plain = [lift for lift in lifts if lift.stated is not Stated.PAST]
    assert all(is_inspection_year(lift.valid_until.year - lift.installed_pass_on.year) for lift in plain)
    tested = [lift for lift in plain if lift.next_test is not None]
    assert 0.1 < len(tested) / len(lifts) < 0.2
    for lift in tested:
        assert lift.next_test is not None
        assert not is_inspection_year(lift.next_test.year - lift.installed_pass_on.year)
        assert lift.next_test < lift.valid_until


def test_inspection_years_are_those_of_the_rule_in_force() -> None:
    installed = date(2024, 6, 10)
    years = [date(2024, 6, 30)]
    while len(years) < 10:
        years.append(next_inspection(years[-1], installed))
    assert [day.year for day in years[1:]] == [2025, 2028, 2031, 2033, 2035, 2037, 2039, 2040, 2041]
    assert {(day.month, day.day) for day in years} == {(6, 30)}
    assert last_inspection(date(2028, 6, 30), installed) == date(2025, 6, 30)
    assert last_inspection(date(2025, 6, 30), installed) == installed


def test_identifiers_have_the_real_forms_and_are_unique(lifts: list[DemoLift]) -> None:
    assert all(re.fullmatch(r"梯1[1-4]粤A\d{5}[(（]\d{2}[)）]", lift.certificate) for lift in lifts)
    assert all(re.fullmatch(r"3\d{3}990\d{2}(19|20)\d{2}\d{4}", lift.equipment_code) for lift in lifts)
    assert all(re.fullmatch(r"|3\d{3}4401\d{2}\d{6}\d{4}", lift.registration_code) for lift in lifts)
    assert all(re.fullmatch(r"9\d{5}", lift.rescue_number) for lift in lifts)
    for name in ("certificate", "equipment_code", "rescue_number"):
        assert len({getattr(lift, name) for lift in lifts}) == len(lifts), name
    old = [lift.registration_code for lift in lifts if lift.registration_code]
    assert len(set(old)) == len(old) > 100


def test_credit_codes_pass_a_checker_and_belong_to_no_area(lifts: list[DemoLift]) -> None:
    codes = {lift.site.unit_credit_code for lift in lifts} - {""}
    assert len(codes) == 30
    assert all(uscc.is_valid(code) and code[2:8] == "440199" for code in codes)


def test_phones_are_of_the_block_for_machines_and_two_are_bad_on_purpose(lifts: list[DemoLift]) -> None:
    people = {lift.site.head for lift in lifts} | {lift.site.officer for lift in lifts}
    people |= {lift.site.maintainer_head for lift in lifts}
    bad = {person.phone for person in people if not re.fullmatch(r"140000\d{5}|-", person.phone)}
    assert bad == {"1400000012", "020-8123"}


def test_what_is_wrong_with_the_register_is_rare(lifts: list[DemoLift]) -> None:
    assert Counter(lift.stated for lift in lifts) == {
        Stated.MONTH: 569,
        Stated.DAY: 18,
        Stated.BLANK: 6,
        Stated.PAST: 6,
        Stated.NEVER: 3,
    }


def test_the_same_seed_gives_the_same_city_and_another_one_another(data: CityData) -> None:
    first = make_city(data, BEGAN, seed=7)
    assert make_city(data, BEGAN, seed=7) == first
    assert make_city(data, BEGAN, seed=8) != first


def test_every_district_has_a_department_and_a_regulator(data: CityData) -> None:
    named = [code for department in data.department for code in department.districts]
    assert sorted(code for code in named if code != "*") == sorted(district.code for district in data.district)
    assert named.count("*") == 1
    assert set(data.regulator.officers) == {district.code for district in data.district}
    assert len(data.maintainer) == 8
    assert sum(maintainer.share for maintainer in data.maintainer) == 100
