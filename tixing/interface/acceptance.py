"""The acceptance list for a platform: what must be seen before it is listed (003 三(二)2(1)), rule by rule."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from store.interface import ConformanceRun


@dataclass(frozen=True)
class Rule:
    """One rule. `clause` is that of document 003 which it serves."""

    code: str
    clause: str
    asks: str


RULES = {
    rule.code: rule
    for rule in (
        Rule("kinds", "三(二)2(2)", "a record of each kind of visit is uploaded"),
        Rule("complete", "四(一)", "records name the worker, the certificate, the beginning and the place"),
        Rule("true_times", "四(一)", "each record has times of its own: begun, completed, then signed"),
        Rule("same_day", "四(一)", "records are uploaded on the day on which the work was completed"),
        Rule("late", "四(一)", "a record that comes later is taken with its true time, and flagged"),
        Rule("photo", "四(一)", "a photo is uploaded, and a record names it"),
        Rule("repeat", "四(二)", "the same upload again is the same record"),
        Rule("unchanged", "四(二)", "another record under the same name is refused"),
        Rule("batch", "三(二)2(2)", "a batch with one bad record stores the others, and says which one is bad"),
        Rule("limits", "四(一)", "an unknown item, and what nobody can have measured, is refused"),
        Rule("named_request", "四(二)", "a request under a name is answered as before, and no other one under it"),
        Rule("another_lift", "四(四)", "a lift of another maintainer is refused, and nothing of it is said"),
        Rule("no_key", "四(四)", "without a key nothing is shown and nothing taken"),
        Rule("delay", "四(五)", "why a visit is not made in time is stated"),
        Rule("read_back", "四(二)", "a record can be looked up at once"),
        Rule("webhook", "三(二)1(5)", "a webhook is set, and takes what it is told"),
        Rule("objection", "三(二)1(5)", "an objection reaches the platform, which then looks the record up"),
        Rule("unsigned", "四(四)", "the platform refuses a message that we have not signed"),
        Rule("odd", "四(二)", "zero bytes and impossible times are refused, and break nothing"),
    )
}


@dataclass(frozen=True)
class Outcome:
    """What was seen of a rule."""

    rule: Rule
    passed: bool
    seen: str


def keep_run(
    session: Session, target: str, source_id: int | None, outcomes: list[Outcome], now: datetime
) -> ConformanceRun:
    """Keep what came of the list; whoever lists platforms reads it."""
    run = ConformanceRun(
        source_id=source_id,
        target=target,
        at=now,
        passed=sum(one.passed for one in outcomes),
        failed=sum(not one.passed for one in outcomes),
        results=[{"rule": one.rule.code, "passed": one.passed, "seen": one.seen} for one in outcomes],
    )
    session.add(run)
    session.flush()
    return run
