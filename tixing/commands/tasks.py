"""`tixing tasks`: what people are to see to, and what they have seen to."""

from typing import Annotated, Any

import typer

from actions.running.tasks import Filter, OpenTask, TaskError, close_task, count_open, open_tasks
from store.tasks import TaskKind
from tixing.commands.options import open_store, parse_moment_option, print_json
from tixing.commands.task_words import line_about
from tixing.errors import TixingError, UsageError
from tixing.times import business_day


def tasks(
    task: Annotated[int | None, typer.Argument(help="The task to close, with --done.")] = None,
    done: Annotated[bool, typer.Option("--done", help="It has been seen to.")] = False,
    reason: Annotated[str, typer.Option(help="What was done about it.")] = "",
    by: Annotated[str, typer.Option(help="Who has seen to it.")] = "",
    city: Annotated[str | None, typer.Option(help="Only this city.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind, such as bad_phone.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only this office's: its ref, or a part of its name.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, oldest first.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """The open tasks, oldest first; with a number and --done, one that was seen to.

    Most end by themselves when their reason is gone. One whose reason is still there comes back with the next plan.
    """
    if task is not None:
        _close(task, done=done, reason=reason.strip(), by=by.strip(), as_json=as_json)
        return
    if done or reason or by:
        raise UsageError("say which task: `tixing tasks NUMBER --done --reason TEXT --by NAME`")
    if kind is not None and kind not in list(TaskKind):
        raise UsageError(f"--kind {kind!r} is no kind of task; known are {', '.join(TaskKind)}")
    wanted = Filter(city, kind, owner)
    with open_store() as database, database.read() as session:
        found, counts = open_tasks(session, wanted, limit=limit), count_open(session, wanted)
    if as_json:
        print_json({"tasks": [_as_dict(one) for one in found], "open": counts})
        return
    for one in found:
        _print(one)
    _print_counts(counts, len(found))


def _close(task_id: int, *, done: bool, reason: str, by: str, as_json: bool) -> None:
    if not done:
        raise UsageError(f"say that it was seen to: `tixing tasks {task_id} --done --reason TEXT --by NAME`")
    if not reason or not by:
        raise UsageError("say what was done and who did it: --reason TEXT --by NAME")
    now = parse_moment_option("now", None)
    with open_store() as database, database.write() as session:
        try:
            changed = close_task(session, task_id, by=by, reason=reason, now=now, today=business_day(now))
        except TaskError as error:
            raise TixingError(str(error)) from error
    if as_json:
        print_json({"task": task_id, "changed": changed})
    else:
        typer.echo(f"task {task_id}: done" if changed else f"task {task_id}: that was recorded already")


def _as_dict(one: OpenTask) -> dict[str, Any]:
    return {
        "task": one.task.id,
        "kind": one.task.kind,
        "city": one.task.city_id,
        "owner": one.owner,
        "owner_ref": one.owner_ref,
        "since": one.task.opened_on.isoformat(),
        "about": line_about(one),
        "party": one.party,
        "lift": one.lift,
        "notice": one.task.notice_id,
        "ended_by": one.ended_by,
    }


def _print(one: OpenTask) -> None:
    typer.echo(f"{one.task.id:>6}  {one.task.opened_on}  {one.task.kind}  {one.task.city_id}  {one.owner or 'nobody'}")
    typer.echo(f"        {line_about(one)}")
    if one.ended_by:
        typer.echo(f"        {one.ended_by}")


def _print_counts(counts: dict[str, int], shown: int) -> None:
    number = sum(counts.values())
    if not number:
        typer.echo("no task is open")
        return
    listed = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    hidden = f"; the {shown} oldest are shown, --limit shows more" if shown < number else ""
    typer.echo(f"{number} open: {listed}{hidden}")
