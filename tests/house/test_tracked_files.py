"""What the checkout holds: nothing of the machine it was written on, nothing that ties it to one package registry."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

# written in pieces, or this file would be the first that is found
REGISTRIES = ("py|pi.org", "python|hosted.org", "npm|js.", "deb.deb|ian.org", "yarn|pkg.com")
FOLDERS_OF_A_MACHINE = ("wo|rk", "ro|ot", "ho|me", "Us|ers")
TOP_LEVEL = {
    "bot", "notifier", "schedules", "templates", "store", "actions", "portal", "tixing", "tests", "benchmarks", "docs",
    ".ci", "pyproject.toml", "README.md", "LICENSE", ".gitignore",
}  # fmt: skip


def whole(pieces: Iterable[str]) -> list[str]:
    return [piece.replace("|", "") for piece in pieces]


@pytest.fixture(scope="module")
def texts(root: Path, tracked_files: list[Path]) -> dict[str, str]:
    """Tracked files that are text, by name."""
    found = {}
    for path in tracked_files:
        content = (root / path).read_bytes()
        if b"\0" not in content:
            found[str(path)] = content.decode("utf-8")
    return found


def test_no_package_registry_is_named(texts: dict[str, str]):
    assert [(name, host) for name, text in texts.items() for host in whole(REGISTRIES) if host in text] == []


def test_no_path_of_a_machine_is_named(texts: dict[str, str]):
    path = re.compile(rf"(?<![\w.:/-])/(?:{'|'.join(whole(FOLDERS_OF_A_MACHINE))})/\w")
    assert [(name, found[0]) for name, text in texts.items() if (found := path.search(text))] == []


def test_nothing_is_there_but_the_rooms_and_what_belongs_beside_them(tracked_files: list[Path]):
    assert {path.parts[0] for path in tracked_files} <= TOP_LEVEL


def test_no_lock_file_is_kept(tracked_files: list[Path]):
    assert [path for path in tracked_files if path.name == "uv.lock"] == []


def test_every_room_is_a_package_and_no_test_folder_is(root: Path, rooms: tuple[str, ...], tracked_files: list[Path]):
    folders = {path.parent for path in tracked_files if path.suffix == ".py"}
    bare = [folder for folder in folders if folder.parts[0] in rooms and not (root / folder / "__init__.py").exists()]
    assert [folder for folder in bare if folder.parts[-1] != "versions"] == []
    assert [path for path in tracked_files if path.parts[0] == "tests" and path.name == "__init__.py"] == []
