"""The rooms: who may import whom. The table is DESIGN's; import-linter holds it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

# room: what it may import. `actions` may use one module of the notifier only.
MAY_IMPORT: dict[str, set[str]] = {
    "store": set(),
    "schedules": {"store"},
    "notifier": {"store"},
    "actions": {"notifier.outbox", "schedules", "store"},
    "bot": {"actions", "store"},
    "portal": {"bot", "actions", "notifier", "store"},
    "templates": set(),
}
ALL_ROOMS = {*MAY_IMPORT, "tixing"}


def forbidden_rooms(room: str) -> set[str]:
    whole = {name for name in MAY_IMPORT[room] if "." not in name}
    return ALL_ROOMS - whole - {room}


def check_layers(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy_of_the_house(root: Path, rooms: tuple[str, ...], tmp_path: Path) -> Path:
    for room in rooms:
        shutil.copytree(root / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_are_exactly_the_edges_of_the_design(project: dict[str, Any]):
    config = project["tool"]["importlinter"]
    assert set(config["root_packages"]) == ALL_ROOMS
    contracts = {contract["source_modules"][0]: contract for contract in config["contracts"]}
    assert {module for module in contracts if "." not in module} == set(MAY_IMPORT), "single modules may promise more"
    for room in MAY_IMPORT:
        contract = contracts[room]
        assert contract["type"] == "forbidden"
        assert contract["source_modules"] == [room]
        assert set(contract["forbidden_modules"]) == forbidden_rooms(room)


def test_the_only_exception_is_the_outbox_for_actions(project: dict[str, Any]):
    ignored = [
        line for contract in project["tool"]["importlinter"]["contracts"] for line in contract.get("ignore_imports", [])
    ]
    assert ignored == ["actions.** -> notifier.outbox"]


def test_the_house_keeps_them(root: Path):
    done = check_layers(root)
    assert done.returncode == 0, done.stdout
    assert ", 0 broken" in done.stdout


def test_every_forbidden_import_is_found(copy_of_the_house: Path):
    for room in MAY_IMPORT:
        lines = [f"import {other}" for other in sorted(forbidden_rooms(room))]
        (copy_of_the_house / room / "intruder.py").write_text("\n".join(lines), encoding="utf-8")
    done = check_layers(copy_of_the_house)
    found = set(re.findall(r"^(\w+) is not allowed to import (\w+)", done.stdout, re.MULTILINE))
    assert done.returncode == 1
    assert found >= {(room, other) for room in MAY_IMPORT for other in forbidden_rooms(room)}


def test_actions_may_use_the_outbox_and_nothing_else_of_the_notifier(copy_of_the_house: Path):
    (copy_of_the_house / "notifier" / "other.py").touch()
    intruder = copy_of_the_house / "actions" / "intruder.py"
    intruder.write_text("import notifier.outbox\nimport schedules\nimport store\n", encoding="utf-8")
    assert check_layers(copy_of_the_house).returncode == 0
    intruder.write_text("import notifier.other\n", encoding="utf-8")
    done = check_layers(copy_of_the_house)
    assert done.returncode == 1
    assert "actions is not allowed to import notifier" in done.stdout


def test_nothing_imports_inside_a_function(root: Path, rooms: tuple[str, ...]):
    """An import in a function is an edge that nobody sees at the top of the file."""
    hidden = re.compile(r"^[ \t]+(?:import \w|from [\w.]+ import )", re.MULTILINE)
    found = [
        str(path.relative_to(root))
        for room in rooms
        for path in (root / room).rglob("*.py")
        if hidden.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []
