"""The clock at the edge: Asia/Shanghai outside, UTC inside."""

from datetime import UTC, date, datetime

from store.zone import SHANGHAI


def now_utc() -> datetime:
    """This moment; the only place that asks the machine."""
    return datetime.now(UTC)


def in_utc(moment: datetime) -> datetime:
    """The moment in UTC; a naive one was read off a clock in China."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def business_day(moment: datetime) -> date:
    """The day in China at that moment."""
    return moment.astimezone(SHANGHAI).date()
