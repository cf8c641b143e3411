"""Versions: everyone gets the same ones, although no lock file is kept."""

from importlib.metadata import PackageNotFoundError, requires, version
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@pytest.fixture(scope="module")
def pins(project: dict[str, Any]) -> dict[str, str]:
    """Pinned version by package."""
    lines = [Requirement(line) for line in project["tool"]["uv"]["constraint-dependencies"]]
    for line in lines:
        assert str(line.specifier).startswith("=="), f"{line} is no exact version"
    return {canonicalize_name(line.name): str(line.specifier).removeprefix("==") for line in lines}


@pytest.fixture(scope="module")
def direct(project: dict[str, Any]) -> list[Requirement]:
    """What the project asks for itself, to run and to develop."""
    return [Requirement(line) for line in [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]]


def closure(direct: list[Requirement]) -> set[str]:
    """Every package that those bring along on this machine."""
    seen: set[tuple[str, str]] = set()
    names: set[str] = set()
    waiting = [(requirement.name, extra) for requirement in direct for extra in {"", *requirement.extras}]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        names.add(canonicalize_name(name))
        for requirement in map(Requirement, requires(name) or []):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                waiting += [(requirement.name, wanted) for wanted in {"", *requirement.extras}]
    return names


def test_whatever_the_project_asks_for_is_pinned(direct: list[Requirement], pins: dict[str, str]):
    assert [line.name for line in direct if canonicalize_name(line.name) not in pins] == []


def test_whatever_those_bring_along_is_pinned(direct: list[Requirement], pins: dict[str, str]):
    assert sorted(closure(direct) - set(pins)) == []


def test_no_pin_contradicts_what_the_project_asks_for(direct: list[Requirement], pins: dict[str, str]):
    wrong = [str(line) for line in direct if not line.specifier.contains(pins[canonicalize_name(line.name)])]
    assert wrong == []


def test_the_pinned_versions_are_the_ones_under_test(direct: list[Requirement], pins: dict[str, str]):
    def installed(name: str) -> str | None:
        try:
            return version(name)
        except PackageNotFoundError:
            return None  # pinned for another platform or Python

    names = closure(direct)
    assert {name: installed(name) for name in names} == {name: pins[name] for name in names}
