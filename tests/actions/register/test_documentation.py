"""docs/import.md says what the import does."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from actions.register.fields import IDENTIFIERS, RegisterField
from actions.register.headers import recognise, synonyms
from actions.register.mapping import parse_mapping
from store.tasks import TaskKind

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "import.md"


@pytest.fixture
def document() -> str:
    """The text."""
    return DOCUMENT.read_text(encoding="utf-8")


def table_of_columns() -> str:
    """The table as it must stand in the document."""
    order = [*IDENTIFIERS, *(name for name in RegisterField if name not in IDENTIFIERS)]
    lines = ["| field | names of columns |", "|---|---|"]
    for name in order:
        listed = synonyms().fields.get(name, ("only by a mapping, or a column that is called `key`",))
        lines.append(f"| `{name}` | {'、'.join(listed)} |")
    return "\n".join(lines)


def test_the_table_of_columns_is_the_one_that_is_used(document: str) -> None:
    found = re.search(r"<!-- columns: begin[^>]*-->\n(.*)\n?<!-- columns: end -->", document, re.DOTALL)
    assert found is not None
    assert found[1].strip() == table_of_columns()


def test_every_name_in_the_table_is_understood() -> None:
    for field, names in synonyms().fields.items():
        for name in names:
            assert list(recognise([name])) == [field], name


def test_no_name_stands_for_two_fields() -> None:
    names = [name for listed in synonyms().fields.values() for name in listed]
    names += [name for listed in (*synonyms().nearest.values(), *synonyms().extra.values()) for name in listed]
    assert len(names) == len(set(names))


def test_every_reason_for_a_reject_is_explained(document: str) -> None:
    sentences = tomllib.loads((files("templates") / "documents" / "rejects.toml").read_text(encoding="utf-8"))
    section = document.split("## What becomes a reject")[1].split("## ")[0]
    assert set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == set(sentences)


def test_every_task_that_is_explained_exists(document: str) -> None:
    section = document.split("## What becomes a task")[1].split("## ")[0]
    assert set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) <= {kind.value for kind in TaskKind}


def test_the_mapping_that_is_shown_is_a_mapping(document: str) -> None:
    [shown] = re.findall(r"```toml\n(.*?)```", document, re.DOTALL)
    mapping = parse_mapping(shown, "document.toml")
    assert mapping.name == "maryland"
    assert mapping.fallback_columns() == ["location_name", "location_address"]
