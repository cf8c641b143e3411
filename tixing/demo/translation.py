"""What was said to people, in another language beside it: written from the same facts by the same templates."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from notifier.address_book import Departments, load_departments
from notifier.facts import NoticeFacts, load_facts
from notifier.routing import CALL_TASK, SMS, Address
from notifier.writer import Writer
from store.notices import Notice

CHAT = "webchat"


def translate(session: Session, state: Mapping[str, Any], language: str) -> None:
    """Add `translation` to every message and call of a state (see state.py)."""
    written = list(_messages(state))
    facts = _load_facts(session, sorted({message["notice_id"] for message, _ in written}))
    departments = load_departments(session)
    for message, channel in written:
        fact = facts.get(message["notice_id"])
        if fact is None or fact.is_empty:
            continue
        day = date.fromisoformat(message.get("on") or message["opened_on"])
        text = _write(fact, channel, message.get("name", ""), day, departments, language)
        message["translation"] = text.partition("\n\n")[0] if channel == CALL_TASK else text


def translate_why(session: Session, why: dict[str, Any], channel: str, on: date, language: str) -> None:
    """Add `translation` to what the panel says of one notice."""
    fact = _load_facts(session, [why["notice_id"]]).get(why["notice_id"])
    if fact is not None and not fact.is_empty:
        why["translation"] = _write(fact, channel, "", on, load_departments(session), language)


def _load_facts(session: Session, ids: list[int]) -> dict[int, NoticeFacts]:
    """As they were when it was said: a visit that was meant may be over by now."""
    own = {row[0]: row[1] for row in session.exec(select(Notice.id, Notice.facts).where(col(Notice.id).in_(ids)))}
    return {number: replace(fact, own=own[number] or {}) for number, fact in load_facts(session, ids).items()}


def _messages(state: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    threads: Iterable[list[dict[str, Any]]] = (
        *(state["manager"]["sms"], state["manager"]["chat"]),
        *(state["regulator"]["messages"], state["maintainer"]["messages"]),
    )
    for thread in threads:
        for message in thread:
            yield message, SMS if message["box"] == "sms" else CHAT
    for call in state["department"]["calls"]:
        yield call, CALL_TASK


def _write(fact: NoticeFacts, channel: str, name: str, day: date, departments: Departments, language: str) -> str:
    spoken = replace(fact, language=language)
    [written] = Writer(day, departments).write(spoken, [Address(0, channel, "", name)])
    return (written.signature if channel == SMS else "") + written.body
