"""Whether what a platform says of a visit can be so: by the item table, and by what the register knows of the lift."""

from collections.abc import Iterator

from actions.interface.models import RecordIn, Trouble
from actions.records.content import Found, Result
from schedules.items import VERSION, ImpossibleValueError, Item, items_of, lift_class
from store.lifts import Lift
from store.upkeep import LiftClass

APPLIES = (Result.OK, Result.FIXED, Result.FAULT)
FINE = (Result.OK, Result.FIXED)


def check_items(record: RecordIn, lift: Lift) -> list[Trouble]:
    """All that is wrong with it."""
    if record.table != VERSION:
        return [Trouble(code="unknown_table", detail=f"the item table is {VERSION}", field="table")]
    known = lift_class(lift.kind)
    if known is not None and known != record.lift_class:
        said = f"the register says that this lift is of class {known.value}"
        return [Trouble(code="other_class", detail=said, field="lift_class")]
    items = {item.code: item for item in items_of(LiftClass(record.lift_class), record.kind)}
    found: list[Trouble] = []
    if record.count != len(items):
        found.append(Trouble(code="wrong_count", detail=f"the table has {len(items)} items for it", field="count"))
    for name in ("items", "photos_of"):
        for code in getattr(record, name):
            if code not in items:
                said = f"a {record.kind.value} visit to a lift of class {record.lift_class} has no such item"
                found.append(Trouble(code="unknown_item", detail=said, field=f"{name}.{code}"))
    for code, item in items.items():
        found.extend(_check(item, record.items.get(code), f"items.{code}"))
    return found


def _check(item: Item, said: Found | None, field: str) -> Iterator[Trouble]:
    measure = item.measure
    if measure is None:
        if said is not None and said.value is not None:
            yield Trouble(code="not_measured", detail="nothing is measured there", field=field)
        return
    if said is None or said.value is None:
        if said is None or said.result in APPLIES:
            yield Trouble(code="no_value", detail=f"it is measured: give its value in {measure.unit}", field=field)
        return
    try:
        is_within = measure.is_within(said.value)
    except ImpossibleValueError:
        limits = f"{measure.lowest} to {measure.highest} {measure.unit}"
        yield Trouble(code="impossible_value", detail=f"nobody can have measured that: {limits}", field=field)
        return
    if not is_within and said.result in FINE:
        yield Trouble(code="outside_limits", detail="a value outside its limits is a fault", field=field)
