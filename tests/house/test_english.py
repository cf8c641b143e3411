"""English beside numbers: one lift, two lifts."""

import re
from pathlib import Path

import pytest

import templates
from bot.texts import label, say
from store.counted import counted, plural

EN = Path(templates.__file__).parent / "chat" / "en"
# a number and a word in the plural, whatever the number is; "these 5 lifts" stands where there are several
FIXED = re.compile(
    r"(?<!these )(?<!all )(?<!in )\{\{ (?!most|days )[^}]*\}\} "
    r"(lifts|days|units|places|people|photos|times|parties|are|have)\b|\w\(s\)"
)


@pytest.mark.parametrize("folder", ["bot", "buttons", "refusals"])
def test_a_word_beside_a_number_goes_by_it(folder: str) -> None:
    found = [
        f"{path.name}: {match.group()}"
        for path in sorted((EN / folder).iterdir())
        for match in FIXED.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_one_and_many() -> None:
    assert [counted(number, "lift") for number in (0, 1, 2)] == ["0 lifts", "1 lift", "2 lifts"]
    assert [counted(number, "party", "parties") for number in (1, 2)] == ["1 party", "2 parties"]
    assert [plural(number, "is", "are") for number in (1, 2)] == ["is", "are"]
    assert [label("bookings.picked", "en", count=number) for number in (1, 2)] == ["Book this one", "Book these 2"]
    assert "1 is open" in say("alerts.listed", "en", total=1, alerts=[])
