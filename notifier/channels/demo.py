"""The demo: nothing leaves. What would go to a phone or to Telegram lands in an inbox that the demo page shows."""

from notifier.channels.inbox import InboxChannel
from store.database import Database


class DemoSms(InboxChannel):
    """SMS as the phone would show it, signature included, in the inbox `sms:<number>`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "sms", prefix="sms:", signed=True)


class DemoTelegram(InboxChannel):
    """Telegram messages in the inbox `telegram:<chat id>`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "telegram", prefix="telegram:")
