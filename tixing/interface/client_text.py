"""Writes tixing/client/api.py from the document of the interface: `python -m tixing.interface.client_text`."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from textwrap import wrap
from typing import Any

from portal.api.app import Api, document, make_api
from store.database import Database

HEAD = '''"""Generated from the document of the data interface by tixing.interface.client_text: do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from tixing.client.connection import Connection

PATH = "/api/v1"
'''
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
WIDTH, LONGEST = 112, 120


def generate() -> str:
    """The text of `api.py`."""
    said = document(make_api(Database("sqlite://"), lambda: datetime.now(UTC), Api()))
    lines = [HEAD]
    schemas = said["components"]["schemas"]
    for name in sorted(schemas, key=lambda one: ("enum" not in schemas[one], one)):
        lines.append("\n".join(_model(name, schemas[name])))
    lines.append("\n".join(_client(said["paths"])))
    return "\n\n".join(lines) + "\n"


def _model(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    if "enum" in schema:
        yield f"{name} = Literal[{', '.join(_quoted(one) for one in schema['enum'])}]"
        return
    yield f"\nclass {name}(TypedDict):"
    yield from _words(schema.get("description", name), "    ")
    yield ""
    required = schema.get("required", [])
    for field, one in schema["properties"].items():
        kind = _type(one)
        yield f"    {field}: {kind if field in required else f'NotRequired[{kind}]'}"


def _client(paths: Mapping[str, Any]) -> Iterator[str]:
    yield "\nclass Client:"
    yield '    """Asks the data interface at `base`, such as https://lifts.example.org, with a key."""'
    yield "\n    def __init__(self, base: str, key: str) -> None:"
    yield "        self._connection = Connection(base.rstrip('/') + PATH, key)".replace("'", '"')
    for path, methods in paths.items():
        for method, one in methods.items():
            yield from _method(path, method.upper(), one)


def _method(path: str, method: str, one: Mapping[str, Any]) -> Iterator[str]:
    places: dict[str, list[tuple[str, str, str]]] = {"path": [], "query": [], "header": []}
    for parameter in one.get("parameters", []):
        name = parameter["name"].replace("-", "_").lower()
        kind = _type(parameter["schema"])
        if not parameter.get("required"):
            kind = f"{kind.removesuffix(' | None')} | None = None"
        places[parameter["in"]].append((name, parameter["name"], kind))
    given = [("body", _body(one))] if "requestBody" in one else []
    given += [(name, kind) for name, _, kind in places["path"]]
    named = [(name, kind) for name, _, kind in sorted(places["query"] + places["header"], key=lambda it: "=" in it[2])]
    good = next(code for code in sorted(one["responses"]) if code < "300")
    result = _type(_json(one["responses"][good])) if good != "204" else "None"
    said = ["self", *(f"{name}: {kind}" for name, kind in given)]
    said += ["*", *(f"{name}: {kind}" for name, kind in named)] if named else []
    yield ""
    yield from _called(f"    def {one['operationId']}(", said, f") -> {result}:")
    yield from _words(one["description"], "        ")
    asked = [f'"{method}"', f'{"f" if places["path"] else ""}"{path}"']
    for place, shown in (("query", "query"), ("header", "headers")):
        if places[place]:
            inner = ", ".join(f'"{field}": {name}' for name, field, _ in places[place])
            asked.append(f"{shown}={{{inner}}}")
    if "requestBody" in one:
        asked.append("body=body")
    kept = f"answer: {result} = " if result != "None" else ""
    yield from _called(f"        {kept}self._connection.ask(", asked, ")")
    if result != "None":
        yield "        return answer"


def _called(before: str, parts: list[str], after: str) -> Iterator[str]:
    """On one line where that is short enough, as ruff would have it."""
    line = before + ", ".join(parts) + after
    indent = " " * (len(before) - len(before.lstrip()) + 4)
    inner = indent + ", ".join(parts)
    if len(line) <= LONGEST:
        yield line
    elif len(inner) <= LONGEST:
        yield from (before, inner, indent[4:] + after)
    else:
        yield from (before, *(f"{indent}{part}," for part in parts), indent[4:] + after)


def _body(one: Mapping[str, Any]) -> str:
    content = one["requestBody"]["content"]
    return _type(_json(one["requestBody"])) if "application/json" in content else "bytes"


def _json(said: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = said["content"]["application/json"]["schema"]
    return found


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(one) for one in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list[{_type(schema['items'])}]"
    if schema.get("type") == "object":
        inner = schema.get("additionalProperties")
        return f"dict[str, {_type(inner)}]" if isinstance(inner, dict) and inner else "dict[str, Any]"
    return PLAIN.get(schema.get("type", ""), "Any")


def _words(text: str, indent: str) -> list[str]:
    """A docstring."""
    paragraphs = [wrap(" ".join(part.split()), WIDTH - len(indent)) for part in text.split("\n\n")]
    lines = [line for part in paragraphs for line in ("", *part)][1:]
    if len(lines) == 1:
        return [f'{indent}"""{lines[0]}"""']
    return [f'{indent}"""{lines[0]}', *(f"{indent}{line}".rstrip() for line in lines[1:]), f'{indent}"""']


def _quoted(value: str) -> str:
    return f'"{value}"'


if __name__ == "__main__":
    (Path(__file__).parents[1] / "client" / "api.py").write_text(generate(), encoding="utf-8")
