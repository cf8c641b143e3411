"""The clause of a rung and its words, looked up once for each."""

from actions.lifts.explain import find_rule
from schedules.rulebook import Ladder
from store.duties import OVERDUE, PUSHED


class Clauses:
    """Remembers what was looked up."""

    def __init__(self) -> None:
        self._rules: dict[str, tuple[str, Ladder]] = {}

    def of(self, rule_id: str, step: str) -> tuple[str, str]:
        """Clause and quote of a rung; of the rule itself for a message beside the ladder."""
        rule = self._find(rule_id)[1]
        wanted = OVERDUE if step.partition(".")[0] == PUSHED else step  # an officer says the same again
        found = next((one for one in rule.steps if one.step == wanted), None)
        return (found.clause, found.quote) if found else (rule.clause, rule.quote)

    def document(self, rule_id: str) -> str:
        """The title of the document in which the rule stands."""
        return self._find(rule_id)[0]

    def rungs(self, rule_id: str) -> tuple[str, ...]:
        """The rungs that tell somebody, in the order of the ladder."""
        return tuple(step.step for step in self._find(rule_id)[1].told_steps)

    def _find(self, rule_id: str) -> tuple[str, Ladder]:
        if rule_id not in self._rules:
            book, rule = find_rule(rule_id)
            self._rules[rule_id] = (book.title, rule)
        return self._rules[rule_id]
