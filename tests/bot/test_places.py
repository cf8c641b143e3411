"""Lists of lifts as people read them, and templates whose lines stay apart."""

import re
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise

import pytest

from bot.places import by_building, say_once

TAG = re.compile(r"\{%.*?%\}")


@dataclass(frozen=True)
class Line:
    place: str


@pytest.mark.parametrize(
    ("places", "lines"),
    [
        (["云荔花园10栋1梯", "云荔花园2栋10梯", "云荔花园2栋9梯"], ["云荔花园2栋：9梯、10梯", "云荔花园10栋1梯"]),
        (["A座-2梯", "A座-1梯", "A座"], ["A座", "A座：1梯、2梯"]),
        (["观光梯", "观光梯", "1"], ["1", "观光梯", "观光梯"]),
        ([], []),
    ],
)
def test_a_building_is_one_line_and_no_lift_is_lost(places: list[str], lines: list[str]) -> None:
    assert by_building(places, "：", "、") == lines


def test_a_long_compound_is_said_once_where_all_are_in_it() -> None:
    long = [Line(f"示例星海名苑国际花园二期西区{one}栋1梯") for one in (1, 2)]
    assert say_once(long) == ("示例星海名苑国际花园二期西区", [Line("1栋1梯"), Line("2栋1梯")])
    for same in ([*long, Line("云荔花园1栋1梯")], long[:1], [Line("云荔花园1栋1梯"), Line("云荔花园2栋1梯")]):
        assert say_once(same) == ("", same)


def test_no_line_of_a_window_runs_into_the_next() -> None:
    """Jinja takes the line end after a tag: a line of words that ends with one says that it keeps its own (`+%}`)."""
    run_together = []
    for language in ("zh", "en"):
        for template in (files("templates") / "chat" / language / "bot").iterdir():
            lines = template.read_text(encoding="utf-8").splitlines()
            for line, after in pairwise(lines):
                loses_its_end = line.endswith("%}") and not line.endswith(("+%}", "{% else %}"))
                if loses_its_end and TAG.sub("", line).strip() and re.match(r"\{% (endfor|for|if|set)\b", after):
                    run_together.append(f"{language}/{template.name}: {line[-60:]}")
    assert run_together == []
