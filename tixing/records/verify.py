"""`tixing records verify`: everything that can be said of the records in a store, from one consistent state."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from time import perf_counter, process_time

from sqlmodel import Session

from tixing.records.anchors import Anchors
from tixing.records.beside import check_cuts, check_people, check_photos
from tixing.records.chains import Chains
from tixing.records.days import Days
from tixing.records.faults import Verdict
from tixing.records.guards import check_guards
from tixing.records.standing import check_standing
from tixing.records.storage import check_storage


def verify(
    session: Session,
    *,
    today: date,
    anchors: Anchors | None = None,
    trusted: frozenset[str] = frozenset(),
    lift_id: int | None = None,
    since: date | None = None,
) -> Verdict:
    """Check all of a store, or one lift, of which the roots of its days are not asked: its proof says that.

    `trusted`: the public keys that may have signed; with none any key may; `since`: when the first of
    them was made. `today` is for what may have been cut.
    """
    verdict = Verdict()
    anchors = anchors or Anchors()
    verdict.anchors = len(anchors)
    days = Days(verdict, anchors, trusted, today, since)
    chains = Chains(verdict, days.take if lift_id is None else lambda *_: None)
    with _timed(verdict, "storage"):
        verdict.faults += check_storage(session)
    unread = [fault.record for fault in verdict.faults if fault.record is not None]
    with _timed(verdict, "chains"):
        chains.look(session, lift_id, without=unread)
    if lift_id is None:
        with _timed(verdict, "roots"):
            days.check(session)
    with _timed(verdict, "beside"):
        verdict.faults += check_guards(session)
        verdict.faults += check_cuts(session, chains.cut, today)
        verdict.faults += check_people(session, lift_id)
        verdict.faults += check_photos(session, lift_id)
    with _timed(verdict, "standing"):
        verdict.faults += check_standing(session, lift_id)
    return verdict


@contextmanager
def _timed(verdict: Verdict, part: str) -> Iterator[None]:
    started, worked = perf_counter(), process_time()
    yield
    verdict.seconds[part] = round(perf_counter() - started, 3)
    verdict.worked[part] = round(process_time() - worked, 3)
