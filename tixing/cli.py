"""The command line: `tixing …`. Commands live in tixing/commands and are loaded when they are called.

Loading all of them takes seconds (Telegram's and Twilio's types), which `tixing dates` need not wait for.
"""

import logging
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from tixing.errors import one_line_errors
from tixing.logs import configure_logs


class Entry(NamedTuple):
    """Where a command is, and its line in the list of commands."""

    place: str
    help: str


COMMANDS = {
    "demo": Entry("tixing.commands.demo:demo", "A made-up city on one local page; nothing leaves this machine."),
    "serve": Entry("tixing.commands.serve:serve", "The clock, the channels and the pages in one process."),
    "worker": Entry("tixing.commands.worker:worker", "Plans and sends without pages, beside serve, on PostgreSQL."),
    "init": Entry("tixing.commands.store:init", "Make the database, or bring it to the newest tables."),
    "doctor": Entry("tixing.commands.store:doctor", "Look for what is wrong or doubtful in the store."),
    "import": Entry("tixing.commands.register:import_file", "Read a register of lifts; work out what is due for each."),
    "pause": Entry("tixing.commands.brakes:pause", "Plan and send nothing until resume."),
    "resume": Entry("tixing.commands.brakes:resume", "End a pause."),
    "release": Entry("tixing.commands.brakes:release", "Let a plan go that was held because it looked wrong."),
    "calendar": Entry("tixing.commands.store:calendar", "The working-day calendar."),
    "dates": Entry("tixing.commands.dates:dates", "When everything is due for lifts that a file describes."),
    "whatif": Entry(
        "tixing.commands.whatif:whatif", "A lift's dates before and after something that may happen to it."
    ),
    "year": Entry("tixing.commands.year:year", "Which lifts are inspected and which are tested in a year."),
    "plan": Entry("tixing.commands.year_plan:plan", "A department's year: planned, shown, published to units."),
    "campaign": Entry("tixing.commands.campaign:campaign", "A regulator's list of a year: confirmed, split, counted."),
    "summary": Entry(
        "tixing.commands.summary:summary", "What departments cleared in a day or a week, and what is left."
    ),
    "regime": Entry("tixing.commands.regime:regime", "Which rulebooks a register is under, and from when."),
    "rules": Entry("tixing.commands.rules:rules", "Every rule with its clause, its quote and its rungs."),
    "rehearse": Entry("tixing.commands.plan:rehearse", "Every notice that would go out between two days."),
    "evidence": Entry("tixing.commands.evidence:evidence", "A month's pack for an officer: PDF, xlsx, digests."),
    "signatures": Entry("tixing.commands.signatures:signatures", "In whose name messages go out."),
    "ways": Entry("tixing.commands.ways:ways", "Who is told by SMS first, and who in a chat."),
    "reach": Entry("tixing.commands.reach:reach", "The share of lifts whose people can be reached."),
    "calls": Entry("tixing.commands.calls:calls", "The calls that people are to make, and what came of them."),
    "alerts": Entry("tixing.commands.alerts:alerts", "What maintainers must see to now, and who was told."),
    "rescue": Entry("tixing.commands.alerts:rescue", "Whom a city wants called when somebody is shut in a lift."),
    "slots": Entry("tixing.commands.slots:slots", "When inspection departments have time, and what is booked."),
    "reports": Entry("tixing.commands.reports:reports", "Inspection reports: owed, issued, corrected, shown."),
    "inspections": Entry(
        "tixing.commands.inspections:inspections", "What was found on site, and how items were rectified."
    ),
    "records": Entry("tixing.commands.records:records", "Records as evidence: checked, proved, cut by the law."),
    "backup": Entry("tixing.commands.backup:backup", "Everything, in two places, restored to try it."),
    "restore": Entry("tixing.commands.backup:restore", "A store from a backup, where there is none."),
    "papers": Entry("tixing.commands.papers:papers", "Forms as DOCX, filled from the store, to print and sign."),
    "labels": Entry("tixing.commands.labels:labels", "Labels with a QR code for lifts, to print."),
    "tasks": Entry("tixing.commands.tasks:tasks", "What people are to see to; closes what was seen to."),
    "cases": Entry("tixing.commands.cases:cases", "Cases of street offices: who has which, and for how many days."),
    "matters": Entry(
        "tixing.commands.matters:matters", "Hazards and special reasons that were reported, with their age."
    ),
    "paperless": Entry(
        "tixing.commands.paperless:app", "Maintenance without paper: contractors, platforms, waivers, figures."
    ),
    "offices": Entry("tixing.commands.offices:offices", "Which office answers for a district, and who is told there."),
    "directory": Entry("tixing.commands.directory:directory", "Whom to speak to at every level: offices, maintainers."),
    "contacts": Entry("tixing.commands.contacts:contacts", "Greetings to new contacts, and numbers in doubt."),
    "heartbeat": Entry("tixing.commands.heartbeat:heartbeat", "Does our own work go on; tells the operator when not."),
    "tick": Entry("tixing.commands.tick:tick", "One pass of planning and sending."),
    "outbox": Entry("tixing.commands.plan:outbox", "The notices and their states."),
    "resend": Entry("tixing.commands.plan:resend", "Try again what was given up after its tries."),
    "templates": Entry("tixing.commands.templates:templates", "The sentences: their list, their lint, an example."),
    "filings": Entry("tixing.commands.filings:filings", "The texts to be filed with Aliyun, and their ids."),
    "chats": Entry("tixing.commands.chats:chats", "Groups and e-mail of a party: shown, added, removed."),
    "api-keys": Entry("tixing.commands.api_keys:api_keys", "Keys to the data interface: made, rotated, revoked."),
    "webhooks-out": Entry("tixing.commands.webhooks_out:webhooks_out", "What other platforms are told; a trial of it."),
    "sandbox": Entry("tixing.commands.sandbox:sandbox", "A store with made-up lifts and keys, for platforms to try."),
    "conformance": Entry("tixing.commands.conformance:conformance", "Examines a platform by the acceptance list."),
    "invite": Entry("tixing.commands.people:invite", "A place at a party for whoever has a telephone."),
    "paper-links": Entry("tixing.commands.people:paper_links", "Personal links for a party's people, on paper."),
    "doors": Entry("tixing.commands.people:doors", "The chats and browsers in which people are known; closes them."),
    "webhooks": Entry("tixing.commands.webhooks:webhooks", "The addresses to enter at the providers."),
    "explain": Entry("tixing.commands.explain:explain", "Why a lift has its dates, or why a notice was sent."),
}


class LazyCommands(TyperGroup):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """In the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | TyperGroup | None:
        """The command of that name, from its module."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].place.partition(":")
        return _as_command(cmd_name, getattr(import_module(module), name))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands, without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


def _as_command(name: str, found: Any) -> TyperCommand | TyperGroup:
    if isinstance(found, typer.Typer):
        found.rich_markup_mode = None  # every help looks alike
        return typer.main.get_group(found)
    single = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    single.command(name)(found)
    command = typer.main.get_command(single)
    assert isinstance(command, TyperCommand)
    return command


app = typer.Typer(
    name="tixing",
    cls=LazyCommands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def tixing() -> None:
    """No lift misses a date because nobody was told."""
    configure_logs(level=logging.WARNING)


@one_line_errors()
def main() -> None:
    """Run the command line; known errors become one sentence and an exit code."""
    app()
