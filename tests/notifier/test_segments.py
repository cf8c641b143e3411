"""SMS segments. The vectors were made with npm's sms-segments-calculator 1.3.0 (Twilio's own, MIT)."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.segments import GSM7, GSM7_EXTENDED, count_segments, count_units, is_gsm7

VECTORS = json.loads((Path(__file__).parent / "segment_vectors.json").read_text(encoding="utf-8"))
texts_in_gsm7 = st.text(st.sampled_from(sorted(GSM7)), max_size=600)


@pytest.mark.parametrize(("text", "encoding", "segments"), VECTORS, ids=range(len(VECTORS)))
def test_it_agrees_with_the_providers_own_calculator(text: str, encoding: str, segments: int) -> None:
    assert ("GSM-7" if is_gsm7(text) else "UCS-2") == encoding
    assert count_segments(text) == segments


def test_one_chinese_sms_holds_seventy_characters_and_each_part_of_more_sixty_seven() -> None:
    assert [count_segments("梯" * n) for n in (70, 71, 134, 135)] == [1, 2, 2, 3]


def test_brackets_of_an_english_signature_count_twice() -> None:
    assert count_units("[Tixing demo] ") == 16


@given(st.text(max_size=400))
def test_more_text_never_takes_fewer_segments(text: str) -> None:
    assert count_segments(text) <= count_segments(text + "梯")


@given(texts_in_gsm7)
def test_gsm_text_takes_as_many_parts_as_its_units_need_or_one_more_for_split_pairs(text: str) -> None:
    units = count_units(text)
    assert units == len(text) + sum(text.count(sign) for sign in GSM7_EXTENDED)
    parts = count_segments(text)
    assert parts == 1 if units <= 160 else -(-units // 153) <= parts <= -(-units // 152)


@given(st.text(min_size=1, max_size=300))
def test_units_of_other_text_are_utf16_units(text: str) -> None:
    if not is_gsm7(text):
        assert count_units(text) == sum(2 if ord(sign) > 0xFFFF else 1 for sign in text)
