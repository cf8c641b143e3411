"""The documentation says what is so."""

import re
import subprocess
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import SQLModel

import store
from notifier.replies import read_key
from store.duties import ToldState
from store.notices import DeliveryStatus, NoticeStatus
from tixing.cli import COMMANDS

Read = Callable[[str], str]
SEE_IT = "pip install uv && uv run tixing demo"
TEST_IT = "pip install uv && uv run pytest"
assert store.__all__  # importing the package registers every table


def code_lines(markdown: str) -> list[str]:
    """The lines within fences."""
    return [line for block in re.findall(r"^```\w*\n(.*?)^```", markdown, re.M | re.S) for line in block.splitlines()]


def diagram(markdown: str, heading: str) -> str:
    found = re.search(rf"^## {heading}$.*?^```mermaid\n(.*?)^```", markdown, re.M | re.S)
    assert found, f"no diagram under {heading!r}"
    return found[1]


def constraint_names() -> set[str]:
    tables = SQLModel.metadata.tables.values()
    named = {str(c.name) for t in tables for c in t.constraints if isinstance(c, (CheckConstraint, UniqueConstraint))}
    return named | {str(index.name) for table in tables for index in table.indexes if index.unique}


def test_the_diagram_of_a_call_has_every_key(read: Read):
    drawn = dict(re.findall(r"^ *said --> (\w+): (\d)$", diagram(read("docs/outbox.md"), "Calls by a machine"), re.M))
    assert {name: key for key in "1234" if (name := read_key(key))} == drawn


def test_the_readme_has_the_two_commands_that_need_nothing_but_python(read: Read):
    lines = code_lines(read("README.md"))
    assert lines.count(SEE_IT) == 1
    assert lines.count(TEST_IT) == 1


def test_ci_runs_the_commands_of_the_readme(root: Path, read: Read):
    listed = subprocess.run([root / ".ci" / "run", "--list"], capture_output=True, text=True, check=True)
    commands = listed.stdout.splitlines()
    assert commands[0] == TEST_IT
    assert set(commands) <= set(code_lines(read("README.md")))
    assert len(commands) == 5


def test_every_room_stands_in_the_readme(read: Read, rooms: tuple[str, ...]):
    assert [room for room in rooms if f"| `{room}/` |" not in read("README.md")] == []


def test_every_link_within_the_documentation_leads_somewhere(root: Path, tracked_files: list[Path]):
    broken = []
    for page in (path for path in tracked_files if path.suffix == ".md"):
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", (root / page).read_text(encoding="utf-8")):
            if "://" not in target and not (root / page.parent / target).exists():
                broken.append(f"{page}: {target}")
    assert broken == []


@pytest.mark.parametrize(
    ("page", "heading", "states"),
    [
        ("outbox", "A notice", NoticeStatus),
        ("outbox", "An attempt", DeliveryStatus),
        ("architecture", "States in the ledger", ToldState),
    ],
)
def test_a_diagram_shows_every_state_and_no_other(read: Read, page: str, heading: str, states: type[StrEnum]):
    arrows = re.findall(r"^\s+(\S+) --> ([^\s:]+)", diagram(read(f"docs/{page}.md"), heading), re.M)
    assert {state for arrow in arrows for state in arrow} - {"[*]"} == {state.value for state in states}
    reached = {end for _, end in arrows}
    assert {state.value for state in states} <= reached


def test_every_table_stands_in_the_documentation_of_the_store(read: Read):
    section = read("docs/store.md").partition("## Tables")[2].partition("##")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.M)) == set(SQLModel.metadata.tables)


def test_every_constraint_stands_there_with_its_reason(read: Read):
    assert set(re.findall(r"^\| `((?:ck|uq)_\w+)` \| \w", read("docs/store.md"), re.M)) == constraint_names()


def test_the_readme_names_only_settings_that_exist(read: Read, project: dict[str, Any]):
    known = set(re.findall(r"^\| `(TIXING_\w+)` \|", read("docs/settings.md"), re.M))
    assert set(re.findall(r"TIXING_[A-Z_]+", read("README.md"))) <= known
    assert project["project"]["scripts"] == {"tixing": "tixing.cli:main"}


def test_every_command_of_the_readme_exists(read: Read):
    named = set(re.findall(r"(?:`|uv run (?:--env-file .env )?)tixing ([a-z-]+)", read("README.md")))
    assert named - set(COMMANDS) == set()
