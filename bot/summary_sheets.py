"""A department's day or week as a picture and as xlsx."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from actions.summary.figures import COLUMNS, NAMES, Part, Row, Summary
from actions.summary.lifts import NamedLine
from actions.workbook import write_workbook
from bot.pictures import draw
from bot.sheets import words_of
from bot.words import say_day
from store.summaries import Figure

COUNTED = ("opening", "new", "cleared", "done", "corrected", "closing")
FIGURES = ("department", "figure", *COUNTED)
LIFTS = ("department", "figure", "lift", "place", "use_unit", "from", "until", "why", "late")
ALARMING = (Figure.OVERDUE, Figure.UNBOOKED)
OF_PARTS = (Figure.DUE, Figure.UNBOOKED, Figure.OVERDUE)  # of each department on a picture


def summary_sheet(summary: Summary, lines: Sequence[NamedLine], today: date, language: str) -> bytes:
    """The figures of each department and of all, and the lifts behind them."""
    words = _words(language)
    tables = {
        words["figures"]: ([words["column"][name] for name in FIGURES], _all_figures(summary, words)),
        words["lifts"]: ([words["column"][name] for name in LIFTS], [_lift(one, summary, words) for one in lines]),
    }
    return write_workbook(tables, today)


def draw_summary(summary: Summary, name: str, language: str) -> bytes:
    """A PNG, 780 pixels wide: a line for each figure with what it opened with, what came, what went, what is left; of
    several departments also a line for each."""
    words, total = _words(language), summary.total
    rows = [
        {
            "name": words["figure"][figure],
            "cells": [getattr(total[figure], column) for column in COLUMNS],
            "alarming": figure in ALARMING and total[figure].closing > 0,
        }
        for figure in Figure
    ]
    data = {
        "name": name,
        "is_day": summary.first == summary.last,
        "first": say_day(summary.first, language),
        "last": say_day(summary.last, language),
        "is_open": summary.is_open,
        "heads": [words["column"][column] for column in COLUMNS],
        "rows": rows,
        "done": total[Figure.DUE].done,
        "corrected": sum(row.corrected for row in total.values()),
        "part_heads": [words["figure"][figure] for figure in OF_PARTS],
        "parts": _parts(summary, words) if len(summary.parts) > 1 else [],
    }
    return draw("summary", language, data)


def draw_told(told: Mapping[str, Any], name: str, language: str) -> bytes:
    """The same of a notice, from what it tells (`actions.summary.telling`); of days that are closed."""
    parts = told.get("parts") or [{"name": name, "rows": told["rows"]}]
    first, last = (date.fromisoformat(told[day]) for day in ("first", "last"))
    return draw_summary(Summary(first, last, False, [_part(one) for one in parts]), name, language)


def _part(told: Mapping[str, Any]) -> Part:
    rows = {figure: Row(*(told["rows"][figure.value][name] for name in NAMES)) for figure in Figure}
    return Part(None, told["name"], rows)


def _parts(summary: Summary, words: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each department and what is left there; red where nothing may be."""
    return [
        {
            "name": part.name or words["nobody"],
            "cells": [
                {"text": part.rows[figure].closing, "alarming": figure in ALARMING and part.rows[figure].closing > 0}
                for figure in OF_PARTS
            ],
        }
        for part in summary.parts
    ]


def name_of_sheet(summary: Summary, language: str) -> str:
    """What the file is called."""
    form: str = _words(language)["day" if summary.first == summary.last else "days"]
    return form.format(first=summary.first.isoformat(), last=summary.last.isoformat())


def figure_names(language: str) -> Mapping[str, str]:
    """What each figure is called."""
    names: Mapping[str, str] = _words(language)["figure"]
    return names


def figure_cells(summary: Summary, language: str) -> list[dict[str, str]]:
    """The figures of each department and of all, by the names of their columns."""
    return [dict(zip(FIGURES, row, strict=True)) for row in _all_figures(summary, _words(language))]


def _words(language: str) -> dict[str, Any]:
    words: dict[str, Any] = words_of(language)["summary"]
    return words


def _all_figures(summary: Summary, words: dict[str, Any]) -> list[list[str]]:
    figures = [row for part in summary.parts for row in _figures(part.name or words["nobody"], part.rows, words)]
    return figures + (_figures(words["total"], summary.total, words) if len(summary.parts) > 1 else [])


def _figures(name: str, rows: Mapping[Figure, Row], words: dict[str, Any]) -> list[list[str]]:
    return [
        [name, words["figure"][figure], *(str(getattr(rows[figure], column)) for column in COUNTED)]
        for figure in Figure
    ]


def _lift(one: NamedLine, summary: Summary, words: dict[str, Any]) -> list[str]:
    line = one.line
    is_gone = line.until_on is not None and line.until_on <= summary.last
    is_late = (line.came_late and line.from_on >= summary.first) or (is_gone and line.went_late)
    return [
        one.department or words["nobody"],
        words["figure"][line.figure],
        one.key,
        one.place,
        one.unit,
        line.from_on.isoformat(),
        line.until_on.isoformat() if line.until_on is not None and is_gone else "",
        words["went"][line.went] if is_gone and line.went else "",
        words["yes"] if is_late else "",
    ]
