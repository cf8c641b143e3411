import struct
from xml.etree import ElementTree

import pytest
from jinja2 import UndefinedError

from bot.pictures import draw, in_lines, width_of, write_svg
from bot.summary_sheets import draw_told
from store.summaries import Figure

pytestmark = pytest.mark.one_store

POSTER = {"title": "停梯公告", "places": ["翠竹花园3栋 1号梯"], "body": ["12月3日上午检验。"], "foot": ["翠竹物业"]}


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height in pixels."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_a_poster_is_a_sheet_of_a4_in_twice_its_units():
    assert size_of(draw("poster", "zh", POSTER)) == (1190, 1684)


def test_zoom_says_how_many_pixels_a_unit_gets():
    assert size_of(draw("poster", "zh", POSTER, zoom=1)) == (595, 842)


def test_chinese_letters_are_drawn_on_a_machine_without_fonts():
    """Each of two letters changes the picture; a missing letter would be the same box, or nothing."""
    drawn = {word: draw("poster", "zh", POSTER | {"title": word}, zoom=0.5) for word in ("", "停", "梯", "翠")}
    assert len(set(drawn.values())) == 4


def test_equal_words_give_equal_bytes():
    assert draw("poster", "zh", POSTER, zoom=0.5) == draw("poster", "zh", POSTER, zoom=0.5)


def test_what_a_register_says_is_text_and_never_markup():
    evil = '</text><image href="/etc/passwd"/>'
    drawing = ElementTree.fromstring(write_svg("poster", "zh", POSTER | {"title": evil}))
    assert {part.tag.rpartition("}")[2] for part in drawing.iter()} == {"svg", "rect", "line", "text"}
    assert "</text><image" in "".join(part.text or "" for part in drawing.iter())


def test_a_word_that_a_picture_needs_and_nobody_gave_is_an_error():
    with pytest.raises(UndefinedError):
        draw("poster", "zh", {"title": "停梯公告"})


def test_chinese_breaks_anywhere_and_latin_between_words():
    assert in_lines("翠竹花园三栋", 40, 10) == ["翠竹花园", "三栋"]
    assert in_lines("the lift stands", 60, 10) == ["the lift", "stands"]


def test_a_word_longer_than_a_line_is_broken_inside():
    lines = in_lines("x" * 40, 100, 10, most=9)
    assert "".join(lines) == "x" * 40
    assert all(width_of(line, 10) <= 100 for line in lines)


def test_what_does_not_fit_ends_in_an_ellipsis():
    lines = in_lines("很长的名字" * 20, 100, 10, most=2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(width_of(line, 10) <= 100 for line in lines)


def test_nothing_has_no_lines():
    assert in_lines("  ", 100, 10) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_figures_of_twelve_departments_are_one_picture_that_telegram_takes(language: str) -> None:
    row = {"opening": 18000, "new": 120, "cleared": 900, "corrected": 1, "done": 900, "closing": 17220}
    rows = {figure.value: row for figure in Figure}
    name = "广州特种机电设备检测研究院黄埔经济技术开发区分院检验九部"
    told = {"first": "2026-11-23", "last": "2026-11-27", "rows": rows}
    width, height = size_of(draw_told(told, name, language))
    parts = [{"name": name, "rows": rows} for _ in range(12)]
    wide, high = size_of(draw_told(told | {"parts": parts}, name, language))
    assert width == wide == 780
    assert height + 2 * 12 * 44 < high < 10_000 - wide
