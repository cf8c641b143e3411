"""docs/coverage.md: every obligation of the five documents and the rules that date it, written from rulebooks and data.

`python -m schedules.coverage docs/coverage.toml docs/coverage.md` writes it.
"""

import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Literal

from schedules.offices.programme import Assignment
from schedules.rulebook import Rule, load_rulebook, rulebook_ids
from schedules.vocabulary import Strict

HEAD = """# Coverage

Every obligation of the five documents: the rules that date it, or why none does, and where people act on it.
Written from [coverage.toml](coverage.toml) and the rulebooks by
`python -m schedules.coverage docs/coverage.toml docs/coverage.md`; a test compares.

Rules and programme entries are those of `tixing rules`. State: `built` works as a whole; `part` has its dates and
reminders, or a part of what people do; `later` waits for its subject to be built, its dates may be known already.
"""
DOCUMENTS = {
    "000": "Guangzhou, periodic inspection",
    "001": "Pingluo, demonstration areas",
    "002": "Zhoushan, on-demand maintenance and testing",
    "003": "Guangzhou, paperless maintenance",
    "004": "Chongqing, maintenance pilot",
}


class Row(Strict):
    """One obligation. `because` names a reason of the table why no rule dates it; without it a rule must."""

    clause: str
    asks: str
    home: str
    state: Literal["built", "part", "later"]
    because: str | None = None
    note: str | None = None


class Table(Strict):
    """docs/coverage.toml: the reasons by name, the rows by seed and obligation id."""

    reasons: dict[str, str]
    rows: dict[str, dict[str, Row]]

    @property
    def by_id(self) -> dict[str, Row]:
        """All rows, whatever their document."""
        return {obligation: row for rows in self.rows.values() for obligation, row in rows.items()}


def read_table(path: Path) -> Table:
    """The table from TOML text; a misspelt key or state is a pydantic ValidationError."""
    return Table.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def rules_by_obligation() -> dict[str, list[str]]:
    """Obligation id → ids of the rules and programme entries that name it, in the order of the rulebooks."""
    found: dict[str, list[str]] = defaultdict(list)
    for book in map(load_rulebook, rulebook_ids()):
        parts: tuple[Rule | Assignment, ...] = (*book.rules, *book.programme)
        for part in parts:
            for obligation in part.obligations:
                found[obligation].append(part.id)
    return dict(found)


def write_coverage(table: Table) -> str:
    """The whole document."""
    rules = rules_by_obligation()
    parts = [HEAD, _figures(table, rules)]
    for seed, rows in table.rows.items():
        parts.append(f"## {seed} {DOCUMENTS[seed]}\n")
        parts.append("| id | clause | asks | dated by | acted on in | state |\n|---|---|---|---|---|---|")
        parts += [_line(obligation, row, rules.get(obligation, []), table) for obligation, row in rows.items()]
        parts.append("")
    return "\n".join(parts)


def _figures(table: Table, rules: dict[str, list[str]]) -> str:
    states = Counter(row.state for row in table.by_id.values())
    said = ", ".join(f"{states[state]} {state}" for state in ("built", "part", "later"))
    dated = sum(obligation in rules for obligation in table.by_id)
    return f"{len(table.by_id)} obligations: {dated} dated by rules; {said}.\n"


def _line(obligation: str, row: Row, rules: list[str], table: Table) -> str:
    dated = ", ".join(f"`{rule}`" for rule in rules) or table.reasons[row.because or ""]
    if row.note:
        dated += f"; {row.note}"
    home = f"`{row.home}`" if "/" in row.home else row.home
    return f"| {obligation} | {row.clause} | {row.asks} | {dated} | {home} | {row.state} |"


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(write_coverage(read_table(Path(sys.argv[1]))), encoding="utf-8")
