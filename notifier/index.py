"""The index of the templates (templates/index.toml): signatures, how dates are said, readers and clauses."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

from store.said_dates import DateForms

Languages = dict[str, str]  # language → text


class TextError(Exception):
    """A message cannot be written; the sentence names template and fault. `notice_id` where it was for a notice."""

    notice_id: int | None = None


class Basis(BaseModel):
    """On what a template rests under some rules."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: str
    clause: Languages


class Entry(BaseModel):
    """What goes with one template.

    `instead` names the template that goes out in its place when something else is true of the lifts: `unclear` (the
    register gives a later validity) or `owed` (an earlier inspection is overdue), of all of them or (`…_part`) of some.
    `under` is the basis by the first word of the rule's id, where it is another.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    reader: Literal["use_unit", "maintainer", "regulator", "office", "desk"]
    when: str
    clause: Languages
    document: str = "guangzhou"
    signed_by: str = "body"
    subject: str = ""  # of what a regulator's officer may leave to colleagues; of nothing where a clause owes the list
    at_night: bool = False  # passes quiet hours: somebody is shut in, or a lift must stop
    silent_at_night: bool = False  # passes them in a chat, without a sound: whoever is awake sees it
    phone_in_evening: bool = False  # by telephone it waits for what is said of all in the evening
    instead: dict[str, str] = {}
    under: dict[str, Basis] = {}

    def basis(self, rule: str) -> Basis:
        """On what it rests for duties of this rule."""
        return self.under.get(rule.partition(".")[0]) or Basis(document=self.document, clause=self.clause)


class Language(BaseModel):
    """How one language says dates, and what stands where the register says nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    signature: str
    dates: DateForms
    district: str
    department: str
    list_gap: str
    minutes: dict[str, str]  # a span of time: `long`, and `short` for an SMS
    hours: dict[str, str]


class Index(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    documents: dict[str, Languages]
    cities: dict[str, str]  # of a document that holds in one city: which
    nouns: dict[str, Languages]  # what the date of a duty of this kind is called
    signatures: dict[str, Languages]
    digest: Languages  # above several notices in one chat message
    languages: dict[str, Language]
    templates: dict[str, Entry]
    samples: dict[str, dict[str, str]]

    def entry(self, template: str) -> Entry:
        """What goes with `template`; raises TextError when the index does not know it."""
        if template not in self.templates:
            raise TextError(f"there is no template {template!r}")
        return self.templates[template]

    def cited(self, template: str, rule: str, city_id: str, language: str) -> tuple[str, str]:
        """Document and clause that a notice prints; empty where it stands beside all rules and its document is that of
        another city: nobody is told that Guangzhou's paper binds them elsewhere."""
        basis = self.entry(template).basis(rule)
        if not rule and self.cities.get(basis.document, city_id) != city_id:
            return "", ""
        return self.documents[basis.document][language], basis.clause[language]


@cache
def load_index() -> Index:
    """The shipped index."""
    return Index.model_validate(tomllib.loads((files("templates") / "index.toml").read_text(encoding="utf-8")))


def language_of(code: str) -> str:
    """The language to write in for a party's language code: Chinese unless we have the other one."""
    return code if code in load_index().languages else "zh"


def signature_of(template: str, language: str, filed: dict[str, Languages] | None = None, area: str = "") -> str:
    """The signature as it stands before the text, such as 【梯信演示】.

    `filed` are the deployment's own; one filed for a bureau stands under its district, such as `regulator:440106`.
    """
    index = load_index()
    signer = index.entry(template).signed_by
    names = {**index.signatures, **filed} if filed else index.signatures
    chosen = names.get(f"{signer}:{area}") or names.get(signer) or names["body"]
    body = names["body"]
    name = chosen.get(language) or body.get(language) or chosen.get("zh") or index.signatures["body"][language]
    return index.languages[language].signature.format(name=name)
