"""Changes so many that a person must have looked: the import waits for a confirmation."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from actions.register.changes import Changes
from actions.register.errors import RegisterError
from actions.register.other_columns import INSTALLED, MAINTENANCE, NEXT_TEST, PLACE
from store.settings import Setting

THRESHOLD = "import_threshold_percent"  # setting of the stored register
DEFAULT_PERCENT = 2.0
LOOSER = 5  # maintainers, people and dates of tests change so many times as often in ordinary life
LOOSEST = 10  # places too: whole compounds are renamed and renumbered
DOUBLED = "new lifts beside as many of the same use unit and district that the file leaves out (wrong codes?)"
HANDFUL = 5  # fewer are never stopped, so that a small register can be kept by hand


class NeedsConfirmation(RegisterError):
    """More changes than may go in unasked."""


@dataclass(frozen=True)
class Danger:
    """One kind of change above its threshold."""

    what: str
    count: int
    of: int
    allowed_percent: float

    def as_json(self) -> dict[str, object]:
        """For JSON."""
        return {"what": self.what, "count": self.count, "of": self.of, "allowed_percent": self.allowed_percent}

    def __str__(self) -> str:
        share = self.count * 100 / self.of
        return f"{self.what}: {self.count} of {self.of} ({share:.1f} %, {self.allowed_percent:g} % go unasked)"


def threshold_percent(session: Session) -> float:
    """Of the lifts that a file names and the store knows, the share that may change without a confirmation."""
    setting = session.get(Setting, THRESHOLD)
    return float(setting.value) if setting is not None else DEFAULT_PERCENT


def keep_threshold(session: Session, percent: float) -> None:
    """Change it, for this register's imports from now on."""
    session.merge(Setting(key=THRESHOLD, value=percent))
    session.flush()


def dangers(changes: Changes, percent: float) -> list[Danger]:
    """The kinds of change that are above their thresholds."""
    looser = percent * LOOSER
    counted = [
        Danger("validity", changes.validity - changes.routine, changes.known, percent),
        Danger("use unit", changes.use_unit, changes.known, percent),
        Danger("status", changes.status.total(), changes.known, percent),
        Danger("district", changes.district, changes.known, percent),
        Danger(INSTALLED, changes.others[INSTALLED], changes.known, percent),
        Danger(MAINTENANCE, changes.others[MAINTENANCE], changes.known, percent),
        Danger(NEXT_TEST, changes.others[NEXT_TEST], changes.known, looser),
        Danger(PLACE, changes.others[PLACE], changes.known, percent * LOOSEST),
        Danger(DOUBLED, changes.doubled, changes.in_use, percent),
        Danger("maintainer", changes.maintainer, changes.known, looser),
        Danger("people no longer named", changes.people_ended, changes.people, looser),
        *(
            Danger(f"lifts with other phone numbers of their {role.replace('_', ' ')}", behind, of, looser)
            for role, (behind, of) in changes.numbers.items()
        ),
    ]
    return [one for one in counted if one.count >= HANDFUL and one.count * 100 > one.allowed_percent * one.of]


def refuse(found: Sequence[Danger]) -> None:
    """NeedsConfirmation that says what it is about, if anything is."""
    if found:
        raise NeedsConfirmation(
            f"this register changes more than may go in unasked ({'; '.join(map(str, found))}); nothing was stored: "
            "look at it with --dry-run, and if it is right import it with --yes"
        )
