"""The lists of the year are looked at apart from the plan of the day."""

from datetime import date

import structlog
from sqlalchemy.exc import SQLAlchemyError

from actions.campaign.daily import review_campaigns
from actions.campaign.errors import CampaignError
from schedules.rulebook import RulebookError
from store.database import Database
from store.locks import hold_all_cities

FAULTS = (
    SQLAlchemyError,
    CampaignError,
    RulebookError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)

log = structlog.get_logger(__name__)


def look_at_campaigns(database: Database, today: date) -> bool:
    """In a transaction of its own: where a list cannot be looked at, no notice waits for it; whether it could."""
    try:
        with database.write() as session:
            hold_all_cities(session)
            review_campaigns(session, today=today)
    except FAULTS:
        log.exception("the lists of the year were not looked at; they are tried again with the next plan")
        return False
    return True
