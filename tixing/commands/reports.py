"""`tixing reports`: what departments owe, by when; a report issued or corrected; those of a lift."""

from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session, col, select

from actions.lifts.explain import find_lifts
from actions.refusals import Refused
from actions.reporting.issue import Issuer, Paper, correct, issue
from actions.reporting.listing import ReportShown, show_reports
from actions.reporting.owed import OwedReport, find_owed
from actions.reporting.papers import LARGEST, keep_paper
from bot.texts import refusal
from schedules.tasks import desk_of
from store.lifts import Lift
from store.reports import Conclusion, Report
from tixing.commands.options import count_of, open_store, parse_date_option, print_json
from tixing.errors import UsageError
from tixing.times import business_day, now_utc

reports = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Inspection reports: owed, issued, corrected, shown."
)
TheLift = Annotated[str, typer.Argument(metavar="LIFT", help="A lift by any of its names.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="As one JSON object.")]


@reports.command("list")
def list_owed(
    city: Annotated[str, typer.Option(help="The city; the id of its rulebook.")] = "guangzhou", as_json: AsJson = False
) -> None:
    """The reports that are owed: late ones first, then by the day on which each is to go out."""
    today = business_day(now_utc())
    with open_store() as database, database.read() as session:
        found = find_owed(session, select(Lift.id).where(Lift.city_id == city), today)
    if as_json:
        print_json({"owed": [asdict(one) | {"late": one.is_late(today)} for one in found]})
        return
    for one in found:
        typer.echo(f"{'late' if one.is_late(today) else '    '}  {_by(one)}  {one.key}  {one.place}  {one.how}")
    typer.echo(f"{count_of(len(found), 'report')} owed")


@reports.command("issue")
def issue_one(
    lift: TheLift,
    number: Annotated[str, typer.Option(help="The report's number.")],
    conclusion: Annotated[Conclusion, typer.Option(help="As the inspection ended.")],
    file: Annotated[Path, typer.Option(help="The report: PDF or DOCX.", exists=True, dir_okay=False)],
    valid_until: Annotated[str | None, typer.Option(help="Of a pass: until when the lift is valid.")] = None,
    mark: Annotated[str, typer.Option(help="Of a pass: the number of the inspection mark.")] = "",
    corrects: Annotated[str | None, typer.Option(help="The number of the report whose place it takes.")] = None,
    why: Annotated[str, typer.Option(help="Why that is corrected; the unit reads it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Issue the report that a lift waits for, or correct one: its conclusion leaves at once. Again, nothing changes."""
    now = now_utc()
    if file.stat().st_size > LARGEST:
        raise UsageError(f"{file} is larger than {LARGEST // 1024 // 1024} MB")
    content = file.read_bytes()
    day = parse_date_option("--valid-until", valid_until)
    with open_store() as database, database.write() as session:
        found = _lift(session, lift)
        desk = desk_of(session, found.city_id, found.district_code)
        if desk is None:
            raise UsageError(f"no department answers for the district of {lift}: `tixing offices` names one")
        by = Issuer(desk, None, now, business_day(now), f"cli:{desk}:{number}:{sha256(content).hexdigest()[:16]}")
        try:
            report = _issue(session, found, by, Paper(number, conclusion, 0, day, mark), corrects, why, file, content)
        except Refused as error:
            raise UsageError(refusal(error.name, "en", **error.facts)) from error
        (shown,) = show_reports(session, [report])
    _print([shown], as_json=as_json)


@reports.command("show")
def show(lift: TheLift, as_json: AsJson = False) -> None:
    """All reports of a lift, the newest first; of one that was corrected also by which."""
    with open_store() as database, database.read() as session:
        query = select(Report).where(Report.lift_id == _lift(session, lift).id)
        found = show_reports(session, session.exec(query.order_by(col(Report.ended_on).desc(), col(Report.id).desc())))
    _print(found, as_json=as_json)


def _issue(
    session: Session, lift: Lift, by: Issuer, paper: Paper, corrects: str | None, why: str, file: Path, content: bytes
) -> Report:
    known = session.exec(select(Report).where(Report.key == by.key)).first()
    if known is not None:
        return known
    kept = keep_paper(session, by.party_id, name=file.name, content=content, now=by.now)
    paper = Paper(paper.number, paper.conclusion, kept, paper.valid_until, paper.mark)
    if corrects is not None:
        query = select(Report).where(Report.department_id == by.party_id, Report.number == corrects)
        wrong = session.exec(query.where(Report.lift_id == lift.id)).first()
        if wrong is None:
            raise UsageError(f"there is no report {corrects} on this lift; `tixing reports show` lists them")
        return correct(session, wrong.id, paper, why, by)
    owed = find_owed(session, [lift.id], by.today)
    fitting = [one for one in owed if one.conclusion == paper.conclusion] or owed
    if not fitting:
        raise UsageError("no report is owed on this lift; `tixing reports list` shows those that are")
    return issue(session, fitting[0].duty_id, paper, by)


def _lift(session: Session, name: str) -> Lift:
    found = find_lifts(session, name)
    if len(found) != 1:
        raise UsageError(f"{count_of(len(found), 'lift is', 'lifts are')} called {name!r}; give the code of one")
    return found[0]


def _by(one: OwedReport) -> str:
    return f"by {one.by}" if one.due is not None else "at once      "


def _print(found: list[ReportShown], *, as_json: bool) -> None:
    if as_json:
        print_json({"reports": [asdict(one) for one in found]})
        return
    for one in found:
        until = f" until {one.valid_until}, mark {one.mark}" if one.valid_until else ""
        corrected = f"; corrected by {one.corrected_by}" if one.corrected_by else ""
        typer.echo(f"{one.number}  {one.key}  {one.conclusion}{until}  issued {one.issued_on}{corrected}")
    typer.echo(count_of(len(found), "report"))
