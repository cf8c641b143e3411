"""Rendering: a template, a language, a channel and data become the text of one message."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, Template, TemplateError, TemplateNotFound, meta
from jinja2.sandbox import SandboxedEnvironment

from notifier.index import TextError
from notifier.segments import count_segments
from store.counted import FILTERS

SMS = "sms"
CALL_TASK = "call_task"
VOICE = "voice"
FOLDERS = {SMS: "sms", CALL_TASK: "voice", VOICE: "voice", "telegram": "chat", "webchat": "chat", "none": "sms"}
VERSION_DIGITS = 8
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(slots=True)
class Rendered:
    """A text without its signature; `segments` counts an SMS with it, and is 1 on other channels.

    `version` is a short digest of the template that it was made from.
    """

    body: str
    segments: int
    version: str


def render(template: str, language: str, channel: str, data: Mapping[str, Any], *, signature: str = "") -> Rendered:
    """The text of `template` for one channel. `data["n"]`, the number of lifts, chooses the one-lift variant.

    Raises TextError when there is no such template or `data` lacks something that it needs.
    """
    compiled, version = _compiled(template, language, channel, data["n"] == 1)
    try:
        body = compiled.render(data).strip()
    except TemplateError as error:
        raise TextError(f"template {template} ({language}, {channel}) cannot be written: {error.message}") from error
    if channel != SMS:
        return Rendered(_BLANK_LINES.sub("\n\n", body), 1, version)
    return Rendered(body, count_segments(signature + body), version)


@cache
def variables_of(template: str, language: str, channel: str, *, single: bool) -> frozenset[str]:
    """The names that this text, with the parts that it includes, takes from its data."""
    return _variables(_found(template, language, channel, single))


def _variables(name: str) -> frozenset[str]:
    source = read_source(name) or ""
    found = meta.find_undeclared_variables(_environment().parse(source))
    return frozenset(found).union(*(_variables(part) for part in _parts(name, source)))


@cache
def _compiled(template: str, language: str, channel: str, single: bool) -> tuple[Template, str]:
    name = _found(template, language, channel, single)
    compiled = _environment().get_template(name)
    compiled.globals = dict(
        compiled.globals
    )  # copied for each text: of layers of dicts that takes longer than all else
    return compiled, digest(name)


def _found(template: str, language: str, channel: str, single: bool) -> str:
    for name in _candidates(template, language, channel, single):
        if read_source(name) is not None:
            return name
    raise TextError(f"there is no template {template!r} for {channel} in {language!r}")


def _candidates(template: str, language: str, channel: str, single: bool) -> list[str]:
    """Template names in order of preference, such as sms/zh/gz.sms.one."""
    folder = FOLDERS.get(channel, "chat")
    if folder == "sms":
        return [f"sms/{language}/{template}.{'one' if single else 'many'}", f"sms/{language}/{template}.any"]
    if folder == "voice":
        kind = "card" if channel == CALL_TASK else "machine"
        return [f"voice/{language}/{template}.{kind}", f"chat/{language}/{template}"]
    return [f"chat/{language}/{template}"]


@cache
def _environment() -> SandboxedEnvironment:
    environment = _Environment(
        loader=_Loader(), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters.update(FILTERS)
    return environment


class _Environment(SandboxedEnvironment):
    """An included part lies in the folder of the template that includes it."""

    def join_path(self, template: str, parent: str) -> str:
        return f"{parent.rpartition('/')[0]}/{template.removesuffix('.j2')}"


class _Loader(BaseLoader):
    """Sources from the `templates` package, wherever it is installed."""

    def get_source(self, environment: Any, template: str) -> tuple[str, str | None, Any]:
        source = read_source(template)
        if source is None:
            raise TemplateNotFound(template)
        return source, None, lambda: True


@cache
def read_source(name: str) -> str | None:
    """The source of a template by its name, or None. SMS stand together in one file for each language."""
    folder, language, leaf = name.split("/")
    if folder == "sms":
        return sms_sources(language).get(leaf)
    path = files("templates") / folder / language / f"{leaf}.j2"
    if not path.is_file() and folder == "voice":
        path = files("templates") / "chat" / language / f"{leaf}.j2"
    return path.read_text(encoding="utf-8") if path.is_file() else None


@cache
def sms_sources(language: str) -> dict[str, str]:
    """All SMS texts of a language by name and variant, such as gz.sms.one."""
    path = files("templates") / "sms" / f"{language}.toml"
    if not path.is_file():
        return {}
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {f"{name}.{variant}": text for name, table in tables.items() for variant, text in table.items()}


@cache
def digest(name: str) -> str:
    """The version of this template: changes when its text, or a part that it includes, changes."""
    return sha256((name + _with_parts(name)).encode()).hexdigest()[:VERSION_DIGITS]


def _with_parts(name: str) -> str:
    """A source followed by those of the parts that it includes, and of theirs."""
    source = read_source(name) or ""
    return source + "".join(_with_parts(part) for part in _parts(name, source))


def _parts(name: str, source: str) -> list[str]:
    """The names of the templates that this one includes."""
    folder, language, _ = name.split("/")
    found = re.findall(r"include '([^']+)'", source)
    return [f"{folder}/{language}/{part.removesuffix('.j2')}" for part in found]
