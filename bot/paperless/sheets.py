"""The figures of maintenance without paper as xlsx."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from actions.paperless.figures import Coverage, Figures, Tally
from actions.permissions import WHOLE_CITY
from actions.workbook import Table, write_workbook
from bot.pictures import draw
from bot.sheets import words_of
from bot.words import say_month

COVERAGE = ("district", "contractors", "using", "percent", "lifts", "covered", "lift_percent")
COUNTED = ("records", "late", "on_time", "signed", "late_signed", "signed_in_time", "defaulted", "default_share",
           "objected", "pending")  # fmt: skip
COUNTED_IN_PICTURE = ("records", "late", "signed", "defaulted", "objected", "pending")
CONTRACTORS, UNITS = ("contractor", *COUNTED), ("unit", *COUNTED, "never_signs")


def figures_sheet(found: Figures, today: date, language: str) -> bytes:
    """Coverage by district, contractors, units, and contractors that upload nothing."""
    words = words_of(language)["paperless"]
    tables: dict[str, Table] = {
        words["coverage"]: (_heads(COVERAGE, words), [_coverage(one, words) for one in found.coverage]),
        words["contractors"]: (_heads(CONTRACTORS, words), [_tally(one) for one in found.contractors]),
        words["units"]: (_heads(UNITS, words), [_unit(one, words) for one in found.units]),
        words["idle"]: (_heads(("contractor",), words), [[name] for name in found.idle]),
    }
    return write_workbook(tables, today)


def draw_figures(found: Figures, name: str, language: str) -> bytes:
    """A PNG for a phone: the coverage of each district as a bar, red below the target, and how records came in."""
    return _draw(found, sum(one.never_signs for one in found.units), name, language)


def draw_told(told: Mapping[str, Any], name: str, language: str) -> bytes:
    """The same of a notice, from what it tells (`actions.paperless.follow`)."""
    coverage = [Coverage(**part, lifts=0, covered=0) for part in told["parts"]]
    total = Tally(0, "", **{key: told[key] for key in ("records", "late", "signed", "defaulted", "pending")})
    total.objected = told["open"] - told["pending"]
    found = Figures(date.fromisoformat(told["month"]), told["target"], coverage, (), (), (), total)
    return _draw(found, len(told["silent"]), name, language)


def _draw(found: Figures, silent: int, name: str, language: str) -> bytes:
    words, total = words_of(language)["paperless"], found.total
    heads = words["column"]
    counted = [(heads[key], getattr(total, key)) for key in COUNTED_IN_PICTURE]
    alarming = (heads["late"], heads["pending"])
    lines = [{"name": key, "text": number, "alarming": key in alarming and number > 0} for key, number in counted]
    lines.append({"name": words["silent"], "text": silent, "alarming": silent > 0})
    parts = [
        {
            "name": _name_of(one, words),
            "percent": one.percent or 0,
            "text": f"{one.using}/{one.contractors} · {_shown(one.percent)}%",
        }
        for one in found.coverage
    ]
    under = words["under"].format(month=say_month(found.month, language), target=found.target)
    data = {"title": words["title"], "name": name, "under": under, "target": found.target}
    return draw("paperless", language, {**data, "parts": parts, "lines": lines})


def sheet_name(found: Figures, language: str) -> str:
    """What the file is called."""
    form: str = words_of(language)["paperless"]["file"]
    return form.format(month=f"{found.month:%Y-%m}")


def _heads(names: Iterable[str], words: dict[str, Any]) -> list[str]:
    return [words["column"][name] for name in names]


def _coverage(one: Coverage, words: dict[str, Any]) -> Sequence[str]:
    figures = (one.contractors, one.using, one.percent, one.lifts, one.covered, one.lift_percent)
    return [_name_of(one, words), *(_shown(figure) for figure in figures)]


def _name_of(one: Coverage, words: dict[str, Any]) -> str:
    return str(words["whole"] if one.code == WHOLE_CITY else one.name or one.code or words["nowhere"])


def _tally(one: Tally) -> list[str]:
    return [one.name, *(_shown(getattr(one, name)) for name in COUNTED)]


def _unit(one: Tally, words: dict[str, Any]) -> list[str]:
    return [*_tally(one), words["yes"] if one.never_signs else ""]


def _shown(figure: int | None) -> str:
    return "" if figure is None else str(figure)
