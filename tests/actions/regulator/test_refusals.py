"""Every refusal of these actions has its sentence in both languages."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

import actions.regulator

RAISED = re.compile(r'Refused\("(\w+)\.(\w+)"|"((?:stop|case)\.\w+)"')


def raised():
    folder = Path(actions.regulator.__path__[0])
    places = (folder.parent / "photos.py", *folder.glob("*.py"))
    found = {match for path in places for match in RAISED.findall(path.read_text(encoding="utf-8"))}
    return {(subject, name) if subject else tuple(whole.split(".")) for subject, name, whole in found}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_refusal_has_a_sentence(language):
    folder = files("templates") / "chat" / language / "refusals"
    subjects = {subject for subject, _ in raised()}
    sentences = {
        (subject, name)
        for subject in subjects
        for name in tomllib.loads((folder / f"{subject}.toml").read_text(encoding="utf-8"))
    }
    assert raised() - {("case", "down"), ("case", "back"), ("case", "waiting")} == sentences
    assert len(sentences) > 15
