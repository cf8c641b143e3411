"""Texts that a provider must approve: each way through a template is one, and what we write is read back from it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.filing_lint import as_filing, check_filings
from notifier.filing_texts import SMS, VOICE, FilingText, alarm_filings, reply_filings, sms_filings, voice_filings
from notifier.filings import Filing, FilingError, Filings, check_filing, load_filings, read_filings, store_filings
from notifier.index import TextError, load_index
from notifier.lint import check_template
from store.database import Database

ONE = "贵单位${place}电梯${due}到期。"


def filing(text: str = ONE, code: str = "SMS_1", *, template: str = "gz.sms") -> Filing:
    return Filing(kind="sms", template=template, code=code, text=text)


def test_each_way_through_a_template_is_a_text_of_its_own() -> None:
    assert [one.text for one in sms_filings("gz.sms", "zh")] == [
        "贵单位${place}电梯定期检验${due}到期。请登录网上服务平台约检，于${target}前完成，并请维保单位到场配合。",
        "贵单位有${n}台电梯定期检验${due}到期。请登录网上服务平台查看清单并约检，于${target}前完成，并请维保单位到场配合。",
        "贵单位有${n}台电梯定期检验最早${due}到期。请登录网上服务平台查看清单并约检，最早的于${target}前完成，并请维保单位到场配合。",
    ]


def test_the_same_condition_goes_the_same_way_wherever_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    source = {
        "x.any": "{% if a %}1{% elif b %}2{% else %}3{% endif %}，{% if a %}一{% else %}二{% endif %}{{ n }}和{{ n }}"
    }
    monkeypatch.setattr("notifier.filing_texts.sms_sources", lambda language: source)
    assert [one.text for one in sms_filings("x", "zh")] == ["1，一${n}和${n2}", "2，二${n}和${n2}", "3，二${n}和${n2}"]


def test_what_no_provider_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    source = {"x.any": "{% for one in lifts %}{{ one }}{% endfor %}"}
    monkeypatch.setattr("notifier.filing_texts.sms_sources", lambda language: source)
    with pytest.raises(TextError, match="template x holds a for"):
        list(sms_filings("x", "zh"))


def test_names_that_are_not_taken_are_changed() -> None:
    [first, *_] = voice_filings("gz.call", "zh")
    assert "${siteName}" in first.text
    assert "${site}" not in first.text


def test_a_template_without_words_for_a_machine_has_nothing_to_file_for_calls() -> None:
    assert list(voice_filings("gz.sms", "zh")) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_alarms_to_the_operator_are_filed_too(language: str) -> None:
    texts = [one.text for one in alarm_filings(language)]
    assert len(texts) == 7
    assert [list(check_filing(SMS, text)) for text in texts] == [[]] * 7
    assert "${began}起的故障已于${ended}恢复" in texts or language == "en"


def test_what_is_said_to_people_who_answer_is_filed_too() -> None:
    assert "没有收到按键。谢谢，再见。" in {one.text for one in reply_filings(VOICE, "zh")}
    assert "已恢复向本号码发送短信。" in {one.text for one in reply_filings(SMS, "zh")}
    faults = [check_filing(kind, one.text) for kind in (SMS, VOICE) for one in reply_filings(kind, "zh")]
    assert [list(found) for found in faults] == [[] for _ in faults]


@pytest.mark.parametrize("template", load_index().templates)
def test_every_template_can_be_filed_and_every_message_said_in_what_is_filed(template: str) -> None:
    assert [list(check_filings(template, language)) for language in ("zh", "en")] == [[], []]


def test_the_lint_of_the_templates_speaks_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = [FilingText("gz.sms", "zh", SMS, "贵单位${id}台电梯到期。")]
    monkeypatch.setattr("notifier.filing_lint.sms_filings", lambda template, language: changed)
    found = [fault.what for fault in check_template("gz.sms")]
    assert any("variable 'id', as none may be called" in what for what in found)
    assert any("none of the texts to be filed" in what for what in found)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "has 0 characters, 500 at most"),
        ("长" * 501, "has 501 characters, 500 at most"),
        ("【梯信】${n}台", "holds '【】'"),
        ("[梯信]${n}台", "begins or ends with a bracket"),
        ("共${site}处", "has a variable 'site', as none may be called"),
        ("共${3}处", "has a variable '3', as none may be called"),
        ("${n}台和${n}台", "has a variable twice"),
        ("共${n} ${m}台", "has two variables side by side"),
        ("${n}", "is nothing but variables"),
    ],
)
def test_what_a_provider_would_say_against_a_text(text: str, fault: str) -> None:
    assert fault in list(check_filing(SMS, text))


def test_a_call_may_say_more_and_fewer_signs() -> None:
    assert list(check_filing(VOICE, "长" * 1000)) == []
    assert list(check_filing(VOICE, "请按1：再见%")) == ["holds '%'"]


LETTERS = st.text(alphabet="云荔花园3栋1梯到期。电(*.?[", min_size=1, max_size=35)


@given(LETTERS, LETTERS)
def test_the_values_that_are_read_make_the_same_message_again(place: str, due: str) -> None:
    body = f"贵单位{place}电梯{due}到期。"
    values = filing().read(body)
    assert values is not None
    assert ONE.replace("${place}", values["place"]).replace("${due}", values["due"]) == body


@pytest.mark.parametrize(
    "body", [f"贵单位{'长' * 36}电梯今天到期。", "贵单位电梯今天到期。", "贵单位3栋电梯今天到期。谢谢"]
)
def test_a_message_that_would_be_changed_is_not_read(body: str) -> None:
    assert filing().read(body) is None


def test_a_text_of_the_same_template_is_taken_first() -> None:
    filed = Filings((filing("${all}到期。", "SMS_2", template="other"), filing()))
    said = filed.find(SMS, "gz.sms", "贵单位3栋电梯今天到期。")
    assert said is not None
    assert said.code == "SMS_1"
    assert filed.find(VOICE, "gz.sms", "贵单位3栋电梯今天到期。") is None


def test_what_is_stored_is_loaded_and_replaced(database: Database) -> None:
    for stored in ([filing(), filing(code="SMS_2", text="好")], [filing()]):
        with database.write() as session:
            store_filings(session, stored)
        with database.read() as session:
            assert load_filings(session).filed == tuple(stored)


def test_a_file_with_ids_is_read_and_what_has_none_yet_is_left_out() -> None:
    rows = [f'[[filing]]\nkind = "sms"\ntemplate = "gz.sms"\ncode = "{code}"\ntext = "{ONE}"' for code in ("SMS_1", "")]
    assert read_filings("\n".join(rows)) == [filing()]
    assert read_filings("") == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[[filing", "is no TOML"),
        ("filing = 1", "holds no"),
        ("filing = [1]", "filing 1"),
        ('[[filing]]\nkind = "fax"\ncode = "1"\ntext = "a"', "filing 1: kind"),
        ('[[filing]]\nkind = "sms"\ncode = "TTS_1"\ntext = "a"', "is no id of a text for sms"),
        ('[[filing]]\nkind = "sms"\ncode = "SMS_1"\ntext = "【a】"', "SMS_1.: holds"),
    ],
)
def test_a_wrong_file_is_one_sentence(text: str, fault: str) -> None:
    with pytest.raises(FilingError, match=fault):
        read_filings(text)


def test_every_text_is_found_again_by_what_is_filed() -> None:
    for one in sms_filings("gz.corrected", "zh"):
        assert as_filing(one, "SMS_1").read(one.text.replace("${", "").replace("}", "")) is not None
