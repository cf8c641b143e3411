"""Corrections in the words of what was wrong: the date, the unit, or a request to stop."""

from dataclasses import replace
from typing import Any

import pytest

from notifier.index import load_index, signature_of
from notifier.samples import DECEMBER, sample_department, sample_facts
from notifier.text import render
from notifier.wording import words_for

FAMILIES = ("gz", "zs", "nat", "visit")


def message(template: str, sample: str, channel: str, lifts: int, **own: Any) -> Any:
    facts = sample_facts(template, sample, lifts, 1, DECEMBER)
    facts = replace(facts, own={**facts.own, **own})
    language = sample[:2]
    words = words_for(facts, language, channel, DECEMBER.read_on(template), sample_department(sample))
    return render(template, language, channel, words, signature=signature_of(template, language))


@pytest.mark.parametrize("lifts", [1, 148])
@pytest.mark.parametrize("sample", sorted(load_index().samples))
@pytest.mark.parametrize("family", FAMILIES)
def test_each_fits_into_one_sms(family: str, sample: str, lifts: int) -> None:
    wanted = [
        *((f"{family}.mistaken", {"wrong": wrong}) for wrong in ("", "party")),
        *((f"{family}.mistaken.maint", {"wrong": wrong}) for wrong in ("", "party", "unit")),
        *((f"{family}.corrected{copy}", {"stopped": True}) for copy in ("", ".maint") if family != "visit"),
    ]
    for template, own in wanted:
        rendered = message(template, sample, "sms", lifts, **own)
        assert rendered.segments == 1 or sample.endswith("_long"), rendered.body
        message(template, sample, "webchat", lifts, **own)


@pytest.mark.parametrize("channel", ["sms", "webchat"])
@pytest.mark.parametrize("family", FAMILIES)
def test_who_was_the_wrong_unit_hears_that_and_nothing_of_the_date(family: str, channel: str) -> None:
    said = message(f"{family}.mistaken", "zh", channel, 3, wrong="party").body
    assert "不由贵单位使用管理" in said
    assert "到期日有误" not in said
    assert "not used or managed by you" in message(f"{family}.mistaken", "en", channel, 3, wrong="party").body
    assert "不由贵公司维保" in message(f"{family}.mistaken.maint", "zh", channel, 3, wrong="party").body
    named = message(f"{family}.mistaken.maint", "zh", channel, 3, wrong="unit").body
    assert "使用单位有误" in named
    assert "请忽略" not in named


@pytest.mark.parametrize("channel", ["sms", "webchat"])
@pytest.mark.parametrize("copy", ["", ".maint"])
@pytest.mark.parametrize("family", ["gz", "zs", "nat"])
def test_a_correction_says_that_a_request_to_stop_holds_no_longer(family: str, copy: str, channel: str) -> None:
    template = f"{family}.corrected{copy}"
    assert "停用要求不再适用" in message(template, "zh", channel, 2, stopped=True).body
    assert "no longer holds" in message(template, "en", channel, 2, stopped=True).body
    assert "停用" not in message(template, "zh", channel, 2).body
