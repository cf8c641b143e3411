"""`tixing explain`: why a lift has its dates, why somebody got a notice."""

from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session

from actions.lifts.explain import NotFoundError, explain_lift, explain_notice, find_lifts, place_of
from actions.lifts.years import year_of_lift
from store.lifts import Lift
from tixing.commands.course import course_of, told_of
from tixing.commands.options import open_store, parse_moment_option, print_json
from tixing.documents import LANGUAGES, write_document
from tixing.errors import TixingError, UsageError
from tixing.evidence.case_papers import lift_data, notice_data
from tixing.evidence.pdf import write_pdf
from tixing.evidence.words import Say
from tixing.times import business_day

NOTICE_PREFIX = "notice:"


def explain(
    subject: Annotated[str, typer.Argument(help="A lift by any of its names, or a notice by its number (notice:12).")],
    language: Annotated[str, typer.Option("--language", help="zh or en.")] = "zh",
    pdf: Annotated[Path | None, typer.Option(help="Write a document for the case file to this PDF.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Why a lift's dates are what they are, or why a notice was sent, with the clause."""
    if language not in LANGUAGES:
        raise UsageError(f"--language {language!r} is not known; write zh or en")
    with open_store() as database, database.read() as session:
        lifts = [] if subject.startswith(NOTICE_PREFIX) else find_lifts(session, subject)
        if len(lifts) > 1:
            listed = "; ".join(f"{lift.key} ({place_of(lift)})" for lift in lifts)
            raise TixingError(f"{len(lifts)} lifts are called {subject!r}: {listed}; give one of these codes")
        if pdf is not None:
            _write_pdf(session, lifts[0] if lifts else None, subject, Say(language), pdf)
            typer.echo(f"written: {pdf}", err=True)
        try:
            document = "explain_lift" if lifts else "explain_notice"
            data = _about_lift(session, lifts[0]) if lifts else _about_notice(session, _notice_id(subject))
        except NotFoundError as error:
            raise TixingError(str(error)) from error
    if as_json:
        print_json(data)
    elif pdf is None:
        typer.echo(write_document(document, language, data))


def _about_lift(session: Session, lift: Lift) -> dict[str, Any]:
    """The lift's dates, and first of all what this year brings."""
    year = business_day(parse_moment_option("now", None)).year
    return {**explain_lift(session, lift), "this_year": {"year": year, "kind": year_of_lift(session, lift, year).kind}}


def _about_notice(session: Session, notice_id: int) -> dict[str, Any]:
    data = explain_notice(session, notice_id)
    people = told_of(session, notice_id)
    deliveries = [{**one, "to": to} for one, to in zip(data["deliveries"], people, strict=True)]
    return {**data, "deliveries": deliveries, "course": course_of(session, notice_id, data["history"])}


def _write_pdf(session: Session, lift: Lift | None, subject: str, say: Say, path: Path) -> None:
    today = business_day(parse_moment_option("now", None))
    try:
        if lift is not None:
            content = write_pdf("lift", lift_data(session, lift, say, today=today))
        else:
            content = write_pdf("notice", notice_data(session, _notice_id(subject), say, today=today))
        path.write_bytes(content)
    except NotFoundError as error:
        raise TixingError(str(error)) from error
    except OSError as error:
        raise TixingError(f"{path} cannot be written: {error.strerror}") from error


def _notice_id(subject: str) -> int:
    number = subject.removeprefix(NOTICE_PREFIX)
    if not number.isascii() or not number.isdigit() or len(number) > 15:
        raise NotFoundError(f"no lift and no notice is called {subject!r}")
    return int(number)
