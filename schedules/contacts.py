"""Parties that could not be reached and now can: what they missed is planned anew."""

from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from schedules.ladder import refresh_next
from store.ledger import release

# Notices that found nobody, of parties where somebody reachable has been named since.
FOUND = text("""
SELECT DISTINCT t.duty_id FROM notice n
JOIN told t ON t.notice_id = n.id AND t.state = 'reserved'
WHERE n.city_id = :city AND n.status = 'no_contact' AND EXISTS (
    SELECT 1 FROM contact c WHERE c.party_id = n.party_id AND c.to_on IS NULL AND c.from_on > n.planned_on
    AND (c.phone IS NOT NULL OR EXISTS (SELECT 1 FROM chat h WHERE h.contact_id = c.id AND h.active)))
""")


def reopen_reachable(session: Session, city_id: str, *, now: datetime) -> int:
    """Take back the notices that waited for a contact where there is one now, so that the plan tells the latest rung.

    Returns how many duties that concerns.
    """
    duty_ids = [row.duty_id for row in session.connection().execute(FOUND, {"city": city_id})]
    if duty_ids:
        release(session, duty_ids, reason="contact_found", now=now)
        refresh_next(session, duty_ids)
    return len(duty_ids)
