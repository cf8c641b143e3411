"""Why something that was asked for is not done, in a form that a sentence in either language can be made of."""

from typing import Any

from actions.visits.inspections import RefusedError


class Refused(RefusedError):
    """`name` is that of a sentence in templates/chat/<language>/refusals, `facts` what stands in it.

    Nothing was changed. `str()` is for the command line and for logs.
    """

    def __init__(self, name: str, **facts: Any) -> None:
        self.name = name
        self.facts = facts
        told = ", ".join(f"{key} {value}" for key, value in facts.items())
        super().__init__(f"{name.replace('_', ' ').replace('.', ': ')}{f' ({told})' if told else ''}")
