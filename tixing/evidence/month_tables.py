"""The month's tables for the workbook: one row for each lift, rung and party; the untold; the list; the texts."""

from collections.abc import Iterator, Mapping, Sequence

from actions.evidence.attempts import Attempt
from actions.evidence.ledger import Entry
from actions.evidence.lifts import LiftFacts
from actions.evidence.month import MonthEvidence
from actions.evidence.offices import OfficeEntry
from actions.evidence.untold import Untold
from actions.workbook import Table
from tixing.evidence.month_paper import listed_row
from tixing.evidence.told_rows import first, say_outcome
from tixing.evidence.words import Say

LIFT = ("district", "certificate", "code", "place", "use_unit", "maintainer")
TOLD = (
    *LIFT,
    *("duty", "due", "rung", "on", "party", "party_role", "copy", "late", "channel", "recipient", "status"),
    *("receipt", "reason", "clause", "quote", "notice"),
)
UNTOLD = (*LIFT, "duty", "due", "rung", "by", "why", "clause")
TEXTS = (
    "notice",
    "on",
    "party",
    "channel",
    "recipient",
    "attempted",
    "status",
    "receipt",
    "template",
    "version",
    "text",
)
LISTED = (
    *("no", "certificate", "code", "use_unit", "contact", "address", "internal", "next_due", "maintainer", "urged"),
    "reason",
)
OFFICES = (
    *("party", "paper", "due", "rung", "on", "late", "channel", "recipient", "status", "receipt", "filed"),
    *("clause", "quote", "notice"),
)
GAP = "; "


def month_tables(found: MonthEvidence, attempts: Mapping[int, Sequence[Attempt]], say: Say) -> dict[str, Table]:
    """Sheets by name. `attempts` are all of the notices that the entries are on."""
    words, listed_words = say.words["sheet"], say.words["month_doc"]
    listed = [listed_row(one, say) for one in found.listed]
    return {
        words["told"]: ([words[name] for name in TOLD], (_told(entry, say) for entry in found.entries)),
        words["untold"]: ([words[name] for name in UNTOLD], (_untold(one, say) for one in found.untold)),
        words["listed"]: (
            [listed_words[name] for name in LISTED],
            (
                [
                    str(number), row["certificate"], row["code"], row["use_unit"], GAP.join(row["contacts"]),
                    row["address"], row["internal"], row["next_due"], row["maintainer"], GAP.join(row["urged"]),
                    row["reason"],
                ]
                for number, row in enumerate(listed, start=1)
            ),
        ),
        words["offices"]: ([words[name] for name in OFFICES], (_office(entry, say) for entry in found.offices)),
        words["texts"]: ([words[name] for name in TEXTS], _texts(found, attempts, say)),
    }  # fmt: skip


def _lift(lift: LiftFacts) -> list[str]:
    return [lift.district, lift.certificate, lift.equipment_code, lift.place, lift.use_unit, lift.maintainer]


def _told(entry: Entry, say: Say) -> list[str]:
    yes = say.words["sheet"]["yes"]
    channels = dict.fromkeys(say.name("channel", attempt.channel) for attempt in entry.attempts)
    return [
        *_lift(entry.lift),
        say.name("duty", entry.duty),
        entry.due.isoformat(),
        say.name("step", entry.rung),
        entry.on.isoformat(),
        entry.party,
        say.of("audience", entry.audience) if entry.audience else "",
        yes if entry.is_copy else "",
        yes if entry.late else "",
        GAP.join(channels),
        GAP.join(dict.fromkeys(say.recipient(attempt) for attempt in entry.attempts)),
        say_outcome(entry, say),
        first(say.receipt(attempt) for attempt in entry.attempts),
        say.reason(entry.reason),
        entry.clause,
        entry.quote,
        str(entry.notice_id or ""),
    ]


def _untold(one: Untold, say: Say) -> list[str]:
    return [
        *_lift(one.lift),
        say.name("duty", one.duty),
        one.due.isoformat(),
        say.name("step", one.step),
        one.by.isoformat(),
        say.of("why", one.why.value),
        one.clause,
    ]


def _office(entry: OfficeEntry, say: Say) -> list[str]:
    channels = dict.fromkeys(say.name("channel", attempt.channel) for attempt in entry.attempts)
    return [
        entry.office,
        entry.paper.get(say.language, entry.rule),
        entry.due.isoformat(),
        say.name("step", entry.step),
        entry.on.isoformat(),
        say.words["sheet"]["yes"] if entry.late else "",
        GAP.join(channels),
        GAP.join(dict.fromkeys(say.recipient(attempt) for attempt in entry.attempts)),
        say.of("outcome", entry.outcome.value),
        first(say.receipt(attempt) for attempt in entry.attempts),
        entry.filed_on.isoformat() if entry.filed_on else "",
        entry.clause,
        entry.quote,
        str(entry.notice_id or ""),
    ]


def _texts(found: MonthEvidence, attempts: Mapping[int, Sequence[Attempt]], say: Say) -> Iterator[list[str]]:
    """Every attempt of every notice once, in the order of the notices."""
    notices = {entry.notice_id: (entry.on, entry.party) for entry in found.entries if entry.notice_id}
    notices |= {entry.notice_id: (entry.on, entry.office) for entry in found.offices if entry.notice_id}
    for notice_id, (on, party) in sorted(notices.items()):
        for attempt in attempts.get(notice_id, []):
            yield [
                str(notice_id),
                on.isoformat(),
                party,
                say.name("channel", attempt.channel),
                say.recipient(attempt),
                say.moment(attempt.attempted_at),
                say.came(attempt),
                say.receipt(attempt),
                attempt.template,
                attempt.version,
                say.text(attempt),
            ]
