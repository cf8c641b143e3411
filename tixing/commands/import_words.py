"""What a person reads about an import that was tried out, or taken back."""

from collections.abc import Iterator

from actions.register import ImportSummary, Preview, UndoSummary
from actions.register.changes import Changes
from actions.register.other_columns import OTHERS


def describe_summary(summary: ImportSummary, name: str) -> str:
    """One line of counts, behind the name of what counted them."""
    return (
        f"{name}: {summary.rows} rows, {summary.lifts} lifts "
        f"({summary.created} new, {summary.updated} changed, {summary.unchanged} unchanged), "
        f"{summary.parties} parties, {summary.rejected} rejected"
    )


def describe_preview(preview: Preview) -> Iterator[str]:
    """The lines of a dry run."""
    yield describe_summary(preview.summary, "dry run, nothing of this was stored")
    yield from _describe_changes(preview.changes)
    notices = preview.notices
    yield (
        f"notices on {notices['on']}: {notices['total']} (without this import: {notices['without_import']}); "
        f"in 7 days: {notices['next_7_days']} (without: {notices['next_7_days_without_import']})"
    )
    for name, counts in (("rung", notices["by_step"]), ("way", notices["by_channel"]), ("to", notices["by_audience"])):
        if counts:
            yield f"  by {name}: " + ", ".join(f"{key} {count}" for key, count in counts.items())
    if preview.held:
        yield f"its first plan would be held: {preview.held}"
    for danger in preview.dangers:
        yield f"needs --yes: {danger}"


def describe_undo(done: UndoSummary) -> str:
    """One line about an undoing, another if what it tells is held."""
    kept = f", {done.kept} of them keep a validity that was changed since" if done.kept else ""
    held = f"\nnothing leaves yet, the plan is held: {done.held}; `tixing release` lets it go" if done.held else ""
    told = f"{done.notices_restored} restored, {done.corrections} corrections"
    return (
        f"import {done.undone} is undone: {done.restored} lifts as before{kept}, {done.withdrawn} taken out; "
        f"{done.notices_cancelled} notices cancelled, {told}{held}"
    )


def _describe_changes(changes: Changes) -> Iterator[str]:
    yield (
        f"validity: {changes.earlier} earlier (by {changes.days_earlier} days at most), {changes.later} later "
        f"(by {changes.days_later} at most), {changes.new_cycles} new cycles ({changes.routine} with an inspection), "
        f"{changes.lost} lost, {changes.gained} gained"
    )
    status = ", ".join(f"{change} {count}" for change, count in sorted(changes.status.items())) or "0"
    yield (
        f"use unit: {changes.use_unit} change; maintainer: {changes.maintainer}; district: {changes.district}; "
        f"status: {status}"
    )
    yield "; ".join(f"{name}: {changes.others[name]} change" for name in OTHERS)
    yield (
        f"people: {changes.people_ended} of {changes.people} no longer named, {changes.people_added} new; "
        f"{changes.missing} lifts of the store are not in the file, "
        f"{changes.doubled} new ones stand beside as many of these"
    )
    for role, (behind, of) in changes.numbers.items():
        yield f"phone numbers of the {role.replace('_', ' ')}: others for {behind} of {of} lifts"
    for example in changes.examples():
        yield f"  line {example.line}: {example.lift}: {example.before} > {example.after or 'none'}"
