"""`tixing rehearse` and `outbox`: what would go out, and what has gone out or waits."""

from dataclasses import asdict
from typing import Annotated

import typer
from sqlmodel import col, select

from notifier.figures import load_figures
from notifier.resending import resend as try_again
from notifier.routing import VOICE
from store.notices import Notice, NoticeStatus
from store.parties import Party
from tixing.commands.held import Holding
from tixing.commands.options import count_of, open_store, parse_date_option, parse_moment_option, print_json
from tixing.environment import load_settings
from tixing.errors import UsageError
from tixing.rehearsal import ASSUMED_CHANNELS
from tixing.rehearsal import rehearse as play
from tixing.times import business_day


def rehearse(
    since: Annotated[str, typer.Option("--from", help="The first day.")],
    until: Annotated[str, typer.Option("--to", help="The last day.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each notice.")] = False,
) -> None:
    """Play the clock over a copy of the store, nobody acting: every notice that would go out. Nothing is sent."""
    first, last = parse_date_option("--from", since), parse_date_option("--to", until)
    assert first is not None
    assert last is not None
    if last < first:
        raise UsageError(f"--to {last} lies before --from {first}")
    settings = load_settings()
    machine = frozenset(name for name in settings.available if name.partition(":")[0] == VOICE)
    with open_store(settings) as database:
        for line in play(database, first, last, channels=ASSUMED_CHANNELS | machine):
            if as_json:
                print_json(line.as_dict())
            else:
                lifts = count_of(len(line.lifts), "lift")
                mark = " late" if line.late else ""
                typer.echo(f"{line.on} {line.step:<12} {line.channel:<9} {line.recipient:<20} {lifts}{mark}")


def outbox(
    status: Annotated[str | None, typer.Option(help="Only notices in this state, such as planned or failed.")] = None,
    stats: Annotated[bool, typer.Option("--stats", help="What waits, and how the last 24 hours went.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each notice.")] = False,
) -> None:
    """The notices and their states, newest first."""
    if stats:
        _show_figures(as_json=as_json)
        return
    known = [state.value for state in NoticeStatus]
    if status is not None and status not in known:
        raise UsageError(f"--status {status!r} is not a state; known are {', '.join(known)}")
    now = parse_moment_option("now", None)
    with open_store() as database, database.read() as session:
        holding = Holding.load(session, now)
        query = select(Notice, Party).join(Party, col(Party.id) == Notice.party_id)
        if status is not None:
            query = query.where(Notice.status == status)
        for notice, party in session.exec(query.order_by(col(Notice.id).desc()).limit(limit)):
            held = holding.of(notice)
            row = {
                "notice": notice.id,
                "on": notice.planned_on.isoformat(),
                "status": notice.status,
                "reason": notice.reason,
                "step": notice.step,
                "audience": notice.audience,
                "recipient": party.ref,
                "name": party.name,
                "template": notice.template,
                "late": notice.late,
                "tries": notice.tries,
                "held": held.as_dict() if held else None,
            }
            if as_json:
                print_json(row)
            else:
                rung = f"{notice.step:<12} {notice.channel_class:<5}"
                typer.echo(f"{notice.id:>7} {row['on']} {notice.status:<10} {rung} {party.name}{held or ''}")


def resend(
    city: Annotated[str | None, typer.Option(help="Only this city's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Try again what was given up because a provider did not work for hours; the next pass sends it."""
    now = parse_moment_option("now", None)
    with open_store() as database, database.write() as session:
        number = try_again(session, city_id=city, today=business_day(now), now=now)
    if as_json:
        print_json({"notices": number})
    else:
        typer.echo(f"{count_of(number, 'notice')} to go out again with the next pass")


def _show_figures(*, as_json: bool) -> None:
    now, settings = parse_moment_option("now", None), load_settings()
    with open_store(settings) as database, database.read() as session:
        figures = load_figures(session, now=now, today=business_day(now))
    cost = round(figures.segments * settings.sms_price, 2)
    if as_json:
        doubt = figures.segments_in_doubt
        print_json({**asdict(figures), "segments": figures.segments, "segments_in_doubt": doubt, "cost": cost})
        return
    waiting = ", ".join(f"{state} {number}" for state, number in figures.waiting.items() if number)
    typer.echo(f"waiting: {waiting or 'nothing'}; the oldest that is due: {figures.oldest:.0f} s")
    taken, doubt = count_of(figures.segments, "SMS segment"), figures.segments_in_doubt
    unsure = f"; of {doubt} more nobody knows whether they were taken" if doubt else ""
    typer.echo(f"last 24 hours: {taken}, about {cost:.2f} at TIXING_SMS_PRICE{unsure}")
    for one in figures.outcomes:
        typer.echo(f"  {one.channel:<10} {one.status:<10} {one.attempts:>7}  {one.reason}")
    for one in figures.demo:
        typer.echo(f"  {one.channel:<10} {one.status:<10} {one.attempts:>7}  in mode demo: nothing left this machine")
    for title, times in (("from due to taken by the provider", figures.dwell), ("sending", figures.sending)):
        for channel, found in times.items():
            spread = f"half in {found.p50:.1f} s, 95 % in {found.p95:.1f} s, 99 % in {found.p99:.1f} s"
            typer.echo(f"  {channel:<10} {title}: {spread} ({found.count} messages)")
