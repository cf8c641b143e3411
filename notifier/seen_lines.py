"""Lines of the web chat that were on a screen: read up to there, and the notices among them have arrived."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session

from notifier.receipts import Receipt, apply_receipt
from store.database import table_of
from store.doors import WebAccount
from store.web_lines import find_told, last_line


def take_seen(session: Session, account: WebAccount, line_ids: Collection[int], *, now: datetime) -> int:
    """Record that these lines of the account's inbox were seen; the last line that now counts as read.

    Each notice is acknowledged by its own line: one that was written meanwhile, above a line that was read, is not.
    """
    address = str(account.id)
    read_to = last_line(session, address, max(line_ids, default=0))
    for delivery in find_told(session, address, line_ids):
        apply_receipt(session, delivery, Receipt.DELIVERED, now=now)
    table = table_of(WebAccount)
    further = update(table).where(table.c.id == account.id, table.c.read_to < read_to).values(read_to=read_to)
    session.execute(further)
    return max(account.read_to, read_to)
