"""Sentences of the command line: what is wrong with JSON that somebody wrote, where a rule stands."""

from pydantic import ValidationError

from schedules.happenings import OUTSIDE_KINDS


def cited(seed: str, clause: str) -> str:
    """A clause with the document in which it stands, unless the clause names that itself."""
    return clause if clause.startswith((seed, "《")) else f"{seed} {clause}"


def sentence_of(error: ValidationError) -> str:
    """The first fault in one line: where it is and what it is."""
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"] if part not in OUTSIDE_KINDS)
    context = first.get("ctx", {})
    match first["type"]:
        case "union_tag_invalid":
            message = f"unknown kind {context['tag']!r}; known are {', '.join(OUTSIDE_KINDS)}"
        case "union_tag_not_found":
            message = "an event needs a kind"
        case "extra_forbidden":
            message = "unknown key"
        case "model_type" | "dict_type" | "model_attributes_type":
            message = "a JSON object is needed here"
        case "tuple_type":
            message = "a JSON array is needed here"
        case _:
            message = first["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message
