"""`tixing rules`: everything that the rulebooks hold, with clause and quote."""

from typing import Annotated, Any

import typer

from schedules.offices.programme import Assignment
from schedules.offices.rules import find_office_rule
from schedules.rulebook import Rule, Rulebook, Step, load_rulebook, rulebook_ids
from tixing.commands.options import print_json
from tixing.commands.sentences import cited


def rules(as_json: Annotated[bool, typer.Option("--json", help="As one JSON array.")] = False) -> None:
    """Every rule, and every task, target and limit of an office, with its clause, its quote and its rungs."""
    rows = [row for book in map(load_rulebook, rulebook_ids()) for row in _rows_of(book)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        typer.echo(f"{row['id']}  {row['duty']}  {cited(row['seed'], row['clause'])}")
        typer.echo(f"    {row['quote']}")
        for part in ("when", "measure", "trend"):
            if part in row:
                typer.echo(f"    {part}: {', '.join(f'{name} {value}' for name, value in sorted(row[part].items()))}")
        for step in row["steps"]:
            typer.echo(f"    {step['step']:<10} {step['clause']}  {step['quote']}")


def _rows_of(book: Rulebook) -> list[dict[str, Any]]:
    head = {"city": book.city, "rulebook": book.id, "seed": book.seed}
    return [
        *(head | _rule_row(rule) for rule in book.rules),
        *(head | _assignment_row(entry) for entry in book.programme),
    ]


def _rule_row(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "duty": rule.duty,
        "bearer": rule.bearer,
        "lifts": rule.lifts,
        "clause": rule.clause,
        "quote": rule.quote,
        "obligations": list(rule.obligations),
        "steps": [_step_row(step) for step in rule.steps],
    }


def _assignment_row(entry: Assignment) -> dict[str, Any]:
    """An entry of the programme: its kind stands for the duty, its reminders are its rungs."""
    row = entry.model_dump(mode="json", exclude_none=True, exclude={"kind", "remind"})
    ladder = find_office_rule(entry.id)
    steps = [_step_row(step) for step in ladder.steps] if ladder else []
    return row | {"duty": entry.kind, "obligations": list(entry.obligations), "steps": steps}


def _step_row(step: Step) -> dict[str, Any]:
    return {
        "step": step.step,
        "at": step.at.model_dump(),
        "clause": step.clause,
        "quote": step.quote,
        "unless": step.unless,
        "tell": step.tell.model_dump() if step.tell else None,
        "tells": [telling.model_dump(exclude_none=True) for telling in step.tells],
    }
