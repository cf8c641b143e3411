"""A link to the file of a report: signed, and good for some days. Who has it may read that file, and nothing else."""

import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlmodel import Session, select

from actions.reporting.listing import file_of
from store.reports import Report

GOOD_FOR = timedelta(days=7)
PATH = "/reports"


@dataclass(frozen=True)
class Links:
    """Makes and checks links below `base`, the public address; none can be made without one."""

    key: bytes = field(repr=False)
    base: str = ""

    def to(self, report_id: int, now: datetime) -> str:
        """The address of the file; empty where nobody could open it."""
        if not self.base:
            return ""
        until = int((now + GOOD_FOR).timestamp())
        return f"{self.base.rstrip('/')}{PATH}/{report_id}?until={until}&seal={self._seal(report_id, until)}"

    def is_good(self, report_id: int, until: int, seal: str, now: datetime) -> bool:
        """Whether we made this link, and its time is not over."""
        is_ours = hmac.compare_digest(self._seal(report_id, until).encode(), seal.encode())
        return is_ours and now < datetime.fromtimestamp(until, UTC)

    def _seal(self, report_id: int, until: int) -> str:
        return hmac.new(self.key, f"{report_id}/{until}".encode(), sha256).hexdigest()[:32]


def linked_file(session: Session, report_id: int) -> tuple[str, bytes] | None:
    """Name and content for whoever has a good link; None where another report has taken its place."""
    report = session.get(Report, report_id)
    later = select(Report.id).where(Report.corrects == report_id)
    if report is None or session.exec(later).first() is not None:
        return None
    return file_of(session, report)
