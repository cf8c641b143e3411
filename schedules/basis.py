"""On which clause a notice rests that is no rung of a rule: that of the rule which it serves."""

from functools import cache

from schedules.rulebook import load_rulebook, rulebook_ids


@cache
def basis_of(rule_id: str) -> dict[str, str]:
    """Document and clause of a rule, as the texts know them; nothing where no rulebook has the rule any more."""
    for book in map(load_rulebook, rulebook_ids()):
        clauses = {rule.id: rule.clause for rule in book.rules} | {entry.id: entry.clause for entry in book.programme}
        if rule_id in clauses:
            return {"document": book.id.rpartition("-")[2], "clause": clauses[rule_id]}
    return {}
