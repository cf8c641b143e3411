"""What handlers need of the process in which they run, besides the store."""

from dataclasses import dataclass, field

from actions.identity.post import CodePost
from actions.maintaining.labels import Labels
from actions.reporting.links import Links
from store.quiet import QuietHours


@dataclass(frozen=True)
class Services:
    """`code_key`: of the digests of one-time codes; `post` sends them. `quiet`: the hours in which messages wait.

    `links` lead to the files of reports, where there is a public address. `labels` read the QR codes on lifts.
    """

    post: CodePost
    code_key: bytes = field(repr=False)
    quiet: QuietHours | None = None
    links: Links | None = None
    labels: Labels | None = None
