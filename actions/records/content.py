"""What a record of maintenance says, as it comes from the chat and from the data interface, and as it is kept."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from store.records import VisitKind
from store.zone import SHANGHAI

LONGEST_LINE, LONGEST_NOTE = 200, 1_000  # characters
MOST_WORKERS, MOST_EXTRA, MOST_PHOTOS = 6, 40, 40
MOST_PLACES = 12  # of a number

NO_ZERO = r"^[^\x00]*$"  # PostgreSQL keeps no zero byte in a text
YEARS = range(2000, 2100)  # in others a moment cannot be told in every zone, or was never meant

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_LINE, pattern=NO_ZERO)]
Digest = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_NOTE, pattern=NO_ZERO)]


def _in_our_time(moment: datetime) -> datetime:
    if moment.year not in YEARS:
        raise ValueError(f"a moment lies between {YEARS.start} and {YEARS.stop - 1}")
    return moment


def _short(value: Decimal) -> Decimal:
    exponent = value.as_tuple().exponent
    if (
        isinstance(exponent, str) or abs(exponent) > MOST_PLACES
    ):  # 0E+999999999 is a nought of a thousand million digits
        raise ValueError("a number is written out, without an exponent")
    return value


Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
Number = Annotated[Decimal, AfterValidator(_short)]


class Result(StrEnum):
    """What was found of an item, and done."""

    OK = "ok"
    FIXED = "fixed"
    FAULT = "fault"
    NOT_APPLICABLE = "not_applicable"


class Strict(BaseModel):
    """Nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Found(Strict):
    """What was found of one item of the table. `value` is as it was read, without its unit."""

    result: Result
    value: Number | None = Field(default=None, allow_inf_nan=False, max_digits=12, decimal_places=4)
    reason: Note = ""

    @model_validator(mode="after")
    def _has_reason(self) -> Self:
        if self.result in (Result.FAULT, Result.NOT_APPLICABLE) and not self.reason:
            raise ValueError(f"a result {self.result} says why: give reason")
        return self


class Extra(Found):
    """An item that the workers added to those of the table (三(二)1(4))."""

    item: Line


class Worker(Strict):
    """Somebody who did the work, and signed. `signed_at` is when they did."""

    name: Line
    certificate: Line
    signed_at: Moment


class Place(Strict):
    """Where it was recorded: degrees (WGS 84) and metres. `how`: by a location that was sent, or by the lift's code."""

    how: str = Field(pattern="^(location|code)$")
    latitude: Number | None = Field(default=None, ge=-90, le=90, decimal_places=6)
    longitude: Number | None = Field(default=None, ge=-180, le=180, decimal_places=6)
    accuracy_m: int | None = Field(default=None, ge=0, le=100_000)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("a place has both latitude and longitude, or neither")
        if self.how == "location" and self.latitude is None:
            raise ValueError("a location has latitude and longitude")
        return self


class RecordContent(Strict):
    """A record of one visit to one lift.

    `items`: by code, those of the table (`table`, such as "tsg-t5002-2017"; `lift_class` A to D) that were not simply
    found in order, and those with a value; `count` is how many the table has for this kind: all others are in order.
    `photos_of`: by code, the sha256 of the photos that show this item; of a record's photos those that are of none show
    the visit as a whole.
    """

    kind: VisitKind
    table: Line
    lift_class: str = Field(pattern="^[A-D]$")
    count: int = Field(ge=1, le=500)
    began_at: Moment | None = None
    completed_at: Moment
    items: Mapping[Line, Found] = Field(default_factory=dict, max_length=500)
    photos_of: Mapping[Line, tuple[Digest, ...]] = Field(default_factory=dict, max_length=MOST_PHOTOS)
    extra: tuple[Extra, ...] = Field(default=(), max_length=MOST_EXTRA)
    workers: tuple[Worker, ...] = Field(min_length=1, max_length=MOST_WORKERS)
    place: Place | None = None
    note: Note = ""
    dangerous: bool = False

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.began_at is not None and self.began_at > self.completed_at:
            raise ValueError("began_at is after completed_at")
        if len(self.items) > self.count:
            raise ValueError(f"{len(self.items)} items of a table that has {self.count}")
        if self.dangerous and not self.faults:
            raise ValueError("dangerous is for a fault: say of which item")
        return self

    @property
    def faults(self) -> int:
        """How many items are in a state that is not mended."""
        return sum(one.result == Result.FAULT for one in (*self.items.values(), *self.extra))

    def to_keep(self) -> dict[str, Any]:
        """The same for an entry of the chain, without who did it: personal values go beside it."""
        kept: dict[str, Any] = {
            "kind": self.kind.value,
            "table": self.table,
            "class": self.lift_class,
            "all": self.count,
            "completed_at": written(self.completed_at),
            "but": {code: _found(one) for code, one in self.items.items()},
            "signed_at": [written(one.signed_at) for one in self.workers],
        }
        if self.began_at is not None:
            kept["began_at"] = written(self.began_at)
        if self.photos_of:
            kept["photos_of"] = {code: list(digests) for code, digests in self.photos_of.items()}
        if self.extra:
            kept["extra"] = [{"item": one.item, **_found(one)} for one in self.extra]
        if self.place is not None:
            kept["place"] = _place(self.place)
        if self.note:
            kept["note"] = self.note
        if self.dangerous:
            kept["dangerous"] = True
        return kept

    def people(self) -> dict[str, str]:
        """The personal values of the entry, by field."""
        fields: dict[str, str] = {}
        for number, one in enumerate(self.workers, start=1):
            fields[f"worker{number}.name"] = one.name
            fields[f"worker{number}.certificate"] = one.certificate
        return fields


def written(moment: AwareDatetime) -> str:
    """A moment in an entry: to the second, in the time of the documents."""
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")


def _found(one: Found) -> dict[str, str]:
    kept = {"result": one.result.value}
    if one.value is not None:
        kept["value"] = format(one.value, "f")
    if one.reason:
        kept["reason"] = one.reason
    return kept


def _place(place: Place) -> dict[str, Any]:
    kept: dict[str, Any] = {"how": place.how}
    if place.latitude is not None and place.longitude is not None:
        kept |= {"latitude": format(place.latitude, "f"), "longitude": format(place.longitude, "f")}
    if place.accuracy_m is not None:
        kept["accuracy_m"] = place.accuracy_m
    return kept
