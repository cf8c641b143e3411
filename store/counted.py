"""English words beside a number: filters of the templates, in the bot as in notices."""


def plural(number: int, one: str, many: str = "") -> str:
    """The word for so many: lift, lifts; `many` where it is not made by an s, also of a verb (is, are)."""
    return one if number == 1 else many or f"{one}s"


def counted(number: int, one: str, many: str = "") -> str:
    """1 lift, 2 lifts."""
    return f"{number} {plural(number, one, many)}"


FILTERS = {"plural": plural, "counted": counted}
