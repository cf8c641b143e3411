"""A DOCX as its reader sees it."""

import io

from docx import Document


def words_of_paper(content: bytes) -> str:
    """All its text, then its tables: the cells of a row beside each other."""
    document = Document(io.BytesIO(content))
    lines = [one.text for one in document.paragraphs]
    lines += [" | ".join(cell.text for cell in row.cells) for table in document.tables for row in table.rows]
    return "\n".join(lines)
