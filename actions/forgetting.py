"""What is kept no longer than it is of use: dialogs that nobody goes on with, and updates that nobody sends again."""

from datetime import datetime, timedelta

from sqlmodel import Session

from store.dialogs import forget_dialogs
from store.doors import TELEGRAM, WEBCHAT
from store.updates import forget_updates

DIALOGS = timedelta(days=60)  # a button that is older leads to the menu
UPDATES = timedelta(days=30)  # Telegram repeats an update for a day


def forget_old(session: Session, *, now: datetime) -> None:
    """Forget what is too old; nothing that was done or said depends on it."""
    forget_dialogs(session, before=now - DIALOGS)
    forget_updates(session, (TELEGRAM, WEBCHAT), before=now - UPDATES)
