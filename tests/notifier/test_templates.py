"""The lint of the wording: every template, smallest and largest data, both languages."""

import re
from importlib.resources import files

import pytest

from notifier.index import load_index
from notifier.samples import DECEMBER, FEBRUARY, Ladder, render_sample
from notifier.text import read_source, sms_sources

TEMPLATES = list(load_index().templates)
LANGUAGES = ["zh", "en"]
CHANNELS = ["sms", "webchat"]
LARGEST = 1480
SAYS = re.compile(r"[\u4e00-\u9fff]")

NEVER = [
    "年检",
    "公众号",
    "http",
    "www.",
    "￥",
    "★",
    "罚款",
    "责令",
    "必须",
    "否则",
    "按不合格处理",
    "已送达",
    "默认签名",
]
ALLOWED = {("gp.sign", "默认签名")}  # to a unit that has agreed to it
NEVER_EN = ["annual inspection", "http", "www.", "fine", "penalt", "order you"]
# Before the validity has ended seed 000 knows only the report to the district.
AFTER_THE_END = ("gz.overdue", "gz.corrected", "gz.intro", "inspection.overdue")
BEFORE_THE_END = [name for name in TEMPLATES if not name.startswith(AFTER_THE_END)]
FIRST_RUNGS = [
    name for name in TEMPLATES if name.startswith(("gz.sms", "gz.call", "inspection.sms", "inspection.call"))
]


def units_of(template: str, lifts: int) -> int:
    return min(5, lifts) if load_index().entry(template).reader == "regulator" else 1


def all_bodies(template: str, language: str) -> list[str]:
    bodies = []
    for channel in CHANNELS:
        for sample in (language, f"{language}_long"):
            for lifts in (1, 2, 14, LARGEST):
                rendered = render_sample(
                    template, language, channel, lifts=lifts, sample=sample, units=units_of(template, lifts)
                )
                bodies.append(rendered.body)
    return bodies


@pytest.mark.parametrize("ladder", [FEBRUARY, DECEMBER], ids=["short dates", "long dates"])
@pytest.mark.parametrize("lifts", [1, 2, 14])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_an_everyday_message_is_one_sms(template: str, language: str, lifts: int, ladder: Ladder) -> None:
    rendered = render_sample(template, language, "sms", lifts=lifts, units=units_of(template, lifts), ladder=ladder)
    assert rendered.segments == 1, rendered.body


@pytest.mark.parametrize("lifts", [1, LARGEST])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_the_longest_message_is_three_sms_at_most(template: str, language: str, lifts: int) -> None:
    rendered = render_sample(
        template, language, "sms", lifts=lifts, sample=f"{language}_long", units=999, ladder=DECEMBER
    )
    assert rendered.segments <= 3, rendered.body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_the_longest_chat_message_fits_into_one_of_telegrams(template: str, language: str) -> None:
    long = render_sample(template, language, "webchat", lifts=LARGEST, sample=f"{language}_long", units=999)
    assert len(long.body.encode("utf-16-le")) // 2 <= 4096


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_no_message_says_what_must_not_be_written(template: str, language: str) -> None:
    for body in all_bodies(template, language):
        assert [word for word in (*NEVER, *NEVER_EN) if word in body and (template, word) not in ALLOWED] == []
        assert "None" not in body
        assert "  " not in body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_an_sms_has_no_brackets_of_signatures_and_is_one_line(template: str, language: str) -> None:
    for lifts in (1, LARGEST):
        body = render_sample(template, language, "sms", lifts=lifts, sample=f"{language}_long").body
        assert not set(body) & set("【】\n¥")


@pytest.mark.parametrize("template", BEFORE_THE_END)
def test_nothing_is_threatened_before_the_validity_has_ended(template: str) -> None:
    for body in all_bodies(template, "zh"):
        assert "停用" not in body
        assert "不得" not in body


@pytest.mark.parametrize("template", FIRST_RUNGS)
def test_the_first_two_rungs_name_no_consequence(template: str) -> None:
    for body in all_bodies(template, "zh"):
        assert "上报" not in body
        assert "监管" not in body


def test_booking_is_never_tied_to_the_twentieth() -> None:
    for template in TEMPLATES:
        for body in all_bodies(template, "zh"):
            assert not re.search(r"于20日前约检|20日前约检", body)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_variables_stand_side_by_side_in_an_sms(language: str) -> None:
    for name, source in sms_sources(language).items():
        bare = re.sub(r"\{%.*?%\}", "", source)
        assert not re.search(r"\}\}\s*\{\{", bare), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_of_the_index_exists_in_both_channels_and_no_other_does(language: str) -> None:
    in_sms = {name.rpartition(".")[0] for name in sms_sources(language)}
    folder = files("templates") / "chat" / language
    in_chat = {path.name.removesuffix(".j2") for path in folder.iterdir() if not path.name.startswith("_")}
    assert in_sms == set(TEMPLATES)
    assert {name for name in in_chat if not name.startswith("bot.")} == set(TEMPLATES)


def test_english_is_english() -> None:
    sources = [*sms_sources("en").values()]
    sources += [read_source(f"chat/en/{template}") or "" for template in TEMPLATES]
    sources += [read_source("voice/en/gz.call.card") or "", read_source("voice/en/gz.call.machine") or ""]
    assert all(sources)
    assert [source for source in sources if SAYS.search(source)] == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_chat_message_names_the_clause_and_fits_telegram(template: str) -> None:
    for language in LANGUAGES:
        longest = max(all_bodies(template, language), key=len)
        assert len(longest) < 4096
        body = render_sample(template, language, "webchat", lifts=3).body
        assert load_index().entry(template).clause[language] in body
        assert "\n\n\n" not in body


@pytest.mark.parametrize("template", [name for name in TEMPLATES if load_index().entry(name).reader == "use_unit"])
def test_a_use_unit_reads_whom_we_mean(template: str) -> None:
    body = render_sample(template, "zh", "webchat", lifts=2).body
    assert "贵单位" in body
    assert "贵公司" not in body


@pytest.mark.parametrize(
    "template", ["gz.sms", "gz.call", "gz.late", "gz.last", "gz.overdue", "gz.corrected", "gz.intro"]
)
def test_every_reminder_in_a_chat_says_how_to_book(template: str) -> None:
    assert "网上服务平台" in render_sample(template, "zh", "webchat", lifts=2).body
