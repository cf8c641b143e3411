"""Records on paper for whom both sides have authorized and who has no chat here: a court, an insurer, a street office.

Whoever hands the extract out is named in the log of reads, once for each record (003 四(四)).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from actions.paperless.reads import BY_GRANT, log_read
from actions.paperless.rights import by_grant
from actions.records.showing import RecordShown, show
from actions.refusals import Refused
from store.parties import party_name
from store.records import MaintenanceRecord
from store.supervision import RecordGrant


@dataclass(frozen=True)
class Extracted:
    """One record: `entry_id`, by which it is proved, and what it says."""

    entry_id: int
    seq: int
    said: RecordShown


@dataclass(frozen=True)
class Extract:
    """What an organisation may read, for which purpose and until when."""

    to: str
    unit: str
    maintainer: str
    purpose: str
    until_on: date
    records: Sequence[Extracted]


def extract_by_grant(session: Session, grant_id: int, *, by: str, now: datetime, today: date) -> Extract:
    """All that this authorization opens today, oldest first. Raises Refused where it is not in force."""
    grant = session.get(RecordGrant, grant_id)
    if grant is None:
        raise Refused("paperless.grant_over")
    of_two = (MaintenanceRecord.unit_id == grant.unit_id, MaintenanceRecord.maintainer_id == grant.maintainer_id)
    query = select(MaintenanceRecord).where(*of_two, by_grant(grant.to_id, today))
    if grant.lift_id is not None:
        query = query.where(MaintenanceRecord.lift_id == grant.lift_id)
    order = (col(MaintenanceRecord.lift_id), col(MaintenanceRecord.seq))
    found = []
    for record in session.exec(query.order_by(*order)).all():
        said, personal = show(session, record)
        about = {"owner_id": record.maintainer_id, "lift_id": record.lift_id, "seq": record.seq}
        log_read(session, party_id=grant.to_id, what=personal, why=f"{BY_GRANT}, on paper from {by}", at=now, **about)
        found.append(Extracted(record.entry_id, record.seq, said))
    if not found:
        raise Refused("paperless.grant_over")
    to, unit, maintainer = (party_name(session, one) for one in (grant.to_id, grant.unit_id, grant.maintainer_id))
    return Extract(to, unit, maintainer, purpose=grant.purpose, until_on=grant.until_on, records=found)
