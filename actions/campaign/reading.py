"""A regulator's list, read as a register is: the same files, headers and mappings; what it names is kept as stated."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from actions.campaign.errors import CampaignError
from actions.register.errors import RegisterError, RowRefused
from actions.register.fields import IDENTIFIERS, RegisterField
from actions.register.layout import Layout
from actions.register.layout_rules import rules_for
from actions.register.mapping import load_mapping
from actions.register.places import places_of
from actions.register.rejects import sentence
from actions.register.rows import ADDRESS, AT, DISTRICT, DISTRICT_CODE, RowReader
from actions.register.source import open_register
from actions.register.text_files import RawRow

F = RegisterField
READ = frozenset(
    {*IDENTIFIERS, F.CITY, F.DISTRICT, F.COMPOUND, F.BUILDING, F.ADDRESS, F.USE_UNIT, F.USE_UNIT_CREDIT_CODE}
)
COMPOUND, BUILDING = AT["compound"], AT["building"]


@dataclass(frozen=True)
class StatedRow:
    """A row of the list. `stated`: its names (kind, value for matching, as shown) and where and whose the lift is.

    `fault`: why it could not be read, in the list's language; then it names nothing.
    """

    line: int
    shown: str
    stated: dict[str, Any] = field(default_factory=dict)
    fault: str = ""


def read_list(path: Path, city_id: str, mapping: str | None) -> list[StatedRow]:
    """The rows of a list; CampaignError where the file is none, or names no lift."""
    try:
        source = open_register(path, rules_for(load_mapping(mapping) if mapping else None))
        columns = {name: index for name, index in source.layout.columns.items() if name in READ}
        layout = replace(source.layout, columns=columns, extra={}, synthetic=None)
        reader = RowReader(layout, places_of(city_id), city_id)
        rows = list(_rows(source.rows, reader, layout))
    except RegisterError as error:
        raise CampaignError(str(error)) from error
    if not any(not row.fault for row in rows):
        raise CampaignError(f"{path} names no lift below its header; a list has a row for each")
    return rows


def digest_of(rows: Sequence[StatedRow]) -> str:
    """Stands for all that the rows state: the same list, whatever its file is called."""
    stated = [[row.shown, row.stated, row.fault] for row in rows]
    return blake2b(json.dumps(stated, sort_keys=True).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _rows(rows: Iterator[RawRow], reader: RowReader, layout: Layout) -> Iterator[StatedRow]:
    width = len(layout.header)
    for line, cells, fault in rows:
        try:
            if fault:
                raise RowRefused(fault, cells=len(cells), columns=width)
            yield _row(line, cells, reader)
        except RowRefused as refused:
            shown = next((cell.strip() for cell in cells if cell.strip()), "")
            yield StatedRow(line, shown[:100], fault=sentence(refused, layout.language))


def _row(line: int, cells: list[str], reader: RowReader) -> StatedRow:
    row = reader.read(reader.name(line, cells))
    stated = {
        "names": [[name.kind, name.value, name.shown] for name in row.named.names],
        "compound": row.values[COMPOUND],
        "building": row.values[BUILDING],
        "address": row.values[ADDRESS],
        "unit": row.unit.name if row.unit else "",
        "credit_code": (row.unit.credit_code if row.unit else None) or "",
        "district": row.values[DISTRICT],
        "district_code": row.values[DISTRICT_CODE],
    }
    return StatedRow(line, row.named.key, stated)
