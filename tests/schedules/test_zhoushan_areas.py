"""Since when the testing pilot holds in a place of Zhoushan, as registers write its name: 002 二."""

from datetime import date

import pytest

from schedules.rulebook import load_rulebook

CYCLE = load_rulebook("zhoushan").cycle
SECOND = [
    *("六横", "六横镇", "六横管委会", "六横管理委员会", "舟山市普陀区六横镇"),
    *("普陀山", "普陀山镇", "普陀山管委会", "普陀山管理委员会", "舟山市普陀山管委会"),
    *("普陀", "普陀区", "舟山市普陀", "330903", " 普陀区 "),
]


@pytest.mark.parametrize("name", ["定海", "定海区", "舟山市定海", "330902", "岱山", "岱山县", "舟山市岱山", "330921"])
def test_the_first_two_areas_begin_in_2021(name: str) -> None:
    assert CYCLE is not None
    assert CYCLE.start_in(name) == date(2021, 1, 1)


@pytest.mark.parametrize("name", SECOND)
def test_putuo_liuheng_and_putuoshan_follow_half_a_year_later(name: str) -> None:
    assert CYCLE is not None
    assert CYCLE.start_in(name) == date(2021, 7, 1)


@pytest.mark.parametrize("name", ["新城", "新城管委会", "嵊泗", "嵊泗县", "金塘镇", "", None])
def test_what_the_document_does_not_name_follows_last(name: str | None) -> None:
    assert CYCLE is not None
    assert CYCLE.start_in(name) == date(2022, 7, 1)
