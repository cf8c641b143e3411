"""Addresses of e-mail."""

import re

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def is_email(address: str) -> bool:
    """Whether this is one address, and nothing that a mail server would read otherwise."""
    return len(address) <= 254 and _ADDRESS.fullmatch(address) is not None
