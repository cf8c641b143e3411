"""Makes the DOCX in templates/documents/forms from their words there: `uv run python docs/forms.py`.

An institute with forms of its own puts its own DOCX in their place, with the same fields.
"""

import io
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
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
TITLE = {"zh": "黑体", "en": "Times New Roman"}
MARGIN = {False: 20, True: 15}  # millimetres, by whether the page lies on its side
LABEL = 50  # millimetres of what stands before a fact
FEW = 3  # columns with letters of the usual size


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
    run.font.name = TITLE[language]
    run.element.rPr.rFonts.set(qn("w:eastAsia"), TITLE[language])
    form.add_paragraph(words["intro"])
    if words["facts"]:
        _add_facts(form, words["facts"], LABEL, _width(kind) - LABEL)
        form.add_paragraph()
    if words["rows"]:
        _add_rows(form, words["rows"])
    _add_closing(form, kind, words, ":" if language == "en" else "：")
    _number_pages(form)
    return form


def _width(kind: str) -> float:
    """Millimetres between the margins."""
    return (297 if kind in LANDSCAPE else 210) - 2 * MARGIN[kind in LANDSCAPE]


def _set_page(form: Any, kind: str, language: str) -> None:
    section, wide = form.sections[0], kind in LANDSCAPE
    section.page_width, section.page_height = Mm(210), Mm(297)
    if wide:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(MARGIN[wide])
    section.top_margin = section.bottom_margin = Mm(18)
    font, size = SIZE[language]
    style = form.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(size)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体" if language == "zh" else font)
    style.paragraph_format.space_after = Pt(4)
    form.core_properties.author = form.core_properties.comments = form.core_properties.title = ""


def _add_facts(form: Any, facts: list[list[str]], *widths: float) -> None:
    table = form.add_table(rows=len(facts), cols=2, style="Table Grid")
    for row, (label, field) in zip(table.rows, facts, strict=True):
        row.cells[0].text, row.cells[1].text = label, f"{{{{ {field} }}}}"
    _lay_out(table, widths, Pt(10.5))


def _add_rows(form: Any, columns: list[list[Any]]) -> None:
    """Heading, the loop of docxtpl in rows of its own, which it takes out, and one row for each."""
    table = form.add_table(rows=4, cols=len(columns), style="Table Grid")
    begin, each, end = table.rows[1].cells, table.rows[2].cells, table.rows[3].cells
    for index, (heading, field, _) in enumerate(columns):
        table.rows[0].cells[index].text = heading
        each[index].text = f"{{{{ row.{field} }}}}"
    begin[0].text, end[0].text = "{%tr for row in rows %}", "{%tr endfor %}"
    _lay_out(table, [width for *_, width in columns], Pt(9 if len(columns) > FEW else 10.5))
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    _mark(table.rows[0], "w:tblHeader")


def _lay_out(table: Any, widths: Sequence[float], size: Any) -> None:
    """Columns as wide as they are told, also where a word is long; no row is torn by the end of a page."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        _mark(row, "w:cantSplit")
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
                for run in paragraph.runs:
                    run.font.size = size


def _mark(row: Any, name: str) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(properties.makeelement(qn(name), {qn("w:val"): "true"}))


def _add_closing(form: Any, kind: str, words: dict[str, Any], colon: str) -> None:
    """The closing words with all who sign, two beside each other: no page ends between them."""
    for sentence in ("", *words["after"]):
        form.add_paragraph(sentence).paragraph_format.keep_with_next = True
    signs = words["signs"]
    table = form.add_table(rows=-(-len(signs) // 2), cols=2)
    for number, who in enumerate(signs):
        table.rows[number // 2].cells[number % 2].text = f"{who}{colon}"
    _lay_out(table, [_width(kind) / 2] * 2, Pt(10.5))
    for row in table.rows:
        row.height = Mm(14)
        for cell in row.cells:
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
            cell.paragraphs[0].paragraph_format.keep_with_next = row is not table.rows[-1]


def _number_pages(form: Any) -> None:
    """3 / 14 at the foot: sheets that are stamped and signed are told apart."""
    paragraph = form.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    page, pages = (paragraph._p.makeelement(qn("w:fldSimple"), {qn("w:instr"): one}) for one in ("PAGE", "NUMPAGES"))
    paragraph._p.append(page)
    paragraph.add_run(" / ")
    paragraph._p.append(pages)


if __name__ == "__main__":
    main()
