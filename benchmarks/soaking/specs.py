"""What is wrong with a request, by the provider's own specification (Twilio's OpenAPI, a description of the Bot API).

Used by the fakes of the tests and by those of the benchmarks: a request that a fake lets through is one that the
provider knows.
"""

import re
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlparse

CAPTION = 1024  # UTF-16 units, after entities
TELEGRAM_TAGS = {
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "a",
    "code",
    "pre",
    "blockquote",
    "tg-spoiler",
}


class TagCollector(HTMLParser):
    """The tags of an HTML text, which must be closed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Telegram knows few tags."""
        self.open.append(tag)
        if tag not in TELEGRAM_TAGS:
            self.faults.append(f"unknown tag {tag}")

    def handle_endtag(self, tag: str) -> None:
        """Closed in order."""
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"tag {tag} closed out of order")


def check_html(text: str) -> list[str]:
    collector = TagCollector()
    collector.feed(text)
    collector.close()
    return [*collector.faults, *(f"tag {tag} left open" for tag in collector.open)]


def check_telegram_type(value: str, types: list[str]) -> bool:
    if "String" in types:
        return True
    if "Integer" in types and re.fullmatch(r"-?\d+", value):
        return True
    if "Boolean" in types and value in ("true", "false"):
        return True
    return any(name[0].isupper() and name not in ("Integer", "Boolean") for name in types) and value[:1] in "[{"


def check_telegram(spec: dict[str, Any], method: str, form: dict[str, str]) -> list[str]:
    if method not in spec["methods"]:
        return [f"no method {method}"]
    fields = {one["name"]: one for one in spec["methods"][method].get("fields", [])}
    faults = [f"unknown parameter {name}" for name in form if name not in fields]
    faults += [f"missing parameter {name}" for name, one in fields.items() if one["required"] and name not in form]
    faults += [
        f"{name}={value!r} is no {fields[name]['types']}"
        for name, value in form.items()
        if name in fields and not check_telegram_type(value, fields[name]["types"])
    ]
    if method == "sendMessage":
        if not 1 <= len(form.get("text", "")) <= 4096:
            faults.append("text of a wrong length")
        if form.get("parse_mode") == "HTML":
            faults += check_html(form.get("text", ""))
    if "caption" in form:
        shown = unescape(re.sub(r"<[^>]*>", "", form["caption"]))
        if len(shown.encode("utf-16-le")) > 2 * CAPTION:
            faults.append("caption of a wrong length")
        if form.get("parse_mode") == "HTML":
            faults += check_html(form["caption"])
    return faults


def check_twilio(schema: dict[str, Any], form: dict[str, str]) -> list[str]:
    properties = schema["properties"]
    faults = [f"unknown parameter {name}" for name in form if name not in properties]
    faults += [f"missing parameter {name}" for name in schema["required"] if name not in form]
    for name, value in form.items():
        rules = properties.get(name, {})
        if rules.get("format") == "phone-number" and not re.fullmatch(r"\+[1-9]\d{6,14}", value):
            faults.append(f"{name}={value!r} is no E.164 number")
        if rules.get("format") == "uri" and not urlparse(value).netloc:
            faults.append(f"{name}={value!r} is no URI")
        if "pattern" in rules and not re.fullmatch(rules["pattern"], value):
            faults.append(f"{name}={value!r} does not match {rules['pattern']}")
        if rules.get("format") == "endpoint" and not re.fullmatch(r"\+[1-9]\d{6,14}", value):
            faults.append(f"{name}={value!r} is no number to call")
        if rules.get("type") == "integer" and not value.isdigit():
            faults.append(f"{name}={value!r} is no integer")
    if "Body" in properties and not 1 <= len(form.get("Body", "")) <= 1600:
        faults.append("body of a wrong length")
    return faults


def check_conditions(conditions: list[list[list[str]]], form: dict[str, str]) -> list[str]:
    """x-twilio.conditional of the specification: of each group one is there, in snake case."""
    given = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in form}
    return [f"none of {group}" for group in conditions if not any(one in given for one in group)]


def check_query(operation: dict[str, Any], query: Mapping[str, str]) -> list[str]:
    rules = {one["name"]: one["schema"] for one in operation["parameters"] if one["in"] == "query"}
    faults = [f"unknown parameter {name}" for name in query if name not in rules]
    for name, value in query.items():
        rule = rules.get(name, {})
        if rule.get("format") == "phone-number" and not re.fullmatch(r"\+[1-9]\d{6,14}", value):
            faults.append(f"{name}={value!r} is no E.164 number")
        if rule.get("type") == "integer" and not rule.get("minimum", 0) <= int(value) <= rule.get("maximum", 10**9):
            faults.append(f"{name}={value!r} is out of range")
    return faults


def list_page(
    path: str, resource: str, example: dict[str, Any], listed: list[dict[str, Any]], query: Mapping[str, str]
) -> dict[str, Any]:
    """A page of what is `listed` from one number to another, in the form that Twilio documents for GET `path`."""
    rows = [one for one in listed if (one["to"], one["from"]) == (query["To"], query["From"])]
    size, page = min(50, int(query.get("PageSize", "50"))), int(query.get("Page", "0"))
    shown = [{**example[resource.lower()][0], **one} for one in rows[page * size : (page + 1) * size]]
    more = len(rows) > (page + 1) * size
    following = f"{path}?{urlencode({**query, 'Page': page + 1, 'PageToken': 'PA1'})}" if more else None
    return {**example, resource.lower(): shown, "page": page, "page_size": size, "next_page_uri": following}
