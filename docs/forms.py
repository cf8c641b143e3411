"""Makes the DOCX in templates/documents/forms from their words there: `uv run python docs/forms.py`.

An institute with forms of its own puts its own DOCX in their place, with the same fields.
"""

import io
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from actions.workbook import without_moments

FORMS = Path(__file__).parents[1] / "templates" / "documents" / "forms"
KINDS = ("application", "opinion", "cover", "unbooked", "summary")
MADE_ON = date(2026, 11, 22)  # stated in each: equal words give equal files
LANGUAGES = ("zh", "en")
LANDSCAPE = ("application", "unbooked", "summary")
SIZE = {"zh": ("宋体", 10.5), "en": ("Times New Roman", 10.5)}


def main() -> None:
    """Write all of them."""
    for language in LANGUAGES:
        words = tomllib.loads((FORMS / f"{language}.toml").read_text(encoding="utf-8"))
        for kind in KINDS:
            raw = io.BytesIO()
            make_form(kind, words[kind], language).save(raw)
            (FORMS / f"{kind}.{language}.docx").write_bytes(without_moments(raw, MADE_ON))


def make_form(kind: str, words: dict[str, Any], language: str) -> Any:
    """Title, facts, the table of rows, closing words, who signs."""
    form = Document()
    _set_page(form, kind, language)
    title = form.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(words["title"])
    run.bold, run.font.size = True, Pt(18)
    form.add_paragraph(words["intro"])
    if words["facts"]:
        table = form.add_table(rows=0, cols=2, style="Table Grid")
        for label, field in words["facts"]:
            cells = table.add_row().cells
            cells[0].text, cells[1].text = label, f"{{{{ {field} }}}}"
            cells[0].width, cells[1].width = Mm(45), Mm(120)
    form.add_paragraph()
    if words["rows"]:
        _add_rows(form, words["rows"])
    for sentence in ("", *words["after"]):
        form.add_paragraph(sentence)
    for who in words["signs"]:
        form.add_paragraph(f"{who}{'：' if language == 'zh' else ':'}")
    return form


def _set_page(form: Any, kind: str, language: str) -> None:
    section = form.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    if kind in LANDSCAPE:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(20)
    font, size = SIZE[language]
    style = form.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(size)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体" if language == "zh" else font)
    form.core_properties.author = form.core_properties.comments = form.core_properties.title = ""


def _add_rows(form: Any, columns: list[list[str]]) -> None:
    """Heading, the loop of docxtpl in rows of its own, which it takes out, and one row for each."""
    table = form.add_table(rows=4, cols=len(columns), style="Table Grid")
    begin, each, end = table.rows[1].cells, table.rows[2].cells, table.rows[3].cells
    for index, (heading, field) in enumerate(columns):
        table.rows[0].cells[index].text = heading
        each[index].text = f"{{{{ row.{field} }}}}"
    begin[0].text, end[0].text = "{%tr for row in rows %}", "{%tr endfor %}"
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(properties.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))


if __name__ == "__main__":
    main()
