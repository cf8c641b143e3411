"""What may be done with an inspection in which state, and what it leads to: the only place that says so. Pure.

docs/inspection.md draws this table, and a test holds the drawing to it.
"""

from store.inspections import InspectionDeed as Deed
from store.inspections import InspectionState as State

# the papers of an inspection can be signed, or objected to, as long as it is kept
AFTER_LEAVING = (
    State.PASSED,
    State.FAILED,
    State.WITH_ITEMS,
    State.SUBMITTED,
    State.RETURNED,
    State.CONFIRMED,
    State.LAPSED,
)
WITH_UNIT = (State.WITH_ITEMS, State.RETURNED)
LEADS_TO: dict[Deed, dict[State | None, State]] = {
    Deed.STARTED: {None: State.UNDER_WAY},
    Deed.ABORTED: {State.UNDER_WAY: State.ABORTED},
    Deed.PASSED: {State.UNDER_WAY: State.PASSED, State.LAPSED: State.PASSED},
    Deed.FAILED: {State.UNDER_WAY: State.FAILED, State.LAPSED: State.FAILED},
    Deed.FOUND_ITEMS: {State.UNDER_WAY: State.WITH_ITEMS},
    Deed.SIGNED: {state: state for state in AFTER_LEAVING},
    Deed.OBJECTED: {state: state for state in AFTER_LEAVING},
    Deed.EVIDENCE: {state: state for state in WITH_UNIT},
    Deed.FIXED: {state: state for state in WITH_UNIT},
    Deed.SUBMITTED: dict.fromkeys((*WITH_UNIT, State.LAPSED), State.SUBMITTED),  # after a lapse: in time, heard late
    Deed.RETURNED: {State.SUBMITTED: State.RETURNED},
    Deed.CONFIRMED: {State.SUBMITTED: State.CONFIRMED},
    Deed.LAPSED: dict.fromkeys(WITH_UNIT, State.LAPSED),
    Deed.UPHELD: {state: state for state in AFTER_LEAVING},
    Deed.PUT_RIGHT: {state: state for state in AFTER_LEAVING},
    Deed.OVERTAKEN: dict.fromkeys(WITH_UNIT, State.OVERTAKEN),  # inspected elsewhere since
    Deed.TAKEN_BACK: dict.fromkeys((State.ABORTED, *AFTER_LEAVING), State.TAKEN_BACK),
}


def after(state: State | None, deed: Deed) -> State | None:
    """Where `deed` leads from `state` (None: there is no inspection yet); None where it may not be done."""
    return LEADS_TO[deed].get(state)


def draw() -> str:
    """The table as a Mermaid diagram; what leads nowhere else stands in it once for each state."""
    lines = ["stateDiagram-v2"]
    for deed, ways in LEADS_TO.items():
        for before, then in ways.items():
            lines.append(f"    {before or '[*]'} --> {then} : {deed}")
    return "\n".join([*lines, *(f"    {state} --> [*]" for state in State if is_final(state))]) + "\n"


def is_final(state: State) -> bool:
    """Whether nothing leads from it to another one, as long as nobody finds that it was recorded wrongly."""
    return all(ways.get(state) in (None, state) for deed, ways in LEADS_TO.items() if deed is not Deed.TAKEN_BACK)
