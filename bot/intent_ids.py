"""Ids of opened windows that no other window has.

aiogram-dialog takes an id from the second and one of a hundred numbers. Of two windows that somebody opens within a
second, one in a hundred would have the other's id: it takes the other's place in the store, and a button of the one
acts in the other.
"""

import random
import string

from aiogram_dialog.api.entities import stack

SIGNS = string.digits + string.ascii_letters
LENGTH = 6  # as long as theirs: it is part of a button's 64 bytes


def draw_id() -> str:
    """One of 57 thousand million. It is no secret: a chat's windows are looked for among its own."""
    return "".join(random.choices(SIGNS, k=LENGTH))


def draw_ids_ourselves() -> None:
    """Put ours in the place of theirs, of which there is no other way to choose."""
    stack.new_id = draw_id
