"""The command line: `tixing …`. Commands live in tixing/commands, a file per subject."""

import typer

from tixing.commands import dates
from tixing.errors import one_line_errors

app = typer.Typer(
    name="tixing",
    help="No lift misses a date because nobody was told.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(dates.dates)
app.command()(dates.rules)


@one_line_errors()
def main() -> None:
    """Run the command line; known errors become one sentence and an exit code."""
    app()
