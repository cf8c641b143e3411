"""Made-up notices of every template, for docs/messages.md and for tests of the wording."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from notifier.facts import LiftFacts, NoticeFacts
from notifier.index import load_index, signature_of
from notifier.own_samples import OWN_MATTERS, reader_of
from notifier.paperless_samples import OF_PAPERLESS, as_paperless
from notifier.places import PlaceParts
from notifier.regulator_samples import OF_REGULATORS, as_regulator
from notifier.summary_samples import SUMMARIES, summed_up
from notifier.text import Rendered, render, variables_of
from notifier.wording import Department, words_for
from store.duties import BY_YEARS
from store.notices import DISTRICT

# Templates of duties that are due on a day, never in a month, by what stands in their names.
KINDS = {
    "test": "self_test",
    "restart": "self_test",
    "test_upload": "test_upload",
    "notice": "notice_posting",
    "mark": "use_mark_renewal",
    "opt_out": "opt_out_application",
    "rectify": "rectification",
    "visit": "onsite_maintenance",
    "remote": "remote_check",
    "iot": "iot_restore",
    "insurance": "insurance_renewal",
    "certificate": "certificate_renewal",
    "registration": "use_registration",
    "filing": "publication_period",
    "bar": "reapplication_bar",
    "upload": "record_upload",
    "sign": "record_signature",
}
UNITS = 5
PART, A_YEAR = ".part", timedelta(days=365)  # some of the lifts; from and to a year of 365 days
AFTER = {"late", "ended", "over", "filing"}  # what is said on the day after


def kind_of(template: str) -> str:
    """The kind of duty that a template speaks of."""
    return next((kind for word, kind in KINDS.items() if word in template.split(".")), "periodic_inspection")


@dataclass(frozen=True)
class Ladder:
    """A due date with its rungs."""

    due: date
    steps: dict[str, date]

    def read_on(self, template: str) -> date:
        """The day on which `template` goes out in this ladder."""
        if ".overdue" in template or ".unclear" in template:
            return self.due + timedelta(days=1)
        kind = kind_of(template)
        if kind == "rectification":
            return self.due - timedelta(days=5)
        if kind not in BY_YEARS:
            return self.due + timedelta(days=1 if AFTER & {*template.split(".")} else 0)
        words = {"call": "call", "late": "target", "last": "last", "unbooked": "list", "booked_late": "list"}
        return next((self.steps[step] for word, step in words.items() if f".{word}" in template), self.steps["sms"])


# One with short dates (28 February), one with the longest that there are (31 December).
FEBRUARY = Ladder(
    date(2027, 2, 28),
    {
        "sms": date(2026, 11, 27),
        "call": date(2026, 12, 28),
        "target": date(2027, 1, 28),
        "last": date(2027, 2, 15),
        "list": date(2027, 2, 18),
        "backstop": date(2027, 2, 19),
    },
)
DECEMBER = Ladder(
    date(2026, 12, 31),
    {
        "sms": date(2026, 9, 30),
        "call": date(2026, 10, 30),
        "target": date(2026, 11, 30),
        "last": date(2026, 12, 14),
        "list": date(2026, 12, 17),
        "backstop": date(2026, 12, 18),
    },
)


def units_of(template: str, lifts: int) -> int:
    """The use units of so many lifts in an example: a regulator reads of several."""
    return min(UNITS, lifts) if load_index().entry(template).reader == "regulator" else 1


def render_sample(
    template: str,
    language: str,
    channel: str,
    *,
    lifts: int,
    sample: str = "",
    units: int = 1,
    ladder: Ladder = FEBRUARY,
) -> Rendered:
    """`template` about `lifts` lifts of the index's sample `sample` (the language's everyday one if not given)."""
    facts = sample_facts(template, sample or language, lifts, units, ladder)
    index = load_index()
    facts = replace(facts, city_id=index.cities.get(index.entry(template).document, facts.city_id))
    department = sample_department(sample or language)
    only = variables_of(template, language, channel, single=len(facts.lifts) == 1)
    words = words_for(facts, language, channel, ladder.read_on(template), department, only=only)
    words["contact"] = load_index().samples[sample or language]["contact"]
    return render(template, language, channel, words, signature=signature_of(template, language))


def sample_facts(template: str, sample: str, lifts: int, units: int = 1, ladder: Ladder = FEBRUARY) -> NoticeFacts:
    """The facts of a notice about `lifts` lifts, all due in one month; `units` use units share them."""
    if template.startswith("handover."):
        return handover_facts(template, sample, lifts, ladder)
    if template.startswith("alert."):
        return alert_facts(template, sample, lifts, ladder)
    own_of = next((own_of for beginnings, own_of in OWN_MATTERS if template.startswith(beginnings)), None)
    if own_of is not None:
        own = own_of(template, sample, lifts, ladder.read_on(template))
        return replace(office_facts(template, sample, ladder), own=own, party_name=reader_of(template, sample))
    if template.startswith(OF_PAPERLESS):
        return as_paperless(office_facts(template, sample, ladder), sample, lifts)
    if template.startswith(OF_REGULATORS):
        return as_regulator(office_facts(template, sample, ladder), sample, lifts)
    if load_index().entry(template).reader == "office":
        return office_facts(template, sample, ladder)
    if load_index().entry(template).reader == "desk":
        facts = desk_facts(template, sample, lifts, ladder)
        if template == "desk.district":
            return replace(facts, own=own_of_district(sample, lifts))
        return summed_up(facts, lifts, ladder.read_on(template)) if template in SUMMARIES else facts
    if template == "contact.greeting":
        return greeting_facts(template, sample, lifts, ladder)
    values = load_index().samples[sample]
    kind = kind_of(template)
    by_month = kind in BY_YEARS
    return NoticeFacts(
        notice_id=1,
        city_id="guangzhou",
        party_id=1,
        party_ref="u-sample",
        party_name=values["unit"],
        language=sample[:2],
        duty=kind,
        rule="",
        step="",
        audience="",
        district_code="",
        channel_class="",
        template=template,
        late=False,
        own=_own_facts(template, ladder),
        lifts=[
            _owing(_lift(values, number, 1 + number % units, ladder.due, _kind_of_lift(template, number)), template)
            for number in range(max(lifts, 2) if PART in template else lifts)
        ],
        steps=ladder.steps if by_month else {},
    )


def office_facts(template: str, sample: str, ladder: Ladder) -> NoticeFacts:
    """The facts of a notice to an office about its yearly summary; the longest name is that of another paper."""
    values = load_index().samples[sample]
    name = "long_paper" if sample.endswith("_long") else "paper"
    papers = {language: load_index().samples[language][name] for language in ("zh", "en")}
    return NoticeFacts(
        notice_id=1,
        city_id="chongqing",
        party_id=1,
        party_ref="o-sample",
        party_name=values["office"],
        language=sample[:2],
        duty="report",
        rule="",
        step="d14",
        audience="district_regulator",
        district_code="",
        channel_class="chat",
        template=template,
        late=False,
        own={
            "paper": papers,
            "due": ladder.due.isoformat(),
            "to": values["receiver"],
            "document": "chongqing",
            "clause": load_index().entry(template).clause[sample[:2]],
        },
    )


def desk_facts(template: str, sample: str, number: int, ladder: Ladder) -> NoticeFacts:
    """The facts of a notice to a desk about so many calls, and as many units that nobody could reach."""
    values, since = load_index().samples[sample], ladder.due.isoformat()
    line = {"unit": values["unit"], "lifts": number, "since": since, "to_call": True}
    basis = {"document": "guangzhou", "clause": load_index().entry(template).clause[sample[:2]]}
    lines = [line, *([line | {"to_call": False}] if number > 1 else [])]
    left = {"calls": number, "unreached": number if number > 1 else 0, "oldest": since, "lines": lines} | basis
    facts = replace(office_facts(template, sample, ladder), audience="inspection_department", duty="calls")
    return replace(facts, own={"left": left}, party_name=values["department"])


def own_of_district(sample: str, number: int) -> dict[str, Any]:
    """What the notice holds that a district has gone to another department, with so many tasks and visits."""
    values = load_index().samples[sample]
    about = {"name": values["district"], "other": values["department"], "gives": number > 1}
    return {DISTRICT: about | {"tasks": number, "visits": number - 1}}


def greeting_facts(template: str, sample: str, lifts: int, ladder: Ladder) -> NoticeFacts:
    """The facts of a greeting to the contact of a unit with so many lifts."""
    basis = {"document": "guangzhou", "clause": load_index().entry(template).clause[sample[:2]]}
    facts = replace(office_facts(template, sample, ladder), audience="unit_contact", duty="contact")
    own = {"greeting": {"contact": 1, "lifts": lifts, **basis}}
    return replace(facts, own=own, party_name=load_index().samples[sample]["unit"])


STATES_OF_ALERTS = {1: "reported", 2: "reported", 14: "acknowledged"}  # by the number of lifts


def alert_facts(template: str, sample: str, lifts: int, ladder: Ladder) -> NoticeFacts:
    """The facts of an alert: of one lift as it is reported, of more one that nobody has answered, or taken further."""
    values, of_all = load_index().samples[sample], template.startswith(("alert.visits", "alert.iot"))
    state = STATES_OF_ALERTS.get(lifts, "on_the_way")
    steps = "freed" if lifts == 1 else state
    place = {name: values[name] for name in ("compound", "building", "internal_number", "certificate", "district")}
    own = {
        "n": lifts if of_all else 1,
        "place": None if of_all else place | {"address": "", "key": "1"},
        "at": f"{ladder.read_on(template).isoformat()}T20:35:00+08:00",
        "state": steps if template.endswith(".step") else state,
        "waited": 7 * 24 * 60 if of_all else 0 if lifts == 1 else 120,
        "what": values["what"],
        "who": values["contact"],
        "phone": "+8614000000001",
        "rescue": values["rescue"],
        "unit": values["unit"],
        "maintainer": values["maintainer"],
        "reachable": True,
    }
    return replace(office_facts(template, sample, ladder), own={"alert": own}, party_name=values["unit"])


def handover_facts(template: str, sample: str, lifts: int, ladder: Ladder) -> NoticeFacts:
    """The facts of a question about a handover of so many lifts; of one lift the other unit takes it."""
    values = load_index().samples[sample]
    on = {"on": (ladder.read_on(template) - timedelta(days=7)).isoformat()} if template == "handover.waiting" else {}
    own = {"handover": {"n": lifts, "other": values["unit"], "gives": lifts > 1, **on}}
    return replace(office_facts(template, sample, ladder), own=own, party_name=values["unit"])


def _own_facts(template: str, ladder: Ladder) -> dict[str, Any]:
    if "handover" in template:
        return {"from": ladder.steps["sms"].isoformat()}
    return {"old_due": (ladder.due - timedelta(days=31)).isoformat()}


def _kind_of_lift(template: str, number: int) -> str:
    """Lifts that are handed over come to inspections and tests by turns; else all of a notice are of one kind."""
    by_years = "handover" in template and kind_of(template) in BY_YEARS
    return "self_test" if by_years and number % 2 else kind_of(template)


def _owing(lift: LiftFacts, template: str) -> LiftFacts:
    """With what makes its template the true one: for every lift, or for every other one."""
    if PART in template and lift.key in ("0", "2"):
        return lift
    if ".unclear" in template or ".overdue.part" in template:
        return replace(lift, valid_until=lift.due + A_YEAR)
    return replace(lift, owed_from=lift.due - A_YEAR) if ".owed" in template else lift


def sample_department(sample: str) -> Department:
    """The department of the sample."""
    values = load_index().samples[sample]
    return Department(1, values["department"], values["officer"])


def _lift(values: dict[str, str], number: int, unit: int, due: date, kind: str) -> LiftFacts:
    place = PlaceParts(
        values["compound"],
        values["building"],
        values["internal_number"],
        "",
        values["certificate"],
        f"{number}",
        values["district"],
    )
    by_month = kind in BY_YEARS
    return LiftFacts(f"{number}", values["certificate"], place, due, by_month, unit, values["unit"], "440106", kind)
