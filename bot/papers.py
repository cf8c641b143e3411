"""Documents that people print and sign, as DOCX: templates/documents/forms, filled in."""

import io
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import Environment, StrictUndefined

from actions.evidence.lifts import LiftFacts
from actions.papers.forms import Application, AppliedLift, OpinionNotice, ReportCover
from actions.regulator.lists import LiftList
from actions.summary.figures import Summary
from actions.workbook import without_moments
from bot.sheets import list_cells
from bot.summary_sheets import figure_cells
from bot.words import say_month
from store.inspections import InspectionDeed
from store.zone import SHANGHAI

KINDS = APPLICATION, OPINION, COVER, UNBOOKED, SUMMARY = "application", "opinion", "cover", "unbooked", "summary"
NO_XML = re.compile("[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")  # nor line ends: a field is one line
RESULTS = (InspectionDeed.EVIDENCE, InspectionDeed.FIXED)
Fields = dict[str, Any]


def application_paper(form: Application, language: str) -> bytes:
    """电梯检验申请单 of one unit to one department."""
    lifts = [
        {"no": number, "booked": _booked(one, language), "internal": _which(one.lift)}
        | _names_of(one.lift)
        | {"valid_until": _until(one.lift, language)}
        for number, one in enumerate(form.lifts, start=1)
    ]
    fields = {name: getattr(form, name) for name in ("department", "unit", "credit_code", "contact", "phone", "today")}
    return _fill(APPLICATION, language, fields | {"count": len(lifts), "rows": lifts}, form.today)


def opinion_paper(notice: OpinionNotice, language: str, today: date) -> bytes:
    """特种设备检验意见通知书, with the results that were handed in."""
    story, lift = notice.story, notice.lift
    rows = [
        {
            "no": item.number,
            "text": item.text,
            "result": " ".join(
                step.note for step in story.steps if step.item == item.number and step.deed in RESULTS and step.note
            ),
        }
        for item in story.items
    ]
    fields = {
        "number": story.line.inspection_id,
        "unit": story.line.unit,
        "office": story.office,
        "begun_on": story.line.begun_on,
        "deadline": story.line.deadline,
        "signed": _signed(notice, language),
        "rows": rows,
    }
    return _fill(OPINION, language, _names_of(lift) | {"place": lift.place} | fields, today)


def cover_paper(cover: ReportCover, language: str, today: date) -> bytes:
    """The first page of a report; what is not known yet stays blank."""
    report, lift = cover.report, cover.lift
    fields = {
        "number": report.number if report else "",
        "unit": lift.use_unit,
        "place": lift.place,
        "ended_on": cover.ended_on,
        "conclusion": _words(language)["conclusion"][cover.conclusion],
        "valid_until": report.valid_until if report else "",
        "mark": report.mark if report else "",
        "issued_on": report.issued_on if report else "",
        "office": cover.office,
    }
    return _fill(COVER, language, _names_of(lift) | fields, today)


def unbooked_paper(found: LiftList, language: str) -> bytes:
    """The list of a month's lifts that nobody has booked, for the district."""
    rows = [list_cells(number, row, language) for number, row in enumerate(found.rows, start=1)]
    districts = "、".join(sorted({row.lift.district for row in found.rows if row.lift.district}))
    month = say_month(found.month, language)
    fields = {"district": districts, "month": month, "count": len(rows), "today": found.today, "rows": rows}
    return _fill(UNBOOKED, language, fields, found.today)


def summary_paper(summary: Summary, language: str, today: date) -> bytes:
    """The figures of a day or a week, of each department and of all."""
    words = _words(language)
    first, last = summary.first.isoformat(), summary.last.isoformat()
    fields = {
        "days": first if first == last else words["moment"].format(first=first, last=last),
        "open": words["open"] if summary.is_open else "",
        "rows": figure_cells(summary, language),
    }
    return _fill(SUMMARY, language, fields, today)


def paper_name(kind: str, language: str, about: str) -> str:
    """What the file is called."""
    title: str = _words_of_kind(kind, language)["title"]
    return f"{title}-{about}.docx"


def _fill(kind: str, language: str, fields: Mapping[str, Any], day: date) -> bytes:
    """A form with its fields; `day` is stated as made on. What a register says stays text, whatever stands in it."""
    form = DocxTemplate(io.BytesIO((files("templates") / "documents/forms" / f"{kind}.{language}.docx").read_bytes()))
    environment = Environment(autoescape=True, undefined=StrictUndefined, finalize=_plain)
    form.render(dict(fields), jinja_env=environment, autoescape=True)
    raw = io.BytesIO()
    form.save(raw)
    return without_moments(raw, day)


def _plain(value: Any) -> Any:
    """Text of one line without what no DOCX may hold; nothing for what is not known."""
    return "" if value is None else NO_XML.sub(" ", str(value))


def _names_of(lift: LiftFacts) -> Fields:
    address = lift.address or lift.place
    code, certificate = lift.equipment_code, lift.certificate
    return {"address": address, "code": code, "certificate": certificate, "maintainer": lift.maintainer}


def _which(lift: LiftFacts) -> str:
    """What tells it from the others: an address is often that of the whole compound, a place names the building."""
    return lift.place if lift.address else lift.internal_number or lift.place


def _until(lift: LiftFacts, language: str) -> Any:
    return say_month(lift.valid_until, language) if lift.valid_until and lift.by_month else lift.valid_until


def _booked(one: AppliedLift, language: str) -> str:
    half = _words(language)["half"].get(one.half, "")
    return f"{one.booked_on} {half}".strip() if one.booked_on else ""


def _signed(notice: OpinionNotice, language: str) -> str:
    step = notice.signed
    if step is None:
        return ""
    form: str = _words(language)["signed"]
    return form.format(name=step.by, on=step.at.astimezone(SHANGHAI).date())


@cache
def _forms(language: str) -> Fields:
    path = files("templates") / "documents" / "forms" / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _words(language: str) -> Fields:
    return _words_of_kind("words", language)


def _words_of_kind(kind: str, language: str) -> Fields:
    words: Fields = _forms(language)[kind]
    return words
