"""Texts for a person at the terminal, from templates/documents."""

import re
import tomllib
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound
from jinja2.sandbox import SandboxedEnvironment

from store.zone import SHANGHAI

LANGUAGES = ("zh", "en")
NUMBER = re.compile(r"\d+")


class _Documents(BaseLoader):
    """Templates of the package `templates`, wherever it is installed."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, None, None]:
        resource = files("templates") / "documents" / template
        if not resource.is_file():
            raise TemplateNotFound(template)
        return resource.read_text(encoding="utf-8"), None, None


@cache
def _environment() -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=_Documents(), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["local"] = _local
    environment.globals["say_reason"] = say_reason
    return environment


def _local(moment: str) -> str:
    """An ISO moment as a clock in China shows it."""
    return datetime.fromisoformat(moment).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


@cache
def names_of(language: str) -> dict[str, dict[str, str]]:
    """What codes (duties, steps, states, channels) are called in that language."""
    table = tomllib.loads((files("templates") / "documents" / "names.toml").read_text(encoding="utf-8"))
    names: dict[str, dict[str, str]] = table[language]
    return names


def say_reason(reason: str, language: str) -> str:
    """Why a notice stands as it stands; a number in the code, such as an import's, stands as # in the names.

    What has no name there, a provider's own words, stays as it was said.
    """
    known = names_of(language)["reason"]
    if reason in known:
        return known[reason]
    number = NUMBER.search(reason)
    pattern = known.get(NUMBER.sub("#", reason, count=1))
    return pattern.replace("#", number[0]) if pattern and number else reason


def write_document(name: str, language: str, data: dict[str, Any]) -> str:
    """The document `name` in that language, such as ("explain_lift", "zh", …)."""
    template = _environment().get_template(f"{name}.{language}.j2")
    return template.render(**data, names=names_of(language), language=language).strip()
