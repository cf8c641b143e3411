"""Lists of lifts as people read them: in the order in which they count, a building on one line, no name twice."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from store.place_names import as_read

LIFT = re.compile(r"(?P<building>.*\D)(?P<lift>\d+\D*)")
LONG = 12  # characters of a compound that is said once above a list instead of on each of its buttons


def by_building(places: Iterable[str], colon: str, comma: str) -> list[str]:
    """These lifts, those of a building on one line (云荔花园3栋：1梯、2梯); one that is alone in full."""
    buildings: dict[str, list[tuple[str, str]]] = {}
    for place in sorted(places, key=as_read):
        found = LIFT.fullmatch(place)
        building, lift = (found["building"], found["lift"]) if found else (place, "")
        buildings.setdefault(building, []).append((place, lift))
    lines = []
    for building, lifts in buildings.items():
        names = comma.join(lift for _, lift in lifts if lift)
        is_one_line = len(lifts) > 1 and names
        lines += [building.rstrip(" -－#") + colon + names] if is_one_line else [place for place, _ in lifts]
    return lines


def say_once(lines: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """A long compound in which all of these are, and the lines (each with its `place`) without it; else ""."""
    compounds = {re.split(r"\d", line.place, maxsplit=1)[0] for line in lines}
    compound = compounds.pop() if len(compounds) == 1 and len(lines) > 1 else ""
    if len(compound) < LONG or any(line.place == compound for line in lines):
        return "", lines
    return compound, [replace(line, place=line.place.removeprefix(compound)) for line in lines]
