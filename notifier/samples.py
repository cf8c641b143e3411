"""Made-up notices of every template, for docs/messages.md and for tests of the wording."""

from datetime import date, timedelta

from notifier.facts import LiftFacts, NoticeFacts
from notifier.index import load_index, signature_of
from notifier.places import PlaceParts
from notifier.text import Rendered, render
from notifier.wording import Department, words_for

DUE = date(2027, 2, 28)
STEPS = {
    "sms": date(2026, 11, 27),
    "call": date(2026, 12, 28),
    "target": date(2027, 1, 28),
    "list": date(2027, 2, 18),
    "backstop": date(2027, 2, 19),
}
# The day on which a template is read; the others are read three months before the due date.
READ_ON = {
    "call": date(2026, 12, 21),
    "late": date(2027, 1, 29),
    "last": date(2027, 2, 15),
    "unbooked": date(2027, 2, 18),
    "booked_late": date(2027, 2, 18),
    "overdue": date(2027, 3, 1),
    "rectify": date(2027, 2, 24),
    "opinion": date(2027, 2, 24),
}
FIRST_DAY = date(2026, 11, 23)


def render_sample(
    template: str, language: str, channel: str, *, lifts: int, sample: str = "", units: int = 1
) -> Rendered:
    """`template` about `lifts` lifts of the index's sample `sample` (the language's everyday one if not given)."""
    facts = sample_facts(template, sample or language, lifts, units)
    department = sample_department(sample or language)
    words = words_for(facts, language, channel, read_on(template), department)
    words["contact"] = load_index().samples[sample or language]["contact"]
    return render(template, language, channel, words, signature=signature_of(template, language))


def sample_facts(template: str, sample: str, lifts: int, units: int = 1) -> NoticeFacts:
    """The facts of a notice about `lifts` lifts, all due in one month; `units` use units share them."""
    values = load_index().samples[sample]
    rectifying = "rectify" in template or "opinion" in template
    return NoticeFacts(
        notice_id=1,
        city_id="guangzhou",
        party_id=1,
        party_ref="u-sample",
        party_name=values["unit"],
        language=sample[:2],
        duty="rectification" if rectifying else "periodic_inspection",
        rule="",
        step="",
        audience="",
        district_code="",
        channel_class="",
        template=template,
        late=False,
        own={"items": 3} if "opinion" in template else {"old_due": (DUE + timedelta(days=31)).isoformat()},
        lifts=[_lift(values, number, 1 + number % units, by_month=not rectifying) for number in range(lifts)],
        steps={} if rectifying else STEPS,
    )


def sample_department(sample: str) -> Department:
    """The department of the sample."""
    values = load_index().samples[sample]
    return Department(1, values["department"], values["officer"], sample[:2])


def read_on(template: str) -> date:
    """The day for which the sample is written."""
    return next((day for word, day in READ_ON.items() if f".{word}" in template), FIRST_DAY)


def _lift(values: dict[str, str], number: int, unit: int, *, by_month: bool) -> LiftFacts:
    place = PlaceParts(
        values["compound"],
        values["building"],
        values["internal_number"],
        "",
        values["certificate"],
        f"{number}",
        values["district"],
    )
    return LiftFacts(f"{number}", values["certificate"], place, DUE, by_month, unit, values["unit"], "440106")
