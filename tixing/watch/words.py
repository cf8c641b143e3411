"""The operator's alarm in words, from templates/documents/alarms.toml."""

import tomllib
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from actions.running.incidents import Telling
from store.brakes import EVERYWHERE
from store.watch import Incident
from store.zone import SHANGHAI

MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@cache
def _forms(language: str) -> dict[str, str]:
    table = tomllib.loads((files("templates") / "documents" / "alarms.toml").read_text(encoding="utf-8"))
    forms: dict[str, str] = table[language]
    return forms


def say(telling: Telling, language: str) -> str:
    """One sentence: what is wrong, or from when to when it was."""
    return say_over(telling.incident, language) if telling.over else say_begun(telling.incident, language)


def say_begun(incident: Incident, language: str) -> str:
    """What is wrong, with the dates and numbers at its beginning."""
    facts = {name: _say_fact(value, language) for name, value in (incident.facts or {}).items()}
    return _forms(language)[incident.reason].format(**facts)


def say_over(incident: Incident, language: str) -> str:
    """From when to when it was."""
    ended = incident.ended_at or incident.began_at
    return _forms(language)["over"].format(
        began=_say_moment(incident.began_at, language), ended=_say_moment(ended, language)
    )


def _say_fact(value: str | int, language: str) -> str:
    """Facts are numbers, ISO days, ISO moments, names, or nothing for what never was."""
    if value == "":
        return _forms(language)["never"]
    if isinstance(value, int):
        return str(value)
    if value == EVERYWHERE:
        return _forms(language)["everywhere"]
    if not value[0].isdigit():
        return value
    if "T" in value:
        return _say_moment(datetime.fromisoformat(value), language)
    day = date.fromisoformat(value)
    return _forms(language)["day"].format(month=day.month, day=day.day, month_name=MONTH_NAMES[day.month - 1])


def _say_moment(moment: datetime, language: str) -> str:
    here = moment.astimezone(SHANGHAI)
    return _forms(language)["moment"].format(
        month=here.month,
        day=here.day,
        month_name=MONTH_NAMES[here.month - 1],
        hour=here.hour,
        minute=here.minute,
    )
