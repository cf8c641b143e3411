"""The lint of the wording: every template, smallest and largest data, both languages."""

import re
from importlib.resources import files

import pytest

from notifier.index import load_index
from notifier.lint import check_template, check_text, find_strangers
from notifier.samples import render_sample, units_of
from notifier.text import read_source, sms_sources

TEMPLATES = list(load_index().templates)
LANGUAGES = ["zh", "en"]
CHANNELS = ["sms", "webchat"]
LARGEST = 1480
SAYS = re.compile(r"[\u4e00-\u9fff]")

# Before the validity has ended seed 000 knows only the report to the district.
AFTER_THE_END = ("gz.overdue", "gz.corrected", "gz.intro", "inspection.overdue", "reg.stop", "report.")
BEFORE_THE_END = [name for name in TEMPLATES if not name.startswith(AFTER_THE_END)]
FIRST_RUNGS = [
    name for name in TEMPLATES if name.startswith(("gz.sms", "gz.call", "inspection.sms", "inspection.call"))
]


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


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_passes_the_lint(template: str) -> None:
    assert list(check_template(template)) == []


def test_the_lint_knows_every_text_of_the_index_and_no_other() -> None:
    assert list(find_strangers()) == []


@pytest.mark.parametrize(
    ("language", "channel", "body", "what"),
    [
        ("zh", "sms", "请及时办理年检", "says '年检'"),
        ("zh", "chat", "详见 http://example.org", "says 'http'"),
        ("en", "sms", "You will be fined", "says 'fine'"),
        ("zh", "sms", "【梯信】您好", "holds '【】'"),
        ("zh", "sms", "您好\n再见", "holds '\\n'"),
        ("en", "chat", "Dear None", "has a gap"),
        ("en", "chat", "Dear  user", "has a gap"),
        ("zh", "chat", "逾期将默认签名", "says '默认签名'"),
        ("zh", "sms", "请于20日前约检", "says '20日前约检'"),  # no clause ties booking to the twentieth
    ],
)
def test_the_lint_finds_what_must_not_be_written(language: str, channel: str, body: str, what: str) -> None:
    assert any(fault.what.startswith(what) for fault in check_text("gz.sms", language, channel, body))


def test_a_word_may_stand_where_it_is_what_has_to_be_said() -> None:
    assert list(check_text("gp.sign", "zh", "chat", "逾期将默认签名")) == []


def test_a_template_that_cannot_be_written_is_a_fault() -> None:
    assert [(fault.template, fault.language) for fault in check_template("gz.nothing")] == [
        ("gz.nothing", "zh"),
        ("gz.nothing", "en"),
    ]


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_of_the_index_exists_in_both_channels_and_no_other_does(language: str) -> None:
    in_sms = {name.rpartition(".")[0] for name in sms_sources(language)}
    folder = files("templates") / "chat" / language
    notices = {path.name for path in folder.iterdir() if path.name.endswith(".j2") and not path.name.startswith("_")}
    assert in_sms == set(TEMPLATES)
    assert {name.removesuffix(".j2") for name in notices} == set(TEMPLATES)


def test_english_is_english() -> None:
    sources = [*sms_sources("en").values()]
    sources += [read_source(f"chat/en/{template}") or "" for template in TEMPLATES]
    sources += [read_source("voice/en/gz.call.card") or "", read_source("voice/en/gz.call.machine") or ""]
    assert all(sources)
    assert [source for source in sources if SAYS.search(source)] == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_chat_message_names_the_clause(template: str) -> None:
    for language in LANGUAGES:
        body = render_sample(template, language, "webchat", lifts=3).body
        assert load_index().entry(template).clause[language] in body


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


def test_an_inspection_is_read_in_the_chat_and_its_deadlines_own_day_counts() -> None:
    """平台 is in the document the institute's own; 前 leaves the day itself out."""
    about = ("onsite.", "gz.opinion", "case.")
    texts = {name: text for name, text in sms_sources("zh").items() if name.startswith(about)}
    texts |= {name: read_source(f"chat/zh/{name}") or "" for name in TEMPLATES if name.startswith(about)}
    assert [name for name, text in texts.items() if "平台" in text or "{{ deadline }}前" in text] == []


@pytest.mark.parametrize("name", ["booking.made", "booking.moved"])
def test_who_is_told_of_tomorrow_is_not_sent_to_the_day_before(name: str) -> None:
    assert "前一天" not in sms_sources("zh")[f"{name}.any"] + (read_source(f"chat/zh/{name}") or "")
    assert "day before" not in sms_sources("en")[f"{name}.any"] + (read_source(f"chat/en/{name}") or "")
