"""Addresses as logs and pages may show them."""

HIDDEN = "***"
PHONE_CHANNELS = ("sms", "voice", "call_task")


def mask_phone(phone: str) -> str:
    """A telephone number with its middle hidden: +8614000000001 → 140****0001, +85251234567 → +852***4567."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    if phone.startswith("+86") and len(digits) == 13:
        return f"{digits[2:5]}****{digits[-4:]}"
    if len(digits) < 8:
        return HIDDEN
    return f"+{digits[:3]}{HIDDEN}{digits[-4:]}" if phone.startswith("+") else f"{digits[:3]}****{digits[-4:]}"


def mask_address(channel: str, address: str) -> str:
    """The address of a channel as a log may show it."""
    if channel in PHONE_CHANNELS:
        return mask_phone(address)
    if channel == "group":
        return f"{address.partition('://')[0]}://{HIDDEN}"  # the rest is the key of a group's robot
    if channel == "email":
        return f"{address[:1]}{HIDDEN}@{address.rpartition('@')[2]}"
    return f"{address[:2]}{HIDDEN}{address[-2:]}" if len(address) > 6 else HIDDEN
