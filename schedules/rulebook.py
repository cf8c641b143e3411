"""Rulebooks: the rules of one document as data, validated on loading."""

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from schedules.cycles.rules import Cycle
from schedules.maintenance_rules import MaintenanceTable
from schedules.numbers import Numbers, filled_up, shared_numbers
from schedules.offices.programme import Assignment
from schedules.vocabulary import Due, DutyKind, StepAt, Strict, TellWhen, Trigger


class RulebookError(Exception):
    """A rulebook cannot be used; the message is one sentence that names file, rule and fault."""


Via = Literal["use_unit", "maintainer", "district_regulator", "city_regulator", "inspection_department"]
Audience = Literal[
    "unit_contact",
    "unit_head",
    "unit_contact_and_manager",
    "legal_rep_and_manager",
    "maintainer",
    "district_regulator",
    "city_regulator",
    "inspection_department",
]
ChannelClass = Literal["sms", "chat", "call"]
Unless = Literal["booked", "booked_by_backstop", "never"]


class Telling(Strict):
    """Who is told of a rung: through which responsibility the party is found, which people, how, in which words."""

    via: Via
    audience: Audience
    channel: ChannelClass
    template: str
    booked_late_template: str | None = None
    unbooked_only: bool = False  # says that nothing is booked, so not of a lift whose visit is booked too late


class Step(Strict):
    """A rung. `tells[0]` is the party the rung is for; the others get copies."""

    step: str
    at: StepAt
    clause: str
    quote: str
    tell: TellWhen | None = None
    tells: tuple[Telling, ...] = ()
    unless: Unless = "booked"
    brings: str | None = None  # an untold earlier rung that goes out beside this one when both are late
    covers: str | None = None  # a rule: what it would tell of the same lift on the same day stands in this message too
    by_itself: bool = False  # the clause asks for this form: no other message stands for it before its last day
    lapses: bool = False  # offers what can be done up to the due date and no later: not told after it
    by_district: bool = False  # one notice a district, because the text names it
    in_dates: bool = True  # a rung of the document's ladder, not only of what follows when it is missed

    @model_validator(mode="after")
    def _tells_whole(self) -> Self:
        if (self.tell is None) != (not self.tells):
            raise ValueError(f"step {self.step}: 'tell' and 'tells' come together")
        return self


class Ladder(Strict):
    """Where a duty is written, and the rungs before it falls due."""

    id: str
    clause: str
    quote: str
    obligations: tuple[str, ...]
    steps: tuple[Step, ...] = ()

    @model_validator(mode="after")
    def _steps_refer_to_each_other(self) -> Self:
        names = [step.step for step in self.steps]
        if len(set(names)) != len(names):
            raise ValueError(f"rule {self.id}: two steps have one name")
        for step in self.steps:
            for other in (getattr(step.at, "step", None), getattr(step.tell, "step", None), step.brings):
                if other is not None and other not in names:
                    raise ValueError(f"rule {self.id}, step {step.step}: there is no step {other!r}")
        lapsing = [step.lapses for step in self.told_steps]
        if lapsing != sorted(lapsing):
            raise ValueError(f"rule {self.id}: a step that is told after the due date follows one that lapses with it")
        return self

    def step_named(self, name: str) -> Step:
        """The rung called `name`."""
        return next(step for step in self.steps if step.step == name)

    def is_over(self, due: date, today: date) -> bool:
        """Whether nothing of this is worth telling any more: it offered what could be done up to `due`."""
        return due < today and all(step.lapses for step in self.told_steps)

    @property
    def told_steps(self) -> tuple[Step, ...]:
        """The rungs that tell somebody, in the order of the ladder."""
        return tuple(step for step in self.steps if step.tells)


class Rule(Ladder):
    """One rule about lifts: from what its duty arises, who owes it and when it is due."""

    duty: DutyKind
    trigger: Trigger
    bearer: Literal["use_unit", "maintainer", "inspection_body"]
    due: Due
    lifts: Literal["all", "in_pilot", "outside_pilot"] = "all"  # which ones it speaks of


class Corrections(Strict):
    """Words beside the ladders: for what happens to one that was already told, and for results."""

    corrected: tuple[Telling, ...] = ()
    mistaken: tuple[Telling, ...] = ()  # what was told should never have been
    introduction: tuple[Telling, ...] = ()
    inspected: tuple[Telling, ...] = ()  # once a day, of what was inspected
    failed: tuple[Telling, ...] = ()  # at once, of what failed its inspection
    handover: tuple[Telling, ...] = ()  # other rules are in force for the lift from now on


class District(Strict):
    """An administrative district by its code."""

    code: str
    name: str


class Place(Strict):
    """The city of the document, and what its offices are called until somebody names them better."""

    name: str
    inspection_department: str
    city_regulator: str
    district_regulator: str  # {district} is replaced
    districts: tuple[District, ...] = ()


class Successor(Strict):
    """Which rulebook takes over from this one, and when; `keeps`: this one's rules stay beside it."""

    rulebook: str
    from_on: date
    keeps: bool = False


class Basis(Strict):
    """The sentence on which a notice outside the ladders rests."""

    clause: str
    quote: str


class Rulebook(Strict):
    """One document's rules; `bases` are of the notices outside the ladders, by template or matter."""

    id: str
    city: str
    seed: str
    title: str
    issuer: str
    version: str
    companions: tuple[str, ...] = ()
    successor: Successor | None = None
    place: Place
    numbers: Annotated[Numbers, BeforeValidator(filled_up)] = Field(default_factory=shared_numbers)
    notices: Corrections = Corrections()
    bases: dict[str, Basis] = Field(default_factory=dict)
    cycle: Cycle | None = None
    maintenance: MaintenanceTable | None = None
    programme: tuple[Assignment, ...] = ()
    rules: tuple[Rule, ...]

    def limit(self, limit_id: str) -> int:
        """The number that the document's programme sets under that id."""
        measures = {entry.id: entry.measure for entry in self.programme if entry.measure is not None}
        return measures[limit_id].number

    @model_validator(mode="after")
    def _rule_ids_differ(self) -> Self:
        ids = [*(rule.id for rule in self.rules), *(entry.id for entry in self.programme)]
        if len(set(ids)) != len(ids):
            raise ValueError(f"rulebook {self.id}: two rules have one id")
        return self

    @model_validator(mode="after")
    def _covered_rules_are_known(self) -> Self:
        ids = {rule.id for rule in self.rules}
        for rule in self.rules:
            for step in rule.steps:
                if step.covers is not None and step.covers not in ids:
                    raise ValueError(f"rule {rule.id}, step {step.step}: there is no rule {step.covers!r}")
        return self

    @model_validator(mode="after")
    def _cases_and_interval_rules_match(self) -> Self:
        cases = {case.rule for case in self.maintenance.cases} if self.maintenance else set()
        rules = {rule.id for rule in self.rules if rule.trigger == "onsite_interval"}
        if cases != rules:
            odd = ", ".join(sorted(cases ^ rules))
            raise ValueError(f"rulebook {self.id}: [maintenance] and the rules of intervals differ in {odd}")
        return self


def rulebook_ids() -> tuple[str, ...]:
    """The rulebooks that are shipped."""
    folder = files("schedules") / "rulebooks"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


@cache
def load_rulebook(rulebook_id: str) -> Rulebook:
    """The shipped rulebook of that id; RulebookError when there is none or it contradicts itself."""
    if rulebook_id not in rulebook_ids():
        raise RulebookError(f"there is no rulebook {rulebook_id!r}; known are {', '.join(rulebook_ids())}")
    return parse_rulebook(_text_of(rulebook_id), rulebook_id)


def parse_rulebook(text: str, name: str) -> Rulebook:
    """A rulebook from TOML text; `name` is said in errors."""
    try:
        stated = tomllib.loads(text)
        for companion in stated.get("companions", ()):
            of_companion = tomllib.loads(_text_of(companion)).get("numbers", {})
            stated["numbers"] = of_companion | stated.get("numbers", {})
        return Rulebook.model_validate(stated)
    except tomllib.TOMLDecodeError as error:
        raise RulebookError(f"rulebook {name} is not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise RulebookError(f"rulebook {name}: {place}: {first['msg']}") from error


def _text_of(rulebook_id: str) -> str:
    return (files("schedules") / "rulebooks" / f"{rulebook_id}.toml").read_text(encoding="utf-8")


def books_of(rulebook: Rulebook) -> tuple[Rulebook, ...]:
    """The rulebook and its companions."""
    return (rulebook, *map(load_rulebook, rulebook.companions))


def rules_of(rulebook: Rulebook) -> tuple[Rule, ...]:
    """The rules of a rulebook and of its companions."""
    return tuple(rule for book in books_of(rulebook) for rule in book.rules)


@cache
def rule_named(rule_id: str) -> Rule:
    """The rule of that id, in whichever rulebook it stands."""
    books = map(load_rulebook, rulebook_ids())
    return next(rule for book in books for rule in book.rules if rule.id == rule_id)


@cache
def notices_of(rule_id: str) -> Corrections:
    """The notices outside the ladder for duties of this rule: those of the rulebook in which it stands."""
    books = (book for book in map(load_rulebook, rulebook_ids()) if any(rule.id == rule_id for rule in book.rules))
    return next((book.notices for book in books), Corrections())


def basis_of(rulebook: Rulebook, name: str) -> dict[str, str]:
    """Document, clause and words of that basis, for a notice's own facts; empty where these rules have none of it."""
    book = next((book for book in books_of(rulebook) if name in book.bases), None)
    return {"seed": book.seed, "document": book.title, **book.bases[name].model_dump()} if book is not None else {}


def has_cycle(rulebook: Rulebook) -> bool:
    """Whether its duties go by the years of a lift; otherwise a lift without events has those of its validity alone."""
    return any(book.cycle is not None for book in books_of(rulebook))


def maintenance_of(rulebook: Rulebook) -> MaintenanceTable | None:
    """The table of intervals that holds under a rulebook: its own, or that of a companion."""
    return next((book.maintenance for book in books_of(rulebook) if book.maintenance is not None), None)


def programme_of(rulebook: Rulebook) -> tuple[Assignment, ...]:
    """The tasks, targets and limits of a rulebook and of its companions."""
    return tuple(entry for book in books_of(rulebook) for entry in book.programme)


@cache
def told_by_themselves() -> frozenset[tuple[str, str]]:
    """(rule, step) of the rungs for which no other message stands before their last day, of all rulebooks."""
    rules = (rule for rulebook_id in rulebook_ids() for rule in load_rulebook(rulebook_id).rules)
    return frozenset((rule.id, step.step) for rule in rules for step in rule.steps if step.by_itself)
