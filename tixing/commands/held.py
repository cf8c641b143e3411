"""What keeps a planned notice from leaving now, and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from store.brakes import EVERYWHERE, open_holds, pauses
from store.notices import Notice, NoticeStatus
from store.zone import SHANGHAI

HELD = "held: "  # how the notifier begins the reason of a notice that it keeps back on purpose
OPEN = (NoticeStatus.PLANNED, NoticeStatus.UNKNOWN)


@dataclass(frozen=True)
class Held:
    """`until`: a moment or a day; None where somebody must end it."""

    why: str
    until: datetime | date | None = None

    def as_dict(self) -> dict[str, str | None]:
        """For JSON; a moment as in China."""
        return {"why": self.why, "until": self.until.isoformat() if self.until else None}

    def __str__(self) -> str:
        """The end of the notice's line."""
        if isinstance(self.until, datetime):
            return f"  (until {self.until:%Y-%m-%d %H:%M}: {self.why})"
        return f"  (until {self.until}: {self.why})" if self.until else f"  ({self.why})"


@dataclass(frozen=True)
class Holding:
    """The brakes that are on, by city ('*': every one), at a moment."""

    brakes: Mapping[str, str]
    now: datetime

    @classmethod
    def load(cls, session: Session, now: datetime) -> "Holding":
        """A pause explains more than a plan that is held, and one of everything most."""
        held = {one.city_id: f"the plan of {one.planned_on} is held; `tixing release`" for one in open_holds(session)}
        for one in pauses(session):
            about = f" ({one.reason})" if one.reason else ""
            held[one.city_id or EVERYWHERE] = f"paused{about}; `tixing resume`"
        return cls(held, now)

    def of(self, notice: Notice) -> Held | None:
        """What keeps this notice; None where nothing does, or it does not wait."""
        if notice.status not in OPEN:
            return None
        if brake := self.brakes.get(EVERYWHERE) or self.brakes.get(notice.city_id):
            return Held(brake)
        if notice.send_on > self.now.astimezone(SHANGHAI).date():
            return Held("its day", notice.send_on)
        if notice.not_before is None or notice.not_before <= self.now:
            return None
        return Held(notice.reason.removeprefix(HELD) or "put off", notice.not_before.astimezone(SHANGHAI))
