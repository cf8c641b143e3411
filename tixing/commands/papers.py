"""`tixing papers`: the documents that people print and sign, as DOCX."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session, select

from actions.lifts.explain import find_lifts
from actions.papers.forms import find_applications, find_cover, find_opinion
from actions.refusals import Refused
from actions.regulator.lists import ListKind, find_list
from actions.summary.figures import summarise
from actions.summary.telling import week_of
from bot.papers import application_paper, cover_paper, opinion_paper, summary_paper, unbooked_paper
from bot.texts import refusal
from store.inspections import Inspection
from store.lifts import Lift
from tixing.commands.options import count_of, open_store, parse_date_option, print_json
from tixing.errors import UsageError
from tixing.times import business_day, now_utc

papers = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Forms as DOCX, filled from the store, to print and sign."
)
Out = Annotated[Path, typer.Option("--out", help="The file that is written.", dir_okay=False)]
Language = Annotated[str, typer.Option(help="zh or en.")]
City = Annotated[str, typer.Option(help="The city; the id of its rulebook.")]
AsJson = Annotated[bool, typer.Option("--json", help="As one JSON object.")]
Fill = Callable[[Session, date], tuple[bytes, int]]  # the document, and on how many rows


@papers.command("application")
def application(
    lifts: Annotated[list[str], typer.Argument(metavar="LIFT…", help="Lifts by any of their names.")],
    out: Out,
    language: Language = "zh",
    as_json: AsJson = False,
) -> None:
    """电梯检验申请单: the application for the inspection of one unit's lifts."""

    def fill(session: Session, today: date) -> tuple[bytes, int]:
        forms = find_applications(session, [_lift(session, name) for name in lifts], today)
        if len(forms) != 1:
            named = "; ".join(f"{form.unit or 'nobody'} to {form.department or 'no department'}" for form in forms)
            raise UsageError(f"a form is of one unit to one department, and these lifts are of several: {named}")
        return application_paper(forms[0], language), len(forms[0].lifts)

    _write("application", out, language, fill, as_json=as_json)


@papers.command("opinion")
def opinion(
    inspection: Annotated[int, typer.Argument(help="Its number, as `tixing inspections list` shows it.")],
    out: Out,
    language: Language = "zh",
    as_json: AsJson = False,
) -> None:
    """特种设备检验意见通知书: items, deadline, and the results that were handed in."""

    def fill(session: Session, today: date) -> tuple[bytes, int]:
        if session.get(Inspection, inspection) is None:
            raise UsageError(f"there is no inspection {inspection}; `tixing inspections list --all` shows them")
        found = find_opinion(session, inspection)
        return opinion_paper(found, language, today), len(found.story.items)

    _write("opinion", out, language, fill, as_json=as_json)


@papers.command("cover")
def cover(
    lift: Annotated[str, typer.Argument(help="A lift by any of its names.")],
    out: Out,
    language: Language = "zh",
    as_json: AsJson = False,
) -> None:
    """The first page of the report that a lift waits for, else of its last one."""

    def fill(session: Session, today: date) -> tuple[bytes, int]:
        return cover_paper(find_cover(session, _lift(session, lift), today), language, today), 1

    _write("cover", out, language, fill, as_json=as_json)


@papers.command("unbooked")
def unbooked(
    out: Out,
    month: Annotated[str | None, typer.Option(help="Any day of it, YYYY-MM-DD; this month if not given.")] = None,
    district: Annotated[str | None, typer.Option(help="Only this district, by its code.")] = None,
    city: City = "guangzhou",
    language: Language = "zh",
    as_json: AsJson = False,
) -> None:
    """The lifts of a month that nobody has booked, for the district."""
    day = parse_date_option("--month", month)

    def fill(session: Session, today: date) -> tuple[bytes, int]:
        query = select(Lift.id).where(Lift.city_id == city)
        query = query.where(Lift.district_code == district) if district else query
        found = find_list(session, ListKind.UNBOOKED, query, day or today, today)
        return unbooked_paper(found, language), len(found.rows)

    _write("unbooked", out, language, fill, as_json=as_json)


@papers.command("summary")
def summary(
    out: Out,
    week: Annotated[str | None, typer.Option(help="The week of this day, YYYY-MM-DD; this week if not given.")] = None,
    city: City = "guangzhou",
    language: Language = "zh",
    as_json: AsJson = False,
) -> None:
    """日清周结: the figures of a week, of each department and of all."""
    day = parse_date_option("--week", week)

    def fill(session: Session, today: date) -> tuple[bytes, int]:
        first, last = week_of(day or today)
        if first > today:
            raise UsageError(f"the week of {first} has not come yet")
        shown = summarise(session, city, first, min(last, today), today=today)
        return summary_paper(shown, language, today), len(shown.parts)

    _write("summary", out, language, fill, as_json=as_json)


def _write(kind: str, out: Path, language: str, fill: Fill, *, as_json: bool) -> None:
    if language not in ("zh", "en"):
        raise UsageError(f"--language {language!r} is none; it is zh or en")
    with open_store() as database, database.read() as session, _refusals_said():
        content, rows = fill(session, business_day(now_utc()))
    out.write_bytes(content)
    if as_json:
        print_json({"kind": kind, "file": str(out), "rows": rows, "bytes": len(content)})
        return
    typer.echo(f"{out}: {kind}, {count_of(rows, 'row')}")


@contextmanager
def _refusals_said() -> Iterator[None]:
    try:
        yield
    except Refused as error:
        raise UsageError(refusal(error.name, "en", **error.facts)) from error


def _lift(session: Session, name: str) -> int:
    found = find_lifts(session, name)
    if len(found) != 1:
        raise UsageError(f"{count_of(len(found), 'lift is', 'lifts are')} called {name!r}; give the code of one")
    return found[0].id
