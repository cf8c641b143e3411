"""What is wrong with a request of the bot, by the description of the Bot API and by what Telegram says besides it."""

import json
import re
from html import unescape
from typing import Any

from soaking.specs import check_html, check_telegram

TEXT, CAPTION, POPUP, CALLBACK_BYTES, COMMAND_LINE = 4096, 1024, 200, 64, 256
LISTS = "Array of "
PLAIN = {"Integer": int, "String": str, "Boolean": bool, "Float": (int, float)}


def check_request(spec: dict[str, Any], method: str, form: dict[str, str]) -> list[str]:
    """Every fault; nested objects are checked field by field."""
    faults = check_telegram(spec, method, form)
    if faults and faults[0].startswith("no method"):
        return faults
    fields = {one["name"]: one for one in spec["methods"][method].get("fields", [])}
    for name, value in form.items():
        kinds = fields.get(name, {}).get("types", [])
        if any(kind[0].isupper() and kind not in (*PLAIN, "InputFile") for kind in kinds) and value[:1] in "[{":
            faults += _check_any(spec, json.loads(value), kinds, name)
    return faults + _check_text(method, form)


def _check_text(method: str, form: dict[str, str]) -> list[str]:
    faults: list[str] = []
    longest = {"text": POPUP if method == "answerCallbackQuery" else TEXT, "caption": CAPTION}
    for name, most in longest.items():
        if name not in form:
            continue
        is_html = form.get("parse_mode") == "HTML"
        faults += check_html(form[name]) if is_html else []
        shown = shown_text(form[name]) if is_html else form[name]
        if len(shown) > most:
            faults.append(f"{name} of {len(shown)} characters")
        if name == "text" and method != "answerCallbackQuery" and not shown.strip():
            faults.append("an empty text")
    return faults


def shown_text(html: str) -> str:
    """What is read on the phone."""
    return unescape(re.sub(r"<[^>]*>", "", html))


def _check_any(spec: dict[str, Any], value: Any, kinds: list[str], where: str) -> list[str]:
    """No fault where one of the kinds fits, else those of the kind that fits best."""
    found = [_check(spec, value, kind, where) for kind in kinds]
    return min(found, key=len) if found else []


def _check(spec: dict[str, Any], value: Any, kind: str, where: str) -> list[str]:
    if kind.startswith(LISTS):
        if not isinstance(value, list):
            return [f"{where} is no list"]
        of = kind.removeprefix(LISTS)
        return [fault for one in value for fault in _check(spec, one, of, where)]
    if kind in PLAIN:
        return [] if isinstance(value, PLAIN[kind]) else [f"{where}={value!r} is no {kind}"]
    described = spec["types"].get(kind)
    if described is None or "fields" not in described:
        subtypes = (described or {}).get("subtypes", [])
        return _check_any(spec, value, subtypes, where) if subtypes else []
    if not isinstance(value, dict):
        return [f"{where} is no {kind}"]
    return _check_fields(spec, value, described["fields"], where) + _check_button(value, kind, where)


def _check_fields(
    spec: dict[str, Any], value: dict[str, Any], described: list[dict[str, Any]], where: str
) -> list[str]:
    fields = {one["name"]: one for one in described}
    faults = [f"{where}.{name} is unknown" for name in value if name not in fields]
    faults += [f"{where}.{name} is missing" for name, one in fields.items() if one["required"] and name not in value]
    for name, inner in value.items():
        if name in fields:
            faults += _check_any(spec, inner, fields[name]["types"], f"{where}.{name}")
    return faults


def _check_button(value: dict[str, Any], kind: str, where: str) -> list[str]:
    if kind != "InlineKeyboardButton":
        return []
    size = len(value.get("callback_data", "x").encode())
    faults = [] if 1 <= size <= CALLBACK_BYTES else [f"{where}: callback data of {size} bytes"]
    if not value.get("text", "").strip():
        faults.append(f"{where}: a button without a label")
    return faults
