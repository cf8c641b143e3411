"""What a trial comes to: who was not told, who was told twice, and whether that could be helped."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from soaking.desk import Record
from soaking.rows import Books, notice_at

CAN_BE_ASKED = ("twilio",)


@dataclass(frozen=True)
class Verdict:
    """`lost`: never at the provider. `twice`: more than once there. `unhelped`: twice, though neither was the notice in
    flight at a kill nor did the provider leave it in doubt. `silent`: twice, and its history does not say so.
    """

    sent: int
    lost: int
    twice: int
    unhelped: int
    silent: int
    marked: int
    in_flight: int
    in_doubt: int
    faults: list[str]


def judge(protocol: str, notices: Collection[int], record: Record, books: Books, in_flight: set[int]) -> Verdict:
    """By the provider's own record and the store's."""
    counts = Counter(notice_at(one.address) for one in record.taken)
    in_doubt = {notice_at(one.address) for one in record.taken if not one.sure}
    twice = {notice for notice, count in counts.items() if count > 1}
    lost = {notice for notice in notices if notice not in counts}
    strange = {notice for notice in counts if notice not in notices}
    unhelped, silent = twice - in_flight - in_doubt, twice - books.marked
    may_repeat = protocol not in CAN_BE_ASKED
    amiss = {
        "lost": lost,
        "sent twice": set() if may_repeat else twice,
        "sent twice without need": unhelped if may_repeat else set(),
        "sent twice and not marked": silent if may_repeat else set(),
        "sent that nobody planned": strange,
    }
    said = [f"{len(found)} {what}: {sorted(found)[:10]}" for what, found in amiss.items() if found]
    return Verdict(
        sent=len(counts),
        lost=len(lost),
        twice=len(twice),
        unhelped=len(unhelped),
        silent=len(silent),
        marked=len(books.marked),
        in_flight=len(in_flight),
        in_doubt=len(in_doubt),
        faults=[*said, *_faults_of_books(protocol, record, books), *_faults_of_requests(record)],
    )


def _faults_of_books(protocol: str, record: Record, books: Books) -> Iterator[str]:
    if books.unsettled:
        yield f"{len(books.unsettled)} not settled: {dict(Counter(books.unsettled.values()))}"
    if books.untold:
        yield f"{books.untold} entries of the ledger are not told"
    if books.sending:
        yield f"{books.sending} attempts were never settled"
    ids = {one.provider_id for one in record.taken}
    if books.provider_ids - ids:
        yield f"{len(books.provider_ids - ids)} attempts name messages that the provider does not know"
    if protocol in CAN_BE_ASKED and ids - books.provider_ids:
        yield f"{len(ids - books.provider_ids)} messages of the provider are no attempt's"


def _faults_of_requests(record: Record) -> Iterator[str]:
    for fault, count in Counter(record.faults).most_common(10):
        yield f"{count} requests: {fault}"
