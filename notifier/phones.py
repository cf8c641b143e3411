"""What a phone number can take."""

import re
from functools import lru_cache

from phonenumbers import NumberParseException, PhoneNumberType, number_type, parse

REMEMBERED = 100_000
MAINLAND = "+86"  # where Twilio ended calls in 2023
CALLS = "voice"
_MOBILE = re.compile(r"\+861[3-9]\d{9}")  # of the mainland; no landline looks so, and it is known at once


def takes_sms(phone: str) -> bool:
    """Whether an E.164 number may be sent a text: not a landline, which would swallow it."""
    return _MOBILE.fullmatch(phone) is not None or _is_no_landline(phone)


@lru_cache(maxsize=REMEMBERED)
def _is_no_landline(phone: str) -> bool:
    try:
        return bool(number_type(parse(phone)) != PhoneNumberType.FIXED_LINE)
    except NumberParseException:
        return False


def is_mainland(phone: str) -> bool:
    """Whether an E.164 number is one of the mainland."""
    return phone.startswith(MAINLAND)


def mainland_too(channel: str) -> str:
    """Stands among the available channels where this one has a provider of the mainland beside another."""
    return f"{channel}:mainland"


def mainland_only(channel: str) -> str:
    """Stands among the available channels where this one has a provider of the mainland and no other."""
    return f"{channel}:mainland-only"


def goes_through_mainland(channel: str, available: frozenset[str]) -> bool:
    """Whether numbers of the mainland have a provider of their own there."""
    return not available.isdisjoint((mainland_too(channel), mainland_only(channel)))


def is_reached(channel: str, phone: str, available: frozenset[str]) -> bool:
    """Whether a provider of `sms` or `voice`, as far as that is available, serves this E.164 number."""
    if is_mainland(phone):
        return channel != CALLS or goes_through_mainland(channel, available)
    return mainland_only(channel) not in available


def dialled(phone: str) -> str:
    """A number as people on the mainland dial it, where it is one of there: 14000000003, 02038830000."""
    if not phone.startswith(MAINLAND):
        return phone
    local = phone.removeprefix(MAINLAND)
    return local if local.startswith("1") else f"0{local}"
