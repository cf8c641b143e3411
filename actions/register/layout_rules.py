"""How the header row of a file is found and understood: by the built-in names, or by a mapping."""

from collections.abc import Sequence
from typing import Protocol

from actions.register.fields import IDENTIFIERS
from actions.register.headers import plain_header, recognise, recognise_extra
from actions.register.layout import Layout
from actions.register.mapping import PLACEHOLDER, Mapping

FEWEST_COLUMNS = 2


class LayoutRules(Protocol):
    """Finds the header row and makes the layout of it."""

    def score(self, cells: Sequence[str]) -> int:
        """How many columns these cells name; 0 when they cannot be the header."""
        ...

    def layout(self, cells: Sequence[str]) -> Layout:
        """The layout under this header row."""
        ...

    def explain_refusal(self, cells: Sequence[str]) -> str:
        """Why these cells are no header, as the end of a sentence about the file."""
        ...


class BuiltInRules:
    """The names of headers.toml."""

    def score(self, cells: Sequence[str]) -> int:
        """See LayoutRules."""
        found = recognise(cells)
        identified = any(name in found for name in IDENTIFIERS)
        return len(found) if identified and len(found) >= FEWEST_COLUMNS else 0

    def layout(self, cells: Sequence[str]) -> Layout:
        """See LayoutRules."""
        return Layout(header=tuple(cells), columns=recognise(cells), extra=recognise_extra(cells))

    def explain_refusal(self, cells: Sequence[str]) -> str:
        """See LayoutRules."""
        found = recognise(cells)
        if not found:
            return "has no header row with columns of a lift register; docs/import.md lists them, --mapping adds others"
        known = ", ".join(found)
        return (
            f"has a header that names only {known}; a column with the equipment code, registration code or another "
            "identifier of the lift, and one more, are needed (docs/import.md lists them, --mapping adds others)"
        )


class MappingRules:
    """A mapping file, which names every column that is read."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.wanted = {f"columns.{name}": column for name, column in mapping.columns.items()}
        self.wanted |= {f"extra.{name}": column for name, column in mapping.extra.items()}
        self.wanted |= {f"use_unit_fallback {{{column}}}": column for column in mapping.fallback_columns()}
        if mapping.synthetic_contacts:
            self.wanted["synthetic_contacts.column"] = mapping.synthetic_contacts.column

    def score(self, cells: Sequence[str]) -> int:
        """See LayoutRules."""
        return len(self.wanted) if all(_find(column, cells) is not None for column in self.wanted.values()) else 0

    def layout(self, cells: Sequence[str]) -> Layout:
        """See LayoutRules."""
        mapping = self.mapping
        columns = {name: _index(column, cells) for name, column in mapping.columns.items()}
        columns |= {name: len(cells) + number for number, name in enumerate(mapping.constants)}
        synthetic = mapping.synthetic_contacts
        return Layout(
            header=tuple(cells),
            columns=columns,
            extra={name: _index(column, cells) for name, column in mapping.extra.items()},
            constants=tuple(mapping.constants.values()),
            values=mapping.values,
            fallback=_pieces(mapping, cells),
            synthetic=(_index(synthetic.column, cells), synthetic.equals) if synthetic else None,
            region=mapping.region,
            language=mapping.language,
            name=mapping.name,
        )

    def explain_refusal(self, cells: Sequence[str]) -> str:
        """See LayoutRules."""
        key, column = next((key, column) for key, column in self.wanted.items() if _find(column, cells) is None)
        there = ", ".join(" ".join(cell.split()) for cell in cells if cell.strip()) or "none"
        return f"has no column {column!r}, which the mapping {self.mapping.name} wants ({key}); its columns are {there}"


def rules_for(mapping: Mapping | None) -> LayoutRules:
    """The rules by which a file's header is understood."""
    return BuiltInRules() if mapping is None else MappingRules(mapping)


def _find(column: str, cells: Sequence[str]) -> int | None:
    """The cell that is exactly this, else the first that differs only in what varies between exports."""
    exact = next((index for index, cell in enumerate(cells) if cell.strip() == column), None)
    if exact is not None:
        return exact
    plain = plain_header(column)
    return next((index for index, cell in enumerate(cells) if plain_header(cell) == plain), None)


def _index(column: str, cells: Sequence[str]) -> int:
    index = _find(column, cells)
    assert index is not None  # score() has seen it
    return index


def _pieces(mapping: Mapping, cells: Sequence[str]) -> tuple[str | int, ...]:
    """The fallback as pieces: text, or the index of the cell that stands there."""
    if mapping.use_unit_fallback is None:
        return ()
    pieces = PLACEHOLDER.split(mapping.use_unit_fallback)
    return tuple(_index(piece, cells) if number % 2 else piece for number, piece in enumerate(pieces) if piece)
