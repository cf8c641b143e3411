"""The environment (`TIXING_…`) as settings. A wrong one is a sentence that names the variable.

`python -m tixing.environment` prints the table of docs/settings.md.
"""

import difflib
import os
import sys
from collections.abc import Iterable
from typing import Any

import structlog
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from notifier.modes import Mode
from store.quiet import QuietHours
from tixing.errors import UsageError
from tixing.settings import PREFIX, Settings
from tixing.settings_interface import InterfaceSettings
from tixing.settings_records import RecordsSettings

# Variables that are read elsewhere, and what they do.
OTHER_VARIABLES = {
    "TIXING_CONFORMANCE_KEY": "The key with which `tixing conformance URL` drives another implementation.",
    "TIXING_DEBUG": "`1` shows the traceback of an unexpected error at once, instead of in a file.",
    "TIXING_REQUIRE": "For the test suite: what may not be skipped, such as `browser,pdf,postgres,shared`.",
}


def load_settings() -> Settings:
    """The settings of this process; raises UsageError with one sentence, and logs a warning for every doubt."""
    try:
        settings = Settings()
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise UsageError("; ".join(_describe_fault(fault) for fault in faults)) from None
    for doubt in find_doubts(settings, os.environ):
        structlog.get_logger("tixing.environment").warning(doubt)
    return settings


def find_doubts(settings: Settings, environment: Iterable[str]) -> list[str]:
    """A sentence for everything that is allowed but probably not meant; `environment` are the variables' names."""
    known = {*_variables(), *OTHER_VARIABLES}
    ours = sorted(name for name in environment if name.upper().startswith(PREFIX))
    doubts = [_describe_unknown(name) for name in ours if name.upper() not in known]
    if settings.mode is Mode.GUESTS and not settings.channels:
        doubts.append("TIXING_MODE=guests has no channel to the outside, so not even guests are reached")
    if settings.guests and settings.mode is not Mode.GUESTS:
        doubts.append(f"TIXING_GUESTS has no effect while TIXING_MODE is {settings.mode}")
    if settings.twilio_voice_from and settings.calls_by == "person":
        doubts.append("TIXING_TWILIO_VOICE_FROM has no effect while TIXING_CALLS_BY is person")
    if settings.aliyun_voice_from and settings.calls_by == "person":
        doubts.append("TIXING_ALIYUN_VOICE_FROM has no effect while TIXING_CALLS_BY is person")
    if settings.aliyun_key_id and not settings.public_url:
        doubts.append("without TIXING_PUBLIC_URL and TIXING_SECRET Aliyun cannot tell whether its SMS arrived")
    return doubts + _find_doubts_of_alarm(settings)


def _find_doubts_of_alarm(settings: Settings) -> list[str]:
    urls = {"TIXING_ALARM_URL": settings.alarm_url, "TIXING_HEARTBEAT_URL": settings.heartbeat_url}
    if settings.mode is Mode.DEMO:
        given = [name for name, url in urls.items() if url is not None]
        return [f"{name} has no effect while TIXING_MODE is demo: nothing leaves this machine" for name in given]
    wanted = {channel for channel, _ in settings.operator_addresses} - {*settings.channels}
    return [f"TIXING_OPERATOR holds an address for {channel}, which is not configured" for channel in sorted(wanted)]


def describe_settings() -> str:
    """The table of every variable, in Markdown."""
    rows = ["| variable | default | what it does | example |", "|---|---|---|---|"]
    for name, field in _variables().items():
        default = "" if field.default in (None, ()) else f"`{_in_words(field.default)}`"
        rows.append(f"| `{name}` | {default} | {field.description} | `{field.examples[0]}` |")
    rows += [f"| `{name}` |  | {meaning} | |" for name, meaning in OTHER_VARIABLES.items()]
    return "\n".join(rows) + "\n"


def _in_words(value: Any) -> str:
    if isinstance(value, QuietHours):
        return f"{value.begins:%H:%M}-{value.ends:%H:%M}"
    return str(value)


def _variables() -> dict[str, Any]:
    last = {**InterfaceSettings.model_fields, **RecordsSettings.model_fields}
    names = sorted(Settings.model_fields, key=lambda name: name in last)
    return {f"{PREFIX}{name.upper()}": Settings.model_fields[name] for name in names}


def _describe_unknown(name: str) -> str:
    """Compared without the prefix, which would make any two names alike."""
    known = [variable.removeprefix(PREFIX) for variable in _variables()]
    meant = difflib.get_close_matches(name.upper().removeprefix(PREFIX), known, n=1)
    return f"{name} is not a setting of tixing" + (f"; did you mean {PREFIX}{meant[0]}?" if meant else "")


def _describe_fault(fault: ErrorDetails) -> str:
    """`TIXING_MODE must be 'demo', 'guests' or 'live'; for example TIXING_MODE=guests`."""
    if not fault["loc"]:
        return fault["msg"]
    variable = f"{PREFIX}{str(fault['loc'][0]).upper()}"
    words = fault["msg"] if fault["type"] == "setting" else fault["msg"].replace("Input should", "must")
    return f"{variable} {words}; for example {variable}={_variables()[variable].examples[0]}"


if __name__ == "__main__":
    sys.stdout.write(describe_settings())
