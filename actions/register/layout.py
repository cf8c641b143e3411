"""A layout: in which column of this file each field stands, and how its cells are to be understood."""

import json
from dataclasses import dataclass, field
from hashlib import blake2b

from actions.register.fields import RegisterField
from actions.register.mapping import ValueMaps

READING = 1  # raise it when rows are read differently, so that the next import reads unchanged rows again


@dataclass(frozen=True)
class Layout:
    """`columns` index a row's cells followed by `constants`; `extra`, `fallback` and `synthetic` index cells too."""

    header: tuple[str, ...]
    columns: dict[RegisterField, int]
    extra: dict[str, int]
    constants: tuple[str, ...] = ()
    values: ValueMaps = field(default_factory=ValueMaps)
    fallback: tuple[str | int, ...] = ()
    synthetic: tuple[int, str] | None = None
    region: str = "CN"
    language: str = "zh"
    name: str = ""

    def label(self, name: RegisterField) -> str:
        """The column as the file calls it, for messages."""
        return self.label_at(self.columns[name]) or name

    def label_at(self, index: int) -> str:
        """The header cell over a column, on one line; empty where it has none."""
        return " ".join(self.header[index].split()) if index < len(self.header) else ""

    def digest(self) -> bytes:
        """Changes whenever the same cells would be read differently."""
        meaning = {
            "reading": READING,
            "mapping": self.name,
            "columns": self.columns,
            "extra": self.extra,
            "constants": self.constants,
            "values": self.values.model_dump(mode="json"),
            "fallback": self.fallback,
            "synthetic": self.synthetic,
            "region": self.region,
        }
        return blake2b(json.dumps(meaning, sort_keys=True).encode(), digest_size=16).digest()
