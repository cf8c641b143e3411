"""What may be chosen on entering the pilot, and when it may not any more: opting out, the new use mark."""

from datetime import date
from typing import Any

import pytest

from schedules.calendar import WorkingCalendar
from schedules.derive import derive
from schedules.facts import OutsideFacts
from schedules.rulebook import load_rulebook


def offered(lift: dict[str, Any], *events: dict[str, Any], ends_on: date | None = None) -> dict[str, str]:
    facts = OutsideFacts.model_validate({"lift": lift, "events": events}).facts()
    drafts = derive(load_rulebook("zhoushan"), facts, WorkingCalendar(), until=date(2026, 12, 31), ends_on=ends_on)
    return {d.rule.id: str(d.due) for d in drafts if d.rule.id in ("zs.opt_out", "zs.mark")}


DINGHAI = {"district": "定海", "installed_pass_on": "2017-05-20"}


def test_the_validity_of_the_entry_offers_both() -> None:
    assert offered({**DINGHAI, "valid_until": "2021-05-31"}) == {"zs.opt_out": "2021-04-30", "zs.mark": "2021-05-30"}


@pytest.mark.parametrize("later", ["2022-05-31", "2023-05-31", "2024-05-31"])
def test_a_validity_that_the_scheme_itself_gave_offers_neither(later: str) -> None:
    assert offered({**DINGHAI, "valid_until": later}) == {}


def test_a_validity_from_before_the_area_s_start_offers_neither() -> None:
    assert offered({**DINGHAI, "valid_until": "2020-12-31"}) == {}


def test_an_old_lift_enters_in_july_2022() -> None:
    old = {"district": "定海", "installed_pass_on": "2004-05-11"}
    assert offered({**old, "valid_until": "2021-05-31"}) == {}
    assert offered({**old, "valid_until": "2023-05-31"}) == {"zs.opt_out": "2023-04-30"}


def test_a_lift_installed_under_the_pilot_enters_with_its_first_year() -> None:
    new = {"district": "定海", "installed_pass_on": "2021-03-18"}
    assert offered({**new, "valid_until": "2022-03-31"}) == {"zs.opt_out": "2022-02-28", "zs.mark": "2022-03-30"}
    assert offered({**new, "valid_until": "2023-03-31"}) == {}


def test_a_renovation_within_the_scheme_is_no_entry() -> None:
    renovated = {"kind": "renovated", "passed_on": "2022-08-15"}
    assert offered({**DINGHAI, "valid_until": "2023-08-31"}, renovated) == {}


@pytest.mark.parametrize(("ends_on", "rules"), [("2021-05-31", 0), ("2021-06-01", 2)])
def test_nothing_is_offered_by_a_validity_that_ends_under_other_rules(ends_on: str, rules: int) -> None:
    lift = {**DINGHAI, "valid_until": "2021-05-31"}
    assert len(offered(lift, ends_on=date.fromisoformat(ends_on))) == rules
