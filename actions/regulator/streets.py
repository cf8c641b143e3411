"""In which street office's area a lift stands, as far as the register says: a column of its own, else the address."""

import re
import tomllib
from functools import cache
from importlib.resources import files

COLUMN = "street"  # among a lift's `extra`, where the mapping of the register names such a column
LONGEST = 8


def street_of(stated: str | None, address: str) -> str:
    """The street's name; empty where nothing says it."""
    if stated and stated.strip():
        return stated.strip()
    found = _pattern().search(address)
    return found.group(1) if found else ""


@cache
def _pattern() -> re.Pattern[str]:
    words = tomllib.loads((files("actions.regulator") / "streets.toml").read_text(encoding="utf-8"))
    after, endings = "|".join(words["after"]), "|".join(words["endings"])
    return re.compile(rf"(?:^|{after})((?:(?!{after})[^\W\d_]){{2,{LONGEST}}}?(?:{endings}))")
