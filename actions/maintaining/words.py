"""What people write at a visit: one line, and no longer than a record keeps."""

from actions.records.content import LONGEST_LINE
from actions.refusals import Refused

LONGEST_NOTE, LONGEST_EXTRA = 300, LONGEST_LINE


def read_words(written: str, most: int) -> str:
    """The words without needless blanks. Raises Refused where there are none, or too many."""
    words = " ".join(written.split())
    if len(words) > most:
        raise Refused("everyone.too_long", length=len(words), most=most)
    if not words:
        raise Refused("everyone.only_words")
    return words
