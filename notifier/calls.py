"""Scripts of call tasks, written anew when only a part of what was to be said is true any more.

A call that somebody asked for has a script of its own: they know what it is about, and say what they want. Where a text
was written for readers, the caller asks for the person first, and reads the outcomes last.
"""

from dataclasses import replace
from datetime import date

from sqlalchemy import String, cast
from sqlmodel import Session, col, select

from notifier.address_book import Departments, load_departments
from notifier.clean import clean_text
from notifier.facts import NoticeFacts, load_facts
from notifier.index import TextError, language_of, load_index
from notifier.kind_words import noun_of
from notifier.routing import CALL_TASK, Address
from notifier.text import read_source, render, variables_of
from notifier.wording import words_for
from notifier.writer import PreparedDelivery, Writer
from store.duties import MISTAKEN
from store.tasks import Task, TaskKind, TaskStatus

STALE = "stale"  # in a task's detail, by schedules.calls: its lifts are others than its script says
ASKED_BY = "asked_by"  # in a task's detail, by actions.told.replies: in which way somebody asked for the call
CALL_BACK = "call.back"
ANY_CALL = "call.any"


def rewrite_calls(session: Session, *, today: date) -> int:
    """Write the scripts of open calls that are about other lifts by now; how many."""
    marked = cast(Task.detail, String).contains(f'"{STALE}": true')
    query = select(Task).where(Task.kind == TaskKind.CALL, Task.status == TaskStatus.OPEN, marked)
    tasks = session.exec(query.order_by(col(Task.id))).all()
    if not tasks:
        return 0
    facts = load_facts(session, [task.notice_id for task in tasks if task.notice_id])
    writer = Writer(today, load_departments(session))
    return sum(_rewrite(session, task, writer, facts.get(task.notice_id or 0)) for task in tasks)


def _rewrite(session: Session, task: Task, writer: Writer, facts: NoticeFacts | None) -> bool:
    """Without its lifts, or without words for them, a script stays marked."""
    detail = dict(task.detail or {})
    named = set(detail.get("lifts", []))
    lifts = [lift for lift in facts.lifts if lift.key in named] if facts else []
    if facts is None or not lifts:
        return False
    address = Address(0, CALL_TASK, detail.get("number", ""), detail.get("who", ""))
    try:
        write = _write_call_back if ASKED_BY in detail else _write_call
        script = write(writer, replace(facts, lifts=lifts), address)
    except TextError:
        return False
    detail.pop(STALE)
    task.detail = detail | {"lifts": [lift.key for lift in lifts], "script": script}
    session.add(task)
    session.flush()
    return True


def _write_call(writer: Writer, facts: NoticeFacts, address: Address) -> str:
    [written] = writer.write(facts, [address])
    return script_of(written, writer.departments)


def script_of(prepared: PreparedDelivery, departments: Departments) -> str:
    """What the caller reads: the text itself where it was written for a caller."""
    language, subject = prepared.language, prepared.subject
    if read_source(f"voice/{language}/{prepared.template}.card") is not None:
        return prepared.body
    department = departments.of(subject.city_id, subject.district_code)
    words = {
        "n": len(prepared.lift_keys),
        "dept": clean_text(department.name) or load_index().languages[language].department,
        "officer": clean_text(department.officer),
        "you": clean_text(subject.party_name),
        "contact": prepared.name,
        "text": prepared.body,
    }
    return render(ANY_CALL, language, CALL_TASK, words).body


def _write_call_back(writer: Writer, facts: NoticeFacts, address: Address) -> str:
    language = language_of(facts.language)
    department = writer.departments.of(facts.city_id, facts.area)
    only = variables_of(CALL_BACK, language, CALL_TASK, single=len(facts.lifts) == 1)
    words = words_for(facts, language, CALL_TASK, writer.today, department, only=only)
    words |= {"contact": address.name, "noun": noun_of({facts.duty}, language)}
    words["mistaken"] = facts.step.startswith(MISTAKEN)  # the date is what they are to ignore
    return render(CALL_BACK, language, CALL_TASK, words).body
