import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.clean import clean_text, cut


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ("云荔花园", "云荔花园"),
        ("【官方】云荔花园", "官方云荔花园"),
        ("云荔花园 http://t.cn/A1b2 点击", "云荔花园 点击"),
        ("云荔花园www.example.com/x", "云荔花园www.example.com/x"[:4]),
        ("云荔evil.com花园", "云荔花园"),
        ("t.cn/A1b2", ""),
        ("电话13800138000联系", "电话联系"),
        ("31109900120170001", "31109900120170001"),
        ("云荔\u202e花园\u200b\x00", "云荔花园"),
        ("一行\n两行\t三", "一行 两行 三"),
        ("601 N.CAROLINE ST", "601 N.CAROLINE ST"),
        ("St. Mary's Bldg.2", "St. Mary's Bldg.2"),
        ("", ""),
    ],
)
def test_register_text_cannot_speak_in_our_name(stated: str, shown: str) -> None:
    assert clean_text(stated) == shown


@given(st.text(max_size=80))
def test_what_is_left_is_one_printable_line(text: str) -> None:
    shown = clean_text(text)
    assert not set(shown) & set("【】〖〗\n\r\t")
    assert all(unicodedata.category(sign) not in ("Cc", "Cf", "Zl", "Zp") for sign in shown)


@given(st.text(max_size=80), st.integers(1, 40))
def test_a_cut_text_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    assert len(cut(text, limit)) <= limit


def test_words_are_cut_at_their_end_and_chinese_anywhere() -> None:
    assert cut("Lychee Property Services", 20) == "Lychee Property"
    assert cut("广州示例云荔物业服务有限公司", 6) == "广州示例云荔"
