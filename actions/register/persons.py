"""The people at a unit, as one row states them."""

from hashlib import sha256
from itertools import zip_longest
from typing import NamedTuple

from actions.register.phones import read_phones
from actions.register.words import half_width, says_nothing, words
from store.parties import ContactRole

SYNTHETIC_BLOCK = "+86140"  # numbers of machines, given to no person


class StatedContact(NamedTuple):
    """A person as a row states them; `role` is a ContactRole's value.

    `phone` is E.164; None with `phone_stated` means that what is stated is no phone number.
    """

    role: str
    name: str
    phone: str | None
    phone_stated: str
    synthetic: bool


def read_people(role: str, names: str, phones: str, region: str) -> list[StatedContact]:
    """One person for each number; two names belong to two numbers in their order."""
    names = "" if says_nothing(names) else names
    if says_nothing(half_width(phones)):
        return [StatedContact(role, names, None, "", False)] if names else []
    numbers = read_phones(phones, region)
    if numbers is None:
        return [StatedContact(role, names, None, phones, False)]
    each = [names]
    for mark in words().names.between:
        each = [part.strip() for name in each for part in name.split(mark)]
    whose = each if len(each) == len(numbers) else [names] * len(numbers)
    return [StatedContact(role, name, number, "", False) for name, number in zip_longest(whose, numbers)]


def invent_contact(ref: str) -> StatedContact:
    """A use unit contact, marked as synthetic, for a unit whose phone number the register holds back."""
    return StatedContact(ContactRole.UNIT_CONTACT.value, "", invent_phone(ref), "", True)


def invent_phone(ref: str) -> str:
    """A number that stands for the unknown one of this unit, always the same; it belongs to nobody."""
    return f"{SYNTHETIC_BLOCK}{int(sha256(ref.encode()).hexdigest()[:12], 16) % 10**8:08d}"
