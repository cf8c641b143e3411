"""Rendering."""

from dataclasses import replace
from datetime import date

import pytest

from notifier.index import TextError, load_index, signature_of
from notifier.phrases import say_day, say_due, say_month
from notifier.samples import render_sample, sample_facts
from notifier.text import digest, render
from notifier.wording import CORRECTED, KINDS, OWING, words_for

TODAY = date(2026, 11, 23)


def test_one_lift_is_named_and_several_are_counted() -> None:
    assert "云荔花园3栋1梯电梯" in render_sample("gz.sms", "zh", "sms", lifts=1).body
    assert "14台" in render_sample("gz.sms", "zh", "sms", lifts=14).body
    assert "等1台" not in render_sample("gz.late", "zh", "sms", lifts=1).body


def test_missing_data_is_an_error_and_not_a_gap_in_the_text() -> None:
    with pytest.raises(TextError, match=r"gz\.sms"):
        render("gz.sms", "zh", "sms", {"n": 1})


def test_an_unknown_template_or_language_is_one_clear_sentence() -> None:
    with pytest.raises(TextError, match=r"there is no template 'gz\.nothing'"):
        render("gz.nothing", "zh", "sms", {"n": 1})
    with pytest.raises(TextError, match="there is no template"):
        render("gz.sms", "fr", "webchat", {"n": 1})
    with pytest.raises(TextError, match=r"there is no template 'gz\.nothing'"):
        load_index().entry("gz.nothing")


def test_register_text_is_data_and_never_a_template() -> None:
    facts = sample_facts("gz.sms", "zh", 1)
    words = words_for(facts, "zh", "sms", TODAY) | {"place": "{{ 7 * 7 }}{% for x in y %}"}
    assert "{{ 7 * 7 }}" in render("gz.sms", "zh", "sms", words).body


def test_the_version_is_that_of_the_template_with_its_parts() -> None:
    names = [f"chat/zh/{name}" for name in load_index().templates]
    versions = {digest(name) for name in names}
    assert len(versions) == len(names) == len(set(names))
    assert (
        render_sample("gz.sms", "zh", "sms", lifts=1).version != render_sample("gz.sms", "zh", "sms", lifts=2).version
    )
    assert all(len(version) == 8 for version in versions)


def test_segments_count_the_signature_of_an_sms_and_are_one_elsewhere() -> None:
    words = words_for(sample_facts("gz.sms", "zh", 1), "zh", "sms", TODAY)
    assert render("gz.sms", "zh", "sms", words, signature="【梯信演示】").segments == 1
    assert render("gz.sms", "zh", "sms", words, signature="【某某检验检测研究院】").segments == 2
    assert render_sample("gz.sms", "zh", "webchat", lifts=14).segments == 1


def test_words_that_a_text_does_not_use_are_not_worked_out() -> None:
    facts = sample_facts("gz.sms", "zh", 1)
    every = words_for(facts, "zh", "sms", TODAY)
    least = words_for(facts, "zh", "sms", TODAY, only=frozenset())
    assert least == {"n": 1, "place": every["place"]}
    together = (KINDS, OWING, CORRECTED)
    for name in set(every) - set(least):
        wanted = next((names for names in together if name in names), {name})
        found = words_for(facts, "zh", "sms", TODAY, only=frozenset({name}))
        assert found == least | {one: every[one] for one in wanted}


def test_a_chat_lists_ten_lifts_and_counts_the_rest() -> None:
    body = render_sample("gz.sms", "zh", "webchat", lifts=14).body
    assert body.count("\n· ") == 10
    assert "…另有 4 台" in body


def test_the_call_has_a_card_for_a_person_and_a_text_for_a_machine() -> None:
    assert render_sample("gz.call", "zh", "call_task", lifts=2).body.startswith("您好，我是检验一部的陈一鸣。")
    assert "请按1" in render_sample("gz.call", "zh", "voice", lifts=2).body


@pytest.mark.parametrize(
    ("day", "by_month", "zh", "en"),
    [
        (date(2027, 2, 28), True, "2027年2月", "Feb 2027"),
        (date(2027, 2, 28), False, "2月28日", "28 Feb"),
        (date(2027, 11, 28), False, "2027年11月28日", "28 Nov 2027"),
        (date(2026, 6, 30), False, "2026年6月30日", "30 Jun 2026"),
    ],
)
def test_dates_are_said_as_people_say_them(day: date, by_month: bool, zh: str, en: str) -> None:
    assert say_due(day, by_month, "zh", TODAY) == zh
    assert say_due(day, by_month, "en", TODAY) == en


def test_the_year_stands_where_it_is_asked_for() -> None:
    assert say_day(date(2026, 12, 1), "zh", TODAY, with_year=True) == "2026年12月1日"
    assert say_month(date(2026, 12, 1), "zh") == "2026年12月"


def test_the_regulators_signature_stands_only_on_what_the_regulator_sends() -> None:
    assert signature_of("gz.sms", "zh") == "【梯信演示】"
    assert signature_of("gz.sms", "en") == "[Tixing demo] "
    assert signature_of("gz.overdue", "zh") == "【演示市场监管】"
    signed = {name for name, entry in load_index().templates.items() if entry.signed_by != "body"}
    pushed = {"reg.stop", "reg.stop.maint", "case.down", "case.back", "case.waiting", "case.waiting.office"}
    paperless = {"gp.opinion", "gp.opinion.reg", "gp.platform", "gp.waiver.maint", "gp.waiver.unit", "gp.monthly"}
    assert signed == {"gz.overdue", "inspection.overdue", "inspection.overdue.part"} | pushed | paperless


def test_a_filed_signature_replaces_the_demos_and_a_bureaus_own_comes_first() -> None:
    filed = {"body": {"zh": "某检验院"}, "regulator": {"zh": "某市监"}, "regulator:440106": {"zh": "某区市监"}}
    assert signature_of("gz.sms", "zh", filed) == "【某检验院】"
    assert signature_of("gz.overdue", "zh", filed, "440103") == "【某市监】"
    assert signature_of("gz.overdue", "zh", filed, "440106") == "【某区市监】"


def test_a_reminder_of_several_tests_says_from_when_and_by_when_the_first() -> None:
    def said(template: str, language: str, channel: str) -> str:
        facts = sample_facts(template, language, 2)
        first, second = facts.lifts
        later = replace(facts, lifts=(first, replace(second, due=date(2027, 3, 31))))
        return render(template, language, channel, words_for(later, language, channel, TODAY)).body

    for template in ("zs.test.open", "zs.test.open.maint"):
        assert "2台电梯应自2027年2月起陆续检测，最早的最迟2月19日完成。" in said(template, "zh", "sms")
        assert "self-test due from Feb 2027, the first by 19 Feb at the latest." in said(template, "en", "sms")
        assert "原则上自2027年2月起陆续进行。" in said(template, "zh", "webchat")
        assert "as a rule from Feb 2027." in said(template, "en", "webchat")
    assert "by the end of Feb 2027 and later." in said("nat.test", "en", "webchat")


def test_who_has_filed_one_name_signs_with_it_in_every_language() -> None:
    filed = {"body": {"zh": "市特检院"}}
    assert signature_of("gz.sms", "zh", filed) == "【市特检院】"
    assert "市特检院" in signature_of("gz.sms", "en", filed)
