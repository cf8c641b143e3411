"""The texts to be filed with a provider that sends only what it has approved: our templates with `${names}` in them.

Such a provider knows no conditions: each way through a template's conditions is a text of its own.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from jinja2 import Environment, nodes

from notifier.filings import load_rules
from notifier.index import TextError
from notifier.replies import sentences
from notifier.text import read_source, sms_sources

SMS, VOICE = "sms", "voice"
REPLY = "reply"  # in place of a template: what is said to somebody who has answered
ALARM = "alarm"  # the same: what the operator is told when our own work stands still
PARTS_OF_ALARMS = frozenset(["day", "moment", "never", "everywhere"])
_BRACES = re.compile(r"\{(\w+)\}")
_NO_NAME = re.compile(r"[^A-Za-z0-9]+")

Choices = Mapping[str, bool]  # what is assumed of each condition, by its source


@dataclass(frozen=True)
class FilingText:
    """A text with `${name}` for each variable, no name twice."""

    template: str
    language: str
    kind: str
    text: str


@dataclass
class _Path:
    """One way through a template as far as it is walked."""

    choices: dict[str, bool] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)

    def fork(self) -> "_Path":
        """Another one that has come as far."""
        return _Path(dict(self.choices), list(self.parts), dict(self.names))

    def say(self, expression: nodes.Expr) -> None:
        """Put a variable here; a provider takes each name once."""
        name = _name_of(expression)
        self.names[name] = self.names.get(name, 0) + 1
        self.parts.append(f"${{{name}}}" if self.names[name] == 1 else f"${{{name}{self.names[name]}}}")


def sms_filings(template: str, language: str) -> Iterator[FilingText]:
    """What is to be filed so that every SMS of this template can be sent."""
    for name, source in sms_sources(language).items():
        if name.rpartition(".")[0] == template:
            yield from _texts_of(template, language, SMS, source)


def voice_filings(template: str, language: str) -> Iterator[FilingText]:
    """What is to be filed so that it can be read out; nothing where no text is written for a machine."""
    source = read_source(f"voice/{language}/{template}.machine")
    if source is not None:
        yield from _texts_of(template, language, VOICE, source)


def reply_filings(kind: str, language: str) -> Iterator[FilingText]:
    """What is to be filed so that people who answer are answered."""
    for text in sentences(kind, language).values():
        yield FilingText(REPLY, language, kind, text)


def alarm_filings(language: str) -> Iterator[FilingText]:
    """What is to be filed so that the operator hears of a fault by SMS."""
    said = tomllib.loads((files("templates") / "documents" / "alarms.toml").read_text(encoding="utf-8"))[language]
    for name, text in said.items():
        if name not in PARTS_OF_ALARMS:
            yield FilingText(ALARM, language, SMS, _BRACES.sub(r"${\1}", text))


def _texts_of(template: str, language: str, kind: str, source: str) -> Iterator[FilingText]:
    tree = Environment(autoescape=False, trim_blocks=True, lstrip_blocks=True).parse(source)
    found = {"".join(path.parts).strip() for path in _walk(tree.body, [_Path()], template)}
    for text in sorted(found):
        yield FilingText(template, language, kind, text)


def _walk(body: list[nodes.Node], paths: list[_Path], template: str) -> list[_Path]:
    for node in body:
        if isinstance(node, nodes.Output):
            for path in paths:
                _say_all(node, path)
        elif isinstance(node, nodes.If):
            paths = [after for path in paths for after in _choose(node, path, template)]
        else:
            raise TextError(f"template {template} holds a {type(node).__name__.lower()}, which no provider files")
    return paths


def _say_all(node: nodes.Output, path: _Path) -> None:
    for part in node.nodes:
        if isinstance(part, nodes.TemplateData):
            path.parts.append(part.data)
        else:
            path.say(part)


def _choose(node: nodes.If, path: _Path, template: str) -> list[_Path]:
    """Both ways of a condition; the same condition further on goes the same way."""
    branches = [(node.test, node.body), *((one.test, one.body) for one in node.elif_)]
    done: list[_Path] = []
    rest = path
    for test, body in branches:
        asked = repr(test)
        known = rest.choices.get(asked)
        if known is not False:
            taken = rest.fork()
            taken.choices[asked] = True
            done += _walk(body, [taken], template)
        if known is True:
            return done
        rest = rest.fork()
        rest.choices[asked] = False
    return done + _walk(node.else_, [rest], template)


def _name_of(expression: nodes.Expr) -> str:
    names = [one.name for one in expression.find_all(nodes.Name)]
    if isinstance(expression, nodes.Name):
        names = [expression.name]
    name = _NO_NAME.sub("", "".join(names)) or "value"
    return f"{name}Name" if name in load_rules().variables.never else name
