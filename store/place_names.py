"""How what a register calls a lift is put together: compound, building, lift (云荔花园3栋1梯)."""

import re


def join_names(compound: str, building: str, lift: str) -> str:
    """One name of the three, each without what the next one repeats (B栋 and B栋-2梯 are one name)."""
    return join(*without_repeats(compound, building, lift))


def without_repeats(compound: str, building: str, lift: str) -> tuple[str, str, str]:
    """The three, empty where the next one says it too."""
    if building and building.startswith(compound):
        compound = ""
    if compound and lift.startswith(compound):
        compound = ""
    if building and building in lift:
        building = ""
    return compound, building, lift


def join(*names: str) -> str:
    """Chinese names without a gap, words of an alphabet and numbers with one."""
    joined = ""
    for name in filter(None, names):
        gap = " " if joined and joined[-1].isascii() and name[0].isascii() else ""
        joined += gap + name
    return joined


def as_read(name: str) -> list[tuple[int, str]]:
    """The order in which people count: building 2 before building 10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name)]
