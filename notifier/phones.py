"""What a phone number can take."""

from functools import lru_cache

from phonenumbers import NumberParseException, PhoneNumberType, number_type, parse

REMEMBERED = 100_000
MAINLAND = "+86"  # where Twilio ended calls in 2023


@lru_cache(maxsize=REMEMBERED)
def takes_sms(phone: str) -> bool:
    """Whether an E.164 number may be sent a text: not a landline, which would swallow it."""
    try:
        return bool(number_type(parse(phone)) != PhoneNumberType.FIXED_LINE)
    except NumberParseException:
        return False


def takes_machine_calls(phone: str) -> bool:
    """Whether the machine's provider calls this E.164 number."""
    return not phone.startswith(MAINLAND)
